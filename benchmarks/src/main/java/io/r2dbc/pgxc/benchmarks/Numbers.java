// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.benchmarks;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Locale;

/** Writes figures as people read them: no more digits than can be trusted, and a dash for what is not known. */
final class Numbers {

    static final String NONE = "-";

    private static final int DIGITS = 3;
    private static final int MOST_DECIMALS = 4;
    private static final double WHOLE_FROM = 100;

    /** Three digits that count, or all those before the point. */
    static String text(double figure) {
        if (!Double.isFinite(figure) || figure == 0 || Math.abs(figure) >= WHOLE_FROM) {
            return whole(figure);
        }
        BigDecimal rounded = new BigDecimal(figure).round(new MathContext(DIGITS));
        int before = rounded.precision() - rounded.scale();
        int decimals = Math.min(MOST_DECIMALS, Math.max(0, DIGITS - before));
        return rounded.setScale(decimals, RoundingMode.HALF_UP).toPlainString();
    }

    /** No decimals, and the thousands apart. */
    static String whole(double figure) {
        return Double.isFinite(figure) ? String.format(Locale.ROOT, "%,.0f", figure) : NONE;
    }

    /** The median of ratios, and from where to where they go. */
    static String range(Spread ratios) {
        return Double.isFinite(ratios.median())
                ? String.format(Locale.ROOT, "%,.2f (%,.2f-%,.2f)", ratios.median(), ratios.lowest(), ratios.highest())
                : NONE;
    }

    private Numbers() {}
}
