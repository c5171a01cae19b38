// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.codec;

import io.netty.buffer.ByteBuf;
import java.math.BigDecimal;
import java.math.BigInteger;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes the binary form of {@code numeric}: four 16-bit words (count of groups, weight of the first one, sign,
 * digits behind the point), then groups of four decimal digits. Groups of zeros at both ends are left out, so positions
 * are counted by weight: 0 is the group just ahead of the point, -1 the one behind it.
 */
final class NumericBytes {

    private static final int HEADER = 8;
    private static final int NEGATIVE = 0x4000;
    private static final int NAN = 0xC000;
    private static final int INFINITY = 0xD000;
    private static final int NEGATIVE_INFINITY = 0xF000;

    /** What the server itself sends there; it means nothing. */
    private static final int INFINITE_SCALE = 0x20;

    private static final int MAX_SCALE = 16_383;
    private static final int MAX_INTEGER_DIGITS = 131_072;
    private static final int GROUP = 10_000;
    private static final long[] POWERS = new long[19];

    static {
        POWERS[0] = 1;
        for (int i = 1; i < POWERS.length; i++) {
            POWERS[i] = POWERS[i - 1] * 10;
        }
    }

    private NumericBytes() {}

    static BigDecimal read(ByteBuf buffer, int offset, int length) {
        checkFinite(buffer, offset, length);
        int weight = buffer.getShort(offset + 2);
        int scale = buffer.getUnsignedShort(offset + 6);
        boolean negative = buffer.getUnsignedShort(offset + 4) == NEGATIVE;
        if (Math.max(weight + 1, 0) * 4 + scale <= NumericText.LONG_DIGITS) {
            long unscaled = small(buffer, offset, weight, scale);
            return BigDecimal.valueOf(negative ? -unscaled : unscaled, scale);
        }
        BigInteger unscaled = large(buffer, offset, weight, scale);
        return new BigDecimal(negative ? unscaled.negate() : unscaled, scale);
    }

    private static void checkFinite(ByteBuf buffer, int offset, int length) {
        double special = special(buffer, offset, length);
        if (special != 0) {
            throw NumericCodec.notFinite(Format.BINARY, special);
        }
    }

    /** At most so many digits are ahead of the point. */
    static int integerDigits(ByteBuf buffer, int offset, int length) {
        checkFinite(buffer, offset, length);
        return Math.max(0, 4 * (buffer.getShort(offset + 2) + 1));
    }

    /** The whole number, or null if there are digits other than 0 behind the point. */
    static @Nullable BigInteger integer(ByteBuf buffer, int offset, int length) {
        checkFinite(buffer, offset, length);
        int first = buffer.getShort(offset + 2);
        int end = first - buffer.getUnsignedShort(offset);
        for (int weight = Math.min(-1, first); weight > end; weight--) {
            if (group(buffer, offset, weight) != 0) {
                return null;
            }
        }
        BigInteger integer = large(buffer, offset, first, 0);
        return buffer.getUnsignedShort(offset + 4) == NEGATIVE ? integer.negate() : integer;
    }

    /** Checks the header; gives NaN or an infinity, or 0 for a number. */
    static double special(ByteBuf buffer, int offset, int length) {
        if (length < HEADER || length != HEADER + 2 * buffer.getUnsignedShort(offset)) {
            throw ValueException.of(
                    PgType.NUMERIC, Format.BINARY, length + " bytes, which the count of digits contradicts");
        }
        if (buffer.getUnsignedShort(offset + 6) > MAX_SCALE) {
            throw ValueException.of(
                    PgType.NUMERIC, Format.BINARY, "more than " + MAX_SCALE + " digits behind the point");
        }
        int sign = buffer.getUnsignedShort(offset + 4);
        return switch (sign) {
            case 0, NEGATIVE -> 0;
            case NAN -> Double.NaN;
            case INFINITY -> Double.POSITIVE_INFINITY;
            case NEGATIVE_INFINITY -> Double.NEGATIVE_INFINITY;
            default -> throw ValueException.of(PgType.NUMERIC, Format.BINARY, "unknown sign " + sign);
        };
    }

    /** The group with a weight, 0 where it was left out. */
    private static int group(ByteBuf buffer, int offset, int weight) {
        int index = buffer.getShort(offset + 2) - weight;
        if (index < 0 || index >= buffer.getUnsignedShort(offset)) {
            return 0;
        }
        return legal(buffer.getUnsignedShort(offset + HEADER + 2 * index));
    }

    /** All digits fit a long: one pass over the groups that were sent, each moved to where it belongs. */
    private static long small(ByteBuf buffer, int offset, int first, int scale) {
        int groups = buffer.getUnsignedShort(offset);
        int power = 4 * first + scale;
        long unscaled = 0;
        for (int i = 0; i < groups; i++) {
            int group = legal(buffer.getUnsignedShort(offset + HEADER + 2 * i));
            if (power >= 0) {
                unscaled += group * POWERS[power];
            } else if (power > -4) {
                int rest = (int) POWERS[-power];
                checkHidden(group % rest);
                unscaled += group / rest;
            } else {
                checkHidden(group);
            }
            power -= 4;
        }
        return unscaled;
    }

    private static int legal(int group) {
        if (group >= GROUP) {
            throw ValueException.of(PgType.NUMERIC, Format.BINARY, "group of four digits with value " + group);
        }
        return group;
    }

