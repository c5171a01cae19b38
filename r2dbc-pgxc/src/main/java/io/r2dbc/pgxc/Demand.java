// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import java.util.concurrent.atomic.AtomicLongFieldUpdater;

/**
 * Counts what a subscriber has requested and not yet received.
 *
 * <p>Any thread adds; only the event loop takes. Before the loop stops for want of demand it sets {@code awaited} and looks once more, so
 * that either it sees what was added, or whoever adds sees that somebody waits: no wake-up is lost.
 */
class Demand {

    private static final AtomicLongFieldUpdater<Demand> REQUESTED =
            AtomicLongFieldUpdater.newUpdater(Demand.class, "requested");

    private volatile long requested;
    private volatile boolean awaited;
    private long taken;

    /** Adds {@code n}; true if the event loop waits for it. */
    final boolean add(long n) {
        long before;
        long after;
        do {
            before = requested;
            after = before + n < 0 ? Long.MAX_VALUE : before + n;
        } while (before != Long.MAX_VALUE && !REQUESTED.compareAndSet(this, before, after));
        return awaited;
    }

    /** Whether there is more demand than {@code promised} elements that are on their way already. */
    final boolean exceeds(int promised) {
        if (available() > promised) {
            // the loop alone writes it, so a look is enough: a store would stop the processor at every row
            if (awaited) {
                awaited = false;
            }
            return true;
        }
        awaited = true;
        return available() > promised;
    }

    final boolean isPresent() {
        return exceeds(0);
    }

    private long available() {
        long total = requested;
        return total == Long.MAX_VALUE ? Long.MAX_VALUE : total - taken;
    }

    final void take() {
        taken++;
    }
}
