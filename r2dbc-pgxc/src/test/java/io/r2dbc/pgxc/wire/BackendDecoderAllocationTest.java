// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.r2dbc.pgxc.wire.BackendDecoder.Step;
import java.lang.management.ManagementFactory;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("the backend decoder's garbage")
class BackendDecoderAllocationTest {

    private static final int MESSAGES = 100_000;
    private static final int ROUNDS = 5;

    // What the measurement itself and a compiler that is still at work may leave behind.
    private static final long NOISE = 16_384;

    @ParameterizedTest(name = "direct buffer: {0}")
    @ValueSource(booleans = {false, true})
    @DisplayName("a hundred thousand rows and as much COPY data cost no memory, in any buffer")
    void hotMessagesAllocateNothing(boolean direct) {
        Octets row = BackendEncoder.row(List.of(
                Octets.of("12345"), Octets.of("some text"), Octets.NONE, Octets.of("2026-01-01"), Octets.of("t")));
        Octets copyData = BackendEncoder.copyData(Octets.of("12345\tsome text\n"));
        Octets some = Octets.join(Collections.nCopies(100, Octets.join(row, copyData)));
        ByteBuf in = direct ? Unpooled.directBuffer(some.size()) : Unpooled.buffer(some.size());
        in.writeBytes(some.bytes());
        BackendDecoder decoder = new BackendDecoder(Decoding.UNLIMITED);
        decoder.authenticated();
        Summing sink = new Summing();
        try {
            decode(in, decoder, sink);
            long least = Long.MAX_VALUE;
            for (int i = 0; i < ROUNDS; i++) {
                least = Math.min(least, decode(in, decoder, sink));
            }
            assertThat(sink.sum).isNotZero();
            assertThat(least)
                    .as("bytes for %d rows and as much COPY data", MESSAGES)
                    .isLessThan(NOISE);
        } finally {
            in.release();
        }
    }

    /** Decodes what is in the buffer again and again, and answers how many bytes that allocated. */
    private static long decode(ByteBuf in, BackendDecoder decoder, Summing sink) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int decoded = 0; decoded < 2 * MESSAGES; decoded++) {
            if (!in.isReadable()) {
                in.readerIndex(0);
            }
            if (decoder.decodeOne(in, sink) != Step.DECODED) {
                throw new AssertionError("nothing was decoded");
            }
        }
        return threads.getCurrentThreadAllocatedBytes() - before;
    }

    private static final class Summing implements BackendSink {

        private long sum;

        @Override
        public boolean wants(byte tag) {
            return true;
        }

        @Override
        public void onRow(DataRow row) {
            for (int i = 0; i < row.columnCount(); i++) {
                sum += row.length(i) + row.offset(i);
            }
        }

        @Override
        public void onCopyData(ByteBuf in, int offset, int length) {
            sum += in.getByte(offset) + length;
        }

        @Override
        public void onMessage(BackendMessage message) {
            throw new AssertionError("unexpected " + message);
        }
    }
}
