// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import io.netty.buffer.ByteBuf;
import io.r2dbc.pgxc.codec.Format;
import io.r2dbc.pgxc.wire.BackendDecoder;
import io.r2dbc.pgxc.wire.BackendDecoder.Step;
import java.math.BigDecimal;
import java.time.OffsetDateTime;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/**
 * What does a row cost between the inbound buffer and the mapping function's values? One operation is one row of six
 * columns: int4, int8, text of 20, timestamptz, numeric(12,2), float8.
 *
 * <p>It stands in the roof's package because the row cursor has no public constructor.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class RowDecoding {

    /** Of about 100 bytes each: they fit into the processor's cache, as what a socket has just delivered does. */
    private static final int ROWS = 1024;

    /** The format that the values arrive in. */
    @Param({"TEXT", "BINARY"})
    public Format format = Format.BINARY;

    private final BackendDecoder decoder = new BackendDecoder(Integer.MAX_VALUE);
    private ByteBuf rows;
    private PgxcRow cursor;

    /** Encodes the rows. */
    @Setup
    public void encode() {
        decoder.authenticated();
        rows = SixColumns.encoded(ROWS, format);
        RowShape shape = new RowShape(SixColumns.DESCRIPTION, new short[] {format.code()}, new SixColumns.Source());
        cursor = new PgxcRow(shape, "benchmark");
    }

    /** Releases the buffer. */
    @TearDown
    public void release() {
        rows.release();
    }

    /** Finds the message and its columns, and reads none: what the driver itself costs, and it should allocate nothing. */
    @Benchmark
    @OperationsPerInvocation(ROWS)
    public void noColumn(Blackhole values) {
        decodeAll(row -> values.consume(row));
    }

    /** Reads one column: besides the boxed Integer, 16 bytes, nothing should be allocated. */
    @Benchmark
    @OperationsPerInvocation(ROWS)
    public void int4Column(Blackhole values) {
        decodeAll(row -> values.consume(row.get(0, Integer.class)));
    }

    /** Reads every column into its Java type. */
    @Benchmark
    @OperationsPerInvocation(ROWS)
    public void sixColumns(Blackhole values) {
        decodeAll(row -> {
            values.consume(row.get(0, Integer.class));
            values.consume(row.get(1, Long.class));
            values.consume(row.get(2, String.class));
            values.consume(row.get(3, OffsetDateTime.class));
            values.consume(row.get(4, BigDecimal.class));
            values.consume(row.get(5, Double.class));
        });
    }

    private void decodeAll(RowSink.Mapping mapping) {
        rows.readerIndex(0);
        RowSink sink = new RowSink(cursor, mapping);
        Step step = Step.DECODED;
        while (step == Step.DECODED) {
            step = decoder.decodeOne(rows, sink);
        }
        if (sink.count() != ROWS) {
            throw new IllegalStateException(sink.count() + " rows instead of " + ROWS);
        }
    }
}
