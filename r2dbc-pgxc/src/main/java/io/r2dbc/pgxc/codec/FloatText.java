// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.codec;

import io.netty.buffer.ByteBuf;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;

/** Reads and prints floating point numbers as the server does, with the fewest digits that tell the number. */
final class FloatText {

    private static final int LONGEST = 1100;

    private FloatText() {}

    static double readDouble(ByteBuf buffer, int offset, int length) {
        double plain = plain(buffer, offset, length);
        if (!Double.isNaN(plain)) {
            return plain;
        }
        return switch (word(buffer, offset, length)) {
            case 'N' -> Double.NaN;
            case '+' -> Double.POSITIVE_INFINITY;
            case '-' -> Double.NEGATIVE_INFINITY;
            default -> {
                double value = Double.parseDouble(number(buffer, offset, length, PgType.FLOAT8));
                if (Double.isInfinite(value)) {
                    throw ValueException.malformed(PgType.FLOAT8, buffer, offset, length);
                }
                yield value;
            }
        };
    }

    static double readFloat(ByteBuf buffer, int offset, int length) {
        return switch (word(buffer, offset, length)) {
            case 'N' -> Double.NaN;
            case '+' -> Double.POSITIVE_INFINITY;
            case '-' -> Double.NEGATIVE_INFINITY;
            default -> {
                // not by way of double: rounding twice may miss the nearest float
                float value = Float.parseFloat(number(buffer, offset, length, PgType.FLOAT4));
                if (Float.isInfinite(value)) {
                    throw ValueException.malformed(PgType.FLOAT4, buffer, offset, length);
                }
                yield value;
            }
        };
    }

    /** Plain decimals as the server prints most numbers, without a String; NaN for all other text. */
    private static double plain(ByteBuf buffer, int offset, int length) {
        if (length == 0 || length > ShortDecimals.MOST_DIGITS + 2) {
            return Double.NaN;
        }
        boolean negative = buffer.getByte(offset) == '-';
        long digits = 0;
        int point = -1;
        int count = 0;
        for (int i = negative ? offset + 1 : offset; i < offset + length; i++) {
            int b = buffer.getByte(i);
            if (Digits.isDigit(b)) {
                digits = digits * 10 + b - '0';
                count++;
            } else if (b == '.' && point < 0 && count > 0) {
                point = count;
            } else {
                return Double.NaN;
            }
        }
        if (count == 0 || count > ShortDecimals.MOST_DIGITS || point == count) {
            return Double.NaN;
        }
        double value = digits == 0 ? 0 : ShortDecimals.nearest(digits, point < 0 ? 0 : count - point);
        return negative ? -value : value;
    }

    /** {@code N}, {@code +} or {@code -} for NaN and the infinities, 0 for everything else. */
    static int word(ByteBuf buffer, int offset, int length) {
        return switch (length) {
            case 3 -> Digits.matches(buffer, offset, length, "NaN") ? 'N' : 0;
            case 8 -> Digits.matches(buffer, offset, length, "Infinity") ? '+' : 0;
            case 9 -> Digits.matches(buffer, offset, length, "-Infinity") ? '-' : 0;
            default -> 0;
        };
    }

    /** The text for the JDK's parser, which would take blanks, hexadecimal forms and type suffixes too. */
    private static String number(ByteBuf buffer, int offset, int length, PgType type) {
        boolean digit = false;
        boolean exponent = false;
        for (int i = offset; i < offset + length; i++) {
            int b = buffer.getByte(i);
            int previous = i == offset ? 'e' : buffer.getByte(i - 1);
            boolean sign = (b == '-' || b == '+') && previous == 'e';
            boolean point = b == '.' && digit && !exponent;
            boolean e = b == 'e' && digit && !exponent;
            if (!Digits.isDigit(b) && !sign && !point && !e || length > LONGEST) {
                throw ValueException.malformed(type, buffer, offset, length);
            }
            digit |= Digits.isDigit(b);
            exponent |= e;
        }
        if (!digit || !Digits.isDigit(buffer.getByte(offset + length - 1))) {
            throw ValueException.malformed(type, buffer, offset, length);
        }
        String text = buffer.toString(offset, length, StandardCharsets.US_ASCII);
        if (text.indexOf('.') != text.lastIndexOf('.')) {
            throw ValueException.malformed(type, buffer, offset, length);
        }
        return text;
    }

    /**
     * The fewest digits that tell the number from its neighbours, and of those the nearest ones. As at the server, a
     * decimal just between two numbers tells neither, whatever a reader would round it to; the JDK takes it, and
     * before release 19 prints more digits than it must.
     */
    static BigDecimal shortest(double value, boolean single) {
        BigDecimal exact = new BigDecimal(value);
        BigDecimal printed = new BigDecimal(single ? Float.toString((float) value) : Double.toString(value));
        BigDecimal decimal = rounded(exact, printed.precision());
        if (!tells(decimal, exact, value, single)) {
            decimal = rounded(exact, single ? 9 : 17);
        }
        while (decimal.precision() > 1) {
            BigDecimal shorter = rounded(exact, decimal.precision() - 1);
            if (!tells(shorter, exact, value, single)) {
                break;
            }
            decimal = shorter;
        }
        return decimal;
    }

    private static BigDecimal rounded(BigDecimal exact, int digits) {
        return exact.round(new MathContext(digits, RoundingMode.HALF_EVEN));
    }

    private static boolean tells(BigDecimal decimal, BigDecimal exact, double value, boolean single) {
        int side = decimal.compareTo(exact);
        if (side == 0) {
            return true;
        }
        double neighbour = single
                ? side > 0 ? Math.nextUp((float) value) : Math.nextDown((float) value)
                : side > 0 ? Math.nextUp(value) : Math.nextDown(value);
        if (Double.isInfinite(neighbour)) {
            return single ? decimal.floatValue() == (float) value : decimal.doubleValue() == value;
        }
        BigDecimal border = exact.add(new BigDecimal(neighbour));
        return decimal.add(decimal).compareTo(border) == -side;
    }

    static String print(double value, boolean single) {
        if (Double.isNaN(value)) {
            return "NaN";
        }
        if (Double.isInfinite(value)) {
            return value > 0 ? "Infinity" : "-Infinity";
        }
        if (value == 0) {
            return 1 / value < 0 ? "-0" : "0";
        }
        BigDecimal decimal = shortest(value, single).stripTrailingZeros();
        int exponent = decimal.precision() - decimal.scale() - 1;
        if (exponent >= -4 && exponent < (single ? 6 : 15)) {
            return decimal.toPlainString();
        }
        String digits = decimal.unscaledValue().abs().toString();
        StringBuilder out = new StringBuilder(value < 0 ? "-" : "").append(digits.charAt(0));
        if (digits.length() > 1) {
            out.append('.').append(digits, 1, digits.length());
        }
        out.append('e').append(exponent < 0 ? '-' : '+').append(Math.abs(exponent) < 10 ? "0" : "");
        return out.append(Math.abs(exponent)).toString();
    }
}
