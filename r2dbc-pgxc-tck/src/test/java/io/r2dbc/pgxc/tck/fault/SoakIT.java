// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.tck.fault;

import static io.r2dbc.pgxc.tck.fault.Live.LIMIT;
import static io.r2dbc.pgxc.tck.fault.Live.all;
import static io.r2dbc.pgxc.tck.fault.Live.one;
import static io.r2dbc.pgxc.tck.fault.Live.pid;
import static io.r2dbc.pgxc.tck.fault.Live.run;
import static org.assertj.core.api.Assertions.assertThat;

import io.r2dbc.pgxc.PgxcConnection;
import io.r2dbc.pgxc.PgxcConnectionFactory;
import io.r2dbc.pgxc.testing.DroppedSignals;
import io.r2dbc.pgxc.testing.StandingAsserts;
import io.r2dbc.spi.R2dbcException;
import io.r2dbc.spi.R2dbcTransientResourceException;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.SignalType;

/**
 * A while of everything at once: {@code -Dpgxc.test.soakSeconds}, 20 by default. Every statement ends in exactly one way, and nothing
 * grows.
 */
class SoakIT {

    private static final int SECONDS = Integer.getInteger("pgxc.test.soakSeconds", 20);
    private static final int CONNECTIONS = 8;
    private static final long MIB = 1024 * 1024;

    @RegisterExtension
    static final StandingAsserts ASSERTS = StandingAsserts.within(Duration.ofSeconds(SECONDS + 60L));

    @RegisterExtension
    final Live live = new Live();

    private final AtomicLong sent = new AtomicLong();
    private final Map<SignalType, AtomicLong> ended = new ConcurrentHashMap<>();
    private final AtomicInteger notified = new AtomicInteger();
    private final AtomicInteger heard = new AtomicInteger();
    private final AtomicInteger terminated = new AtomicInteger();

    /** What a worker does next, and how often in a hundred. */
    private enum Act {
        QUERY(30),
        BURST(10),
        CANCEL(25),
        ERROR(10),
        TRANSACTION(10),
        SLOW(5),
        NOTIFY(9),
        TERMINATE(1);

        private final int weight;

        Act(int weight) {
            this.weight = weight;
        }

        static Act any(SplittableRandom random) {
            int dice = random.nextInt(100);
            for (Act act : values()) {
                dice -= act.weight;
                if (dice < 0) {
                    return act;
                }
            }
            return QUERY;
        }
    }

    @Test
    @DisplayName("[E10] random operations on eight connections: sent = completed + failed + cancelled, nothing leaks,"
            + " nothing grows")
    void everythingAtOnce(DroppedSignals dropped) throws InterruptedException, ExecutionException, TimeoutException {
        long seed = Long.getLong("pgxc.test.seed", ThreadLocalRandom.current().nextLong());
        PgxcConnectionFactory factory = live.factory(options -> options.cancelGrace(Duration.ofMillis(10)));
        long end = System.nanoTime() + Duration.ofSeconds(SECONDS).toNanos();
        ExecutorService threads = Executors.newFixedThreadPool(CONNECTIONS);
        try {
            List<Future<?>> workers = new ArrayList<>();
            for (int i = 0; i < CONNECTIONS; i++) {
                SplittableRandom random = new SplittableRandom(seed + i);
                workers.add(threads.submit(() -> new Worker(factory, random).work(end)));
            }
            assertThat(threads.awaitTermination(SECONDS / 4, TimeUnit.SECONDS)).isFalse();
            int threadsEarly = Thread.activeCount();
            long heapEarly = heap();
            for (Future<?> worker : workers) {
                assertThat(worker.get(SECONDS + 30L, TimeUnit.SECONDS))
                        .as("seed " + seed)
                        .isNull();
            }
            Live.until(LIMIT, "every statement has ended", () -> sum() == sent.get());
            long heapLate = heap();
            System.out.printf(
                    "[E10] seed %d, %d s: %d statements sent, ended %s; %d notifications sent, %d heard; %d sessions"
                            + " terminated; threads %d to %d, heap %d to %d KiB%n",
                    seed,
                    SECONDS,
                    sent.get(),
                    new EnumMap<>(ended),
                    notified.get(),
                    heard.get(),
                    terminated.get(),
                    threadsEarly,
                    Thread.activeCount(),
                    heapEarly / 1024,
                    heapLate / 1024);
            assertThat(ended).containsOnlyKeys(SignalType.ON_COMPLETE, SignalType.ON_ERROR, SignalType.CANCEL);
            assertThat(dropped.errors()).as("seed " + seed).isEmpty();
            assertThat(dropped.elements()).as("rows for those who had gone").allMatch(Integer.class::isInstance);
            assertThat(heard.get()).as("seed " + seed).isEqualTo(notified.get());
            assertThat(Thread.activeCount()).as("threads").isLessThanOrEqualTo(threadsEarly + 4);
            assertThat(heapLate).as("heap").isLessThan(heapEarly + 16 * MIB);
        } finally {
            threads.shutdownNow();
        }
    }

