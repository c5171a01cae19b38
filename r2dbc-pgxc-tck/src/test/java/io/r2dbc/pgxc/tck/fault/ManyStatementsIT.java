// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.tck.fault;

import static io.r2dbc.pgxc.tck.fault.Live.all;
import static io.r2dbc.pgxc.tck.fault.Live.get;
import static io.r2dbc.pgxc.tck.fault.Live.requireOpen;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.FastThreadLocalThread;
import io.netty.util.internal.PlatformDependent;
import io.r2dbc.pgxc.PgxcBatch;
import io.r2dbc.pgxc.PgxcConnection;
import io.r2dbc.pgxc.PgxcResult;
import io.r2dbc.pgxc.PgxcStatement;
import io.r2dbc.pgxc.testing.StandingAsserts;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import reactor.core.publisher.Flux;
import reactor.netty.resources.LoopResources;

/** Many statements: from many threads, in long chains, in large flights, and more of them than the socket takes. */
class ManyStatementsIT {

    private static final Duration LIMIT = Duration.ofSeconds(58);
    private static final long SMALL_STACK = 256 * 1024;

    /** One loop whose thread has a small stack: what recurs per statement does not fit. */
    private static final EventLoopGroup LOOP = new MultiThreadIoEventLoopGroup(
            1,
            (ThreadFactory) task -> new FastThreadLocalThread(null, task, "small-stack", SMALL_STACK),
            NioIoHandler.newFactory());

    /** A hundred thousand round trips take their time on a busy machine. */
    @RegisterExtension
    static final StandingAsserts ASSERTS = StandingAsserts.within(Duration.ofSeconds(60));

    @RegisterExtension
    final Live live = new Live();

    @AfterAll
    static void endLoop() throws InterruptedException, ExecutionException, TimeoutException {
        LOOP.shutdownGracefully(0, 1, TimeUnit.SECONDS).get(5, TimeUnit.SECONDS);
    }

    private PgxcConnection onSmallStack() {
        LoopResources loops = new LoopResources() {
            @Override
            public EventLoopGroup onServer(boolean useNative) {
                return LOOP;
            }

            @Override
            public boolean daemon() {
                return true;
            }
        };
        return live.open(options -> options.loopResources(loops));
    }

    @Test
    @DisplayName(
            "[C10, X2] 64 threads with 200 statements each on one connection: everyone gets his own answers, in his"
                    + " order")
    void manyThreads() throws InterruptedException, ExecutionException, TimeoutException {
        live.command("create sequence turns");
        PgxcConnection connection = live.open();
        ExecutorService threads = Executors.newFixedThreadPool(64);
        try {
            List<Future<List<Long>>> answers = new ArrayList<>();
            for (int thread = 0; thread < 64; thread++) {
                long base = thread * 1_000_000_000L;
                answers.add(threads.submit(() -> turns(connection, base)));
            }
            for (Future<List<Long>> own : answers) {
                assertThat(own.get(LIMIT.toSeconds(), TimeUnit.SECONDS))
                        .hasSize(200)
                        .isSorted();
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(live.ask("select last_value from turns")).isEqualTo("12800");
        requireOpen(connection);
    }

    /** The turns at the server of 200 statements, in the order in which they were subscribed, each known by its number. */
    private static List<Long> turns(PgxcConnection connection, long base) {
        return get(Flux.range(0, 200)
                .flatMapSequential(
                        i -> connection
                                .createStatement("select nextval('turns'), $1::int8")
                                .bind(0, base + i)
                                .execute()
                                .flatMap(result -> result.map(row -> {
                                    assertThat(row.get(1, Long.class)).isEqualTo(base + i);
                                    return number(row.get(0, Long.class));
                                })),
                        200)
                .collectList());
    }

    private static long number(Long value) {
        return value;
    }

    @Test
    @DisplayName("[C14] 100,000 queries one after the other need no deeper stack than one")
    void longChain() {
        PgxcConnection connection = onSmallStack();
        Long sum = Flux.range(0, 100_000)
                .concatMap(i -> all(connection.createStatement("select $1::int").bind(0, i), Integer.class))
                .reduce(0L, Long::sum)
                .block(LIMIT);
        assertThat(sum).isEqualTo(99_999L * 50_000);
        requireOpen(connection);
    }

    @Test
    @DisplayName(
            "[C14] a batch of 20,000 statements, and a statement with 20,000 bindings, need no deeper stack than one")
    void largeFlights() {
        PgxcConnection connection = onSmallStack();
        PgxcBatch batch = connection.createBatch();
        IntStream.range(0, 20_000).forEach(i -> batch.add("select " + i % 100));
        assertThat(get(batch.execute()
                        .concatMap(result -> result.map(row -> number(row.get(0, Long.class))))
                        .reduce(0L, Long::sum)))
                .isEqualTo(200L * 4_950);

        PgxcStatement statement = connection.createStatement("select $1::int8");
        for (int i = 0; i < 20_000; i++) {
            statement.bind(0, (long) i);
            if (i < 19_999) {
                statement.add();
            }
        }
        assertThat(get(statement
                        .execute()
                        .concatMap(result -> result.map(row -> number(row.get(0, Long.class))))
                        .reduce(0L, Long::sum)))
                .isEqualTo(19_999L * 10_000);
        requireOpen(connection);
    }

    @Test
    @DisplayName(
            "[B13, X6] a batch of 20,000 statements with 10 KiB of answer each neither deadlocks nor piles up, row by"
                    + " row")
    void largeWriteAgainstLargeRead() {
        PgxcConnection connection = live.open();
        PgxcBatch batch = connection.createBatch();
        String padding = " /* " + "as long as a statement may well be ".repeat(8) + "*/";
        IntStream.range(0, 20_000).forEach(i -> batch.add("select repeat('x', 10240)" + padding));
        long before = PlatformDependent.usedDirectMemory();
        AtomicLong most = new AtomicLong();

        Long length = batch.execute()
                .concatMap(result -> result.map(row -> String.valueOf(row.get(0, String.class))), 1)
                .limitRate(1)
                .doOnNext(text -> most.accumulateAndGet(PlatformDependent.usedDirectMemory(), Math::max))
                .reduce(0L, (sum, text) -> sum + text.length())
                .block(LIMIT);

        assertThat(length).isEqualTo(20_000L * 10_240);
        System.out.printf("[B13] at most %d KiB of direct memory more than before%n", (most.get() - before) / 1024);
        assertThat(most.get() - before).isLessThan(16L * 1024 * 1024);
        requireOpen(connection);
    }

    @Test
    @DisplayName(
            "[B13, X2] 20,000 single statements with 10 KiB of answer each, all subscribed before the first is read,"
                    + " come when demand comes")
    void largeAnswersPipelined() {
        PgxcConnection connection = live.open();
        Long length = Flux.range(0, 20_000)
                .flatMapSequential(
                        i -> connection
                                .createStatement("select repeat('x', 10240)")
                                .execute()
                                .flatMap(PgxcResult::getRowsUpdated),
                        512,
                        1)
                .limitRate(1)
                .reduce(0L, Long::sum)
                .block(LIMIT);
        assertThat(length).isEqualTo(20_000L);
        requireOpen(connection);
    }
}
