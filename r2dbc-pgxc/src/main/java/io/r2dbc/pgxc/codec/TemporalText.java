// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.codec;

import io.netty.buffer.ByteBuf;

/**
 * Reads and prints dates and times in the server's ISO {@code DateStyle}, as the numbers that the binary form has: days
 * and microseconds since 2000-01-01. Other styles are refused: {@code 01/02/2000} may be two days.
 */
final class TemporalText {

    /** {@code infinity} as a number of days or microseconds. */
    static final long INFINITY = Long.MAX_VALUE;

    /** {@code -infinity}. */
    static final long NEGATIVE_INFINITY = Long.MIN_VALUE;

    static final long SECOND = 1_000_000L;
    static final long DAY = 86_400 * SECOND;

    /** Days from 1970-01-01 to 2000-01-01. */
    static final int EPOCH_DAY = 10_957;

    /** The server's limit for an offset, exclusive. */
    static final int OFFSET_LIMIT = 16 * 3600;

    private static final int MAX_YEAR_DIGITS = 7;
    private static final int[] DAYS_OF_MONTH = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

    private TemporalText() {}

    /** Days since 2000-01-01. */
    static long days(ByteBuf buffer, int offset, int length, PgType type) {
        long infinity = infinity(buffer, offset, length);
        if (infinity != 0) {
            return infinity;
        }
        int end = endOfDigits(buffer, offset, length, type);
        return date(buffer, offset, end - offset, end < offset + length, type);
    }

    /** Microseconds since 2000-01-01, in UTC if the text has an offset. */
    static long micros(ByteBuf buffer, int offset, int length, PgType type) {
        long infinity = infinity(buffer, offset, length);
        if (infinity != 0) {
            return infinity;
        }
        int end = endOfDigits(buffer, offset, length, type);
        int blank = offset;
        while (blank < end && buffer.getByte(blank) != ' ') {
            blank++;
        }
        if (blank == end) {
            throw malformed(type, buffer, offset, length);
        }
        int zone = zone(buffer, blank, end);
        if ((zone < end) != type.equals(PgType.TIMESTAMPTZ)) {
            throw malformed(type, buffer, offset, length);
        }
        long days = date(buffer, offset, blank - offset, end < offset + length, type);
        long time = time(buffer, blank + 1, zone - blank - 1, type);
        return days * DAY + time - offset(buffer, zone, end, type) * SECOND;
    }

    private static long infinity(ByteBuf buffer, int offset, int length) {
        if (Digits.matches(buffer, offset, length, "infinity")) {
            return INFINITY;
        }
        return Digits.matches(buffer, offset, length, "-infinity") ? NEGATIVE_INFINITY : 0;
    }

    /** The end without the era. */
    private static int endOfDigits(ByteBuf buffer, int offset, int length, PgType type) {
        if (length < 10 || length > 64) {
            throw malformed(type, buffer, offset, length);
        }
        int end = offset + length;
        return Digits.matches(buffer, end - 3, 3, " BC") ? end - 3 : end;
    }

    private static long date(ByteBuf buffer, int offset, int length, boolean beforeChrist, PgType type) {
        int digits = length - 6;
        int month = digits + 1;
        boolean plausible = digits >= 4
                && digits <= MAX_YEAR_DIGITS
                && buffer.getByte(offset + digits) == '-'
                && buffer.getByte(offset + digits + 3) == '-';
        if (!plausible) {
            throw malformed(type, buffer, offset, length);
        }
        int y = Digits.fixed(buffer, offset, digits);
        int m = Digits.fixed(buffer, offset + month, 2);
        int d = Digits.fixed(buffer, offset + month + 3, 2);
        if (y < 1 || m < 1 || m > 12 || d < 1) {
            throw malformed(type, buffer, offset, length);
        }
        int year = beforeChrist ? 1 - y : y;
        boolean leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        if (d > DAYS_OF_MONTH[m - 1] || m == 2 && d == 29 && !leap) {
            throw malformed(type, buffer, offset, length);
        }
        return daysSince2000(year, m, d);
    }

    /** Counts from the first of March, so that the leap day is the last of its year; eras have 400 years. */
    private static long daysSince2000(int year, int month, int day) {
        int y = month <= 2 ? year - 1 : year;
        long era = Math.floorDiv(y, 400);
        int yearOfEra = Math.floorMod(y, 400);
        int dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
        int dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear;
        return era * 146_097 + dayOfEra - 730_425;
    }

