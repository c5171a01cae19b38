// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.codec;

/** Converts floating point numbers of 16 bits (IEEE 754 binary16) from and to those of 32. */
final class HalfFloat {

    /** The difference of what exponents are counted from. */
    private static final int BIAS = 127 - 15;

    private static final int FRACTION_BITS = 10;
    private static final int DROPPED_BITS = 23 - FRACTION_BITS;
    private static final int SIGN = 0x8000;
    private static final int INFINITY = 0x7c00;
    private static final int NAN = 0x7e00;

    /** Halfway from the greatest number to the one that would come next: rounds to it, which is none any more. */
    private static final float TOO_GREAT = 65_520;

    /** Below it the numbers are multiples of 2^-24. */
    private static final float LEAST_NORMAL = 0x1p-14f;

    private HalfFloat() {}

    /** The same number, for there is one. */
    static float widen(short half) {
        int sign = (half & SIGN) << 16;
        int exponent = half >> FRACTION_BITS & 0x1f;
        int fraction = half & 0x3ff;
        if (exponent == 0) {
            float magnitude = fraction * 0x1p-24f;
            return sign == 0 ? magnitude : -magnitude;
        }
        int widened = exponent == 0x1f ? 0xff : exponent + BIAS;
        return Float.intBitsToFloat(sign | widened << 23 | fraction << DROPPED_BITS);
    }

    /** The nearest number, the even one of two that are equally near; an infinity for what is too great. */
    static short narrow(float value) {
        int bits = Float.floatToIntBits(value);
        int sign = bits >>> 16 & SIGN;
        float magnitude = Math.abs(value);
        if (Float.isNaN(value)) {
            return (short) NAN;
        }
        if (magnitude >= TOO_GREAT) {
            return (short) (sign | INFINITY);
        }
        if (magnitude < LEAST_NORMAL) {
            return (short) (sign | (int) Math.rint(magnitude * 0x1p24f));
        }
        int exact = bits & Integer.MAX_VALUE;
        int half = (1 << DROPPED_BITS - 1) - 1 + (exact >> DROPPED_BITS & 1);
        return (short) (sign | (exact + half >> DROPPED_BITS) - (BIAS << FRACTION_BITS));
    }

    static boolean isFinite(short half) {
        return (half & INFINITY) != INFINITY;
    }
}
