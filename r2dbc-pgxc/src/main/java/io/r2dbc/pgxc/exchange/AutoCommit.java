// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.exchange;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Answers "is every statement its own transaction?" at once, on any thread, although transactions begin and end on the event loop.
 */
final class AutoCommit {

    private final AtomicInteger beginsUnderway = new AtomicInteger();
    private volatile boolean inTransaction;

    boolean isOn() {
        return beginsUnderway.get() == 0 && !inTransaction;
    }

    void beginSubscribed() {
        beginsUnderway.incrementAndGet();
    }

    void beginArrived() {
        beginsUnderway.decrementAndGet();
    }

    /** Event loop only, after every answer: most change nothing, and a look is cheaper than a store. */
    void inTransaction(boolean open) {
        if (inTransaction != open) {
            inTransaction = open;
        }
    }
}
