// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.r2dbc.pgxc.value.Interval;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.Period;
import java.time.temporal.ChronoUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IntervalTest {

    /** Each line is one interval as PostgreSQL prints it in its four styles, and what it holds. */
    @ParameterizedTest(name = "[X30, G2] {0} | {1} | {2} | {3}")
    @DisplayName("[X30, G2] the four interval styles say the same")
    @CsvSource(
            delimiter = '|',
            value = {
                "00:00:00|@ 0|0|PT0S|0|0|0",
                "1 year 2 mons 3 days 04:05:06.789|@ 1 year 2 mons 3 days 4 hours 5 mins 6.789 secs|+1-2 +3 +4:05:06.789"
                        + "|P1Y2M3DT4H5M6.789S|14|3|14706789000",
                "-1 years -2 mons +3 days -04:05:06|@ 1 year 2 mons -3 days 4 hours 5 mins 6 secs ago|-1-2 +3 -4:05:06"
                        + "|P-1Y-2M3DT-4H-5M-6S|-14|3|-14706000000",
                "-1 days -00:00:00.5|@ 1 day 0.5 secs ago|-1 0:00:00.5|P-1DT-0.5S|0|-1|-500000",
                "-1 days +02:03:00|@ 1 day -2 hours -3 mins ago|+0-0 -1 +2:03:00|P-1DT2H3M|0|-1|7380000000",
                "-2 years|@ 2 years ago|-2-0|P-2Y|-24|0|0",
                "3 days|@ 3 days|3 0:00:00|P3D|0|3|0",
                "100:00:00|@ 100 hours|100:00:00|PT100H|0|0|360000000000",
                "-2562047788:00:54.775808|@ 2562047788 hours 54.775808 secs ago|-2562047788:00:54.775808"
                        + "|PT-2562047788H-54.775808S|0|0|-9223372036854775808"
            })
    void readsAllStyles(
            String postgres, String verbose, String standard, String iso, int months, int days, long microseconds) {
        Interval expected = new Interval(months, days, microseconds);

        assertThat(Interval.parse(postgres)).isEqualTo(expected);
        assertThat(Interval.parse(verbose)).isEqualTo(expected);
        assertThat(Interval.parse(standard)).isEqualTo(expected);
        assertThat(Interval.parse(iso)).isEqualTo(expected);
        assertThat(expected).hasToString(iso);
        assertThat(IntervalPrinter.postgres(expected)).isEqualTo(postgres);
    }

    @ParameterizedTest(name = "[S8.32] \"{0}\" is no interval")
    @DisplayName("[S8.32, E9] text that is no interval is refused")
    @ValueSource(
            strings = {
                "",
                " ",
                "P",
                "PT",
                "P1",
                "P1DT",
                "1",
                "1 ",
                "ago",
                " ago",
                "@ ",
                "1 yeer",
                "1 year2 mons",
                "1x year",
                "1:2:3:4",
                ":5",
                "5:",
                "1 :2",
                "1-",
                "--1",
                "-",
                "1.5 days",
                "1..5 secs",
                "1. secs",
                "1.1234567 secs",
                "9999999999 years",
                "99999999999999999999 secs",
                "P1S",
                "PT1Y5",
                "1-2-3",
                "year",
                "\u0661 day",
                "1 day  2 hours",
                "9223372036854775807 hours",
                "Infinity",
                "P1Y2M3D4H",
                "1:-5"
            })
    void refusesOtherText(String text) {
        assertThatThrownBy(() -> Interval.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("interval");
    }

    @Test
    @DisplayName("[E9] long text is refused at once")
    void refusesLongText() {
        assertThatThrownBy(() -> Interval.parse("1 day ".repeat(200_000))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Bytes.text(PgType.INTERVAL, "1".repeat(1_000_000), Interval.class))
                .isInstanceOf(ValueException.class);
    }

    @Test
    @DisplayName("[G2] infinity keeps its name")
    void knowsInfinity() {
        assertThat(Interval.parse("infinity")).isEqualTo(Interval.INFINITY).hasToString("infinity");
        assertThat(Interval.parse("-infinity"))
                .isEqualTo(Interval.NEGATIVE_INFINITY)
                .hasToString("-infinity");
        assertThat(Interval.INFINITY.isInfinite()).isTrue();
        assertThat(Interval.ZERO.isInfinite()).isFalse();
        assertThatThrownBy(() -> LocalDateTime.MIN.plus(Interval.INFINITY)).isInstanceOf(DateTimeException.class);
    }

    @Test
    @DisplayName("[X31] Duration and Period only where they say the same")
    void convertsWhereExact() {
        assertThat(new Interval(0, 0, -1).toDuration()).isEqualTo(Duration.ofNanos(-1_000));
        assertThat(new Interval(-14, 3, 0).toPeriod()).isEqualTo(Period.of(-1, -2, 3));
        assertThatThrownBy(() -> new Interval(0, 1, 0).toDuration()).isInstanceOf(ArithmeticException.class);
        assertThatThrownBy(() -> new Interval(0, 1, 1).toPeriod()).isInstanceOf(ArithmeticException.class);
        assertThatThrownBy(() -> Bytes.text(PgType.INTERVAL, "1 day", Duration.class))
                .isInstanceOf(ValueException.class)
                .hasMessageContaining("interval (text)");
        assertThatThrownBy(() -> Bytes.text(PgType.INTERVAL, "00:00:01", Period.class))
                .isInstanceOf(ValueException.class);
    }

    @Test
    @DisplayName("a Duration loses what is below a microsecond, towards zero")
    void takesDurations() {
        assertThat(Interval.of(Duration.ofNanos(1_999))).isEqualTo(new Interval(0, 0, 1));
        assertThat(Interval.of(Duration.ofNanos(-1_999))).isEqualTo(new Interval(0, 0, -1));
        assertThat(Interval.of(Duration.ofNanos(-1_000_001_000))).isEqualTo(new Interval(0, 0, -1_000_001));
        assertThat(Interval.of(Duration.of(Long.MIN_VALUE, ChronoUnit.MICROS)))
                .isEqualTo(new Interval(0, 0, Long.MIN_VALUE));
        assertThat(Interval.of(Duration.ofDays(2))).isEqualTo(new Interval(0, 0, 172_800_000_000L));
        Duration longest = Duration.ofSeconds(Long.MAX_VALUE);
        assertThatThrownBy(() -> Bytes.written(CodecRegistry.standard().encoding(longest), longest))
                .isInstanceOf(ValueException.class);
        Period period = Period.ofYears(Integer.MAX_VALUE);
        assertThatThrownBy(() -> Bytes.written(CodecRegistry.standard().encoding(period), period))
                .isInstanceOf(ValueException.class);
    }

    @Test
    @DisplayName("an interval is added in the order months, days, time")
    void addsToTemporals() {
        Interval interval = new Interval(1, 1, 3_600_000_000L);
        LocalDateTime start = LocalDateTime.of(2024, 1, 31, 12, 0);

        assertThat(start.plus(interval)).isEqualTo(LocalDateTime.of(2024, 3, 1, 13, 0));
        assertThat(start.minus(interval)).isEqualTo(LocalDateTime.of(2023, 12, 30, 11, 0));
        assertThat(interval.getUnits()).map(interval::get).containsExactly(1L, 1L, 3_600_000_000L);
        assertThatThrownBy(() -> interval.get(ChronoUnit.HOURS)).isInstanceOf(DateTimeException.class);
    }
}
