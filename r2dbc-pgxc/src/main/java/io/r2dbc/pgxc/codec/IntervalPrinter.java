// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.codec;

import io.r2dbc.pgxc.value.Interval;

/** Prints an interval as the server does in its own default style. */
final class IntervalPrinter {

    private static final long SECOND = 1_000_000L;
    private static final long MINUTE = 60 * SECOND;
    private static final long HOUR = 60 * MINUTE;

    private IntervalPrinter() {}

    /** The style {@code postgres}, which is the server's own default. */
    static String postgres(Interval value) {
        if (value.isInfinite()) {
            return value.months() > 0 ? "infinity" : "-infinity";
        }
        StringBuilder out = new StringBuilder();
        boolean negative = word(out, value.months() / 12, "year", false);
        negative = word(out, value.months() % 12, "mon", negative);
        negative = word(out, value.days(), "day", negative);
        long time = value.microseconds();
        if (time == 0 && !out.isEmpty()) {
            return out.toString();
        }
        out.append(out.isEmpty() ? "" : " ").append(time < 0 ? "-" : negative ? "+" : "");
        two(out, Math.abs(time / HOUR)).append(':');
        two(out, Math.abs(time % HOUR / MINUTE)).append(':');
        long seconds = Math.abs(time % MINUTE);
        return seconds(out.append(seconds < 10 * SECOND ? "0" : ""), seconds).toString();
    }

    private static boolean word(StringBuilder out, int number, String unit, boolean afterNegative) {
        if (number == 0) {
            return afterNegative;
        }
        out.append(out.isEmpty() ? "" : " ").append(afterNegative && number > 0 ? "+" : "");
        out.append(number).append(' ').append(unit).append(number == 1 ? "" : "s");
        return number < 0;
    }

    private static StringBuilder two(StringBuilder out, long number) {
        return out.append(number < 10 ? "0" : "").append(number);
    }

    private static StringBuilder seconds(StringBuilder out, long micros) {
        out.append(micros / SECOND);
        return TemporalText.fraction(out, (int) (micros % SECOND));
    }
}
