// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.tck.fault;

import static io.r2dbc.pgxc.tck.fault.Live.pid;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.internal.PlatformDependent;
import io.r2dbc.pgxc.PgxcConnection;
import io.r2dbc.pgxc.PgxcStatement;
import io.r2dbc.pgxc.testing.StandingAsserts;
import io.r2dbc.spi.Readable;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.reactivestreams.Subscription;
import reactor.core.Disposable;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;

/**
 * The main job in a small house: a million rows through 64 MiB of heap and 32 MiB of direct memory, at a slow reader's pace and at full
 * speed. The slow reader makes the server wait, and nobody else.
 */
class StreamingMemoryIT {

    private static final int ROWS = 1_000_000;
    private static final int SLOW_SECONDS = 21;
    private static final long MIB = 1024 * 1024;
    private static final String SQL = "select g::int4, g * 1000003::int8, lpad(g::text, 20, 'x'), timestamptz"
            + " '2024-01-01 00:00:00+00' + g * interval '1 second', (g / 100.0)::numeric(12,2), g / 3.0::float8 from"
            + " generate_series(1, " + ROWS + ") g";

    @RegisterExtension
    static final StandingAsserts ASSERTS = StandingAsserts.within(Duration.ofMinutes(2));

    @RegisterExtension
    final Live live = new Live();

    /** What is in use at a moment, after a garbage collection. */
    private record Sample(long heap, long direct, boolean serverWaits) {}

    @Test
    @DisplayName(
            "[C11, X11] a million rows of six columns at 100 rows per 10 ms: memory stays flat and the server waits;"
                    + " then at full speed")
    void millionRowsInSmallMemory() throws InterruptedException, IOException {
        assertThat(Runtime.getRuntime().maxMemory()).as("the heap is bounded").isLessThanOrEqualTo(64 * MIB);
        assertThat(PlatformDependent.maxDirectMemory())
                .as("direct memory is bounded")
                .isLessThanOrEqualTo(32 * MIB);
        PgxcConnection connection = live.open();
        int pid = pid(connection);
        Reader reader = new Reader(0);
        read(connection.createStatement(SQL), reader);
        Disposable ticks =
                Flux.interval(Duration.ofMillis(10)).onBackpressureDrop().subscribe(tick -> reader.request(100));
        List<Sample> samples = new ArrayList<>();
        for (int second = 0; second < SLOW_SECONDS; second++) {
            assertThat(reader.end.await(1, TimeUnit.SECONDS))
                    .as("over too early")
                    .isFalse();
            samples.add(sample(pid));
        }
        ticks.dispose();
        int slowRows = reader.rows;
        report("100 rows per 10 ms for " + SLOW_SECONDS + " s, " + slowRows + " rows", samples);
        assertThat(slowRows).isBetween(SLOW_SECONDS * 1_000, ROWS / 2);
        assertThat(samples)
                .as("the server waits")
                .filteredOn(Sample::serverWaits)
                .hasSizeGreaterThan(SLOW_SECONDS * 3 / 4);
        assertFlat(samples);

        long start = System.nanoTime();
        reader.request(Long.MAX_VALUE);
        reader.requireAll();
        fullSpeed("the rest", ROWS - slowRows, start);

        start = System.nanoTime();
        Reader fast = new Reader(Long.MAX_VALUE);
        read(connection.createStatement(SQL), fast);
        fast.requireAll();
        fullSpeed("all of them", ROWS, start);
        assertThat(sample(pid).heap()).isLessThan(max(samples, Sample::heap) + 4 * MIB);
    }

    private static void read(PgxcStatement statement, Reader reader) {
        statement
                .execute()
                .flatMap(result -> result.map(StreamingMemoryIT::readAll))
                .subscribe(reader);
    }

