// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import io.r2dbc.pgxc.exchange.Failure.ConnectionLost;
import io.r2dbc.spi.R2dbcException;
import io.r2dbc.spi.R2dbcTransientException;
import io.r2dbc.spi.ValidationDepth;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.reactivestreams.Publisher;
import reactor.core.publisher.BufferOverflowStrategy;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.Logger;
import reactor.util.Loggers;
import reactor.util.retry.Retry;

/**
 * Listens on a connection of its own, and on the next one when that is lost (X23).
 *
 * <p>The connection is there from the first subscriber to the last. It is asked for a sign of life now and then, because a line
 * that is cut in silence says nothing. What time may mend is tried again, with growing pauses; what it cannot mend fails
 * the subscribers.
 */
final class Listening {

    private static final Logger LOGGER = Loggers.getLogger(PgxcConnectionFactory.class);

    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);
    private static final double JITTER = 0.5;

    /** How often the server is asked for a sign of life. */
    static final Duration SIGN_OF_LIFE = Duration.ofSeconds(30);

    /** Says that LISTEN is in effect: a success, after which pauses are short again. No channel is without a name. */
    private static final PgxcNotification IN_EFFECT = new PgxcNotification("", "", 0, 0, false);

    private final PgxcConnectionFactory factory;
    private final String sql;
    private final Duration signOfLife;
    private final Function<? super PgxcConnection, ? extends Publisher<?>> whenListening;

    Listening(
            PgxcConnectionFactory factory,
            Duration signOfLife,
            Function<? super PgxcConnection, ? extends Publisher<?>> whenListening,
            String... channels) {
        if (Require.nonNull(channels, "channels").length == 0) {
            throw new IllegalArgumentException("listen needs the name of at least one channel");
        }
        this.factory = factory;
        this.signOfLife = signOfLife;
        this.whenListening = Require.nonNull(whenListening, "whenListening");
        this.sql = Arrays.stream(channels)
                .map(channel -> "LISTEN " + Identifiers.quote(channel))
                .collect(Collectors.joining("; "));
    }

    /** What its subscribers share; each has a ring of so many notifications. */
    Flux<PgxcNotification> notifications(int ring) {
        Flux<PgxcNotification> shared =
                Flux.defer(this::untilLeft).publish(Integer.MAX_VALUE).refCount();
        return Flux.defer(() -> {
            Losses losses = new Losses();
            return shared.onBackpressureBuffer(ring, losses::add, BufferOverflowStrategy.DROP_OLDEST)
                    .map(losses::tell);
        });
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
                        () -> Flux.from(whenListening.apply(connection)).then()))
                .thenReturn(IN_EFFECT);
        return Flux.merge(Integer.MAX_VALUE, heard, begin, watch(connection));
    }

    private Mono<PgxcNotification> watch(PgxcConnection connection) {
        return connection
                .validate(ValidationDepth.REMOTE)
                .delaySubscription(signOfLife)
                .repeat()
                .filter(isAlive -> !isAlive)
                .next()
                .then(Mono.error(() -> lost("the server gives no sign of life")));
    }

    private RuntimeException lost(String why) {
        return Errors.of(new ConnectionLost("08006", "The connection is lost: " + why, null), sql);
    }

    /** Whether it may be better later: the server is away, busy or starting; or, where it has once worked, a standby for a while. */
    private static boolean mayMend(Throwable e, boolean hasListened) {
        if (!(e instanceof R2dbcException error)) {
            return false;
        }
        String state = String.valueOf(error.getSqlState());
        boolean mends = error instanceof R2dbcTransientException
                || (state.startsWith("08") && !state.equals("08P01"))
                || state.startsWith("53")
                || state.startsWith("57");
        boolean isStandby = state.equals("25006");
        return mends || (hasListened && (isStandby || state.equals("08P01")));
    }

    /** What one subscriber has lost since the last notification it got. */
    private static final class Losses {

        private long count;
        private boolean reconnected;

        synchronized void add(PgxcNotification dropped) {
            count += 1 + dropped.missed();
            reconnected |= dropped.afterReconnect();
        }

        synchronized PgxcNotification tell(PgxcNotification next) {
            PgxcNotification told = next.withMissed(count);
            count = 0;
            boolean marks = reconnected;
            reconnected = false;
            return marks ? told.withReconnect() : told;
        }
    }
}
