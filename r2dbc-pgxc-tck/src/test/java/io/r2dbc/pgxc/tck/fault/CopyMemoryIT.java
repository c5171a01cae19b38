// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.tck.fault;

import static io.r2dbc.pgxc.tck.fault.Live.get;
import static io.r2dbc.pgxc.tck.fault.Live.one;
import static io.r2dbc.pgxc.tck.fault.Live.pid;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.util.internal.PlatformDependent;
import io.r2dbc.pgxc.PgxcConnection;
import io.r2dbc.pgxc.testing.StandingAsserts;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.reactivestreams.Subscription;
import reactor.core.Disposable;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;

/** Millions of rows by COPY through 64 MiB of heap and 32 MiB of direct memory: in, and out at a reader's pace. */
class CopyMemoryIT {

    private static final int ROWS_IN = 1_000_000;
    private static final int ROWS_OUT = 10_000_000;
    private static final int PIECES = 32 * 1024;
    private static final long MIB = 1024 * 1024;

    @Order(1)
    @RegisterExtension
    static final StandingAsserts ASSERTS = StandingAsserts.within(Duration.ofMinutes(3));

    @Order(2)
    @RegisterExtension
    final Live live = new Live();

    private static void assertBounded() {
        assertThat(Runtime.getRuntime().maxMemory()).as("the heap is bounded").isLessThanOrEqualTo(64 * MIB);
        assertThat(PlatformDependent.maxDirectMemory())
                .as("direct memory is bounded")
                .isLessThanOrEqualTo(32 * MIB);
    }

    private static void report(String what, long begun) {
        System.gc();
        System.out.printf(
                "[memory] %s in %d ms, heap after GC %d KiB, direct %d KiB%n",
                what,
                TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun),
                ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed() / 1024,
                PlatformDependent.usedDirectMemory() / 1024);
    }

    @Test
    @DisplayName(
            "[I7, C11] a million rows go in by binary COPY, from a source that never has to wait for anything but the"
                    + " socket")
    void millionRowsIn() {
        assertBounded();
        PgxcConnection connection = live.open();
        live.command("create table t (a int, b bigint, c text)");
        Flux<Object[]> rows = Flux.range(1, ROWS_IN).map(i -> new Object[] {i, i * 1_000_003L, "row number " + i});
        long begun = System.nanoTime();
        Long copied = connection.copyInRows("t", List.of("a", "b", "c"), rows).block(Duration.ofMinutes(2));
        report(copied + " rows in", begun);
        assertThat(copied).isEqualTo(ROWS_IN);
        assertThat(get(one(
                        connection,
                        "select count(*) from t where b = a * 1000003::int8 and c = 'row number ' || a",
                        Integer.class)))
                .isEqualTo(ROWS_IN);
    }

    @Test
    @DisplayName("[I7, C11] 2 GiB from a source that could give them at once, to a server that pauses now and then")
    void hugeInput() {
        assertBounded();
        PgxcConnection connection = live.open();
        live.command("create table t (a text)");
        byte[] line = ("x".repeat(8 * 1024 - 1) + "\n").getBytes(StandardCharsets.US_ASCII);
        byte[] pause = ("p".repeat(8 * 1024 - 1) + "\n").getBytes(StandardCharsets.US_ASCII);
        AtomicLong most = new AtomicLong();
        Flux<ByteBuf> lines = Flux.range(0, PIECES).map(i -> {
            most.accumulateAndGet(PlatformDependent.usedDirectMemory(), Math::max);
            ByteBuf piece = ByteBufAllocator.DEFAULT.directBuffer(64 * 1024);
            for (int k = 0; k < 8; k++) {
                piece.writeBytes(i % 1_000 == 0 && k == 0 ? pause : line);
            }
            return piece;
        });
        long begun = System.nanoTime();
        Long copied = connection
                .copyIn("copy t from stdin where a like 'p%' and pg_sleep(0.05) is not null", lines)
                .block(Duration.ofMinutes(2));
        report("2 GiB in, direct memory at most " + most.get() / 1024 + " KiB,", begun);
        assertThat(copied).isEqualTo((PIECES + 999) / 1_000);
    }

    @Test
    @DisplayName(
            "[I9, C11] ten million rows come out to a reader held to a million a second; while it asks for none the"
                    + " server waits")
    void tenMillionRowsOut() throws InterruptedException {
        assertBounded();
        PgxcConnection connection = live.open();
        int pid = pid(connection);
        Reader reader = new Reader();
        long begun = System.nanoTime();
        connection
                .copyOut("copy (select generate_series(1, " + ROWS_OUT + ")) to stdout")
                .subscribe(reader);
        reader.request(1_000);
        Live.until(
                Duration.ofSeconds(20),
                "the server waits for its reader",
                () -> live.sessions("pid = " + pid + " and wait_event = 'ClientWrite'") == 1);
        assertThat(reader.rows).hasValue(1_000);
        report("1000 rows out, and the server waiting,", begun);
        begun = System.nanoTime();
        Disposable ticks =
                Flux.interval(Duration.ofMillis(10)).onBackpressureDrop().subscribe(tick -> reader.request(10_000));
        assertThat(reader.end.await(2, TimeUnit.MINUTES)).isTrue();
        ticks.dispose();
        report(reader.rows + " rows out", begun);
        assertThat(reader.failure).isNull();
        assertThat(reader.rows).hasValue(ROWS_OUT);
        assertThat(reader.bytes).hasValue(78_888_897L);
    }

    /** Counts, and releases what it gets. */
    private static final class Reader extends BaseSubscriber<ByteBuf> {

        private final AtomicLong rows = new AtomicLong();
        private final AtomicLong bytes = new AtomicLong();
        private final CountDownLatch end = new CountDownLatch(1);
        private volatile @Nullable Throwable failure;

        @Override
        protected void hookOnSubscribe(Subscription subscription) {}

        @Override
        protected void hookOnNext(ByteBuf row) {
            rows.lazySet(rows.get() + 1);
            bytes.lazySet(bytes.get() + row.readableBytes());
            row.release();
        }

        @Override
        protected void hookOnError(Throwable error) {
            failure = error;
            end.countDown();
        }

        @Override
        protected void hookOnComplete() {
            end.countDown();
        }
    }
}
