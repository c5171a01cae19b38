// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.tck.fault;

import static io.r2dbc.pgxc.tck.fault.Live.all;
import static io.r2dbc.pgxc.tck.fault.Live.await;
import static io.r2dbc.pgxc.tck.fault.Live.get;
import static io.r2dbc.pgxc.tck.fault.Live.one;
import static org.assertj.core.api.Assertions.assertThat;

import io.r2dbc.pgxc.PgxcBatch;
import io.r2dbc.pgxc.PgxcConnection;
import io.r2dbc.pgxc.PgxcStatement;
import io.r2dbc.pgxc.testing.DroppedSignals;
import io.r2dbc.pgxc.testing.StandingAsserts;
import io.r2dbc.spi.R2dbcException;
import io.r2dbc.spi.R2dbcTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;

/** Cancels at random instants of everything that is not one plain query, with other statements written behind it. */
class RandomCancelKindsIT {

    @RegisterExtension
    static final StandingAsserts ASSERTS = StandingAsserts.within(Duration.ofMinutes(1));

    @RegisterExtension
    final Live live = new Live();

    private final long seed =
            Long.getLong("pgxc.test.seed", ThreadLocalRandom.current().nextLong());
    private final SplittableRandom random = new SplittableRandom(seed);

    /** What is cancelled. */
    private enum Kind {
        QUERY,
        CHUNKS,
        BATCH,
        BINDINGS,
        SEVERAL_IN_ONE_STRING,
        NEW_TEXT,
        FAILING
    }

    @ParameterizedTest(name = "[C3] {0}, in a transaction: {1}, grace {2} ms")
    @CsvSource({
        "QUERY, true, 100",
        "QUERY, false, 0",
        "CHUNKS, false, 100",
        "CHUNKS, true, 100",
        "CHUNKS, true, 0",
        "BATCH, false, 100",
        "BATCH, true, 100",
        "BINDINGS, false, 100",
        "BINDINGS, true, 0",
        "SEVERAL_IN_ONE_STRING, false, 0",
        "SEVERAL_IN_ONE_STRING, true, 100",
        "NEW_TEXT, false, 100",
        "NEW_TEXT, true, 100"
    })
    @DisplayName("[C3, X14] 400 cancels at random instants, statements pipelined behind: always right, never stuck")
    void cancelsOfEveryKind(Kind kind, boolean inTransaction, int grace, DroppedSignals dropped) {
        cancels(kind, inTransaction, grace);
        assertThat(dropped.errors()).isEmpty();
        assertThat(dropped.elements()).as("answers to those who had gone").allMatch(Integer.class::isInstance);
    }

    @ParameterizedTest(name = "[C3] grace {0} ms")
    @ValueSource(ints = {0, 100})
    @DisplayName(
            "[C3, X14] 400 cancels at random instants of a statement that fails: only its own error may come too late")
    void cancelsOfFailing(int grace, DroppedSignals dropped) {
        cancels(Kind.FAILING, false, grace);
        assertThat(dropped.elements()).isEmpty();
        assertThat(dropped.errors())
                .allMatch(error -> String.valueOf(error.getMessage()).contains("division by zero"));
    }