    private long sum() {
        return ended.values().stream().mapToLong(AtomicLong::get).sum();
    }

    private static long heap() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    /** One connection after the other, used by one thread. */
    private final class Worker {

        private final PgxcConnectionFactory factory;
        private final SplittableRandom random;
        private PgxcConnection connection;
        private Disposable listening;

        Worker(PgxcConnectionFactory factory, SplittableRandom random) {
            this.factory = factory;
            this.random = random;
            this.connection = open();
            this.listening = listen();
        }

        private PgxcConnection open() {
            return Live.get(factory.create());
        }

        private Disposable listen() {
            Disposable subscription = connection
                    .notifications()
                    .subscribe(notification -> heard.addAndGet(1 + (int) notification.missed()), error -> {});
            Live.await(run(connection, "listen soak_" + pid(connection)));
            return subscription;
        }

        void work(long end) {
            while (System.nanoTime() < end) {
                act(Act.any(random));
            }
            Live.await(connection.validate(io.r2dbc.spi.ValidationDepth.REMOTE).then());
            listening.dispose();
            Live.await(connection.close());
        }

        private void act(Act act) {
            switch (act) {
                case QUERY -> expect(rows(random.nextInt(300)), true);
                case BURST -> expect(Flux.range(0, 20).flatMap(i -> rows(i)), true);
                case CANCEL -> cancel();
                case ERROR ->
                    expect(counted(one(connection, "select 1 / " + (random.nextInt(3) / 3), Integer.class)), false);
                case TRANSACTION -> transaction();
                case SLOW -> expect(rows(2_000).limitRate(7), true);
                case NOTIFY -> notifyOnce();
                case TERMINATE -> terminate();
            }
        }

        private Flux<Integer> rows(int count) {
            return counted(all(
                    connection
                            .createStatement("select generate_series(1, $1), repeat('x', 50)")
                            .bind(0, count),
                    Integer.class));
        }

        private <T> Flux<T> counted(org.reactivestreams.Publisher<T> statement) {
            return Flux.from(statement)
                    .doOnSubscribe(subscription -> sent.incrementAndGet())
                    .doFinally(signal -> ended.computeIfAbsent(signal, kind -> new AtomicLong())
                            .incrementAndGet());
        }

        private void expect(Flux<Integer> statement, boolean success) {
            try {
                statement.blockLast(LIMIT);
                assertThat(success).as("an error was due").isTrue();
            } catch (R2dbcException e) {
                assertThat(success).as("no error was due: " + e).isFalse();
            }
        }

        private void cancel() {
            Disposable victim = rows(5_000).subscribe();
            LockSupport.parkNanos(random.nextLong(3_000_000));
            victim.dispose();
        }

        private void transaction() {
            boolean commits = random.nextBoolean();
            Live.await(connection
                    .beginTransaction()
                    .thenMany(rows(10))
                    .thenMany(rows(10).take(3))
                    .then(commits ? connection.commitTransaction() : connection.rollbackTransaction()));
        }

        private void notifyOnce() {
            notified.incrementAndGet();
            expect(
                    counted(one(
                            connection,
                            "select 1 from pg_notify('soak_' || pg_backend_pid(), '" + random.nextInt() + "')",
                            Integer.class)),
                    true);
        }

        private void terminate() {
            Live.await(connection.validate(io.r2dbc.spi.ValidationDepth.REMOTE).then());
            int pid = pid(connection);
            Mono<Void> busy = counted(one(connection, "select 1 from pg_sleep(20)", Integer.class))
                    .then()
                    .cache();
            busy.subscribe(nothing -> {}, error -> {});
            Live.until(
                    LIMIT,
                    "the statement runs",
                    () -> live.ask("select count(*) from pg_stat_activity where wait_event = 'PgSleep' and pid = "
                                    + pid)
                            .equals("1"));
            live.ask("select pg_terminate_backend(" + pid + ")");
            terminated.incrementAndGet();
            try {
                busy.block(LIMIT);
                throw new AssertionError("a terminated session went on");
            } catch (R2dbcTransientResourceException e) {
                assertThat(e.getSqlState()).isEqualTo("57P01");
            }
            Live.await(connection.close());
            listening.dispose();
            connection = open();
            listening = listen();
        }
    }
}
