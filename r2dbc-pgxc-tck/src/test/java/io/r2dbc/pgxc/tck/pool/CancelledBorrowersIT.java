// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.tck.pool;

import static io.r2dbc.pgxc.tck.Sandbox.ask;
import static io.r2dbc.pgxc.tck.Sandbox.get;
import static io.r2dbc.pgxc.tck.Sandbox.until;
import static org.assertj.core.api.Assertions.assertThat;

import io.r2dbc.pgxc.tck.Sandbox;
import io.r2dbc.pgxc.testing.StandingAsserts;
import io.r2dbc.pool.ConnectionPool;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactories;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Units of work that are cancelled at any instant, as web requests are, and what their pool is left with.
 *
 * <p>At any instant from when the connection is lent: r2dbc-pool 1.0.2 also takes a connection back whose borrower cancels while it is on
 * its way to him, without stopping it, so that two have it for a moment. No driver can mend that.
 */
class CancelledBorrowersIT {

    private static final int ROUNDS = 2_000;
    private static final int SIZE = 3;
    private static final int REHEARSALS = 101;

    @Order(1)
    @RegisterExtension
    static final StandingAsserts LONG = StandingAsserts.within(Duration.ofMinutes(4));

    @Order(2)
    @RegisterExtension
    static final Sandbox SANDBOX = new Sandbox("pgxc_cancelled");

    @BeforeAll
    static void table() {
        SANDBOX.jdbc().execute("CREATE TABLE work (round int, step int)");
    }

    /** How far a unit of work had come; a cancel is counted by it. */
    private enum Stage {
        NOT_BORROWED,
        BORROWED,
        BEGUN,
        INSERTED,
        READ,
        SLEPT,
        OVER
    }

    private final Map<Stage, Integer> cancelled = new EnumMap<>(Stage.class);

    @Test
    @DisplayName(
            "[D2, X21] 2,000 transactions cancelled at random: the pool never hands out a connection that is in one")
    void transactions() {
        long seed = ThreadLocalRandom.current().nextLong();
        SplittableRandom random = new SplittableRandom(seed);
        ConnectionPool pool = (ConnectionPool)
                ConnectionFactories.get(SANDBOX.url("cancelGrace=2ms").replace("r2dbc:pgxc:", "r2dbc:pool:pgxc:")
                        + "&initialSize=0&maxAcquireTime=PT15S&maxSize=" + SIZE);
        SANDBOX.afterwards(() -> get(pool.disposeLater()));
        long longest = duration(pool);
        for (int round = 0; round < ROUNDS; round++) {
            cancelOne(pool, round, random.nextLong(longest));
            if (round % 10 == 0) {
                assertClean(pool, "seed " + seed + ", round " + round);
            }
        }
        System.out.println("seed " + seed + ", cancelled when " + cancelled);
        for (Stage stage : List.of(Stage.BEGUN, Stage.INSERTED, Stage.READ, Stage.SLEPT)) {
            assertThat(cancelled.getOrDefault(stage, 0))
                    .as("cancelled when %s, seed %d", stage, seed)
                    .isGreaterThan(ROUNDS / 100);
        }

        until("all are given back", () -> pool.getMetrics().orElseThrow().acquiredSize() == 0);
        assertThat(SANDBOX.backends("state <> 'idle'")).as("seed %d", seed).isZero();
        assertHalfDoneIsNothing(seed);
    }

    /** How long one takes that nobody cancels: the median of several, because machines hiccup. */
    private static long duration(ConnectionPool pool) {
        long[] durations = new long[REHEARSALS];
        for (int rehearsal = 0; rehearsal < REHEARSALS; rehearsal++) {
            long start = System.nanoTime();
            get(unitOfWork(pool, -1 - rehearsal, new AtomicReference<>(), new CountDownLatch(1)));
            durations[rehearsal] = System.nanoTime() - start;
        }
        Arrays.sort(durations);
        return durations[REHEARSALS / 2];
    }

    private void cancelOne(ConnectionPool pool, int round, long delay) {
        AtomicReference<Stage> stage = new AtomicReference<>(Stage.NOT_BORROWED);
        CountDownLatch lent = new CountDownLatch(1);
        CountDownLatch over = new CountDownLatch(1);
        Disposable request = unitOfWork(pool, round, stage, lent)
                .doFinally(signal -> over.countDown())
                .subscribe();
        await("the connection is lent", lent);
        LockSupport.parkNanos(delay);
        request.dispose();
        cancelled.merge(stage.get(), 1, Integer::sum);
        await("the work is over or cancelled", over);
    }

    /** Wakes at once, which one who looks every few milliseconds does not: a unit of work takes less. */
    private static void await(String what, CountDownLatch latch) {
        try {
            assertThat(latch.await(30, TimeUnit.SECONDS)).as(what).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(what, e);
        }
    }

    /** What Spring's transactional operator makes of a method, a pool's connection included. */
    private static Mono<Void> unitOfWork(
            ConnectionPool pool, int round, AtomicReference<Stage> stage, CountDownLatch lent) {
        return Mono.usingWhen(
                pool.create(),
                connection -> {
                    stage.set(Stage.BORROWED);
                    lent.countDown();
                    return Mono.usingWhen(
                                    Mono.from(connection.beginTransaction()).thenReturn(connection),
                                    begun -> work(begun, round, stage),
                                    Connection::commitTransaction,
                                    (begun, error) -> begun.rollbackTransaction(),
                                    Connection::rollbackTransaction)
                            .doOnSuccess(nothing -> stage.set(Stage.OVER));
                },
                Connection::close);
    }

    private static Mono<Void> work(Connection connection, int round, AtomicReference<Stage> stage) {
        stage.set(Stage.BEGUN);
        return run(connection, "INSERT INTO work VALUES (" + round + ", 1)")
                .doOnSuccess(nothing -> stage.set(Stage.INSERTED))
                .then(run(connection, "SELECT generate_series(1, 500), 'some text to be read'"))
                .doOnSuccess(nothing -> stage.set(Stage.READ))
                .then(run(connection, "SELECT pg_sleep(0.001)"))
                .doOnSuccess(nothing -> stage.set(Stage.SLEPT))
                .then(run(connection, "INSERT INTO work VALUES (" + round + ", 2)"));
    }

    private static Mono<Void> run(Connection connection, String sql) {
        return Flux.from(connection.createStatement(sql).execute())
                .concatMap(result -> result.map((row, metadata) -> row.get(0)))
                .then();
    }

    private static void assertClean(ConnectionPool pool, String when) {
        Connection connection = get(pool.create());
        assertThat(connection.isAutoCommit()).as(when).isTrue();
        assertThat(ask(connection, "SELECT 42")).as(when).isEqualTo("42");
        String pid = ask(connection, "SELECT pg_backend_pid()");
        assertThat(SANDBOX.backends("pid = " + pid + " AND state = 'idle'"))
                .as(when)
                .isEqualTo(1);
        get(connection.close());
    }

    private static void assertHalfDoneIsNothing(long seed) {
        Integer half = SANDBOX.jdbc()
                .queryForObject(
                        "SELECT count(*) FROM (SELECT 1 FROM work GROUP BY round HAVING count(*) % 2 <> 0) AS half",
                        Integer.class);
        assertThat(half).as("seed %d", seed).isZero();
    }
}
