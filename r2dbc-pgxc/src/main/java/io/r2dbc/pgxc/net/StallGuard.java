// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.net;

import io.r2dbc.pgxc.exchange.Exchange;
import io.r2dbc.pgxc.exchange.Failure;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Sees to it that a result nobody reads does not hold up everybody behind it (X13).
 *
 * <p>First its rows are set aside as heap bytes, up to a bound. Past the bound, and after the stall timeout without progress, the head
 * is given up: its reader hears why, the rest is drained, and those who waited are served. They never fail for it.
 */
final class StallGuard {

    private final SessionHandler session;
    private final ExchangeQueue queue;
    private final SessionEvents events;
    private final Duration timeout;
    private @Nullable Future<?> timer;
    private @Nullable Exchange watched;
    private long progressSeen;

    StallGuard(SessionHandler session, ExchangeQueue queue, SessionEvents events, Duration timeout) {
        this.session = session;
        this.queue = queue;
        this.events = events;
        this.timeout = timeout;
    }

    /** A message waits that nobody wants: true if the loop may go on nevertheless. */
    boolean relieve() {
        Exchange head = queue.headExchange();
        if (head == null) {
            return false;
        }
        boolean holdsUp = queue.someoneWaitsBehindHead() || !head.hasReader();
        if ((holdsUp || events.isListening()) && head.canSetAside()) {
            head.setAside();
            return true;
        }
        if (holdsUp && !timeout.isZero()) {
            watch(head);
        }
        return false;
    }

    private void watch(Exchange head) {
        if (timer != null && watched == head) {
            return;
        }
        end();
        watched = head;
        progressSeen = session.progress();
        timer = session.context().executor().schedule(() -> onTimer(head), timeout.toNanos(), TimeUnit.NANOSECONDS);
    }

    private void onTimer(Exchange head) {
        timer = null;
        if (queue.headExchange() != head || !session.isParked()) {
            return;
        }
        if (session.progress() != progressSeen) {
            watch(head);
            return;
        }
        Exchange behind = queue.firstBehind(head);
        String whom =
                behind == null ? "nobody has subscribed to it" : "this statement waits behind it: " + behind.label();
        session.giveUp(
                head,
                new Failure.TimedOut("The result of \"" + head.label() + "\" was not read for " + timeout.toMillis()
                        + " ms (stallTimeout) and " + head.whyNotSetAside() + ", while " + whom));
        session.readOn();
    }

    void end() {
        if (timer != null) {
            timer.cancel(false);
            timer = null;
        }
        watched = null;
    }
}