    /** The number that the groups make, moved to where it belongs: what was not sent takes no memory on the way. */
    private static BigInteger large(ByteBuf buffer, int offset, int first, int scale) {
        int sent = buffer.getUnsignedShort(offset);
        int visible = Math.max(0, Math.min(sent, first + 1 + (scale + 3) / 4));
        checkHiddenGroups(buffer, offset, first - visible);
        if (visible == 0) {
            return BigInteger.ZERO;
        }
        long[] chunks = new long[(visible + 3) / 4];
        for (int i = 0; i < visible; i++) {
            chunks[i / 4] += group(buffer, offset, first - visible + 1 + i) * POWERS[i % 4 * 4];
        }
        BigInteger number = NumericText.combine(chunks);
        int power = 4 * (first - visible + 1) + scale;
        if (power >= 0) {
            return number.signum() == 0 ? number : number.multiply(BigInteger.TEN.pow(power));
        }
        BigInteger[] parts = number.divideAndRemainder(BigInteger.TEN.pow(-power));
        checkHidden(parts[1].signum());
        return parts[0];
    }

    /** The server sends no digits behind those it displays. To drop them would be another value. */
    private static void checkHidden(int digits) {
        if (digits != 0) {
            throw ValueException.of(PgType.NUMERIC, Format.BINARY, "more digits behind the point than announced");
        }
    }

    private static void checkHiddenGroups(ByteBuf buffer, int offset, int from) {
        int first = buffer.getShort(offset + 2);
        int end = first - buffer.getUnsignedShort(offset);
        for (int weight = Math.min(from, first); weight > end; weight--) {
            checkHidden(group(buffer, offset, weight));
        }
    }

    static String print(ByteBuf buffer, int offset, int length) {
        double special = special(buffer, offset, length);
        if (special != 0) {
            return Double.toString(special);
        }
        int scale = buffer.getUnsignedShort(offset + 6);
        int first = Math.max(buffer.getShort(offset + 2), 0);
        int last = -((scale + 3) / 4);
        StringBuilder out = new StringBuilder(first * 4 + scale + 8);
        if (buffer.getUnsignedShort(offset + 4) == NEGATIVE) {
            out.append('-');
        }
        out.append(group(buffer, offset, first));
        for (int weight = first - 1; weight >= last; weight--) {
            if (weight == -1) {
                out.append('.');
            }
            int digits = weight == last && last < 0 ? scale + 4 * (last + 1) : 4;
            append(group(buffer, offset, weight), digits, out);
        }
        checkHiddenGroups(buffer, offset, last - 1);
        return out.toString();
    }

    /** Appends the first digits of a group of four, the others of which must be zero. */
    private static void append(int group, int digits, StringBuilder out) {
        int divisor = GROUP / 10;
        int rest = group;
        for (int i = 0; i < digits; i++) {
            out.append((char) ('0' + rest / divisor));
            rest %= divisor;
            divisor /= 10;
        }
        checkHidden(rest);
    }

    static void writeSpecial(double value, ByteBuf out) {
        out.writeInt(0);
        out.writeShort(Double.isNaN(value) ? NAN : value > 0 ? INFINITY : NEGATIVE_INFINITY);
        out.writeShort(Double.isNaN(value) ? 0 : INFINITE_SCALE);
    }

    static void write(BigDecimal value, ByteBuf out) {
        BigDecimal decimal = value.scale() > MAX_SCALE ? value.stripTrailingZeros() : value;
        int scale = decimal.signum() == 0 ? Math.max(0, Math.min(decimal.scale(), MAX_SCALE)) : decimal.scale();
        if (scale > MAX_SCALE || decimal.signum() != 0 && (long) decimal.precision() - scale > MAX_INTEGER_DIGITS) {
            throw ValueException.unwritable(
                    "numeric",
                    value,
                    "at most " + MAX_INTEGER_DIGITS + " digits ahead of the point and " + MAX_SCALE + " behind it");
        }
        int header = out.writerIndex();
        int weight = Math.floorDiv(decimal.precision() - 1 - scale, 4);
        out.writeShort(0);
        out.writeShort(decimal.signum() == 0 ? 0 : weight);
        out.writeShort(decimal.signum() < 0 ? NEGATIVE : 0);
        out.writeShort(Math.max(scale, 0));
        if (decimal.signum() != 0 && decimal.precision() <= NumericText.LONG_DIGITS) {
            writeSmall(Math.abs(decimal.unscaledValue().longValue()), scale, weight, out);
        } else if (decimal.signum() != 0) {
            writeLarge(decimal.unscaledValue().abs().toString(), scale, out);
        }
        dropTrailingZeros(header, out);
    }

    private static void writeSmall(long unscaled, int scale, int first, ByteBuf out) {
        int weight = first;
        int shift;
        do {
            shift = 4 * weight-- + scale;
            long group = shift < 0 ? unscaled % POWERS[4 + shift] * POWERS[-shift] : unscaled / POWERS[shift] % GROUP;
            out.writeShort((int) group);
        } while (shift > 0);
    }

    private static void writeLarge(String digits, int scale, ByteBuf out) {
        int taken = 0;
        int size = Math.floorMod(digits.length() - 1 - scale, 4) + 1;
        while (taken < digits.length()) {
            int end = Math.min(taken + size, digits.length());
            int group = Integer.parseInt(digits, taken, end, 10) * (int) POWERS[taken + size - end];
            out.writeShort(group);
            taken = end;
            size = 4;
        }
    }

    private static void dropTrailingZeros(int header, ByteBuf out) {
        int first = header + HEADER;
        while (out.writerIndex() > first && out.getShort(out.writerIndex() - 2) == 0) {
            out.writerIndex(out.writerIndex() - 2);
        }
        out.setShort(header, (out.writerIndex() - first) / 2);
    }
}
