// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.r2dbc.pgxc.wire.BackendDecoder;
import io.r2dbc.pgxc.wire.BackendDecoder.Step;
import io.r2dbc.pgxc.wire.BackendMessage;
import io.r2dbc.pgxc.wire.BackendSink;
import io.r2dbc.pgxc.wire.BindAndExecute;
import io.r2dbc.pgxc.wire.BindValues;
import io.r2dbc.pgxc.wire.DataRow;
import io.r2dbc.pgxc.wire.FrontendMessage.Bare;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** What do the messages of one query cost, written and read, where nobody makes values of them? Nothing should be allocated. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class Messages {

    private static final short[] BINARY = {1};

    private final ByteBuf out = PooledByteBufAllocator.DEFAULT.directBuffer(1 << 12);
    private final BindAndExecute execution = new BindAndExecute("", "pgxc_statement_1", BINARY, 0, out);
    private final ByteBuf in = answer();
    private final BackendDecoder decoder = new BackendDecoder(Integer.MAX_VALUE);
    private final Counter counter = new Counter();

    /** Lets the decoder take a session's messages. */
    public Messages() {
        decoder.authenticated();
    }

    private static ByteBuf answer() {
        ByteBuf bytes = PooledByteBufAllocator.DEFAULT.directBuffer(1 << 12);
        bytes.writeByte('2').writeInt(4);
        bytes.writeByte('D')
                .writeInt(22)
                .writeShort(2)
                .writeInt(4)
                .writeInt(1)
                .writeInt(4)
                .writeInt(2);
        bytes.writeByte('C').writeInt(13).writeBytes(new byte[] {'S', 'E', 'L', 'E', 'C', 'T', ' ', '1', 0});
        return bytes.writeByte('Z').writeInt(5).writeByte('I');
    }

    /** Releases the buffers. */
    @TearDown
    public void release() {
        out.release();
        in.release();
    }

    /** Bind with one int4, Execute, Sync. */
    @Benchmark
    public int encode() {
        out.clear();
        execution.write(out, OneNumber.VALUE);
        Bare.SYNC.writeTo(out);
        return out.writerIndex();
    }

    /** BindComplete, DataRow, CommandComplete, ReadyForQuery. */
    @Benchmark
    public int decode() {
        in.readerIndex(0);
        counter.messages = 0;
        Step step = Step.DECODED;
        while (step == Step.DECODED) {
            step = decoder.decodeOne(in, counter);
        }
        if (counter.messages != 4) {
            throw new IllegalStateException(counter.messages + " messages instead of 4");
        }
        return counter.messages;
    }

    /** The values of one binding: an int4. */
    private enum OneNumber implements BindValues {
        VALUE;

        @Override
        public int count() {
            return 1;
        }

        @Override
        public boolean isBinary(int index) {
            return true;
        }

        @Override
        public boolean write(int index, ByteBuf buffer) {
            buffer.writeInt(123_456);
            return true;
        }
    }

    /** Takes every message, and looks at none. */
    private static final class Counter implements BackendSink {

        private int messages;

        @Override
        public boolean wants(byte tag) {
            return true;
        }

        @Override
        public void onRow(DataRow row) {
            messages++;
        }

        @Override
        public void onCopyData(ByteBuf buffer, int offset, int length) {
            messages++;
        }

        @Override
        public void onMessage(BackendMessage message) {
            messages++;
        }
    }
}
