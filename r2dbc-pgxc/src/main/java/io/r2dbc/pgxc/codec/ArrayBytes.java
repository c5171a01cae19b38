// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.codec;

import io.netty.buffer.ByteBuf;

/**
 * Reads the binary form of an array: three words (dimensions, whether there are NULLs, element type), size and lower
 * bound of each dimension, then the elements, each behind its length. Nothing is made before all sizes are known to have
 * their bytes.
 */
record ArrayBytes(PgType type, PgType element, Elements elements, int levels) implements Decoder<Object> {

    private static final int HEADER = 12;

    @Override
    public Object decode(ByteBuf buffer, int offset, int length) {
        int dimensions = check(type, element, buffer, offset, length);
        if (dimensions == 0) {
            return elements.create(Math.max(levels, 1), 0);
        }
        ArrayCodec.checkLevels(type, Format.BINARY, dimensions, levels);
        int size = buffer.getInt(offset + HEADER);
        Object container = elements.create(dimensions, size);
        int end = offset + length;
        int at = fill(container, dimensions, buffer, offset + HEADER, offset + HEADER + 8 * dimensions, end);
        if (at != end) {
            throw malformed(type, end - at + " bytes behind the last element");
        }
        return container;
    }

    /** Reads {@code levels} dimensions, the first of which has its size at {@code sizes}; gives the position behind. */
    private int fill(Object container, int inner, ByteBuf buffer, int sizes, int from, int end) {
        int at = from;
        int size = buffer.getInt(sizes);
        for (int i = 0; i < size; i++) {
            if (inner > 1) {
                Object nested = elements.create(inner - 1, buffer.getInt(sizes + 8));
                elements.nest(container, i, nested);
                at = fill(nested, inner - 1, buffer, sizes + 8, at, end);
                continue;
            }
            int length = elementLength(type, buffer, at, end);
            at += 4;
            if (length < 0) {
                elements.readNull(container, i);
            } else {
                elements.read(container, i, buffer, at, length);
                at += length;
            }
        }
        return at;
    }

    private static int elementLength(PgType type, ByteBuf buffer, int at, int end) {
        if (end - at < 4) {
            throw malformed(type, "ends within its elements");
        }
        int length = buffer.getInt(at);
        if (length < -1 || length > end - at - 4) {
            throw malformed(type, "element of " + length + " bytes where " + (end - at - 4) + " are left");
        }
        return length;
    }

    /** Checks all that is announced against the bytes there are; gives the count of dimensions. */
    private static int check(PgType type, PgType element, ByteBuf buffer, int offset, int length) {
        if (length < HEADER) {
            throw malformed(type, length + " bytes");
        }
        int dimensions = buffer.getInt(offset);
        if (dimensions < 0 || dimensions > ArrayCodec.MAX_DIMENSIONS || length < HEADER + 8 * dimensions) {
            throw malformed(type, dimensions + " dimensions in " + length + " bytes");
        }
        int flags = buffer.getInt(offset + 4);
        if (flags != 0 && flags != 1) {
            throw malformed(type, "unknown flags " + flags);
        }
        if (buffer.getInt(offset + 8) != element.oid()) {
            throw malformed(type, "elements of type " + Integer.toUnsignedString(buffer.getInt(offset + 8)));
        }
        if (dimensions == 0 && length > HEADER) {
            throw malformed(type, length - HEADER + " bytes behind the last element");
        }
        int room = (length - HEADER - 8 * dimensions) / 4;
        long count = 1;
        for (int i = 0; i < dimensions; i++) {
            int size = buffer.getInt(offset + HEADER + 8 * i);
            int lower = buffer.getInt(offset + HEADER + 8 * i + 4);
            count *= size;
            if (size < 1 || count > room || lower > Integer.MAX_VALUE - size + 1) {
                throw malformed(
                        type, "dimension of " + size + " elements from " + lower + " on in " + length + " bytes");
            }
        }
        return dimensions;
    }

    private static ValueException malformed(PgType type, String problem) {
        return ValueException.of(type, Format.BINARY, problem);
    }

    /** Prints an array as the server does. */
    record Printer(PgType type, PgType element, Decoder<?> string) implements Decoder<String> {

        @Override
        public String decode(ByteBuf buffer, int offset, int length) {
            int dimensions = check(type, element, buffer, offset, length);
            if (dimensions == 0) {
                return "{}";
            }
            StringBuilder out = new StringBuilder(length);
            bounds(buffer, offset + HEADER, dimensions, out);
            int end = offset + length;
            int at = print(dimensions, buffer, offset + HEADER, offset + HEADER + 8 * dimensions, end, out);
            if (at != end) {
                throw malformed(type, end - at + " bytes behind the last element");
            }
            return out.toString();
        }

        /** Lower bounds are shown only if one of them is not 1. */
        private static void bounds(ByteBuf buffer, int sizes, int dimensions, StringBuilder out) {
            boolean shown = false;
            for (int i = 0; i < dimensions; i++) {
                shown |= buffer.getInt(sizes + 8 * i + 4) != 1;
            }
            for (int i = 0; shown && i < dimensions; i++) {
                int lower = buffer.getInt(sizes + 8 * i + 4);
                out.append('[')
                        .append(lower)
                        .append(':')
                        .append(lower + buffer.getInt(sizes + 8 * i) - 1)
                        .append(']');
            }
            out.append(shown ? "=" : "");
        }

        private int print(int inner, ByteBuf buffer, int sizes, int from, int end, StringBuilder out) {
            int at = from;
            int size = buffer.getInt(sizes);
            for (int i = 0; i < size; i++) {
                out.append(i == 0 ? '{' : type.delimiter());
                if (inner > 1) {
                    at = print(inner - 1, buffer, sizes + 8, at, end, out);
                    continue;
                }
                int length = elementLength(type, buffer, at, end);
                at += 4;
                if (length < 0) {
                    out.append("NULL");
                } else {
                    ArrayText.quote((String) string.decode(buffer, at, length), type.delimiter(), out);
                    at += length;
                }
            }
            out.append('}');
            return at;
        }
    }
}
