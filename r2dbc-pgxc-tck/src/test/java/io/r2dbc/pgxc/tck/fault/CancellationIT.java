// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.tck.fault;

import static io.r2dbc.pgxc.tck.fault.Live.LIMIT;
import static io.r2dbc.pgxc.tck.fault.Live.all;
import static io.r2dbc.pgxc.tck.fault.Live.get;
import static io.r2dbc.pgxc.tck.fault.Live.one;
import static io.r2dbc.pgxc.tck.fault.Live.pid;
import static io.r2dbc.pgxc.tck.fault.Live.requireOpen;
import static io.r2dbc.pgxc.tck.fault.Live.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.r2dbc.pgxc.PgxcConnection;
import io.r2dbc.pgxc.PgxcResult;
import io.r2dbc.pgxc.tck.server.Cluster;
import io.r2dbc.pgxc.tck.server.TestServer;
import io.r2dbc.pgxc.testing.DroppedSignals;
import io.r2dbc.pgxc.testing.StandingAsserts;
import io.r2dbc.spi.R2dbcTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.reactivestreams.Subscription;
import reactor.core.Disposable;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** What becomes of the statements behind one that was cancelled, and of the server's work on it. */
@ExtendWith(StandingAsserts.class)
class CancellationIT {

    private static final int FOLLOWERS = 10;
    private static final int WARM_UP = 5;
    private static final String ENDLESS = "select generate_series(1, 5000000), 'a row of a result that nobody wants'";

    @RegisterExtension
    final Live live = new Live();

    /** When the subscriber of the first statement leaves. */
    private enum Leaves {
        BEFORE_DEMAND,
        AFTER_DEMAND,
        ON_ANOTHER_THREAD
    }

    @Test
    @DisplayName("[C1, X1] without demand nothing is written, cancelled or not")
    void nothingIsWrittenWithoutDemand() {
        PgxcConnection connection = live.open(options -> options.codecRegistrar(Witness::register));
        Witness witness = new Witness(1);
        Leaver leaver = new Leaver(Leaves.BEFORE_DEMAND);
        connection.createStatement("select $1").bind(0, witness).execute().subscribe(leaver);

        requireOpen(connection);
        assertThat(witness.isWritten()).isFalse();
        assertThat(leaver.signals).hasValue(0);
    }

    @ParameterizedTest(name = "[C2] {0}")
    @EnumSource
    @DisplayName("[C2] a statement cancelled before it is in line does not hold up ten others behind it")
    void cancelledBeforeItIsInLine(Leaves leaves) {
        PgxcConnection connection = live.open();
        for (int round = 0; round < 100; round++) {
            Leaver leaver = new Leaver(leaves);
            connection
                    .createStatement("select generate_series(1, 1000)")
                    .execute()
                    .subscribe(leaver);
            Disposable racer = leaves == Leaves.ON_ANOTHER_THREAD
                    ? reactor.core.scheduler.Schedulers.parallel().schedule(leaver::cancel)
                    : () -> {};
            List<Integer> answers = get(Flux.range(1, FOLLOWERS)
                    .flatMap(number -> one(connection, "select " + number, Integer.class))
                    .collectList());

            assertThat(answers)
                    .hasSize(FOLLOWERS)
                    .containsAll(IntStream.rangeClosed(1, FOLLOWERS).boxed().toList());
            racer.dispose();
            leaver.cancel();
        }
        requireOpen(connection);
    }

    @ParameterizedTest(name = "[C4] in the same tick: {0}")
    @ValueSource(booleans = {false, true})
    @DisplayName("[C4, X14] after three of five million rows the next statement answers within 300 ms")
    void nextStatementAnswersSoonAfterCancel(boolean inTheSameTick) {
        PgxcConnection connection = live.open();
        List<Long> millis = new ArrayList<>();
        for (int round = -WARM_UP; round < 20; round++) {
            long[] cancelled = new long[1];
            Flux<Integer> three = all(connection.createStatement(ENDLESS), Integer.class)
                    .take(3)
                    .doOnComplete(() -> cancelled[0] = System.nanoTime());
            Mono<Integer> next = one(connection, "SELECT 42", Integer.class);
            if (inTheSameTick) {
                assertThat(get(three.then(next))).isEqualTo(42);
            } else {
                assertThat(get(three.collectList())).containsExactly(1, 2, 3);
                assertThat(get(next)).isEqualTo(42);
            }
            if (round >= 0) {
                millis.add((System.nanoTime() - cancelled[0]) / 1_000_000);
            }
        }
        System.out.printf("[C4] in the same tick: %s, milliseconds from cancel to answer: %s%n", inTheSameTick, millis);
        assertThat(millis).allMatch(time -> time < 300);
    }

