// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.r2dbc.pgxc.exchange.CopyBoth;
import io.r2dbc.pgxc.exchange.CopyBothConsumer;
import io.r2dbc.pgxc.exchange.Failure;
import io.r2dbc.pgxc.exchange.Failure.ConnectionLost;
import io.r2dbc.pgxc.exchange.Failure.ProtocolViolation;
import io.r2dbc.pgxc.exchange.SessionEndException;
import io.r2dbc.pgxc.net.Session;
import io.r2dbc.pgxc.replication.NextTimeline;
import io.r2dbc.pgxc.replication.ReplicationFormatException;
import io.r2dbc.pgxc.replication.StreamMessage;
import io.r2dbc.pgxc.replication.WalData;
import io.r2dbc.pgxc.value.Lsn;
import io.r2dbc.pgxc.wire.DataRow;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.util.context.Context;

/**
 * The way of one START_REPLICATION to its subscriber, and of what the application says about it to the server.
 *
 * <p>Status updates leave on a timer and when the server asks for one, whether or not the subscriber has requested anything; several that
 * fall into one turn of the event loop are one. A server that has said nothing since the last of the timer's is asked to answer, and one
 * that does not, for as long as the limit says, is taken for gone. Event loop only, but for what says otherwise.
 */
abstract class ReplicationFeed<T> extends DemandFlux<T> implements CopyBothConsumer {

    /**
     * What a feed begins with.
     *
     * @param sql START_REPLICATION
     * @param silenceLimit how long the server may leave status updates that ask for an answer without one
     * @param whenStarted may refuse, by throwing, that a stream begins; any thread
     * @param whenOver hears that the subscriber has gone or been told the end; any thread
     */
    record Opening(
            Session session,
            String sql,
            Duration statusInterval,
            Duration silenceLimit,
            Standing standing,
            Consumer<ReplicationFeed<?>> whenStarted,
            Consumer<ReplicationFeed<?>> whenOver) {}

    private final Opening opening;
    private final Session session;
    private final CopyBoth exchange;
    private final AtomicBoolean attached = new AtomicBoolean();
    private final AtomicBoolean statusDue = new AtomicBoolean();
    private final Sinks.One<NextTimeline> next = Sinks.one();
    private volatile @Nullable PacedSubscription<T> subscription;
    private volatile Lsn walEnd = new Lsn(0);
    private @Nullable Disposable timer;
    private @Nullable NextTimeline following;
    private boolean over;
    private boolean heard;
    private boolean asked;
    private long askedAt;
    private boolean started;
    private @Nullable Consumer<ByteBuf> early;

    /** Nothing is sent before somebody subscribes. */
    ReplicationFeed(Opening opening) {
        this.opening = opening;
        this.session = opening.session();
        this.exchange = new CopyBoth(opening.sql(), this);
    }

    /** Makes of a piece of the log what the subscriber gets; null for nothing. The piece is a view of the inbound buffer. */
    abstract @Nullable T element(WalData wal);

    /** Whether the next piece could be turned into an element now. */
    boolean isReadable() {
        return true;
    }

    /** The server has accepted the stream. */
    void onAccepted() {}

    /** The server is idle, having sent its log up to there. */
    void onKeepalive(Lsn end) {}

    final Session session() {
        return session;
    }

    final String sql() {
        return opening.sql();
    }

    final Standing standing() {
        return opening.standing();
    }

    // The subscriber's side, any thread

    @Override
    final void attach(PacedSubscription<T> to) {
        if (!attached.compareAndSet(false, true)) {
            to.fail(new IllegalStateException("A stream can be consumed only once"));
            return;
        }
        try {
            opening.whenStarted().accept(this);
        } catch (IllegalStateException e) {
            to.fail(e);
            return;
        }
        subscription = to;
        session.submit(exchange);
        if (to.isOver()) {
            onCancel(to);
        }
    }

    @Override
    final void onDemand() {
        session.execute(() -> {
            PacedSubscription<T> to = subscription;
            if (to != null && to.refuseBadRequest()) {
                leave();
            }
        });
    }

    @Override
    final void onCancel(PacedSubscription<T> leaving) {
        if (subscription == leaving) {
            leave();
        }
    }

    private void leave() {
        opening.whenOver().accept(this);
        session.cancel(exchange);
        session.execute(() -> {
            ended(null);
            awaitCopyDone();
        });
    }

    /** What has become known to be done with; the server hears of it at once. Any thread. */
    final void acknowledge(Lsn written, Lsn flushed, Lsn applied) {
        opening.standing().acknowledge(written, flushed, applied);
        tellStatus();
    }

    /** Says something besides, as soon as the stream has begun; then only the last of several. Any thread. */
    final void tell(Consumer<ByteBuf> message) {
        session.execute(() -> {
            if (started) {
                say(message);
            } else {
                early = message;
            }
        });
    }

    /** Ends the stream from this side: what is on its way still comes. Any thread. */
    final void end() {
        session.execute(exchange::end);
    }

    /** How far the server's log reached, by what it has said last. Any thread. */
    final Lsn walEnd() {
        return walEnd;
    }

