// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import io.r2dbc.pgxc.exchange.Failure.ConnectionLost;
import io.r2dbc.spi.R2dbcException;
import io.r2dbc.spi.R2dbcTransientException;
import java.io.FileNotFoundException;
import java.net.SocketException;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.Logger;
import reactor.util.Loggers;
import reactor.util.retry.Retry;

/**
 * Listens on a connection of its own, and on the next one when that is lost (X23).
 *
 * <p>The connection is there from the first subscriber to the last. It is asked for a sign of life now and then, because a line
 * that is cut in silence says nothing; while it is busy with what {@code whenListening} asks, that is for whoever asks to bound. What time may mend is tried again, with growing pauses; what it cannot mend fails
 * the subscribers.
 */
final class Listening {

    private static final Logger LOGGER = Loggers.getLogger(PgxcConnectionFactory.class);

    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);
    private static final double JITTER = 0.5;

    /** How often the server is asked for a sign of life. */
    static final Duration SIGN_OF_LIFE = Duration.ofSeconds(30);

    /** How long it may owe one. */
    static final Duration SILENCE = Duration.ofSeconds(5);

    /** Says that LISTEN is in effect: a success, after which pauses are short again. No channel is without a name. */
    private static final PgxcNotification IN_EFFECT = new PgxcNotification("", "", 0, 0, false);

    private final PgxcConnectionFactory factory;
    private final String sql;
    private final Duration signOfLife;
    private final Duration silence;
    private final Function<? super PgxcConnection, ? extends Publisher<?>> whenListening;

    Listening(
            PgxcConnectionFactory factory,
            Duration signOfLife,
            Duration silence,
            Function<? super PgxcConnection, ? extends Publisher<?>> whenListening,
            String... channels) {
        if (Require.nonNull(channels, "channels").length == 0) {
            throw new IllegalArgumentException("listen needs the name of at least one channel");
        }
        this.factory = factory;
        this.signOfLife = signOfLife;
        this.silence = silence;
        this.whenListening = Require.nonNull(whenListening, "whenListening");
        this.sql = Arrays.stream(channels)
                .map(channel -> "LISTEN " + Identifiers.quote(channel))
                .collect(Collectors.joining("; "));
    }

    /** What its subscribers share; each has a ring of so many notifications. */
    Flux<PgxcNotification> notifications(int ring) {
        return new SharedEvents<>(
                        Flux.defer(this::untilLeft), factory::eventLoop, ring, (lost, next) -> next.after(lost))
                .flux();
    }

    /** One connection after the other. */
    private Flux<PgxcNotification> untilLeft() {
        AtomicBoolean hasListened = new AtomicBoolean();
        return Flux.usingWhen(
                        factory.create(),
                        connection -> on(connection, hasListened),
                        PgxcConnection::close,
                        (connection, e) -> connection.close(),
                        PgxcConnection::close)
                .retryWhen(Retry.backoff(Long.MAX_VALUE, FIRST_PAUSE)
                        .maxBackoff(LONGEST_PAUSE)
                        .jitter(JITTER)
                        .transientErrors(true)
                        .filter(e -> mayMend(e, hasListened.get()))
                        .doBeforeRetry(signal -> LOGGER.warn(
                                "{} has no connection, and another one is tried: {}",
                                sql,
                                String.valueOf(signal.failure()))))
                .onErrorMap(Final.class, own -> own.failure)
                .filter(notification -> !notification.channel().isEmpty());
    }

    private Flux<PgxcNotification> on(PgxcConnection connection, AtomicBoolean hasListened) {
        boolean again = hasListened.get();
        Flux<PgxcNotification> heard = connection
                .notifications()
                .concatWith(Mono.error(() -> lost("it was closed")))
                .index((index, notification) -> again && index == 0 ? notification.withReconnect() : notification);
        Mono<PgxcNotification> begin = connection
                .createStatement(sql)
                .execute()
                .concatMap(PgxcResult::getRowsUpdated)
                .then(Mono.fromRunnable(() -> hasListened.set(true)))
                .then(Mono.defer(
                                () -> Flux.from(whenListening.apply(connection)).then())
                        .onErrorMap(e -> connection.core().session().isConnected() ? new Final(e) : e))
                .thenReturn(IN_EFFECT);
        return Flux.merge(Integer.MAX_VALUE, heard, begin, watch(connection));
    }

    private Mono<PgxcNotification> watch(PgxcConnection connection) {
        return SignOfLife.of(connection.core().session(), silence)
                .delaySubscription(signOfLife)
                .repeat()
                .filter(isAlive -> !isAlive)
                .next()
                .then(Mono.error(() -> lost("the server gives no sign of life")));
    }

    /** A failure of the user's own, which is not tried again whatever it looks like. */
    private static final class Final extends RuntimeException {

        private static final long serialVersionUID = 1;

        private final transient Throwable failure;

        Final(Throwable failure) {
            super(failure);
            this.failure = failure;
        }
    }

    private RuntimeException lost(String why) {
        return Errors.of(new ConnectionLost("08006", "The connection is lost: " + why, null), sql);
    }

    /**
     * Whether it may be better later: the server is away, busy or starting; or, where it has once worked, a standby for a while, or whatever
     * stands between for now.
     */
    private static boolean mayMend(Throwable e, boolean hasListened) {
        if (!(e instanceof R2dbcException error)) {
            return false;
        }
        String state = String.valueOf(error.getSqlState());
        boolean mends = error instanceof R2dbcTransientException
                || state.equals("08006")
                || (state.equals("08001") && isUnreachable(error.getCause()))
                || state.startsWith("53")
                || state.startsWith("57");
        return mends || (hasListened && (state.startsWith("08") || state.equals("25006")));
    }

    /** There, but not yet or not now; as opposed to a name that does not exist, or a server without TLS where that is demanded. */
    private static boolean isUnreachable(@Nullable Throwable cause) {
        return cause instanceof SocketException
                || cause instanceof FileNotFoundException
                || cause instanceof TimeoutException;
    }
}
