// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.net;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.r2dbc.pgxc.exchange.Exchange;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import reactor.util.concurrent.Queues;

/**
 * How any thread reaches the event loop: everything goes through one queue, in order, and wakes the loop at most once per turn.
 *
 * <p>{@code scheduled} is cleared before the queue is emptied, so whatever is put in later schedules a turn of its own: no wake-up is
 * lost. {@code inTurn} and {@code again} are the event loop's.
 */
final class Mailbox {

    /** One for all threads: what a thread puts in because of what the loop has put in before must come behind that. */
    private final Queue<Object> letters = Queues.unboundedMultiproducer().get();

    private final AtomicBoolean scheduled = new AtomicBoolean();
    private final EventExecutor loop;
    private final Runnable turn;
    private final Runnable orphaned;
    private boolean inTurn;
    private boolean again;

    /**
     * Makes a mailbox.
     *
     * @param turn begins a turn, on the loop
     * @param orphaned takes the loop's part, on one thread at a time, once its owner has ended the loop
     */
    Mailbox(EventExecutor loop, Runnable turn, Runnable orphaned) {
        this.loop = loop;
        this.turn = turn;
        this.orphaned = orphaned;
    }

    void put(Exchange exchange) {
        letters.offer(exchange);
        wake();
    }

    void put(Runnable action) {
        letters.offer(action);
        wake();
    }

    /** Sees to it that a turn goes on or begins after this call. */
    void wake() {
        if (inTurn && loop.inEventLoop()) {
            again = true;
            return;
        }
        if (!scheduled.get() && scheduled.compareAndSet(false, true)) {
            schedule();
        }
    }

    private void schedule() {
        try {
            loop.execute(turn);
        } catch (RejectedExecutionException e) {
            GlobalEventExecutor.INSTANCE.execute(orphaned);
        }
    }

    /** A turn begins; whatever is put in from now on schedules the next one. */
    void turnBegins() {
        scheduled.set(false);
    }

    /** The event loop goes to work: what it asks of itself is done before it leaves, without a further turn. False if it is at work. */
    boolean enter() {
        boolean entered = !inTurn;
        inTurn = true;
        return entered;
    }

    /** Whether there is more to do before leaving. */
    boolean takeAgain() {
        boolean more = again;
        again = false;
        return more;
    }

    void leave() {
        inTurn = false;
    }

    @Nullable
    Object take() {
        return letters.poll();
    }
}
