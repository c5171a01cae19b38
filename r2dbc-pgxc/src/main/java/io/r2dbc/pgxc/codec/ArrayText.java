// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.codec;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/**
 * Reads the text form of an array, {@code {1,NULL,"a b"}}, in two passes: the first one checks it and counts, the second
 * one reads the elements where they stand.
 */
record ArrayText(PgType type, Elements elements, int levels) implements Decoder<Object> {

    @Override
    public Object decode(ByteBuf buffer, int offset, int length) {
        int end = offset + length;
        int body = body(buffer, offset, end);
        if (end - body == 2 && buffer.getByte(body) == '{' && buffer.getByte(body + 1) == '}') {
            return elements.create(Math.max(levels, 1), 0);
        }
        int[] sizes = measure(buffer, body, end);
        ArrayCodec.checkLevels(type, Format.TEXT, sizes.length, levels);
        Object container = elements.create(sizes.length, sizes[0]);
        fill(container, 0, sizes, buffer, body, end);
        return container;
    }

    /** The first brace, behind bounds such as {@code [2:3][0:1]=}. */
    private int body(ByteBuf buffer, int offset, int end) {
        int at = offset;
        if (at < end && buffer.getByte(at) == '[') {
            while (at < end && buffer.getByte(at) != '=') {
                int b = buffer.getByte(at++);
                if (!Digits.isDigit(b) && "[]:-+".indexOf(b) < 0) {
                    throw ValueException.malformed(type, buffer, offset, end - offset);
                }
            }
            at++;
        }
        if (at >= end || buffer.getByte(at) != '{') {
            throw ValueException.malformed(type, buffer, offset, end - offset);
        }
        return at;
    }

    /** The sizes of the dimensions, all inner arrays of one dimension being of the same size. */
    private int[] measure(ByteBuf buffer, int body, int end) {
        int dimensions = 1;
        while (body + dimensions < end && buffer.getByte(body + dimensions) == '{') {
            dimensions++;
        }
        if (dimensions > ArrayCodec.MAX_DIMENSIONS) {
            throw ValueException.of(type, Format.TEXT, "more than " + ArrayCodec.MAX_DIMENSIONS + " dimensions");
        }
        int[] sizes = new int[dimensions];
        int[] counts = new int[dimensions];
        int depth = 0;
        int at = body;
        while (at < end) {
            if (depth < dimensions) {
                at = open(buffer, at, end);
                depth++;
                continue;
            }
            at = endOfElement(buffer, at, end);
            counts[depth - 1]++;
            while (at < end && depth > 0 && buffer.getByte(at) == '}') {
                at++;
                depth--;
                close(depth, sizes, counts, buffer, body, end);
            }
            if (depth == 0) {
                break;
            }
            if (at >= end || buffer.getByte(at) != delimiter()) {
                throw ValueException.malformed(type, buffer, body, end - body);
            }
            at++;
        }
        if (depth != 0 || at != end) {
            throw ValueException.malformed(type, buffer, body, end - body);
        }
        return sizes;
    }

    private int open(ByteBuf buffer, int at, int end) {
        if (buffer.getByte(at) != '{') {
            throw ValueException.malformed(type, buffer, at, end - at);
        }
        return at + 1;
    }

    private void close(int level, int[] sizes, int[] counts, ByteBuf buffer, int body, int end) {
        if (sizes[level] != 0 && sizes[level] != counts[level]) {
            throw ValueException.malformed(type, buffer, body, end - body);
        }
        sizes[level] = counts[level];
        counts[level] = 0;
        if (level > 0) {
            counts[level - 1]++;
        }
    }

    private int endOfElement(ByteBuf buffer, int from, int end) {
        int at = from;
        if (buffer.getByte(at) == '"') {
            at++;
            while (at < end && buffer.getByte(at) != '"') {
                at += buffer.getByte(at) == '\\' ? 2 : 1;
            }
            at++;
        } else {
            while (at < end && isPlain(buffer.getByte(at))) {
                at++;
            }
        }
        if (at == from || at >= end) {
            throw ValueException.malformed(type, buffer, from, end - from);
        }
        return at;
    }

    private boolean isPlain(int b) {
        return b != delimiter() && b != '}' && b != '{' && b != '"' && b != '\\';
    }

    private char delimiter() {
        return type.delimiter();
    }

    /** Reads the dimensions from {@code level} on, beginning at a brace; gives the position behind the closing one. */
    private int fill(Object container, int level, int[] sizes, ByteBuf buffer, int from, int end) {
        int at = from;
        for (int i = 0; i < sizes[level]; i++) {
            at++; // the brace or the delimiter
            if (level + 1 < sizes.length) {
                Object nested = elements.create(sizes.length - level - 1, sizes[level + 1]);
                elements.nest(container, i, nested);
                at = fill(nested, level + 1, sizes, buffer, at, end);
            } else {
                int stop = endOfElement(buffer, at, end);
                read(container, i, buffer, at, stop);
                at = stop;
            }
        }
        return at + 1;
    }

    private void read(Object container, int index, ByteBuf buffer, int from, int to) {
        if (buffer.getByte(from) != '"') {
            if (isNull(buffer, from, to)) {
                elements.readNull(container, index);
            } else {
                elements.read(container, index, buffer, from, to - from);
            }
            return;
        }
        int escapes = 0;
        for (int i = from + 1; i < to - 1; i++) {
            if (buffer.getByte(i) == '\\') {
                escapes++;
                i++;
            }
        }
        if (escapes == 0) {
            elements.read(container, index, buffer, from + 1, to - from - 2);
            return;
        }
        byte[] plain = new byte[to - from - 2 - escapes];
        int at = from + 1;
        for (int i = 0; i < plain.length; i++) {
            at += buffer.getByte(at) == '\\' ? 1 : 0;
            plain[i] = buffer.getByte(at++);
        }
        elements.read(container, index, Unpooled.wrappedBuffer(plain), 0, plain.length);
    }

    private static boolean isNull(ByteBuf buffer, int from, int to) {
        return to - from == 4
                && (buffer.getByte(from) | 0x20) == 'n'
                && (buffer.getByte(from + 1) | 0x20) == 'u'
                && (buffer.getByte(from + 2) | 0x20) == 'l'
                && (buffer.getByte(from + 3) | 0x20) == 'l';
    }

    /** Appends an element as the server prints it: quoted only if it must be. */
    static void quote(String element, char delimiter, StringBuilder out) {
        boolean plain = !element.isEmpty() && !element.equalsIgnoreCase("null");
        for (int i = 0; plain && i < element.length(); i++) {
            char c = element.charAt(i);
            plain = c != delimiter && "{}\"\\ \t\n\r\u000B\f".indexOf(c) < 0;
        }
        if (plain) {
            out.append(element);
            return;
        }
        out.append('"');
        for (int i = 0; i < element.length(); i++) {
            char c = element.charAt(i);
            out.append(c == '"' || c == '\\' ? "\\" : "").append(c);
        }
        out.append('"');
    }
}