    final Mono<NextTimeline> nextTimeline() {
        return next.asMono();
    }

    private void tellStatus() {
        if (statusDue.compareAndSet(false, true)) {
            session.execute(() -> {
                statusDue.set(false);
                say(opening.standing().update(false)::writeTo);
            });
        }
    }

    // On the event loop

    private void say(Consumer<ByteBuf> message) {
        if (!over) {
            ByteBuf payload = Unpooled.buffer(40);
            message.accept(payload);
            exchange.say(payload);
        }
    }

    @Override
    public final boolean wantsData() {
        PacedSubscription<T> to = subscription;
        return to == null || to.isOver() || (isReadable() && to.isPresent());
    }

    /** Everything but the log itself: whether the server lives, and whether it wants to know the same of us (S3.14). */
    @Override
    public final boolean wantsAtOnce(byte first) {
        return first != StreamMessage.WAL_DATA;
    }

    /** A server that does not answer the command at all is gone as well. */
    @Override
    public final void onAsked() {
        timer = session.scheduler()
                .schedule(
                        () -> session.execute(() -> {
                            if (!started && !over) {
                                abandon("where START_REPLICATION was to be answered");
                            }
                        }),
                        opening.silenceLimit().toMillis(),
                        TimeUnit.MILLISECONDS);
    }

    @Override
    public final void onStart() {
        endTimer();
        started = true;
        onAccepted();
        if (early != null) {
            say(early);
            early = null;
        }
        Duration interval = opening.statusInterval();
        if (!interval.isZero()) {
            long millis = Math.max(1, interval.toMillis());
            timer = session.scheduler()
                    .schedulePeriodically(() -> session.execute(this::onTimer), millis, millis, TimeUnit.MILLISECONDS);
        }
        tellStatus();
    }

    /** While data waits for demand nothing is read, and so nothing is known of the server. */
    private void onTimer() {
        boolean silent = !heard && wantsData();
        heard = false;
        if (!silent) {
            asked = false;
        } else if (!asked) {
            asked = true;
            askedAt = System.nanoTime();
        } else if (!over && System.nanoTime() - askedAt > opening.silenceLimit().toNanos()) {
            abandon("although it was asked to");
            return;
        }
        say(opening.standing().update(silent)::writeTo);
    }

    /** The server owes its own CopyDone to a stream that was cancelled, and may have much on its way before that; but not silence. */
    private void awaitCopyDone() {
        if (!exchange.isWritten() || exchange.isAnswered() || timer != null) {
            return;
        }
        long before = exchange.pieces();
        timer = session.scheduler()
                .schedule(
                        () -> session.execute(() -> {
                            timer = null;
                            if (!exchange.isAnswered() && exchange.pieces() == before) {
                                abandon("where the stream was to be ended");
                            } else {
                                awaitCopyDone();
                            }
                        }),
                        opening.silenceLimit().toMillis(),
                        TimeUnit.MILLISECONDS);
    }

    private void abandon(String why) {
        session.abort(new ConnectionLost(
                "08006",
                "The server has said nothing for " + opening.silenceLimit().toMillis() + " ms, " + why,
                null));
    }

    @Override
    public final void onData(ByteBuf in, int offset, int length) {
        heard = true;
        try {
            StreamMessage message = StreamMessage.read(in, offset, length);
            if (message instanceof WalData wal) {
                onWal(wal);
            } else if (message instanceof StreamMessage.Keepalive keepalive) {
                walEnd = keepalive.walEnd();
                onKeepalive(keepalive.walEnd());
                if (keepalive.replyRequested()) {
                    tellStatus();
                }
            }
        } catch (ReplicationFormatException e) {
            throw new SessionEndException(new ProtocolViolation(String.valueOf(e.getMessage()), e));
        }
    }

    private void onWal(WalData wal) {
        walEnd = wal.walEnd();
        T element = element(wal);
        PacedSubscription<T> to = subscription;
        if (element != null && to != null) {
            to.next(element);
        }
    }

    @Override
    public final void onRow(DataRow row) {
        following = ReplicationAnswers.nextTimeline(row);
    }

    @Override
    public final void onEnd() {
        opening.whenOver().accept(this);
        NextTimeline told = following;
        StreamEnd.give(() -> ended(told), Context.empty());
        PacedSubscription<T> to = subscription;
        if (to != null) {
            to.complete();
        }
    }

    @Override
    public final void onFailure(Failure failure) {
        opening.whenOver().accept(this);
        over();
        StreamEnd.give(() -> next.tryEmitError(Errors.of(failure, opening.sql())), Context.empty());
        PacedSubscription<T> to = subscription;
        if (to != null) {
            to.fail(Errors.of(failure, opening.sql()));
        }
    }

    private void ended(@Nullable NextTimeline told) {
        over();
        if (told == null) {
            next.tryEmitEmpty();
        } else {
            next.tryEmitValue(told);
        }
    }

    private void over() {
        over = true;
        endTimer();
    }

    private void endTimer() {
        if (timer != null) {
            timer.dispose();
            timer = null;
        }
    }
}
