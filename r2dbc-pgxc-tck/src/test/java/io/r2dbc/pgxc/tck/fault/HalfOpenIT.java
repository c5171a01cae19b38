// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.tck.fault;

import static io.r2dbc.pgxc.tck.fault.Live.LIMIT;
import static io.r2dbc.pgxc.tck.fault.Live.get;
import static io.r2dbc.pgxc.tck.fault.Live.one;
import static io.r2dbc.pgxc.tck.fault.Live.requireClosed;
import static io.r2dbc.pgxc.tck.fault.Live.requireOpen;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.r2dbc.pgxc.PgxcConfiguration;
import io.r2dbc.pgxc.PgxcConnection;
import io.r2dbc.pgxc.tck.WireTap;
import io.r2dbc.pgxc.testing.StandingAsserts;
import io.r2dbc.spi.R2dbcException;
import io.r2dbc.spi.R2dbcNonTransientResourceException;
import io.r2dbc.spi.ValidationDepth;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import reactor.core.publisher.Mono;

/** A peer that is gone without a word: no byte, no FIN, no reset. */
@ExtendWith(StandingAsserts.class)
class HalfOpenIT {

    /** Ten thousand bytes every ten milliseconds. */
    private static final String TRICKLE =
            "select lpad('', 10000, 'x') from generate_series(1, 100000) g, lateral (select pg_sleep(0.01), g) s";

    @RegisterExtension
    final Live live = new Live();

    private PgxcConnection open(WireTap tap, UnaryOperator<PgxcConfiguration.Builder> options) {
        return live.open(builder -> options.apply(
                builder.host(tap.endpoint().host()).port(tap.endpoint().port()).tcpKeepAlive(true)));
    }

    @Test
    @DisplayName("[B10] idle: a validation notices within its 5 seconds, and close() is not held up")
    void idle() {
        try (WireTap tap = WireTap.before(live.endpoint())) {
            PgxcConnection connection = open(tap, options -> options);
            requireOpen(connection);
            tap.stall();
            long start = System.nanoTime();
            assertThat(get(connection.validate(ValidationDepth.REMOTE))).isFalse();
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
            connection.close().block(Duration.ofSeconds(2));
            requireClosed(connection);
        }
    }

    @Test
    @DisplayName(
            "[B10] in the middle of an answer: after responseTimeout without a byte the statement fails with 08006, and so"
                    + " does whatever waits behind it")
    void running() throws InterruptedException {
        try (WireTap tap = WireTap.before(live.endpoint())) {
            PgxcConnection connection = open(tap, options -> options.responseTimeout(Duration.ofMillis(500)));
            CountDownLatch rows = new CountDownLatch(3);
            Mono<Void> reading = connection
                    .createStatement(TRICKLE)
                    .execute()
                    .concatMap(result -> result.map(row -> String.valueOf(row.get(0, String.class))))
                    .doOnNext(row -> rows.countDown())
                    .then()
                    .cache();
            reading.subscribe(nothing -> {}, failure -> {});
            assertThat(rows.await(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
            Mono<Integer> behind = one(connection, "SELECT 42", Integer.class).cache();
            behind.subscribe(value -> {}, failure -> {});
            tap.stall();
            assertLost(reading);
            assertLost(behind);
            requireClosed(connection);
        }
    }

    private static void assertLost(Mono<?> failing) {
        R2dbcException failure = catchThrowableOfType(R2dbcException.class, () -> failing.block(LIMIT));
        assertThat(failure)
                .isInstanceOf(R2dbcNonTransientResourceException.class)
                .hasMessageContaining("responseTimeout");
        assertThat(failure.getSqlState()).isEqualTo("08006");
    }
}
