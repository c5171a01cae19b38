// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.tck.fault;

import static io.r2dbc.pgxc.tck.fault.Live.LIMIT;
import static io.r2dbc.pgxc.tck.fault.Live.all;
import static io.r2dbc.pgxc.tck.fault.Live.await;
import static io.r2dbc.pgxc.tck.fault.Live.get;
import static io.r2dbc.pgxc.tck.fault.Live.one;
import static io.r2dbc.pgxc.tck.fault.Live.requireClosed;
import static io.r2dbc.pgxc.tck.fault.Live.requireOpen;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.r2dbc.pgxc.PgxcConnection;
import io.r2dbc.pgxc.tck.server.Cluster;
import io.r2dbc.pgxc.tck.server.TestServer;
import io.r2dbc.pgxc.testing.StandingAsserts;
import io.r2dbc.spi.R2dbcException;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** {@code close()}: in good order, within its second, whoever asks and whatever runs. */
@ExtendWith(StandingAsserts.class)
class GoodbyeIT {

    private static final Duration BOUND = Duration.ofMillis(1_500);

    @RegisterExtension
    final Live live = new Live();

    /** What the connection is doing when it is closed. */
    private enum Doing {
        NOTHING,
        SLEEPING,
        STREAMING,
        IN_TRANSACTION
    }

    @ParameterizedTest(name = "[B14] {0}")
    @EnumSource
    @DisplayName("[B14, X16] close() twice at once ends the session within a second, and the server hears Terminate")
    void closesInGoodOrder(Doing doing) {
        int logged = complaints();
        for (int round = 0; round < 10; round++) {
            PgxcConnection connection = live.open();
            Mono<Long> work = work(connection, doing).cache();
            work.subscribe(value -> {}, error -> {});
            requireBusy(connection, doing);

            Mono.when(
                            connection.close().subscribeOn(Schedulers.parallel()),
                            connection.close().subscribeOn(Schedulers.parallel()))
                    .block(BOUND);

            await(connection.close());
            requireClosed(connection);
            R2dbcException met = catchThrowableOfType(R2dbcException.class, () -> requireOpen(connection));
            assertThat(met.getSqlState()).isEqualTo("08003");
            if (doing == Doing.SLEEPING || doing == Doing.STREAMING) {
                assertThat(catchThrowableOfType(R2dbcException.class, () -> work.block(LIMIT)))
                        .isNotNull();
            }
        }
        live.awaitSessions(0, Duration.ofSeconds(2));
        assertThat(complaints()).as("what the server says of lost clients").isEqualTo(logged);
    }

    private static Mono<Long> work(PgxcConnection connection, Doing doing) {
        return switch (doing) {
            case NOTHING -> Mono.empty();
            case SLEEPING ->
                one(connection, "select 1 from pg_sleep(60)", Integer.class).map(Integer::longValue);
            case STREAMING ->
                all(connection.createStatement("select generate_series(1, 100000000)"), Integer.class)
                        .count();
            case IN_TRANSACTION ->
                connection
                        .beginTransaction()
                        .then(one(connection, "select 1", Integer.class))
                        .map(Integer::longValue);
        };
    }

    private void requireBusy(PgxcConnection connection, Doing doing) {
        if (doing == Doing.SLEEPING) {
            Live.until(LIMIT, "the server sleeps", () -> live.sessions("wait_event = 'PgSleep'") == 1);
        } else if (doing == Doing.IN_TRANSACTION) {
            Live.until(LIMIT, "the transaction is open", () -> live.sessions("state = 'idle in transaction'") == 1);
        } else if (doing == Doing.STREAMING) {
            Live.until(LIMIT, "rows flow", () -> live.sessions("state = 'active'") == 1);
        } else {
            requireOpen(connection);
        }
    }

    /** How often the server has complained of clients who left without a word, where its log is at hand. */
    private static int complaints() {
        String log = TestServer.shared().cluster().map(Cluster::log).orElse("");
        return (int) log.lines()
                .filter(line -> line.contains("unexpected EOF on client connection")
                        || line.contains("could not receive data from client"))
                .count();
    }

    @Test
    @DisplayName("[B14, X16] close() may be called on the event loop, while a row is being mapped")
    void closesOnEventLoop() {
        PgxcConnection connection = live.open();

        R2dbcException met = catchThrowableOfType(
                R2dbcException.class,
                () -> all(connection.createStatement("select generate_series(1, 100000000)"), Integer.class)
                        .doOnNext(value -> {
                            if (value == 1_000) {
                                connection.close().subscribe();
                            }
                        })
                        .blockLast(LIMIT));

        assertThat(met.getSqlState()).isEqualTo("08003");
        connection.close().block(BOUND);
        live.awaitSessions(0, Duration.ofSeconds(2));
    }

    @Test
    @DisplayName("[B14, X16] close() while 1,000 statements wait in line fails them all")
    void failsThoseInLine() {
        PgxcConnection connection = live.open(options -> options.pipelineLimit(4));
        Mono<Long> failed = Flux.range(0, 1_000)
                .flatMap(
                        i -> one(connection, "select 1 from pg_sleep(1)", Integer.class)
                                .map(value -> 0L)
                                .onErrorResume(R2dbcException.class, error -> Mono.just(1L)),
                        1_000)
                .reduce(0L, Long::sum)
                .cache();
        failed.subscribe();
        Live.until(LIMIT, "the server sleeps", () -> live.sessions("wait_event = 'PgSleep'") == 1);

        connection.close().block(BOUND);
        assertThat(get(failed)).isGreaterThan(990);
    }
}
