// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.value;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Period;
import java.time.temporal.ChronoUnit;
import java.time.temporal.Temporal;
import java.time.temporal.TemporalAmount;
import java.time.temporal.TemporalUnit;
import java.time.temporal.UnsupportedTemporalTypeException;
import java.util.List;

/**
 * Holds an {@code interval} as the server does: months, days and microseconds, each with its own sign, none carried over
 * into another. A month has no fixed number of days, and a day not always 24 hours.
 *
 * @param months the months, years included
 * @param days the days
 * @param microseconds the time, which may exceed a day
 */
public record Interval(int months, int days, long microseconds) implements TemporalAmount {

    /** No time at all. */
    public static final Interval ZERO = new Interval(0, 0, 0);

    /** The server's {@code infinity}, since PostgreSQL 17. */
    public static final Interval INFINITY = new Interval(Integer.MAX_VALUE, Integer.MAX_VALUE, Long.MAX_VALUE);

    /** The server's {@code -infinity}, since PostgreSQL 17. */
    public static final Interval NEGATIVE_INFINITY = new Interval(Integer.MIN_VALUE, Integer.MIN_VALUE, Long.MIN_VALUE);

    private static final List<TemporalUnit> UNITS = List.of(ChronoUnit.MONTHS, ChronoUnit.DAYS, ChronoUnit.MICROS);

    /**
     * The time of a duration; what is below a microsecond is dropped.
     *
     * @param duration the duration
     * @return an interval without months and days
     * @throws ArithmeticException if the microseconds exceed a long
     */
    public static Interval of(Duration duration) {
        long seconds = duration.getSeconds();
        int nanos = duration.getNano();
        if (seconds < 0 && nanos > 0) {
            seconds++;
            nanos -= 1_000_000_000;
        }
        return new Interval(0, 0, Math.addExact(Math.multiplyExact(seconds, 1_000_000L), nanos / 1_000));
    }

    /**
     * The months and days of a period.
     *
     * @param period the period
     * @return an interval without time
     * @throws ArithmeticException if the months exceed an int
     */
    public static Interval of(Period period) {
        return new Interval(Math.toIntExact(period.toTotalMonths()), (int) period.get(ChronoUnit.DAYS), 0);
    }

    /**
     * Reads the server's text output in any of its styles ({@code postgres}, {@code postgres_verbose}, {@code
     * sql_standard}, {@code iso_8601}), and what {@link #toString()} gives.
     *
     * @param text the text
     * @return the interval
     * @throws IllegalArgumentException if it is none
     */
    public static Interval parse(String text) {
        return IntervalText.parse(text);
    }

    /**
     * Whether this is {@link #INFINITY} or {@link #NEGATIVE_INFINITY}.
     *
     * @return true if it stands for no amount of time
     */
    public boolean isInfinite() {
        return equals(INFINITY) || equals(NEGATIVE_INFINITY);
    }

    /**
     * The time as a duration.
     *
     * @return the duration
     * @throws ArithmeticException if there are months or days, which have no fixed length
     */
    public Duration toDuration() {
        if (months != 0 || days != 0) {
            throw new ArithmeticException("an interval with months or days is no Duration: " + this);
        }
        return Duration.of(microseconds, ChronoUnit.MICROS);
    }

    /**
     * The months and days as a period, with the months in excess of a year as years.
     *
     * @return the period
     * @throws ArithmeticException if there is time beside them
     */
    public Period toPeriod() {
        if (microseconds != 0) {
            throw new ArithmeticException("an interval with hours, minutes or seconds is no Period: " + this);
        }
        return Period.of(months / 12, months % 12, days);
    }

    @Override
    public long get(TemporalUnit unit) {
        if (unit == ChronoUnit.MONTHS) {
            return months;
        }
        if (unit == ChronoUnit.DAYS) {
            return days;
        }
        if (unit == ChronoUnit.MICROS) {
            return microseconds;
        }
        throw new UnsupportedTemporalTypeException("an interval has months, days and micros, but no " + unit);
    }

    /** Months, days, microseconds. */
    @Override
    public List<TemporalUnit> getUnits() {
        return UNITS;
    }

    /** Adds months first, then days, then the time, as the server does. */
    @Override
    public Temporal addTo(Temporal temporal) {
        return add(temporal, 1);
    }

    @Override
    public Temporal subtractFrom(Temporal temporal) {
        return add(temporal, -1);
    }

    private Temporal add(Temporal temporal, int sign) {
        if (isInfinite()) {
            throw new DateTimeException("an infinite interval cannot be added");
        }
        Temporal sum = temporal;
        if (months != 0) {
            sum = sum.plus((long) sign * months, ChronoUnit.MONTHS);
        }
        if (days != 0) {
            sum = sum.plus((long) sign * days, ChronoUnit.DAYS);
        }
        return microseconds == 0 ? sum : sum.plus(Math.multiplyExact(sign, microseconds), ChronoUnit.MICROS);
    }

    /** The ISO 8601 form as the server's {@code iso_8601} style has it, such as {@code P1Y2M3DT4H5M6.789S}. */
    @Override
    public String toString() {
        return IntervalText.iso(this);
    }
}
