// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.codec;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.SplittableRandom;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Every double must be the one that the JDK finds by arithmetic on large numbers. */
class ShortDecimalsTest {

    private static final int CASES = 1_000_000;

    @Test
    @DisplayName("[G9] any digits, and any number of them behind the point, give the nearest double")
    void anyDigits() {
        SplittableRandom random = new SplittableRandom(20_261_127);
        for (int i = 0; i < CASES; i++) {
            long digits = 1 + random.nextLong(powerOfTen(1 + random.nextInt(18)));
            assertNearest(digits, random.nextInt(ShortDecimals.MOST_BEHIND_POINT + 1));
        }
    }

    @Test
    @DisplayName("[G9] digits beyond the range of a signed number are read as an unsigned one")
    void unsigned() {
        SplittableRandom random = new SplittableRandom(7);
        for (int i = 0; i < CASES / 10; i++) {
            long digits = Long.parseUnsignedLong("9" + (200_000_000_000_000_000L + random.nextLong(powerOfTen(17))));
            assertNearest(digits, random.nextInt(ShortDecimals.MOST_BEHIND_POINT + 1));
        }
    }

    @Test
    @DisplayName("[G9] the 17 digits that tell a double from its neighbours give that double again")
    void shortestForms() {
        SplittableRandom random = new SplittableRandom(42);
        for (int i = 0; i < CASES; i++) {
            double value = random.nextDouble() * Math.pow(10, random.nextInt(14));
            BigDecimal decimal = new BigDecimal(value).round(new MathContext(17));
            if (decimal.scale() >= 0 && decimal.scale() <= ShortDecimals.MOST_BEHIND_POINT) {
                assertThat(ShortDecimals.nearest(decimal.unscaledValue().longValue(), decimal.scale()))
                        .isEqualTo(value);
            }
        }
    }

    @Test
    @DisplayName("[G9] a decimal just between two doubles is rounded to the even one")
    void ties() {
        SplittableRandom random = new SplittableRandom(11);
        for (int i = 0; i < CASES / 10; i++) {
            long odd = (1L << 53) + 2 * random.nextLong(1L << 52) + 1;
            assertNearest(odd, 0);
            BigDecimal half = BigDecimal.valueOf(odd).divide(BigDecimal.valueOf(1L << random.nextInt(1, 5)));
            if (half.unscaledValue().bitLength() < Long.SIZE) {
                assertNearest(half.unscaledValue().longValue(), half.scale());
            }
        }
    }

    private static void assertNearest(long digits, int behindPoint) {
        String text = Long.toUnsignedString(digits) + "e-" + behindPoint;
        double expected = Double.parseDouble(text);
        double found = ShortDecimals.nearest(digits, behindPoint);
        if (found != expected) {
            assertThat(found).as(text).isEqualTo(expected);
        }
    }

    private static long powerOfTen(int exponent) {
        long power = 1;
        for (int i = 0; i < exponent; i++) {
            power *= 10;
        }
        return power;
    }
}
