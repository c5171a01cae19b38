// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.codec;

import io.netty.buffer.ByteBuf;
import io.r2dbc.pgxc.value.Multirange;
import io.r2dbc.pgxc.value.Range;
import org.jspecify.annotations.Nullable;

/** Reads the text of a range, {@code [a,b)} or {@code empty}, and prints it as the server does. */
record RangeText(PgType type, Decoder<?> bound) implements Decoder<Range<?>> {

    private static final String SPECIAL = ",()[]";

    @Override
    public Range<?> decode(ByteBuf buffer, int offset, int length) {
        if (Digits.matches(buffer, offset, length, "empty")) {
            return Range.empty();
        }
        int last = offset + length - 1;
        int comma = length < 3 ? -1 : QuotedText.end(buffer, offset + 1, last, ",");
        int opening = length < 3 ? 0 : buffer.getByte(offset);
        int closing = length < 3 ? 0 : buffer.getByte(last);
        boolean whole = comma > 0
                && (opening == '[' || opening == '(')
                && (closing == ']' || closing == ')')
                && QuotedText.end(buffer, comma + 1, last + 1, SPECIAL) == last;
        if (!whole) {
            throw ValueException.malformed(type, buffer, offset, length);
        }
        return Range.of(
                bound(buffer, offset + 1, comma), opening == '[', bound(buffer, comma + 1, last), closing == ']');
    }

    private @Nullable Object bound(ByteBuf buffer, int from, int to) {
        return from == to ? null : QuotedText.decode(bound, type, buffer, from, to);
    }

    /** Prints a range whose bounds are strings already. */
    static String print(Range<?> range) {
        if (range.isEmpty()) {
            return "empty";
        }
        StringBuilder out = new StringBuilder().append(range.isLowerInclusive() ? '[' : '(');
        append((String) range.lower(), out);
        append((String) range.upper(), out.append(','));
        return out.append(range.isUpperInclusive() ? ']' : ')').toString();
    }

    private static void append(@Nullable String bound, StringBuilder out) {
        if (bound != null) {
            QuotedText.append(bound, SPECIAL, out);
        }
    }

    /** Prints a range or a multirange of any values that can be written. */
    static String print(Object value, CodecRegistry registry) {
        if (value instanceof Range<?> range) {
            Range<String> strings = Range.of(
                    printed(range.lower(), registry),
                    range.isLowerInclusive(),
                    printed(range.upper(), registry),
                    range.isUpperInclusive());
            return range.isEmpty() ? "empty" : print(strings);
        }
        StringBuilder out = new StringBuilder("{");
        for (Range<?> range : (Multirange<?>) value) {
            out.append(out.length() == 1 ? "" : ",").append(print(range, registry));
        }
        return out.append('}').toString();
    }

    private static @Nullable String printed(@Nullable Object bound, CodecRegistry registry) {
        if (bound == null) {
            return null;
        }
        Encoding encoding = registry.encodings().find(bound);
        if (encoding == null) {
            throw ValueException.unwritable("a range", bound, "no bound can be of this class");
        }
        return TextForm.of(bound, encoding, registry);
    }
}
