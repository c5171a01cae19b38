// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.value;

import java.util.Locale;

/**
 * Holds a {@code pg_lsn} of PostgreSQL: a position in the server's write-ahead log, counted in bytes from its beginning.
 *
 * @param value the position as an unsigned number of 64 bits
 */
public record Lsn(long value) implements Comparable<Lsn> {

    private static final int MOST_DIGITS = 8;

    /**
     * Reads what {@link #toString()} and the server print: {@code 16/B374D848}.
     *
     * @param text two hexadecimal numbers of at most eight digits, in upper or lower case, with a slash between them
     * @return the position
     * @throws IllegalArgumentException if the text is anything else
     */
    public static Lsn parse(String text) {
        int slash = text.indexOf('/');
        return new Lsn(half(text, 0, slash) << 32 | half(text, slash + 1, text.length()));
    }

    private static long half(String text, int from, int to) {
        long half = from < to && to - from <= MOST_DIGITS ? 0 : -1;
        for (int i = from; i < to && half >= 0; i++) {
            char c = text.charAt(i);
            int digit = c < 128 ? Character.digit(c, 16) : -1; // Java knows digits of other scripts too
            half = digit < 0 ? -1 : half << 4 | digit;
        }
        if (half < 0) {
            throw new IllegalArgumentException("no position in the log: '" + text + "'");
        }
        return half;
    }

    /**
     * The bytes of the log from this position to another one.
     *
     * @param other the other position
     * @return the number of bytes, negative if the other position is the earlier one
     * @throws ArithmeticException if they exceed a long
     */
    public long distanceTo(Lsn other) {
        long distance = other.value - value;
        if (Long.signum(distance) != Integer.signum(other.compareTo(this))) {
            throw new ArithmeticException("from " + this + " to " + other + " exceeds a long");
        }
        return distance;
    }

    /** By position, the earlier one first. */
    @Override
    public int compareTo(Lsn other) {
        return Long.compareUnsigned(value, other.value);
    }

    /** As the server prints it: the upper and the lower half in hexadecimal, {@code 16/B374D848}. */
    @Override
    public String toString() {
        String text = Long.toHexString(value >>> 32) + "/" + Long.toHexString(value & 0xFFFF_FFFFL);
        return text.toUpperCase(Locale.ROOT);
    }
}