    private static int readAll(Readable row) {
        Integer id = row.get(0, Integer.class);
        Long product = row.get(1, Long.class);
        String text = row.get(2, String.class);
        OffsetDateTime time = row.get(3, OffsetDateTime.class);
        BigDecimal hundredth = row.get(4, BigDecimal.class);
        Double third = row.get(5, Double.class);
        boolean right = product == id * 1_000_003L
                && text.length() == 20
                && text.endsWith(id.toString())
                && time.toEpochSecond() == 1_704_067_200L + id
                && hundredth.unscaledValue().longValue() == id
                && Math.abs(third * 3 - id) < 0.001;
        return right ? id : -1;
    }

    private Sample sample(int pid) {
        System.gc();
        long heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
        boolean waits = live.sessions("pid = " + pid + " and wait_event = 'ClientWrite'") == 1;
        return new Sample(heap, PlatformDependent.usedDirectMemory(), waits);
    }

    /** Behind the first seconds, in which classes are loaded. */
    private static void assertFlat(List<Sample> samples) {
        List<Sample> later = samples.subList(5, samples.size());
        assertThat(max(later, Sample::heap) - min(later, Sample::heap))
                .as("heap: " + samples)
                .isLessThan(4 * MIB);
        assertThat(max(later, Sample::direct) - min(later, Sample::direct))
                .as("direct memory: " + samples)
                .isLessThan(2 * MIB);
    }

    private static long max(List<Sample> samples, ToLongFunction<Sample> figure) {
        return samples.stream().mapToLong(figure).max().orElseThrow();
    }

    private static long min(List<Sample> samples, ToLongFunction<Sample> figure) {
        return samples.stream().mapToLong(figure).min().orElseThrow();
    }

    private static void report(String what, List<Sample> samples) throws IOException {
        LongSummaryStatistics heap = samples.stream().mapToLong(Sample::heap).summaryStatistics();
        LongSummaryStatistics direct =
                samples.stream().mapToLong(Sample::direct).summaryStatistics();
        System.out.printf(
                "[memory] %s: heap after GC %d to %d KiB, direct %d to %d KiB, server seen in ClientWrite %d of %d"
                        + " times, peak resident size %s%n",
                what,
                heap.getMin() / 1024,
                heap.getMax() / 1024,
                direct.getMin() / 1024,
                direct.getMax() / 1024,
                samples.stream().filter(Sample::serverWaits).count(),
                samples.size(),
                peakResidentSize());
    }

    private static void fullSpeed(String what, int rows, long start) throws IOException {
        long millis = (System.nanoTime() - start) / 1_000_000;
        System.out.printf(
                "[memory] %s at full speed: %d rows in %d ms, direct %d KiB, peak resident size %s%n",
                what, rows, millis, PlatformDependent.usedDirectMemory() / 1024, peakResidentSize());
    }

    private static String peakResidentSize() throws IOException {
        Path status = Path.of("/proc/self/status");
        if (!Files.exists(status)) {
            return "unknown";
        }
        return Files.readAllLines(status).stream()
                .filter(line -> line.startsWith("VmHWM"))
                .map(line -> line.substring(6).trim())
                .findFirst()
                .orElse("unknown");
    }

    /** Counts rows and notices a wrong one. */
    private static final class Reader extends BaseSubscriber<Integer> {

        private final long atFirst;
        private final CountDownLatch end = new CountDownLatch(1);
        private volatile int rows;
        private volatile boolean isWrong;
        private volatile @Nullable Throwable failure;

        Reader(long atFirst) {
            this.atFirst = atFirst;
        }

        @Override
        protected void hookOnSubscribe(Subscription subscription) {
            if (atFirst > 0) {
                subscription.request(atFirst);
            }
        }

        @Override
        protected void hookOnNext(Integer id) {
            int expected = rows + 1;
            isWrong |= id != expected;
            rows = expected;
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

        void requireAll() throws InterruptedException {
            assertThat(end.await(60, TimeUnit.SECONDS)).as("the end comes").isTrue();
            assertThat(failure).isNull();
            assertThat(isWrong).isFalse();
            assertThat(rows).isEqualTo(ROWS);
        }
    }
}
