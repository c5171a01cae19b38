// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.tck.fault;

import static io.r2dbc.pgxc.tck.fault.Live.LIMIT;
import static io.r2dbc.pgxc.tck.fault.Live.await;
import static io.r2dbc.pgxc.tck.fault.Live.get;
import static io.r2dbc.pgxc.tck.fault.Live.one;
import static io.r2dbc.pgxc.tck.fault.Live.pid;
import static io.r2dbc.pgxc.tck.fault.Live.requireClosed;
import static io.r2dbc.pgxc.tck.fault.Live.run;
import static io.r2dbc.pgxc.tck.fault.Live.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.r2dbc.pgxc.PgxcConnection;
import io.r2dbc.pgxc.testing.StandingAsserts;
import io.r2dbc.spi.R2dbcException;
import io.r2dbc.spi.R2dbcNonTransientResourceException;
import io.r2dbc.spi.R2dbcTransientResourceException;
import io.r2dbc.spi.ValidationDepth;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** A server process that is told to go, whatever its client is doing. */
@ExtendWith(StandingAsserts.class)
class TerminationIT {

    @RegisterExtension
    final Live live = new Live();

    private void terminate(PgxcConnection connection, int pid) {
        assertThat(live.ask("select pg_terminate_backend(" + pid + ")")).isEqualTo("t");
        assertThat(connection.toString()).startsWith("PgxcConnection");
    }

    private static void requireFailsAtOnce(PgxcConnection connection, String sqlState) {
        R2dbcException met = catchThrowableOfType(
                R2dbcException.class,
                () -> one(connection, "SELECT 42", Integer.class).block(Duration.ofSeconds(2)));
        assertThat(met.getSqlState()).isEqualTo(sqlState);
        requireClosed(connection);
    }

    @Test
    @DisplayName(
            "[B5] a slow reader whose server process is terminated gets its rows, then an error, never a normal end")
    void slowReader() {
        PgxcConnection connection = live.open();
        int pid = pid(connection);
        Slow reader = new Slow();
        connection
                .createStatement("select generate_series(1, 1000000), 'rows that fill every buffer on the way'")
                .execute()
                .flatMap(result -> result.map(row -> row.get(0, Integer.class)))
                .subscribe(reader);
        until(LIMIT, "ten rows are there", () -> reader.rows.get() == 10);
        until(
                LIMIT,
                "the server waits for the reader",
                () -> live.sessions("pid = " + pid + " and wait_event = 'ClientWrite'") == 1);
        terminate(connection, pid);
        live.awaitSessions(0, LIMIT);

        reader.request(Long.MAX_VALUE);
        assertThat(catchThrowableOfType(
                        R2dbcNonTransientResourceException.class,
                        () -> reader.end.asMono().block(LIMIT)))
                .isNotNull()
                .satisfies(error -> assertThat(error.getSqlState()).isEqualTo("08006"));
        assertThat(reader.rows.get()).isBetween(10, 999_999);
        requireFailsAtOnce(connection, "08006");
    }

    @Test
    @DisplayName("[B6] an idle connection whose server process is terminated knows it without being asked, and why")
    void idle() {
        PgxcConnection connection = live.open();
        terminate(connection, pid(connection));

        until(Duration.ofSeconds(2), "the connection knows", () -> !get(connection.validate(ValidationDepth.LOCAL)));
        requireFailsAtOnce(connection, "57P01");
    }

    @ParameterizedTest(name = "[B7] in a transaction: {0}")
    @ValueSource(booleans = {false, true})
    @DisplayName("[B7] a busy statement whose server process is terminated fails with the server's own word")
    void busy(boolean inTransaction) {
        PgxcConnection connection = live.open();
        int pid = pid(connection);
        if (inTransaction) {
            await(connection.beginTransaction());
            await(run(connection, "select 1"));
        }
        Mono<Integer> busy =
                one(connection, "select 1 from pg_sleep(30)", Integer.class).cache();
        busy.subscribe(value -> {}, error -> {});
        Mono<Integer> behind = one(connection, "select 2", Integer.class).cache();
        behind.subscribe(value -> {}, error -> {});
        until(LIMIT, "the statement runs", () -> live.sessions("pid = " + pid + " and wait_event = 'PgSleep'") == 1);
        terminate(connection, pid);

        for (Mono<Integer> failed : java.util.List.of(busy, behind)) {
            assertThat(catchThrowableOfType(R2dbcTransientResourceException.class, () -> failed.block(LIMIT)))
                    .isNotNull()
                    .satisfies(error -> assertThat(error.getSqlState()).isEqualTo("57P01"));
        }
        requireFailsAtOnce(connection, "57P01");
    }

    /** Takes ten rows, and then as many as it is told to. */
    private static final class Slow extends BaseSubscriber<Integer> {

        private final AtomicInteger rows = new AtomicInteger();
        private final Sinks.Empty<Void> end = Sinks.empty();

        @Override
        protected void hookOnSubscribe(Subscription subscription) {
            subscription.request(10);
        }

        @Override
        protected void hookOnNext(Integer value) {
            rows.incrementAndGet();
        }

        @Override
        protected void hookOnComplete() {
            end.tryEmitEmpty().orThrow();
        }

        @Override
        protected void hookOnError(Throwable error) {
            end.tryEmitError(error).orThrow();
        }
    }
}
