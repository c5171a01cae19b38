// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import static io.r2dbc.pgxc.testing.ServerMessages.bindComplete;
import static io.r2dbc.pgxc.testing.ServerMessages.column;
import static io.r2dbc.pgxc.testing.ServerMessages.complete;
import static io.r2dbc.pgxc.testing.ServerMessages.parameterTypes;
import static io.r2dbc.pgxc.testing.ServerMessages.parseComplete;
import static io.r2dbc.pgxc.testing.ServerMessages.ready;
import static io.r2dbc.pgxc.testing.ServerMessages.rowDescription;
import static io.r2dbc.pgxc.testing.ServerMessages.rowOf;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.r2dbc.pgxc.codec.CodecRegistry;
import io.r2dbc.pgxc.codec.Encoding;
import io.r2dbc.pgxc.codec.Format;
import io.r2dbc.pgxc.codec.PgType;
import io.r2dbc.pgxc.testing.Script;
import io.r2dbc.pgxc.testing.ScriptedServer;
import io.r2dbc.pgxc.wire.BackendMessage.Column;
import io.r2dbc.pgxc.wire.Octets;
import io.r2dbc.spi.Readable;
import java.lang.management.ManagementFactory;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Operators;
import reactor.core.publisher.Sinks;

/** Measures on the event loop's thread what a row costs between the socket and the subscriber: nothing but what was asked for. */
@DisplayName("a row's way from the handler to onNext")
class HotPathAllocationTest {

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final String SQL = "select * from rows";
    private static final String TEXT = "a text of 20 letters";
    private static final long DUE = 16;

    private static final int ROWS = 50_000;
    private static final int RUNS = 12;

    /** Behind the rows at which plans are made. */
    private static final int FIRST = 1_000;

    private static final int INT4 = PgType.INT4.oid();
    private static final int INT8 = PgType.INT8.oid();
    private static final int TIMESTAMPTZ = PgType.TIMESTAMPTZ.oid();
    private static final int NUMERIC = PgType.NUMERIC.oid();
    private static final int FLOAT8 = PgType.FLOAT8.oid();

    private static final Object ELEMENT = new Object();
    private static volatile Object sink = ELEMENT;

    /** What the mapping function reads. */
    private enum Reads {
        NOTHING,
        WHAT_NEEDS_NO_OBJECT,
        EVERYTHING;

        Object map(Readable row) {
            return switch (this) {
                case NOTHING -> ELEMENT;
                case WHAT_NEEDS_NO_OBJECT -> readSmall(row);
                case EVERYTHING -> readAll(row);
            };
        }

        long due() {
            return this == EVERYTHING ? sizeOfValues() : 0;
        }
    }

    @ParameterizedTest(name = "{0}, {1}, one by one: {2}")
    @CsvSource({
        "TEXT, NOTHING, false", "BINARY, NOTHING, false",
        "TEXT, WHAT_NEEDS_NO_OBJECT, false", "BINARY, WHAT_NEEDS_NO_OBJECT, false",
        "TEXT, EVERYTHING, false", "BINARY, EVERYTHING, false",
        "BINARY, NOTHING, true", "BINARY, EVERYTHING, true"
    })
    @DisplayName("allocates less than 16 bytes beyond the values asked for, in both formats, at any demand")
    void costsNothingButTheValues(Format format, Reads reads, boolean oneByOne) {
        int cache = format == Format.TEXT ? 0 : 256;
        long due = reads.due();
        try (ScriptedServer server = ScriptedServer.start(script -> serve(script, format))) {
            PgxcConnection connection = new PgxcConnectionFactory(PgxcConfiguration.builder()
                            .host(server.host())
                            .port(server.port())
                            .user("somebody")
                            .preparedStatementCacheQueries(cache)
                            .build())
                    .create()
                    .block(LIMIT);
            assertThat(connection).isNotNull();
            double least = Double.MAX_VALUE;
            for (int run = 0; run < RUNS; run++) {
                least = Math.min(least, run(connection, reads, oneByOne));
            }
            connection.close().block(LIMIT);
            assertThat(sink).isNotNull();
            System.out.printf(
                    "[hot path] %s, %s, one by one: %s: %.2f bytes per row, %d of them are the values%n",
                    format, reads, oneByOne, least, due);
            assertThat(least - due).as("bytes per row beyond the values").isLessThan(DUE);
        }
    }

    private static double run(PgxcConnection connection, Reads reads, boolean oneByOne) {
        Meter meter = new Meter(oneByOne);
        connection
                .createStatement(SQL)
                .execute()
                .doOnNext(result -> result.map(reads::map).subscribe(meter))
                .then()
                .block(LIMIT);
        Long bytes = meter.outcome.asMono().block(LIMIT);
        assertThat(bytes).isNotNull();
        return (double) bytes / (ROWS - FIRST);
    }

    private static Object readSmall(Readable row) {
        Integer number = row.get(0, Integer.class);
        if (number == null || number != 42) {
            throw new AssertionError("not 42: " + number);
        }
        return number;
    }

