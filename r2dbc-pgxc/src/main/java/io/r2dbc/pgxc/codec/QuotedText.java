// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.codec;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/**
 * Takes parts out of the text of rows and ranges, and puts them in: what holds a separator stands between quotes, with
 * its quotes and backslashes doubled.
 */
final class QuotedText {

    private static final String BLANKS = " \t\n\r\u000B\f";

    private QuotedText() {}

    /** Where the part that begins here ends: the first of the {@code stops} outside of quotes, or -1 if there is none. */
    static int end(ByteBuf buffer, int from, int end, String stops) {
        boolean quoted = false;
        for (int at = from; at < end; at++) {
            int b = buffer.getByte(at);
            if (b == '\\') {
                at++;
            } else if (b == '"') {
                quoted = !quoted;
            } else if (!quoted && stops.indexOf(b) >= 0) {
                return at;
            }
        }
        return -1;
    }

    /** Reads a part, without its quotes. */
    static <T> T decode(Decoder<T> decoder, PgType type, ByteBuf buffer, int from, int to) {
        if (from == to || buffer.getByte(from) != '"') {
            return decoder.decode(buffer, from, to - from);
        }
        int end = to - 1;
        if (end <= from || buffer.getByte(end) != '"') {
            throw ValueException.malformed(type, buffer, from, to - from);
        }
        int length = 0;
        for (int at = from + 1; at < end; at += width(buffer, at)) {
            length++;
        }
        if (length == end - from - 1) {
            return decoder.decode(buffer, from + 1, length);
        }
        byte[] plain = new byte[length];
        int at = from + 1;
        for (int i = 0; i < length; i++) {
            int width = width(buffer, at);
            if (at + width > end) {
                throw ValueException.malformed(type, buffer, from, to - from);
            }
            plain[i] = buffer.getByte(at + width - 1);
            at += width;
        }
        return decoder.decode(Unpooled.wrappedBuffer(plain), 0, length);
    }

    /** How many bytes stand for the next one. */
    private static int width(ByteBuf buffer, int at) {
        int b = buffer.getByte(at);
        return b == '\\' || b == '"' ? 2 : 1;
    }

    /** Appends a part, between quotes only if it must be: if it is empty, or holds a blank or one of these. */
    static void append(String part, String special, StringBuilder out) {
        boolean plain = !part.isEmpty();
        for (int i = 0; plain && i < part.length(); i++) {
            char c = part.charAt(i);
            plain = c != '"' && c != '\\' && special.indexOf(c) < 0 && BLANKS.indexOf(c) < 0;
        }
        if (plain) {
            out.append(part);
            return;
        }
        out.append('"');
        for (int i = 0; i < part.length(); i++) {
            char c = part.charAt(i);
            out.append(c == '"' || c == '\\' ? String.valueOf(c) : "").append(c);
        }
        out.append('"');
    }
}
