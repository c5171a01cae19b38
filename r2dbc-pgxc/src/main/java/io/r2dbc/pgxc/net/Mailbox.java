// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.net;

import io.r2dbc.pgxc.exchange.Exchange;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import reactor.util.concurrent.Queues;

/**
 * How any thread reaches the event loop: everything goes through one queue, in order, and wakes the loop at most once per turn.
 *
 * <p>{@code scheduled} is cleared before the queue is emptied, so whatever is put in later schedules a turn of its own: no wake-up is
 * lost.
 */
final class Mailbox {

    private final Queue<Object> letters = Queues.unboundedMultiproducer().get();
    private final AtomicBoolean scheduled = new AtomicBoolean();
    private final Executor loop;
    private final Runnable turn;

    Mailbox(Executor loop, Runnable turn) {
        this.loop = loop;
        this.turn = turn;
    }

    void put(Exchange exchange) {
        letters.offer(exchange);
        wake();
    }

    void put(Runnable action) {
        letters.offer(action);
        wake();
    }

    /** Sees to it that a turn begins after this call. */
    void wake() {
        if (!scheduled.get() && scheduled.compareAndSet(false, true)) {
            loop.execute(turn);
        }
    }

    void turnBegins() {
        scheduled.set(false);
    }

    @Nullable Object take() {
        return letters.poll();
    }
}