    private static Object readAll(Readable row) {
        sink = row.get(1, Integer.class);
        sink = row.get(2, Long.class);
        sink = row.get(3, String.class);
        sink = row.get(4, OffsetDateTime.class);
        sink = row.get(5, BigDecimal.class);
        sink = row.get(6, Double.class);
        return ELEMENT;
    }

    /** What the same values cost where nobody decodes them. */
    private static long sizeOfValues() {
        byte[] letters = TEXT.getBytes(StandardCharsets.ISO_8859_1);
        long least = Long.MAX_VALUE;
        for (int run = 0; run < 20; run++) {
            long before = THREADS.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < 1_000; i++) {
                sink = Integer.valueOf(1_000_000 + i);
                sink = Long.valueOf(1L << 40 | i);
                sink = new String(letters, StandardCharsets.ISO_8859_1);
                sink = OffsetDateTime.of(
                        LocalDateTime.of(LocalDate.of(2024, 2, 29), LocalTime.of(12, 34, 56, 789_000_000)),
                        ZoneOffset.UTC);
                sink = BigDecimal.valueOf(1_234_567_890L + i, 2);
                sink = Double.valueOf(i);
            }
            least = Math.min(least, (THREADS.getCurrentThreadAllocatedBytes() - before) / 1_000);
        }
        return least;
    }

    // The server

    private static void serve(Script script, Format format) {
        script.startup();
        Octets textRows = rows(Format.TEXT);
        Octets rows = format == Format.TEXT ? textRows : rows(format);
        Octets parsed = Octets.join(parseComplete(), parameterTypes(), rowDescription(columns()));
        for (int run = 0; run < RUNS; run++) {
            if (run == 0 || format == Format.TEXT) {
                script.expect("P D B E S").send(parsed, bindComplete(), textRows);
            } else {
                script.expect("B E S").send(bindComplete(), rows);
            }
            script.send(complete("SELECT " + ROWS), ready());
        }
        script.expectEnd();
    }

    private static Column[] columns() {
        return new Column[] {
            column("small", INT4),
            column("i4", INT4),
            column("i8", INT8),
            column("t", PgType.TEXT.oid()),
            column("ts", TIMESTAMPTZ),
            column("n", NUMERIC),
            column("f8", FLOAT8)
        };
    }

    private static Octets rows(Format format) {
        OffsetDateTime time = OffsetDateTime.of(2024, 2, 29, 12, 34, 56, 789_000_000, ZoneOffset.UTC);
        List<Octets> some = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            some.add(
                    format == Format.TEXT
                            ? rowOf(
                                    Octets.of("42"),
                                    Octets.of(Integer.toString(1_000_000 + i)),
                                    Octets.of(Long.toString(1L << 40 | i)),
                                    Octets.of(TEXT),
                                    Octets.of("2024-02-29 12:34:56.789+00"),
                                    Octets.of("12345678.90"),
                                    Octets.of(i + ".25"))
                            : rowOf(
                                    binary(42, INT4),
                                    binary(1_000_000 + i, INT4),
                                    binary(1L << 40 | i, INT8),
                                    Octets.of(TEXT),
                                    binary(time, TIMESTAMPTZ),
                                    binary(new BigDecimal("12345678.90"), NUMERIC),
                                    binary(i + 0.25, FLOAT8)));
        }
        return Octets.join(Collections.nCopies(ROWS / some.size(), Octets.join(some)));
    }

    private static Octets binary(Object value, int oid) {
        Encoding encoding = CodecRegistry.standard().encoding(value, oid);
        assertThat(encoding.format()).isEqualTo(Format.BINARY);
        ByteBuf bytes = Unpooled.buffer();
        encoding.write(value, bytes);
        return Octets.of(bytes);
    }

    /** Looks at the thread's account at an early row and at the last one. */
    private static final class Meter implements CoreSubscriber<Object> {

        private final boolean oneByOne;
        private final Sinks.One<Long> outcome = Sinks.one();
        private Subscription subscription = Operators.emptySubscription();
        private long start;
        private long bytes;
        private int rows;

        Meter(boolean oneByOne) {
            this.oneByOne = oneByOne;
        }

        @Override
        public void onSubscribe(Subscription given) {
            subscription = given;
            given.request(oneByOne ? 1 : Long.MAX_VALUE);
        }

        @Override
        public void onNext(Object element) {
            rows++;
            if (rows == FIRST) {
                start = THREADS.getCurrentThreadAllocatedBytes();
            } else if (rows == ROWS) {
                bytes = THREADS.getCurrentThreadAllocatedBytes() - start;
            }
            if (oneByOne) {
                subscription.request(1);
            }
        }

        @Override
        public void onError(Throwable error) {
            outcome.tryEmitError(error).orThrow();
        }

        @Override
        public void onComplete() {
            assertThat(rows).isEqualTo(ROWS);
            outcome.tryEmitValue(bytes).orThrow();
        }
    }
}
