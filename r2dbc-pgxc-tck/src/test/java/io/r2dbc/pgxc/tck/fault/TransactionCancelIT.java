// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.tck.fault;

import static io.r2dbc.pgxc.tck.fault.Live.await;
import static io.r2dbc.pgxc.tck.fault.Live.pid;
import static io.r2dbc.pgxc.tck.fault.Live.requireOpen;
import static io.r2dbc.pgxc.tck.fault.Live.run;
import static org.assertj.core.api.Assertions.assertThat;

import io.r2dbc.pgxc.PgxcConnection;
import io.r2dbc.pgxc.testing.StandingAsserts;
import io.r2dbc.pool.ConnectionPool;
import io.r2dbc.pool.ConnectionPoolConfiguration;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ValidationDepth;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** Transactions that are cancelled: what the driver says of them is what the server knows, and a COMMIT that is on its way stays one. */
@ExtendWith(StandingAsserts.class)
class TransactionCancelIT {

    @RegisterExtension
    final Live live = new Live();

    private final long seed =
            Long.getLong("pgxc.test.seed", ThreadLocalRandom.current().nextLong());
    private final SplittableRandom random = new SplittableRandom(seed);

    @BeforeEach
    void createTable() {
        live.command("create table done (id int)");
    }

    /** How far the transaction had come, as its subscriber saw it, when it was cancelled. */
    private enum Stage {
        BEGIN,
        STATEMENT,
        END,
        OVER
    }

    @ParameterizedTest(name = "[D1] commits: {0}")
    @ValueSource(booleans = {true, false})
    @DisplayName(
            "[D1, X14, X17] a transaction cancelled at any instant is as the driver says it is, and a COMMIT that was"
                    + " sent commits")
    void stateIsTheServers(boolean commits) {
        PgxcConnection connection = live.open();
        int pid = pid(connection);
        Map<Stage, Integer> stages = new EnumMap<>(Stage.class);
        for (int round = 0; round < 400; round++) {
            String where = "round " + round + ", seed " + seed;
            Stage[] stage = {Stage.BEGIN};
            Disposable transaction = connection
                    .beginTransaction()
                    .then(Mono.fromRunnable(() -> stage[0] = Stage.STATEMENT))
                    .then(run(connection, "insert into done values (" + round + ")"))
                    .then(Mono.fromRunnable(() -> stage[0] = Stage.END))
                    .then(commits ? connection.commitTransaction() : connection.rollbackTransaction())
                    .subscribe(nothing -> {}, error -> {}, () -> stage[0] = Stage.OVER);
            LockSupport.parkNanos(random.nextLong(1_500_000));
            transaction.dispose();
            requireOpen(connection);
            Stage reached = stage[0];
            stages.merge(reached, 1, Integer::sum);

            boolean open = live.sessions("pid = " + pid + " and state like 'idle in transaction%'") == 1;
            assertThat(connection.isAutoCommit()).as(where).isEqualTo(!open);
            boolean stored =
                    live.ask("select count(*) from done where id = " + round).equals("1");
            if (reached == Stage.OVER) {
                assertThat(stored).as(where).isEqualTo(commits);
            }
            if (reached == Stage.END && !open) {
                assertThat(stored).as(where + ": its end was sent").isEqualTo(commits);
            }

            await(connection.rollbackTransaction());
            assertThat(connection.isAutoCommit()).as(where).isTrue();
            assertThat(live.sessions("pid = " + pid + " and state = 'idle'"))
                    .as(where)
                    .isEqualTo(1);
            assertThat(live.ask("select count(*) from done where id = " + round))
                    .as(where)
                    .isEqualTo(stored ? "1" : "0");
        }
        System.out.printf("[D1] seed %d, commits: %s, transactions cancelled at %s%n", seed, commits, stages);
        assertThat(stages).containsKeys(Stage.STATEMENT, Stage.END, Stage.OVER);
    }

    @Test
    @DisplayName("[D1, X14] a COMMIT that is cancelled while it waits for a slow server is still a COMMIT")
    void writtenCommitIsNotCancelled() {
        live.command(
                "create function slowly() returns trigger language plpgsql as 'begin perform pg_sleep(0.3); return"
                        + " null; end'",
                "create constraint trigger slow after insert on done deferrable initially deferred"
                        + " for each row execute function slowly()");
        PgxcConnection connection = live.open(options -> options.cancelGrace(Duration.ZERO));
        int pid = pid(connection);
        await(connection.beginTransaction());
        await(run(connection, "insert into done values (1)"));

        Disposable commit = connection.commitTransaction().subscribe();
        Live.until(
                Live.LIMIT,
                "COMMIT is at the server",
                () -> live.sessions("pid = " + pid + " and state = 'active' and query = 'COMMIT'") == 1);
        commit.dispose();
        await(connection.rollbackTransaction());

        requireOpen(connection);
        assertThat(connection.isAutoCommit()).isTrue();
        assertThat(live.ask("select count(*) from done")).isEqualTo("1");
    }

