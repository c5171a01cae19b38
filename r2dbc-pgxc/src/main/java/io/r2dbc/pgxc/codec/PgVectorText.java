// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.codec;

import io.netty.buffer.ByteBuf;
import io.r2dbc.pgxc.value.SparseVector;

/**
 * Takes vectors from the text that the server prints, and prints them as the server does: {@code [1,2.5]} and {@code
 * {1:1.5,3:2}/5}.
 */
final class PgVectorText {

    private PgVectorText() {}

    static float[] read(PgType type, ByteBuf buffer, int offset, int length) {
        int end = offset + length - 1;
        if (length < 2 || buffer.getByte(offset) != '[' || buffer.getByte(end) != ']') {
            throw ValueException.malformed(type, buffer, offset, length);
        }
        float[] numbers = new float[1 + commas(buffer, offset + 1, end)];
        int at = offset + 1;
        for (int i = 0; i < numbers.length; i++) {
            int stop = InetText.find(buffer, at, end, ',');
            numbers[i] = number(type, buffer, at, stop);
            at = stop + 1;
        }
        return numbers;
    }

    static SparseVector readSparse(PgType type, ByteBuf buffer, int offset, int length) {
        int end = offset + length;
        int slash = InetText.find(buffer, offset, end, '/');
        int close = slash - 1;
        if (slash == end || close <= offset || buffer.getByte(offset) != '{' || buffer.getByte(close) != '}') {
            throw ValueException.malformed(type, buffer, offset, length);
        }
        int from = offset + 1;
        int count = from == close ? 0 : 1 + commas(buffer, from, close);
        int[] indices = new int[count];
        float[] values = new float[count];
        int at = from;
        for (int i = 0; i < count; i++) {
            int stop = InetText.find(buffer, at, close, ',');
            int colon = InetText.find(buffer, at, stop, ':');
            indices[i] = integer(type, buffer, at, colon);
            values[i] = number(type, buffer, Math.min(colon + 1, stop), stop);
            at = stop + 1;
        }
        try {
            return new SparseVector(integer(type, buffer, slash + 1, end), indices, values);
        } catch (IllegalArgumentException e) {
            throw ValueException.malformed(type, buffer, offset, length);
        }
    }

    private static int commas(ByteBuf buffer, int from, int to) {
        int commas = 0;
        for (int i = from; i < to; i++) {
            commas += buffer.getByte(i) == ',' ? 1 : 0;
        }
        return commas;
    }

    private static int integer(PgType type, ByteBuf buffer, int from, int to) {
        long value = Digits.integer(buffer, from, to - from, type);
        if (value < 0 || value > Integer.MAX_VALUE) {
            throw ValueException.malformed(type, buffer, from, to - from);
        }
        return (int) value;
    }

    private static float number(PgType type, ByteBuf buffer, int from, int to) {
        try {
            return (float) FloatText.readFloat(buffer, from, to - from);
        } catch (ValueException e) { // of another type
            throw ValueException.malformed(type, buffer, from, to - from);
        }
    }

    static String print(float[] numbers) {
        StringBuilder out = new StringBuilder("[");
        for (int i = 0; i < numbers.length; i++) {
            out.append(i == 0 ? "" : ",").append(FloatText.print(numbers[i], true));
        }
        return out.append(']').toString();
    }

    static String print(SparseVector vector) {
        int[] indices = vector.indices();
        float[] values = vector.values();
        StringBuilder out = new StringBuilder("{");
        for (int i = 0; i < indices.length; i++) {
            out.append(i == 0 ? "" : ",").append(indices[i]).append(':').append(FloatText.print(values[i], true));
        }
        return out.append("}/").append(vector.dimensions()).toString();
    }
}