    /** Where the offset begins, or the end. */
    static int zone(ByteBuf buffer, int from, int end) {
        int at = from;
        while (at < end && buffer.getByte(at) != '+' && buffer.getByte(at) != '-') {
            at++;
        }
        return at;
    }

    /** Microseconds since midnight; 24:00:00 is the last. */
    static long time(ByteBuf buffer, int offset, int length, PgType type) {
        boolean plausible = length >= 8
                && buffer.getByte(offset + 2) == ':'
                && buffer.getByte(offset + 5) == ':'
                && (length == 8 || length >= 10 && length <= 15 && buffer.getByte(offset + 8) == '.');
        if (!plausible) {
            throw malformed(type, buffer, offset, length);
        }
        int hour = Digits.fixed(buffer, offset, 2);
        int minute = Digits.fixed(buffer, offset + 3, 2);
        int second = Digits.fixed(buffer, offset + 6, 2);
        long fraction = length == 8 ? 0 : Digits.fixed(buffer, offset + 9, length - 9);
        if (hour < 0 || minute < 0 || minute > 59 || second < 0 || second > 59 || fraction < 0) {
            throw malformed(type, buffer, offset, length);
        }
        for (int i = length; i < 15; i++) {
            fraction *= 10;
        }
        long time = (hour * 3600L + minute * 60L + second) * SECOND + fraction;
        if (time > DAY) {
            throw malformed(type, buffer, offset, length);
        }
        return time;
    }

    /** Seconds east of Greenwich: hours, and minutes and seconds if they are not zero. */
    static int offset(ByteBuf buffer, int from, int end, PgType type) {
        int length = end - from;
        if (length == 0) {
            return 0;
        }
        boolean plausible = (length == 3 || length == 6 || length == 9)
                && (length < 6 || buffer.getByte(from + 3) == ':')
                && (length < 9 || buffer.getByte(from + 6) == ':');
        if (!plausible) {
            throw malformed(type, buffer, from, length);
        }
        int hours = Digits.fixed(buffer, from + 1, 2);
        int minutes = length < 6 ? 0 : Digits.fixed(buffer, from + 4, 2);
        int seconds = length < 9 ? 0 : Digits.fixed(buffer, from + 7, 2);
        if (hours < 0 || hours > 15 || minutes < 0 || minutes > 59 || seconds < 0 || seconds > 59) {
            throw malformed(type, buffer, from, length);
        }
        int offset = hours * 3600 + minutes * 60 + seconds;
        return buffer.getByte(from) == '-' ? -offset : offset;
    }

    private static ValueException malformed(PgType type, ByteBuf buffer, int offset, int length) {
        return ValueException.of(
                type,
                Format.TEXT,
                "malformed in DateStyle ISO, the only one read: " + ValueException.excerpt(buffer, offset, length));
    }

    static StringBuilder fraction(StringBuilder out, int micros) {
        if (micros == 0) {
            return out;
        }
        String digits = Integer.toString(1_000_000 + micros);
        int end = digits.length();
        while (digits.charAt(end - 1) == '0') {
            end--;
        }
        return out.append('.').append(digits, 1, end);
    }

    static StringBuilder time(StringBuilder out, long micros) {
        int seconds = (int) (micros / SECOND);
        two(out, seconds / 3600).append(':');
        two(out, seconds / 60 % 60).append(':');
        return fraction(two(out, seconds % 60), (int) (micros % SECOND));
    }

    static StringBuilder offset(StringBuilder out, int seconds) {
        int size = Math.abs(seconds);
        two(out.append(seconds < 0 ? '-' : '+'), size / 3600);
        if (size % 3600 != 0) {
            two(out.append(':'), size / 60 % 60);
        }
        return size % 60 == 0 ? out : two(out.append(':'), size % 60);
    }

    /** A date without its era; {@code year} counts through 0. */
    static StringBuilder date(StringBuilder out, int year, int month, int day) {
        String digits = Integer.toString(year > 0 ? year : 1 - year);
        out.append("0".repeat(Math.max(0, 4 - digits.length()))).append(digits).append('-');
        return two(two(out, month).append('-'), day);
    }

    private static StringBuilder two(StringBuilder out, int number) {
        return out.append(number < 10 ? "0" : "").append(number);
    }
}
