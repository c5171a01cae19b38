// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.codec;

import io.netty.buffer.ByteBuf;
import java.math.BigDecimal;
import java.math.BigInteger;
import org.jspecify.annotations.Nullable;

/** Reads the text form of {@code numeric}, in time that does not explode with its length. */
final class NumericText {

    /** Digits that always fit a long. */
    static final int LONG_DIGITS = 18;

    /** What the type can hold: 131072 digits ahead of the point, 16383 behind it, point and sign. */
    private static final int LONGEST = 131_072 + 16_383 + 2;

    private static final int CHUNK = 16;
    private static final BigInteger CHUNK_BASE = BigInteger.TEN.pow(CHUNK);

    private NumericText() {}

    static BigDecimal read(ByteBuf buffer, int offset, int length) {
        double special = special(buffer, offset, length);
        if (special != 0) {
            throw NumericCodec.notFinite(Format.TEXT, special);
        }
        if (length > LONGEST) {
            throw ValueException.malformed(PgType.NUMERIC, buffer, offset, length);
        }
        boolean negative = length > 0 && buffer.getByte(offset) == '-';
        int start = negative ? offset + 1 : offset;
        int point = -1;
        int count = 0;
        long small = 0;
        for (int i = start; i < offset + length; i++) {
            int b = buffer.getByte(i);
            if (Digits.isDigit(b)) {
                small = small * 10 + (b - '0'); // means nothing once there are more than 18
                count++;
            } else if (b == '.' && point < 0 && count > 0) {
                point = count;
            } else {
                throw ValueException.malformed(PgType.NUMERIC, buffer, offset, length);
            }
        }
        if (count == 0 || point == count) {
            throw ValueException.malformed(PgType.NUMERIC, buffer, offset, length);
        }
        int scale = point < 0 ? 0 : count - point;
        if (count <= LONG_DIGITS) {
            return BigDecimal.valueOf(negative ? -small : small, scale);
        }
        BigInteger unscaled = large(buffer, offset + length, count);
        return new BigDecimal(negative ? unscaled.negate() : unscaled, scale);
    }

    /** The digits ahead of the point, a sign not counted. */
    static int integerDigits(ByteBuf buffer, int offset, int length) {
        int start = length > 0 && buffer.getByte(offset) == '-' ? offset + 1 : offset;
        return point(buffer, offset, length) - start;
    }

    private static int point(ByteBuf buffer, int offset, int length) {
        int at = offset;
        while (at < offset + length && buffer.getByte(at) != '.') {
            at++;
        }
        return at;
    }

    /** The whole number, or null if there are digits other than 0 behind the point. */
    static @Nullable BigInteger integer(ByteBuf buffer, int offset, int length) {
        int point = point(buffer, offset, length);
        int last = offset + length - 1;
        if (point == last) {
            throw ValueException.malformed(PgType.NUMERIC, buffer, offset, length);
        }
        for (int i = point + 1; i <= last; i++) {
            if (!Digits.isDigit(buffer.getByte(i))) {
                throw ValueException.malformed(PgType.NUMERIC, buffer, offset, length);
            }
            if (buffer.getByte(i) != '0') {
                return null;
            }
        }
        return read(buffer, offset, point - offset).unscaledValue();
    }

    /** Gathers chunks of 16 digits from the last digit to the first. */
    private static BigInteger large(ByteBuf buffer, int end, int count) {
        long[] chunks = new long[(count + CHUNK - 1) / CHUNK];
        long power = 1;
        int at = end;
        for (int digit = 0; digit < count; digit++) {
            int b = buffer.getByte(--at);
            if (b == '.') {
                b = buffer.getByte(--at);
            }
            power = digit % CHUNK == 0 ? 1 : power * 10;
            chunks[digit / CHUNK] += (b - '0') * power;
        }
        return combine(chunks);
    }

    /**
     * The number whose digits in base 10^16 are given, the least one first. Neighbours are joined pairwise, level by
     * level: digit by digit it would take the square of the length.
     */
    static BigInteger combine(long[] chunks) {
        BigInteger[] level = new BigInteger[chunks.length];
        for (int i = 0; i < chunks.length; i++) {
            level[i] = BigInteger.valueOf(chunks[i]);
        }
        BigInteger base = CHUNK_BASE;
        int size = level.length;
        while (size > 1) {
            int pairs = size / 2;
            for (int i = 0; i < pairs; i++) {
                level[i] = level[2 * i + 1].multiply(base).add(level[2 * i]);
            }
            if (size % 2 == 1) {
                level[pairs] = level[size - 1];
            }
            size = pairs + size % 2;
            base = size > 1 ? base.multiply(base) : base;
        }
        return level[0];
    }

    /** NaN or an infinity, or 0 for a number. */
    static double special(ByteBuf buffer, int offset, int length) {
        return switch (FloatText.word(buffer, offset, length)) {
            case 'N' -> Double.NaN;
            case '+' -> Double.POSITIVE_INFINITY;
            case '-' -> Double.NEGATIVE_INFINITY;
            default -> 0;
        };
    }
}
