// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.value;

import java.util.List;

/**
 * Reads the four styles in which the server prints an interval, and prints ISO 8601. One pass over the text, no
 * regular expressions.
 */
final class IntervalText {

    private static final long SECOND = 1_000_000L;
    private static final long MINUTE = 60 * SECOND;
    private static final long HOUR = 60 * MINUTE;
    static final int LONGEST = 256;

    private static final List<String> DATE_UNITS = List.of("year", "mon", "week", "day");
    private static final List<String> TIME_UNITS = List.of("hour", "min", "sec");

    private final String text;
    private final int sign;
    private int at;
    private long months;
    private long days;
    private long micros;

    private IntervalText(String text) {
        boolean ago = text.endsWith(" ago");
        this.text = ago ? text.substring(0, text.length() - 4) : text;
        this.sign = ago ? -1 : 1;
    }

    static Interval parse(String text) {
        if (text.equals("infinity")) {
            return Interval.INFINITY;
        }
        if (text.equals("-infinity")) {
            return Interval.NEGATIVE_INFINITY;
        }
        if (text.isEmpty() || text.length() > LONGEST) {
            throw malformed(text);
        }
        try {
            IntervalText parser = new IntervalText(text);
            return text.charAt(0) == 'P' ? parser.iso() : parser.words();
        } catch (ArithmeticException | NumberFormatException e) {
            throw malformed(text);
        }
    }

    private Interval iso() {
        at = 1;
        boolean time = false;
        while (at < text.length()) {
            if (!time && text.charAt(at) == 'T') {
                time = true;
                at++;
            }
            int start = at;
            skipNumber();
            add(start, at, unitOf(at < text.length() ? text.charAt(at) : 0, time), 1);
            at++;
        }
        if (text.length() < 3) {
            throw malformed(text);
        }
        return result();
    }

    private String unitOf(int designator, boolean time) {
        int unit = time ? "HMS".indexOf(designator) : "YMWD".indexOf(designator);
        if (unit < 0) {
            throw malformed(text);
        }
        return (time ? TIME_UNITS : DATE_UNITS).get(unit);
    }

    /** {@code postgres}, {@code postgres_verbose} and {@code sql_standard}: blanks between the parts. */
    private Interval words() {
        if (text.startsWith("@ ")) {
            at = 2;
        }
        if (at == text.length()) {
            throw malformed(text);
        }
        while (at < text.length()) {
            int start = at;
            skipNumber();
            char next = at < text.length() ? text.charAt(at) : 0;
            if (next == ':') {
                time(start, sign);
            } else if (next == '-') {
                yearsAndMonths(start);
            } else {
                unit(start, at);
            }
        }
        return result();
    }

    /** A number with its unit, a lone zero, or, in the SQL standard's style, days ahead of a time. */
    private void unit(int start, int end) {
        if (end == text.length()) {
            if (Long.parseLong(text, start, end, 10) != 0) {
                throw malformed(text);
            }
            return;
        }
        skipBlank();
        int word = at;
        skipNumber();
        if (at < text.length() && text.charAt(at) == ':') {
            boolean negative = text.charAt(start) == '-';
            add(start, end, "day", sign);
            time(word, negative && isDigit(text.charAt(word)) ? -sign : sign);
            return;
        }
        at = word;
        skipWord();
        String unit = text.substring(word, at);
        add(start, end, unit.endsWith("s") ? unit.substring(0, unit.length() - 1) : unit, sign);
        skipBlank();
    }

    private void time(int start, int sign) {
        int signed = text.charAt(start) == '-' ? -sign : sign;
        addDigits(isDigit(text.charAt(start)) ? start : start + 1, "hour", signed);
        int minutes = ++at;
        skipNumber();
        addDigits(minutes, "min", signed);
        if (at < text.length() && text.charAt(at) == ':') {
            int seconds = ++at;
            skipNumber();
            addDigits(seconds, "sec", signed);
        }
        skipBlank();
    }

