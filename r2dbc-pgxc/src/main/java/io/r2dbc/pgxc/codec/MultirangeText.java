// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.codec;

import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;

/** Reads the text of a multirange: ranges with commas between them, in braces. */
record MultirangeText(PgType type, Decoder<?> range) implements Decoder<List<?>> {

    @Override
    public List<?> decode(ByteBuf buffer, int offset, int length) {
        int last = offset + length - 1;
        if (length < 2 || buffer.getByte(offset) != '{' || buffer.getByte(last) != '}') {
            throw ValueException.malformed(type, buffer, offset, length);
        }
        List<Object> ranges = new ArrayList<>();
        int at = offset + 1;
        while (at < last) {
            int closing = QuotedText.end(buffer, at, last, "])");
            int next = closing + 1;
            boolean ends = next == last;
            boolean goesOn = closing > 0 && next < last - 1 && buffer.getByte(next) == ',';
            if (closing < 0 || !ends && !goesOn) {
                throw ValueException.malformed(type, buffer, offset, length);
            }
            ranges.add(range.decode(buffer, at, next - at));
            at = ends ? last : next + 1;
        }
        return ranges;
    }
}
