// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.codec;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Takes an hstore from the text that the server prints, and prints one as the server does: {@code "a"=>"1", "b"=>NULL},
 * with a backslash ahead of quotes and backslashes.
 */
final class HstoreText {

    private final PgType type;
    private final ByteBuf buffer;
    private final int start;
    private final int end;
    private int at;

    private HstoreText(PgType type, ByteBuf buffer, int offset, int length) {
        this.type = type;
        this.buffer = buffer;
        this.start = offset;
        this.end = offset + length;
        this.at = offset;
    }

    static Map<String, @Nullable String> read(PgType type, ByteBuf buffer, int offset, int length) {
        return new HstoreText(type, buffer, offset, length).pairs();
    }

    private Map<String, @Nullable String> pairs() {
        Map<String, @Nullable String> pairs = new LinkedHashMap<>();
        int count = 0;
        while (at < end) {
            expect(count == 0 ? "" : ", ");
            String key = quoted();
            expect("=>");
            pairs.put(key, value());
            count++;
        }
        if (pairs.size() != count) {
            throw malformed();
        }
        return pairs;
    }

    private @Nullable String value() {
        if (at < end && buffer.getByte(at) == 'N') {
            expect("NULL");
            return null;
        }
        return quoted();
    }

    private String quoted() {
        expect("\"");
        int from = at;
        int escapes = 0;
        while (at < end && buffer.getByte(at) != '"') {
            boolean isEscape = buffer.getByte(at) == '\\';
            escapes += isEscape ? 1 : 0;
            at += isEscape ? 2 : 1;
        }
        int to = at;
        expect("\"");
        if (escapes == 0) {
            return Utf8.read(buffer, from, to - from, type, Format.TEXT);
        }
        byte[] plain = plain(from, to - from - escapes);
        return Utf8.read(Unpooled.wrappedBuffer(plain), 0, plain.length, type, Format.TEXT);
    }

    private byte[] plain(int from, int length) {
        byte[] plain = new byte[length];
        int next = from;
        for (int i = 0; i < length; i++) {
            next += buffer.getByte(next) == '\\' ? 1 : 0;
            plain[i] = buffer.getByte(next++);
        }
        return plain;
    }

    private void expect(String word) {
        if (!Digits.matches(buffer, at, Math.min(word.length(), end - at), word)) {
            throw malformed();
        }
        at += word.length();
    }

    private ValueException malformed() {
        return ValueException.malformed(type, buffer, start, end - start);
    }

    static String print(Map<String, @Nullable String> pairs) {
        StringBuilder out = new StringBuilder();
        for (Map.Entry<String, @Nullable String> pair : pairs.entrySet()) {
            out.append(out.isEmpty() ? "" : ", ");
            quote(pair.getKey(), out);
            out.append("=>");
            String value = pair.getValue();
            if (value == null) {
                out.append("NULL");
            } else {
                quote(value, out);
            }
        }
        return out.toString();
    }

    private static void quote(String part, StringBuilder out) {
        out.append('"');
        for (int i = 0; i < part.length(); i++) {
            char c = part.charAt(i);
            out.append(c == '"' || c == '\\' ? "\\" : "").append(c);
        }
        out.append('"');
    }
}