    @Test
    @DisplayName(
            "[C5, X14] a statement that is cancelled while the server sleeps is stopped there, and the connection goes"
                    + " on")
    void sleepingStatementIsStopped() {
        PgxcConnection connection = live.open();
        int pid = pid(connection);

        assertThatThrownBy(() -> one(connection, "select 1 from pg_sleep(60)", Integer.class)
                        .timeout(Duration.ofMillis(500))
                        .block(LIMIT))
                .hasCauseInstanceOf(TimeoutException.class);

        until(Duration.ofSeconds(1), "the backend sleeps no more", () -> !sleeps(pid));
        requireOpen(connection);
    }

    @Test
    @DisplayName("[C5, X15] a statement's own time limit stops it at the server, also in a transaction")
    void ownLimitStopsStatement() {
        PgxcConnection connection = live.open();
        int pid = pid(connection);
        Live.await(connection.beginTransaction());

        assertThatThrownBy(() -> all(
                                connection
                                        .createStatement("select 1 from pg_sleep(60)")
                                        .timeout(Duration.ofMillis(300)),
                                Integer.class)
                        .blockLast(LIMIT))
                .isInstanceOf(R2dbcTimeoutException.class);

        until(Duration.ofSeconds(1), "the backend sleeps no more", () -> !sleeps(pid));
        Live.await(connection.rollbackTransaction());
        requireOpen(connection);
    }

    @ParameterizedTest(name = "[C5] cancelled before: {0}")
    @ValueSource(booleans = {false, true})
    @DisplayName("[C5, X16] close() frees a backend that sleeps, within a second")
    void closeFreesBackend(boolean cancelledBefore) {
        PgxcConnection connection = live.open(options -> options.cancelGrace(Duration.ofHours(1)));
        int pid = pid(connection);
        Disposable sleeper =
                one(connection, "select 1 from pg_sleep(60)", Integer.class).subscribe(value -> {}, error -> {});
        until(LIMIT, "the backend sleeps", () -> sleeps(pid));
        if (cancelledBefore) {
            sleeper.dispose();
        }

        connection.close().block(Duration.ofMillis(1_500));
        live.awaitSessions(0, Duration.ofSeconds(1));
        sleeper.dispose();
    }

    private boolean sleeps(int pid) {
        return live.sessions("pid = " + pid + " and state = 'active' and query like '%pg_sleep%'") == 1;
    }

    @Test
    @DisplayName("[C6, X14] a cancel that races with the end of its statement never hits the next one, in 1,000 rounds")
    void lateCancelNeverHitsNextStatement(DroppedSignals dropped) {
        long seed = Long.getLong("pgxc.test.seed", ThreadLocalRandom.current().nextLong());
        SplittableRandom random = new SplittableRandom(seed);
        PgxcConnection connection = live.open(options -> options.cancelGrace(Duration.ZERO));
        long before = stopped();
        for (int round = 0; round < 1_000; round++) {
            Disposable victim = one(connection, "select 1 from pg_sleep(0.001)", Integer.class)
                    .subscribe(value -> {}, error -> {});
            LockSupport.parkNanos(random.nextLong(2_500_000));
            victim.dispose();
            assertThat(get(one(connection, "select 42 from pg_sleep(0.002)", Integer.class)))
                    .as("round " + round + ", seed " + seed)
                    .isEqualTo(42);
        }
        // a value that was on its way when its subscriber left has nobody to take it
        assertThat(dropped.errors()).isEmpty();
        assertThat(dropped.elements()).allMatch(value -> value.equals(1));
        System.out.printf("[C6] seed %d, 1,000 cancels, of which the server stopped %d%n", seed, stopped() - before);
    }

    /** How many statements the server has stopped, where its log is at hand. */
    private static long stopped() {
        String log = TestServer.shared().cluster().map(Cluster::log).orElse("");
        return log.lines()
                .filter(line -> line.contains("canceling statement due to user request"))
                .count();
    }

    /** A subscriber that leaves early. */
    private static final class Leaver extends BaseSubscriber<PgxcResult> {

        private final Leaves leaves;
        private final AtomicInteger signals = new AtomicInteger();

        Leaver(Leaves leaves) {
            this.leaves = leaves;
        }

        @Override
        protected void hookOnSubscribe(Subscription subscription) {
            if (leaves != Leaves.BEFORE_DEMAND) {
                subscription.request(1);
            }
            if (leaves != Leaves.ON_ANOTHER_THREAD) {
                subscription.cancel();
            }
        }

        @Override
        protected void hookOnNext(PgxcResult result) {
            signals.incrementAndGet();
            if (leaves == Leaves.ON_ANOTHER_THREAD) {
                result.getRowsUpdated().subscribe();
            }
        }

        @Override
        protected void hookOnError(Throwable error) {
            signals.incrementAndGet();
        }

        @Override
        protected void hookOnComplete() {
            signals.incrementAndGet();
        }
    }
}
