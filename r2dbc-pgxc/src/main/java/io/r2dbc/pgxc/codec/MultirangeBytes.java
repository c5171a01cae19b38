// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.codec;

import io.netty.buffer.ByteBuf;
import io.r2dbc.pgxc.value.Multirange;
import io.r2dbc.pgxc.value.Range;
import java.util.ArrayList;
import java.util.List;

/** Reads and writes the binary form of a multirange: the number of ranges, then each behind its length. */
record MultirangeBytes(PgType type, Decoder<?> range) implements Decoder<List<?>> {

    /** A length and a byte of flags. */
    private static final int SHORTEST = 5;

    @Override
    public List<?> decode(ByteBuf buffer, int offset, int length) {
        int count = length < 4 ? -1 : buffer.getInt(offset);
        if (count < 0 || count > (length - 4) / SHORTEST) {
            throw ValueException.of(type, Format.BINARY, count + " ranges in " + length + " bytes");
        }
        List<Object> ranges = new ArrayList<>(count);
        int end = offset + length;
        int at = offset + 4;
        for (int i = 0; i < count; i++) {
            int part = RangeBytes.partLength(type, buffer, at, end);
            ranges.add(range.decode(buffer, at + 4, part));
            at += 4 + part;
        }
        if (at != end) {
            throw ValueException.of(type, Format.BINARY, end - at + " bytes behind the last range");
        }
        return ranges;
    }

    static void write(Multirange<?> value, PgType subtype, CodecRegistry registry, ByteBuf out) {
        out.writeInt(value.ranges().size());
        for (Range<?> range : value) {
            int length = out.writerIndex();
            out.writeInt(0);
            RangeBytes.write(range, subtype, registry, out);
            out.setInt(length, out.writerIndex() - length - 4);
        }
    }

    /** Prints a multirange as the server does. */
    record Printer(PgType type, Decoder<?> range) implements Decoder<String> {

        @Override
        public String decode(ByteBuf buffer, int offset, int length) {
            StringBuilder out = new StringBuilder("{");
            for (Object printed : new MultirangeBytes(type, range).decode(buffer, offset, length)) {
                out.append(out.length() == 1 ? "" : ",").append(printed);
            }
            return out.append('}').toString();
        }
    }
}
