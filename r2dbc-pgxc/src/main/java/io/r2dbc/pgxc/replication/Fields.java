// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.replication;

import io.netty.buffer.ByteBuf;
import io.r2dbc.pgxc.value.Lsn;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

/**
 * Reads the fields of one message in order, and never a byte beyond its end, whatever follows in the buffer. The buffer's own indexes stay
 * untouched.
 */
final class Fields {

    private static final long SECONDS_TO_2000 = 946_684_800L;
    private static final long MICROS = 1_000_000L;

    private final String name;
    private final ByteBuf in;
    private final int end;
    private int position;

    /** Reads what lies between {@code offset} and {@code offset + length}; {@code name} is for error texts. */
    Fields(String name, ByteBuf in, int offset, int length) {
        this.name = name;
        this.in = in;
        this.position = offset;
        this.end = offset + length;
    }

    int remaining() {
        return end - position;
    }

    int position() {
        return position;
    }

    byte int8() {
        return in.getByte(advance(1));
    }

    int uint16() {
        return in.getUnsignedShort(advance(2));
    }

    int int32() {
        return in.getInt(advance(4));
    }

    long uint32() {
        return in.getUnsignedInt(advance(4));
    }

    long int64() {
        return in.getLong(advance(8));
    }

    Lsn lsn() {
        return new Lsn(int64());
    }

    /** Microseconds since 2000 (S3.6): the whole range of the field is a time. */
    Instant time() {
        return time(int64());
    }

    static Instant time(long microsSince2000) {
        return Instant.ofEpochSecond(
                SECONDS_TO_2000 + Math.floorDiv(microsSince2000, MICROS),
                Math.floorMod(microsSince2000, MICROS) * 1_000);
    }

    static long microsSince2000(Instant time) {
        return (time.getEpochSecond() - SECONDS_TO_2000) * MICROS + time.getNano() / 1_000;
    }

    /** Text up to its terminator; bytes that are not UTF-8 become replacement characters. */
    String string() {
        int terminator = in.indexOf(position, end, (byte) 0);
        if (terminator < 0) {
            throw malformed("a string has no terminator");
        }
        int start = position;
        position = terminator + 1;
        return in.toString(start, terminator - start, StandardCharsets.UTF_8);
    }

    /** As many bytes as the next four say; refused, before anything is allocated, if that many are not there. */
    byte[] sizedBytes() {
        byte[] bytes = new byte[size()];
        in.getBytes(advance(bytes.length), bytes);
        return bytes;
    }

    /** Steps over as many bytes as the next four say, and returns how many that are. */
    int skipSized() {
        int size = size();
        advance(size);
        return size;
    }

    private int size() {
        int size = int32();
        if (size < 0 || size > remaining()) {
            throw malformed("a value has length " + size + " with " + remaining() + " bytes left");
        }
        return size;
    }

    /** Refuses a number of elements that what is left cannot hold. */
    int plausible(int count, int minimumSize) {
        if (count < 0 || (long) count * minimumSize > remaining()) {
            throw malformed(
                    "count " + Integer.toUnsignedString(count) + " does not fit the " + remaining() + " bytes left");
        }
        return count;
    }

    <T> T complete(T message) {
        if (position != end) {
            throw malformed(remaining() + " bytes are left over");
        }
        return message;
    }

    private int advance(int count) {
        if (count > remaining()) {
            throw malformed("it ends inside a field");
        }
        int at = position;
        position += count;
        return at;
    }

    ReplicationFormatException malformed(String problem) {
        return ReplicationFormatException.in(name, problem);
    }
}
