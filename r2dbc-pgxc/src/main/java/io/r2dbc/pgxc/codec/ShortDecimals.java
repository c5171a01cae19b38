// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.codec;

import java.math.BigInteger;

/**
 * Finds the double nearest to a decimal of up to 19 digits, rounded half to even, without arithmetic on large numbers.
 *
 * <p>The way is that of Eisel and Lemire ("Number Parsing at a Gigabyte per Second", 2021): the digits times a power of five of 128
 * bits, whose upper bits are the mantissa. For the powers that stand here the product is always exact enough.
 */
final class ShortDecimals {

    /** So many digits may stand behind the point. */
    static final int MOST_BEHIND_POINT = 27;

    /** So many digits fit 64 bits without a sign. */
    static final int MOST_DIGITS = 19;

    private static final int MANTISSA = 52;
    private static final int BIAS = 1023;

    /** How far the upper half of the product is from the mantissa, which carries one more bit for rounding. */
    private static final int SURPLUS = 64 - MANTISSA - 3;

    /** If all of these bits are set a carry from the lower half would change the mantissa. */
    private static final long CARRIES = -1L >>> (MANTISSA + 3);

    /** The first and the second 64 bits of 5 to the power of minus n, rounded up. */
    private static final long[] UPPER = new long[MOST_BEHIND_POINT + 1];

    private static final long[] LOWER = new long[MOST_BEHIND_POINT + 1];

    static {
        for (int n = 0; n <= MOST_BEHIND_POINT; n++) {
            BigInteger power = BigInteger.valueOf(5).pow(n);
            int shift = 127 + power.bitLength() - (n == 0 ? 1 : 0);
            BigInteger[] parts = BigInteger.ONE.shiftLeft(shift).divideAndRemainder(power);
            BigInteger reciprocal = parts[1].signum() == 0 ? parts[0] : parts[0].add(BigInteger.ONE);
            UPPER[n] = reciprocal.shiftRight(64).longValue();
            LOWER[n] = reciprocal.longValue();
        }
    }

    private ShortDecimals() {}

    /**
     * The nearest double.
     *
     * @param digits all digits as one number without a sign, not 0
     * @param behindPoint how many of them stand behind the point, from 0 to {@link #MOST_BEHIND_POINT}
     */
    static double nearest(long digits, int behindPoint) {
        int zeros = Long.numberOfLeadingZeros(digits);
        long normal = digits << zeros;
        long low = normal * UPPER[behindPoint];
        long high = upperHalf(normal, UPPER[behindPoint]);
        if ((high & CARRIES) == CARRIES) {
            long more = upperHalf(normal, LOWER[behindPoint]);
            low += more;
            high += Long.compareUnsigned(low, more) < 0 ? 1 : 0;
        }
        int top = (int) (high >>> 63);
        long mantissa = high >>> (top + SURPLUS);
        boolean tie = (low == 0 || low == 1) && behindPoint <= 4 && (mantissa & 3) == 1;
        if (tie && mantissa << (top + SURPLUS) == high) {
            mantissa--;
        }
        mantissa = (mantissa + (mantissa & 1)) >>> 1;
        int exponent = exponent(behindPoint) + top - zeros + BIAS;
        if (mantissa == 1L << (MANTISSA + 1)) {
            mantissa >>= 1;
            exponent++;
        }
        return Double.longBitsToDouble((long) exponent << MANTISSA | (mantissa & ((1L << MANTISSA) - 1)));
    }

    /** The binary exponent of ten to the power of minus n, when its mantissa is taken for a fraction of 64 bits. */
    private static int exponent(int n) {
        return (-n * 217_706 >> 16) + 63;
    }

    /** The upper 64 bits of the product of two numbers without signs. */
    private static long upperHalf(long one, long other) {
        return Math.multiplyHigh(one, other) + (one >> 63 & other) + (other >> 63 & one);
    }
}
