// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.net;

import io.r2dbc.pgxc.exchange.Exchange;
import io.r2dbc.pgxc.exchange.Failure;
import io.r2dbc.pgxc.exchange.SessionState;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * The caller's end of a session with the server. Any thread may call any method; what is submitted by one thread is written in that order.
 */
public final class Session {

    /** What a timer can count; longer is for ever. */
    private static final Duration LONGEST = Duration.ofDays(365);

    private final SessionHandler handler;
    private final Scheduler scheduler;

    Session(SessionHandler handler) {
        this.handler = handler;
        this.scheduler = Schedulers.fromExecutor(handler.context().executor());
    }

    /** Puts an exchange in line. It will be written when its turn comes, or fail. */
    public void submit(Exchange exchange) {
        handler.mailbox().put(exchange);
    }

    /** Nobody is interested in the exchange any more (X14). */
    public void cancel(Exchange exchange) {
        handler.mailbox().put(() -> handler.cancel(exchange));
    }

    /** Demand has come: goes on reading if that had stopped for want of it. */
    public void wake() {
        handler.mailbox().wake();
    }

    /** Runs the action on the event loop, in line with submissions. */
    public void execute(Runnable action) {
        handler.mailbox().put(action);
    }

    public boolean inEventLoop() {
        return handler.context().executor().inEventLoop();
    }

    /** Gives the exchange up after the given time, unless it is over by then; the future ends the watch. */
    public Future<?> timeLimit(Exchange exchange, Duration limit, Failure failure) {
        return handler.context()
                .executor()
                .schedule(
                        () -> handler.mailbox().put(() -> handler.timeOut(exchange, failure)),
                        nanos(limit),
                        TimeUnit.NANOSECONDS);
    }

    private static long nanos(Duration limit) {
        return limit.compareTo(LONGEST) < 0 ? limit.toNanos() : LONGEST.toNanos();
    }

    /** Whether the server's next word is the answer to this exchange, everything before it having been answered. Event loop only. */
    public boolean isDue(Exchange exchange) {
        return handler.queue().headExchange() == exchange;
    }

    /** Gives up what is in flight or waits, and calls back when all is quiet. The connection is about to go back to a pool. */
    public void quiesce(Runnable whenIdle) {
        execute(() -> {
            handler.stopper().releasing();
            for (Exchange exchange : handler.queue().everything()) {
                handler.abandon(exchange);
            }
            handler.onIdle(() -> {
                handler.stopper().released();
                whenIdle.run();
            });
        });
    }

    /**
     * Asks the server to stop what it is at; calls back when that has been said, and whatever comes of it may show, with null, or with what
     * kept it from being said.
     */
    public void requestCancel(Consumer<@Nullable Failure> whenOver) {
        execute(() -> handler.stopper().request(whenOver));
    }

    /** Ends the session at once, without a word to the server. */
    public void abort(Failure failure) {
        execute(() -> handler.fail(failure));
    }

    /** Ends the session in good order, within a second; idempotent. */
    public Mono<Void> close() {
        return handler.goodbye().say();
    }

    /** Whether the channel is up as far as is known, and nobody has asked to close it. */
    public boolean isConnected() {
        return handler.isConnected() && !handler.goodbye().isSaid();
    }

    /** Why the session is over, or null. */
    public @Nullable Failure end() {
        return handler.end();
    }

    public SessionState state() {
        return handler.state();
    }

    /** The event loop of this session, where results are delivered. */
    public Scheduler scheduler() {
        return scheduler;
    }
}