    private void yearsAndMonths(int start) {
        int signed = text.charAt(start) == '-' ? -sign : sign;
        addDigits(isDigit(text.charAt(start)) ? start : start + 1, "year", signed);
        int from = ++at;
        skipNumber();
        addDigits(from, "mon", signed);
        skipBlank();
    }

    private void addDigits(int start, String unit, int sign) {
        if (start >= at || !isDigit(text.charAt(start))) {
            throw malformed(text);
        }
        add(start, at, unit, sign);
    }

    private void add(int start, int end, String unit, int sign) {
        if (unit.equals("sec")) {
            micros = Math.addExact(micros, sign * micros(start, end));
            return;
        }
        long number = sign * Long.parseLong(text, start, end, 10);
        switch (unit) {
            case "year" -> months = Math.addExact(months, Math.multiplyExact(number, 12L));
            case "mon" -> months = Math.addExact(months, number);
            case "week" -> days = Math.addExact(days, Math.multiplyExact(number, 7L));
            case "day" -> days = Math.addExact(days, number);
            case "hour" -> micros = Math.addExact(micros, Math.multiplyExact(number, HOUR));
            case "min" -> micros = Math.addExact(micros, Math.multiplyExact(number, MINUTE));
            default -> throw malformed(text);
        }
    }

    /** Seconds with up to six digits behind the point. */
    private long micros(int start, int end) {
        int point = text.indexOf('.', start);
        if (point < 0 || point >= end) {
            return Math.multiplyExact(Long.parseLong(text, start, end, 10), SECOND);
        }
        if (end - point < 2 || end - point > 7 || !isDigit(text.charAt(point + 1))) {
            throw malformed(text);
        }
        long fraction = Long.parseLong(text, point + 1, end, 10);
        for (int i = end - point; i < 7; i++) {
            fraction *= 10;
        }
        long whole = Math.multiplyExact(Long.parseLong(text, start, point, 10), SECOND);
        return text.charAt(start) == '-' ? Math.subtractExact(whole, fraction) : Math.addExact(whole, fraction);
    }

    private Interval result() {
        return new Interval(Math.toIntExact(months), Math.toIntExact(days), micros);
    }

    private void skipNumber() {
        if (at < text.length() && (text.charAt(at) == '-' || text.charAt(at) == '+')) {
            at++;
        }
        while (at < text.length() && (isDigit(text.charAt(at)) || text.charAt(at) == '.')) {
            at++;
        }
    }

    private void skipWord() {
        while (at < text.length() && text.charAt(at) >= 'a' && text.charAt(at) <= 'z') {
            at++;
        }
    }

    private void skipBlank() {
        if (at < text.length() && text.charAt(at++) != ' ') {
            throw malformed(text);
        }
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private static IllegalArgumentException malformed(String text) {
        String shown = text.length() > 40 ? text.substring(0, 40) + "..." : text;
        return new IllegalArgumentException("malformed interval '" + shown + "'");
    }

    static String iso(Interval value) {
        if (value.isInfinite()) {
            return value.months() > 0 ? "infinity" : "-infinity";
        }
        StringBuilder out = new StringBuilder("P");
        part(out, value.months() / 12, "Y");
        part(out, value.months() % 12, "M");
        part(out, value.days(), "D");
        long time = value.microseconds();
        if (time != 0 || out.length() == 1) {
            out.append('T');
            part(out, time / HOUR, "H");
            part(out, time % HOUR / MINUTE, "M");
            long seconds = time % MINUTE;
            if (seconds != 0 || time == 0) {
                seconds(out.append(seconds < 0 ? "-" : ""), Math.abs(seconds)).append('S');
            }
        }
        return out.toString();
    }

    private static void part(StringBuilder out, long number, String unit) {
        if (number != 0) {
            out.append(number).append(unit);
        }
    }

    private static StringBuilder seconds(StringBuilder out, long micros) {
        out.append(micros / SECOND);
        int fraction = (int) (micros % SECOND);
        if (fraction == 0) {
            return out;
        }
        String digits = Integer.toString((int) SECOND + fraction);
        int end = digits.length();
        while (digits.charAt(end - 1) == '0') {
            end--;
        }
        return out.append('.').append(digits, 1, end);
    }
}
