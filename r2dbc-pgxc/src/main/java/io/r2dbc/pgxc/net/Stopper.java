// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.net;

import io.r2dbc.pgxc.exchange.Exchange;
import io.r2dbc.pgxc.exchange.Failure;
import io.r2dbc.pgxc.exchange.Failure.ConnectionLost;
import io.r2dbc.pgxc.exchange.SessionState;
import io.r2dbc.pgxc.exchange.SessionState.Projection;
import io.r2dbc.pgxc.exchange.Transactions.End;
import io.r2dbc.pgxc.net.Cancellation.Fate;
import io.r2dbc.pgxc.wire.BackendMessage.BackendKeyData;
import io.r2dbc.pgxc.wire.TransactionStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Decides when a cancelled exchange is stopped at the server, and when it is only drained (X14).
 *
 * <p>A CancelRequest goes out after the grace, or after a megabyte, if nothing had been written behind the exchange before the cancel.
 * Until both its ReadyForQuery and the end of the second connection have come nothing new is written, so a late cancel never hits the
 * next statement; if that connection does not end in time, the session does. Inside a transaction it would abort the transaction, so
 * it is sent only if a rollback, a release or the end is next anyway, or the statement's own time was over.
 */
final class Stopper {

    private static final long DRAINED_ENOUGH = 1 << 20;

    private final SessionHandler session;
    private final ExchangeQueue queue;
    private final SessionState state;
    private final Cancellation cancellation;
    private final Duration grace;
    private @Nullable Exchange candidate;
    private @Nullable Future<?> timer;
    private boolean urgent;
    private boolean graceOver;
    private boolean releasing;
    private boolean underway;
    private long drained;
    private final List<Consumer<@Nullable Failure>> asked = new ArrayList<>();
    private final List<Consumer<@Nullable Failure>> waiters = new ArrayList<>();

    Stopper(
            SessionHandler session,
            ExchangeQueue queue,
            SessionState state,
            Cancellation cancellation,
            Duration grace) {
        this.session = session;
        this.queue = queue;
        this.state = state;
        this.cancellation = cancellation;
        this.grace = grace;
    }

    void onCancelled(Exchange exchange, boolean alone) {
        if (alone && !exchange.isAnswered()) {
            candidate = exchange;
            urgent = false;
            startGrace();
        }
    }

    void onTimedOut(Exchange exchange, boolean alone) {
        onCancelled(exchange, alone);
        if (candidate == exchange) {
            urgent = true;
        }
    }

    private void startGrace() {
        endTimer();
        graceOver = false;
        drained = 0;
        timer = session.context()
                .executor()
                .schedule(
                        () -> {
                            timer = null;
                            graceOver = true;
                            consider();
                        },
                        grace.toNanos(),
                        TimeUnit.NANOSECONDS);
    }

    /** Bytes have come; enough of them end the grace early. */
    void onBytes(int count) {
        if (candidate != null && !graceOver) {
            drained += count;
            if (drained > DRAINED_ENOUGH) {
                graceOver = true;
                consider();
            }
        }
    }

    /** Something new waits, or another exchange has become the head. */
    void onChange() {
        if (candidate != null) {
            consider();
        }
    }

    /** The connection goes back to a pool: what runs may be stopped even in a transaction. */
    void releasing() {
        releasing = true;
        onChange();
    }

    void released() {
        releasing = false;
    }

    private void consider() {
        Exchange exchange = candidate;
        if (exchange == null) {
            return;
        }
        if (exchange.isAnswered()) {
            candidate = null;
            endTimer();
            return;
        }
        if (graceOver && !underway && queue.headExchange() == exchange && exchange.mayStopAtServer() && mayAbort()) {
            candidate = null;
            stop();
        }
    }

    private boolean mayAbort() {
        boolean inTransaction = state.known() != TransactionStatus.IDLE || state.projection() == Projection.OPEN;
        boolean endsAnyway = releasing || (queue.firstWaiting() instanceof End end && !end.isCommit());
        return !inTransaction || urgent || endsAnyway;
    }

    /**
     * The user asks for it: whatever the server is at is to be stopped, unless it is ending a transaction. Calls back when that has been
     * said, or when there is nothing to be said: with what kept it from being said, or null.
     */
    void request(Consumer<@Nullable Failure> whenOver) {
        asked.add(whenOver);
    }

    /** All that was submitted before the user asked is written as far as it can be. */
    void onWritten() {
        while (!asked.isEmpty()) {
            Consumer<@Nullable Failure> whenOver = asked.remove(0);
            boolean runs = session.end() == null && queue.headExchange() != null && !queue.endsTransaction();
            if (!runs || state.backendKey() == null) {
                tell(whenOver, null);
                continue;
            }
            waiters.add(whenOver);
            if (!underway) {
                stop();
            }
        }
    }

    private void stop() {
        BackendKeyData key = state.backendKey();
        if (key == null) {
            return;
        }
        underway = true;
        session.halt(true);
        cancellation.send(key, this::onCancelEnded);
    }

    /** Any thread. */
    private void onCancelEnded(Fate fate, @Nullable Throwable cause) {
        session.mailbox().put(() -> {
            underway = false;
            session.halt(false);
            ConnectionLost lost = null;
            if (fate == Fate.UNKNOWN) {
                lost = new ConnectionLost(
                        "08006",
                        "A CancelRequest was sent and it is not known whether the server has taken it, so the connection was closed"
                                + " before the request could hit another statement",
                        cause);
            } else if (fate == Fate.FAILED) {
                lost = new ConnectionLost(
                        "08001", "The CancelRequest could not be handed over to the server: " + cause, cause);
            }
            tellWaiters(lost);
            if (fate == Fate.UNKNOWN && lost != null) {
                session.fail(lost);
            }
        });
    }

    /** The owner closes the session: what runs is stopped, unless that would undo something, and nobody waits for it. */
    void stopForGood() {
        BackendKeyData key = state.backendKey();
        Exchange head = queue.headExchange();
        if (key != null && head != null && !head.losesByStop() && !queue.endsTransaction()) {
            cancellation.send(key, (fate, cause) -> {});
        }
    }

    private void tellWaiters(@Nullable Failure failure) {
        List<Consumer<@Nullable Failure>> told = List.copyOf(waiters);
        waiters.clear();
        told.forEach(waiter -> tell(waiter, failure));
    }

    private static void tell(Consumer<@Nullable Failure> waiter, @Nullable Failure failure) {
        LostErrors.guard("A subscriber failed while it was told of a CancelRequest", () -> waiter.accept(failure));
    }

    private void endTimer() {
        if (timer != null) {
            timer.cancel(false);
            timer = null;
        }
    }

    void end() {
        endTimer();
        candidate = null;
        waiters.addAll(asked);
        asked.clear();
        tellWaiters(null);
    }
}
