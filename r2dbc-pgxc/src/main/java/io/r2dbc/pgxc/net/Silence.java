// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.net;

import io.r2dbc.pgxc.exchange.Failure;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Ends a session whose server says nothing while an answer is due and somebody wants it (X15); off by default.
 *
 * <p>One timer serves the session while answers are due. When it fires it looks how long the silence has lasted and sleeps for the rest;
 * bytes that wait unread are no silence.
 */
final class Silence {

    /** Long enough for the event loop to look at the socket in between. */
    private static final long A_GLANCE = TimeUnit.MILLISECONDS.toNanos(10);

    private final SessionHandler session;
    private final ExchangeQueue queue;
    private final long limit;
    private long lastBytes = System.nanoTime();
    private boolean due;
    private boolean suspected;
    private @Nullable Future<?> timer;

    Silence(SessionHandler session, ExchangeQueue queue, Duration timeout) {
        this.session = session;
        this.queue = queue;
        this.limit = timeout.toNanos();
    }

    void onBytes() {
        if (limit > 0) {
            lastBytes = System.nanoTime();
            suspected = false;
        }
    }

    /** Something may have been written or wanted: silence counts from when an answer has become due. */
    void watch() {
        if (limit <= 0) {
            return;
        }
        boolean now = queue.awaitsAnswer() && !session.isParked();
        if (now && !due) {
            lastBytes = System.nanoTime();
        }
        due = now;
        if (timer == null && queue.awaitsAnswer()) {
            schedule(limit);
        }
    }

    private void schedule(long nanos) {
        timer = session.context().executor().schedule(this::onTimer, nanos, TimeUnit.NANOSECONDS);
    }

    private void onTimer() {
        timer = null;
        if (!queue.awaitsAnswer()) {
            return;
        }
        if (session.isParked()) {
            onBytes();
        }
        long rest = limit - (System.nanoTime() - lastBytes);
        if (rest > 0) {
            schedule(rest);
            return;
        }
        if (!suspected) {
            // the loop itself may have been held up, by a user's function, and bytes may be waiting in the socket
            suspected = true;
            schedule(A_GLANCE);
            return;
        }
        session.fail(new Failure.ConnectionLost(
                "08006",
                "The server has said nothing for " + TimeUnit.NANOSECONDS.toMillis(limit)
                        + " ms (responseTimeout) although an answer is due",
                null));
    }

    void end() {
        if (timer != null) {
            timer.cancel(false);
            timer = null;
        }
    }
}