    @Test
    @DisplayName(
            "[D2, X21] usingWhen cancelled at random 2,000 times: the pool never gets a connection with a transaction")
    void poolNeverGetsOpenTransaction() {
        ConnectionPool pool = new ConnectionPool(ConnectionPoolConfiguration.builder(live.factory(options -> options))
                .initialSize(0)
                .maxSize(4)
                .maxAcquireTime(Duration.ofSeconds(10))
                .build());
        AtomicInteger dirty = new AtomicInteger();
        AtomicInteger failed = new AtomicInteger();
        Set<Integer> committed = ConcurrentHashMap.newKeySet();
        try {
            await(Flux.range(0, 2_000)
                    .flatMap(
                            round -> {
                                Sinks.Empty<Void> borrowed = Sinks.empty();
                                return use(pool, round, dirty, borrowed)
                                        .doOnSuccess(nothing -> committed.add(round))
                                        .doOnError(error -> failed.incrementAndGet())
                                        .takeUntilOther(stays(round) ? Mono.never() : someTimeAfter(borrowed));
                            },
                            4)
                    .then());
            Live.until(
                    Live.SOON,
                    "all connections are back",
                    () -> pool.getMetrics()
                            .map(metrics -> metrics.acquiredSize() == 0 && metrics.pendingAcquireSize() == 0)
                            .orElse(false));

            assertThat(live.sessions("state like 'idle in transaction%'")).isZero();
            Set<Integer> stayed = IntStream.range(0, 2_000)
                    .filter(round -> stays(round))
                    .boxed()
                    .collect(Collectors.toSet());
            Set<Integer> stored = Arrays.stream(live.ask("select coalesce(string_agg(id::text, ','), '-1') from done")
                            .split(","))
                    .map(Integer::valueOf)
                    .collect(Collectors.toSet());
            System.out.printf(
                    "[D2] seed %d, 2,000 transactions: %d committed, %d of them for subscribers who had gone%n",
                    seed, stored.size(), stored.size() - committed.size());
            assertThat(failed).as("seed " + seed).hasValue(0);
            assertThat(dirty).as("seed " + seed).hasValue(0);
            assertThat(stored).as("seed " + seed).containsAll(committed);
            assertThat(committed).as("those who stayed").containsAll(stayed);
        } finally {
            await(pool.disposeLater());
        }
    }

    private static boolean stays(int round) {
        return round % 20 == 0;
    }

    /** From a tenth of a millisecond to sixty, each order of magnitude as often: something for slow machines and for fast ones. */
    private Duration anyDelay() {
        return Duration.ofNanos((long) (100_000 * Math.pow(600, random.nextDouble())));
    }

    /**
     * Not while the pool hands the connection out: r2dbc-pool then takes it back and gives it to the next one, and the one who has gone, if
     * it was given the connection in the same moment, gives it back a second time, which is a release among the next one's statements.
     */
    private Mono<Long> someTimeAfter(Sinks.Empty<Void> borrowed) {
        return borrowed.asMono().then(Mono.delay(anyDelay()));
    }

    private static Mono<Void> use(ConnectionPool pool, int round, AtomicInteger dirty, Sinks.Empty<Void> borrowed) {
        return Mono.usingWhen(
                pool.create(),
                // what a subscriber who has gone asked for last may still be on its way to the event loop
                connection -> Mono.from(connection.validate(ValidationDepth.REMOTE))
                        .doOnNext(valid -> {
                            if (!valid || !connection.isAutoCommit()) {
                                dirty.incrementAndGet();
                            }
                        })
                        .then(transaction(connection, round))
                        .doOnSubscribe(begun -> borrowed.tryEmitEmpty()),
                Connection::close);
    }

    /** A transaction as Spring's operator runs it. */
    private static Mono<Void> transaction(Connection connection, int round) {
        return Mono.usingWhen(
                        Mono.from(connection.beginTransaction()).thenReturn(connection),
                        begun -> Flux.from(begun.createStatement("insert into done values ($1)")
                                        .bind(0, round)
                                        .execute())
                                .flatMap(result -> result.getRowsUpdated())
                                .thenMany(Flux.from(begun.createStatement("select generate_series(1, 1000)")
                                                .execute())
                                        .flatMap(result -> result.map(row -> 1)))
                                .then(),
                        Connection::commitTransaction,
                        (begun, error) -> begun.rollbackTransaction(),
                        Connection::rollbackTransaction)
                .then();
    }
}
