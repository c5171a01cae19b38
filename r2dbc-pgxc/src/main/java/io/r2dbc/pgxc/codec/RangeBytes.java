// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.codec;

import io.netty.buffer.ByteBuf;
import io.r2dbc.pgxc.value.Range;
import org.jspecify.annotations.Nullable;

/** Reads and writes the binary form of a range: a byte of flags, then each bound that there is, behind its length. */
record RangeBytes(PgType type, Decoder<?> bound) implements Decoder<Range<?>> {

    private static final int EMPTY = 0x01;
    private static final int LOWER_INCLUSIVE = 0x02;
    private static final int UPPER_INCLUSIVE = 0x04;
    private static final int NO_LOWER = 0x08;
    private static final int NO_UPPER = 0x10;

    @Override
    public Range<?> decode(ByteBuf buffer, int offset, int length) {
        int flags = length < 1 ? 0xFF : buffer.getUnsignedByte(offset);
        if (flags > 0x1F) {
            throw ValueException.of(type, Format.BINARY, length + " bytes with flags " + flags);
        }
        int end = offset + length;
        boolean isEmpty = (flags & EMPTY) != 0;
        int lower = offset + 1;
        boolean hasLower = !isEmpty && (flags & NO_LOWER) == 0;
        int upper = hasLower ? skip(buffer, lower, end) : lower;
        boolean hasUpper = !isEmpty && (flags & NO_UPPER) == 0;
        int behind = hasUpper ? skip(buffer, upper, end) : upper;
        if (behind != end) {
            throw ValueException.of(type, Format.BINARY, end - behind + " bytes behind the bounds");
        }
        return isEmpty
                ? Range.empty()
                : Range.of(
                        hasLower ? bound.decode(buffer, lower + 4, upper - lower - 4) : null,
                        (flags & LOWER_INCLUSIVE) != 0,
                        hasUpper ? bound.decode(buffer, upper + 4, behind - upper - 4) : null,
                        (flags & UPPER_INCLUSIVE) != 0);
    }

    private int skip(ByteBuf buffer, int at, int end) {
        return at + 4 + partLength(type, buffer, at, end);
    }

    /** The length that stands ahead of a part, checked against what is there. */
    static int partLength(PgType type, ByteBuf buffer, int at, int end) {
        int length = end - at < 4 ? -1 : buffer.getInt(at);
        if (length < 0 || length > end - at - 4) {
            throw ValueException.of(
                    type, Format.BINARY, "a part of " + length + " bytes where " + (end - at) + " are left");
        }
        return length;
    }

    static void write(Range<?> range, PgType subtype, CodecRegistry registry, ByteBuf out) {
        Object lower = range.lower();
        Object upper = range.upper();
        int flags = (range.isEmpty() ? EMPTY : 0)
                | (range.isLowerInclusive() ? LOWER_INCLUSIVE : 0)
                | (range.isUpperInclusive() ? UPPER_INCLUSIVE : 0)
                | (lower == null && !range.isEmpty() ? NO_LOWER : 0)
                | (upper == null && !range.isEmpty() ? NO_UPPER : 0);
        out.writeByte(flags);
        writeBound(lower, subtype, registry, out);
        writeBound(upper, subtype, registry, out);
    }

    private static void writeBound(@Nullable Object bound, PgType subtype, CodecRegistry registry, ByteBuf out) {
        if (bound == null) {
            return;
        }
        Encoding encoding = registry.encodings().typed(bound, subtype);
        if (encoding == null || encoding.format() != Format.BINARY) {
            throw ValueException.unwritable(subtype.getName(), bound, "the other bounds are of another class");
        }
        int length = out.writerIndex();
        out.writeInt(0);
        encoding.write(bound, out);
        out.setInt(length, out.writerIndex() - length - 4);
    }
}