    private void cancels(Kind kind, boolean inTransaction, int grace) {
        PgxcConnection connection = live.open(
                options -> options.cancelGrace(Duration.ofMillis(grace)).preparedStatementCacheQueries(8));
        if (inTransaction) {
            await(connection.beginTransaction());
        }
        AtomicInteger wrong = new AtomicInteger();
        for (int round = 0; round < 400; round++) {
            String where = "round " + round + ", seed " + seed;
            Disposable victim = victim(connection, kind, round)
                    .subscribe(value -> {}, error -> wrong.addAndGet(error instanceof R2dbcException ? 0 : 1));
            List<Integer> behind = new ArrayList<>();
            Disposable pipelined = Flux.range(0, random.nextInt(4))
                    .flatMapSequential(i -> one(connection, "select " + i, Integer.class))
                    .subscribe(behind::add, error -> wrong.incrementAndGet());
            LockSupport.parkNanos(random.nextLong(1_500_000));
            victim.dispose();
            if (random.nextInt(4) == 0) {
                pipelined.dispose();
            }
            if (round % 3 == 0) {
                assertThat(get(one(connection, "SELECT 42", Integer.class)))
                        .as(where)
                        .isEqualTo(42);
                assertThat(get(all(connection.createStatement("select $1 + 1").bind(0, round), Integer.class)
                                .single()))
                        .as(where)
                        .isEqualTo(round + 1);
                assertThat(connection.isAutoCommit()).as(where).isEqualTo(!inTransaction);
            }
            assertThat(wrong).as(where).hasValue(0);
        }
        if (inTransaction) {
            await(connection.commitTransaction());
        }
        Live.requireOpen(connection);
    }

    private static Flux<Integer> victim(PgxcConnection connection, Kind kind, int round) {
        return switch (kind) {
            case QUERY -> all(connection.createStatement("select generate_series(1, 2000)"), Integer.class);
            case CHUNKS ->
                all(
                        connection
                                .createStatement("select generate_series(1, 2000)")
                                .fetchSize(50),
                        Integer.class);
            case BATCH -> batch(connection);
            case BINDINGS -> all(bindings(connection), Integer.class);
            case SEVERAL_IN_ONE_STRING ->
                all(
                        connection.createStatement(
                                "select generate_series(1, 500); select 1; select generate_series(1, 500)"),
                        Integer.class);
            case NEW_TEXT ->
                all(connection.createStatement("select generate_series(1, 500) as name_" + round), Integer.class);
            case FAILING ->
                all(connection.createStatement("select 1 / (400 - g) from generate_series(1, 500) g"), Integer.class);
        };
    }

    private static Flux<Integer> batch(PgxcConnection connection) {
        PgxcBatch batch = connection.createBatch();
        for (int i = 0; i < 20; i++) {
            batch.add("select generate_series(1, 50)");
        }
        return batch.execute()
                .concatMap(result -> result.map(row -> Objects.requireNonNull(row.get(0, Integer.class))));
    }

    private static PgxcStatement bindings(PgxcConnection connection) {
        PgxcStatement statement = connection.createStatement("select generate_series(1, $1)");
        for (int i = 0; i < 20; i++) {
            statement.bind(0, 50);
            if (i < 19) {
                statement.add();
            }
        }
        return statement;
    }

    @ParameterizedTest(name = "[C6] in a transaction: {0}")
    @ValueSource(booleans = {false, true})
    @DisplayName("[C6, X15] a statement's own time limit that races with its end never hits the next one")
    void ownLimitRacesWithEnd(boolean inTransaction) {
        PgxcConnection connection = live.open(options -> options.cancelGrace(Duration.ZERO));
        int timedOut = 0;
        for (int round = 0; round < 300; round++) {
            if (inTransaction) {
                await(connection.beginTransaction());
            }
            PgxcStatement limited = connection
                    .createStatement("select 1 from pg_sleep(0.002)")
                    .timeout(Duration.ofNanos(1_000_000 + random.nextLong(4_000_000)));
            boolean late = false;
            try {
                all(limited, Integer.class).blockLast(Live.LIMIT);
            } catch (R2dbcTimeoutException e) {
                late = true;
                timedOut++;
            }
            if (inTransaction && late) {
                await(connection.rollbackTransaction());
            } else if (inTransaction) {
                await(connection.commitTransaction());
            }
            assertThat(get(one(connection, "select 42 from pg_sleep(0.001)", Integer.class)))
                    .as("round " + round + ", seed " + seed)
                    .isEqualTo(42);
        }
        System.out.printf("[C6] seed %d, in a transaction: %s, %d of 300 timed out%n", seed, inTransaction, timedOut);
        assertThat(timedOut).isPositive();
    }
}
