// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.codec;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Reads the text of a row: attributes with commas between them, in parentheses. Nothing at all is NULL, an empty string
 * stands between quotes.
 */
record CompositeText(PgType type, AttributePlan plan) implements Decoder<Object> {

    static final String SPECIAL = ",()";

    @Override
    public Object decode(ByteBuf buffer, int offset, int length) {
        int last = last(type, buffer, offset, length);
        @Nullable Object[] values = plan.slots();
        int count = 0;
        int at = offset + 1;
        boolean more = plan.count() > 0 || at < last;
        while (more) {
            int end = QuotedText.end(buffer, at, last + 1, SPECIAL);
            if (end < 0 || end < last && buffer.getByte(end) != ',') {
                throw ValueException.malformed(type, buffer, offset, length);
            }
            if (count < plan.count()) {
                read(values, count, buffer, at, end);
            }
            count++;
            more = end < last;
            at = end + 1;
        }
        if (count != plan.count()) {
            throw ValueException.outdated(type, Format.TEXT, count + " attributes where " + plan.count() + " are due");
        }
        return plan.make(values);
    }

    private void read(@Nullable Object[] values, int attribute, ByteBuf buffer, int from, int to) {
        if (from == to) {
            plan.readNull(attribute);
            return;
        }
        QuotedText.decode(
                (bytes, offset, length) -> {
                    plan.read(values, attribute, bytes, offset, length);
                    return values;
                },
                type,
                buffer,
                from,
                to);
    }

    /** The index of the closing parenthesis. */
    private static int last(PgType type, ByteBuf buffer, int offset, int length) {
        int last = offset + length - 1;
        if (length < 2 || buffer.getByte(offset) != '(' || buffer.getByte(last) != ')') {
            throw ValueException.malformed(type, buffer, offset, length);
        }
        return last;
    }

    /** Reads a row of as many strings as there are. */
    record OfStrings(CodecRegistry registry) implements Decoder<Object> {

        @Override
        public Object decode(ByteBuf buffer, int offset, int length) {
            int last = last(PgType.RECORD, buffer, offset, length);
            int count = 1;
            int comma = QuotedText.end(buffer, offset + 1, last, ",");
            while (comma >= 0) {
                count++;
                comma = QuotedText.end(buffer, comma + 1, last, ",");
            }
            return new CompositeText(PgType.RECORD, AttributePlan.strings(count, registry))
                    .decode(buffer, offset, length);
        }
    }
}
