// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.codec;

import com.sun.management.ThreadMXBean;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.buffer.UnpooledHeapByteBuf;
import java.lang.management.ManagementFactory;

/**
 * Judges what a decoder does with bytes that no server sends: it gives a value or throws a {@link ValueException}, reads no
 * byte beyond them, does not go on and on, and allocates in proportion to them.
 */
final class FuzzOracle {

    /** A message and a stack trace. */
    static final long USUAL = 512 << 10;

    /** A numeric of eight bytes may have 131,072 digits, and an array or a range more than one such. */
    static final long WITH_NUMERICS = 8 << 20;

    private static final long BYTES_FOR_EACH_BYTE = 400;

    private static final int BYTES_FOR_EACH_READ = 32;
    private static final int READS_FOR_EACH_BYTE = 500;

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private FuzzOracle() {}

    /** Throws an {@link AssertionError} that says what the decoder did wrong. */
    static void check(Decoder<?> decoder, byte[] value, long allowance) {
        long due = allowance + BYTES_FOR_EACH_BYTE * value.length;
        if (allocated(decoder, value, allowance) > due) {
            // a class that was loaded, and that Jazzer has instrumented, is not loaded again
            long allocated = allocated(decoder, value, allowance);
            if (allocated > due) {
                throw new AssertionError(allocated + " bytes allocated for " + value.length);
            }
        }
    }

    private static long allocated(Decoder<?> decoder, byte[] value, long allowance) {
        Watched buffer = new Watched(value.clone(), allowance);
        long before = THREADS.getCurrentThreadAllocatedBytes();
        try {
            decoder.decode(buffer, 0, value.length);
        } catch (ValueException e) {
            // that is what it is for
        } catch (RuntimeException | StackOverflowError e) {
            throw new AssertionError("not a ValueException but " + e, e);
        }
        return THREADS.getCurrentThreadAllocatedBytes() - before;
    }

    /** Exactly these bytes and not one more; counts how often they are read. */
    private static final class Watched extends UnpooledHeapByteBuf {

        private int left;

        Watched(byte[] bytes, long allowance) {
            super(UnpooledByteBufAllocator.DEFAULT, bytes, bytes.length);
            left = (int) (allowance / BYTES_FOR_EACH_READ) + READS_FOR_EACH_BYTE * bytes.length;
        }

        private void count() {
            if (left-- == 0) {
                throw new AssertionError("reads on and on");
            }
        }

        @Override
        public byte getByte(int index) {
            count();
            return super.getByte(index);
        }

        @Override
        public short getShort(int index) {
            count();
            return super.getShort(index);
        }

        @Override
        public int getInt(int index) {
            count();
            return super.getInt(index);
        }

        @Override
        public long getLong(int index) {
            count();
            return super.getLong(index);
        }
    }
}
