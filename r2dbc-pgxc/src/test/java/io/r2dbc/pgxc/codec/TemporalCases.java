// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.codec;

import static io.r2dbc.pgxc.codec.CodecCase.row;

import io.r2dbc.pgxc.value.Interval;
import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.OffsetTime;
import java.time.Period;
import java.time.ZoneOffset;
import java.util.List;

/** Rows for dates, times of day and intervals: what PostgreSQL answers to each literal in both formats, with {@code TimeZone} UTC. */
final class TemporalCases {

    static final List<CodecCase> DATE = List.of(
            row("date", 1082, "2000-01-01", "2000-01-01", "00000000", LocalDate.of(2000, 1, 1), LocalDate.class),
            row("date", 1082, "1970-01-01", "1970-01-01", "ffffd533", LocalDate.EPOCH, LocalDate.class),
            row("date", 1082, "2024-02-29", "2024-02-29", "00002279", LocalDate.of(2024, 2, 29), LocalDate.class),
            row("date", 1082, "1900-03-01", "1900-03-01", "ffff718f", LocalDate.of(1900, 3, 1), LocalDate.class),
            row("date", 1082, "0001-01-01", "0001-01-01", "fff4dbf9", LocalDate.of(1, 1, 1), LocalDate.class),
            row("date", 1082, "0001-12-31 BC", "0001-12-31 BC", "fff4dbf8", LocalDate.of(0, 12, 31), LocalDate.class),
            row("date", 1082, "0044-03-15 BC", "0044-03-15 BC", "fff49d7b", LocalDate.of(-43, 3, 15), LocalDate.class),
            row(
                    "date",
                    1082,
                    "4714-11-24 BC",
                    "4714-11-24 BC",
                    "ffda97a7",
                    LocalDate.of(-4713, 11, 24),
                    LocalDate.class),
            row(
                    "date",
                    1082,
                    "5874897-12-31",
                    "5874897-12-31",
                    "7fda970c",
                    LocalDate.of(5874897, 12, 31),
                    LocalDate.class),
            row("date", 1082, "infinity", "infinity", "7fffffff", LocalDate.MAX, LocalDate.class),
            row("date", 1082, "-infinity", "-infinity", "80000000", LocalDate.MIN, LocalDate.class),
            row("date", 1082, "2024-02-29", "2024-02-29", "00002279", "2024-02-29", String.class),
            row("date", 1082, "0044-03-15 BC", "0044-03-15 BC", "fff49d7b", "0044-03-15 BC", String.class),
            row("date", 1082, "10000-01-01", "10000-01-01", "002c95d4", "10000-01-01", String.class),
            row("date", 1082, "infinity", "infinity", "7fffffff", "infinity", String.class),
            row("date", 1082, "-infinity", "-infinity", "80000000", "-infinity", String.class),
            row("date", 1082, "0001-01-01", "0001-01-01", "fff4dbf9", "0001-01-01", String.class));

    static final List<CodecCase> TIME = List.of(
            row("time", 1083, "00:00:00", "00:00:00", "0000000000000000", LocalTime.MIDNIGHT, LocalTime.class),
            row(
                    "time",
                    1083,
                    "23:59:59.999999",
                    "23:59:59.999999",
                    "000000141dd75fff",
                    LocalTime.of(23, 59, 59, 999_999_000),
                    LocalTime.class),
            row(
                    "time",
                    1083,
                    "12:34:56.7",
                    "12:34:56.7",
                    "0000000a8be4ca60",
                    LocalTime.of(12, 34, 56, 700_000_000),
                    LocalTime.class),
            row(
                    "time",
                    1083,
                    "04:05:06.000001",
                    "04:05:06.000001",
                    "000000036c8bc081",
                    LocalTime.of(4, 5, 6, 1_000),
                    LocalTime.class),
            row("time", 1083, "24:00:00", "24:00:00", "000000141dd76000", "24:00:00", String.class),
            row("time", 1083, "12:34:56.7", "12:34:56.7", "0000000a8be4ca60", "12:34:56.7", String.class),
            row(
                    "timetz",
                    1266,
                    "00:00:00+00",
                    "00:00:00+00",
                    "000000000000000000000000",
                    OffsetTime.of(LocalTime.MIDNIGHT, ZoneOffset.UTC),
                    OffsetTime.class),
            row(
                    "timetz",
                    1266,
                    "12:34:56.789+05:30",
                    "12:34:56.789+05:30",
                    "0000000a8be62608ffffb2a8",
                    OffsetTime.of(12, 34, 56, 789_000_000, ZoneOffset.ofHoursMinutes(5, 30)),
                    OffsetTime.class),
            row(
                    "timetz",
                    1266,
                    "23:59:59.999999-15:59:59",
                    "23:59:59.999999-15:59:59",
                    "000000141dd75fff0000e0ff",
                    OffsetTime.of(23, 59, 59, 999_999_000, ZoneOffset.ofHoursMinutesSeconds(-15, -59, -59)),
                    OffsetTime.class),
            row(
                    "timetz",
                    1266,
                    "01:02:03+15:59:59",
                    "01:02:03+15:59:59",
                    "00000000dde878c0ffff1f01",
                    OffsetTime.of(1, 2, 3, 0, ZoneOffset.ofHoursMinutesSeconds(15, 59, 59)),
                    OffsetTime.class),
            row("timetz", 1266, "24:00:00-03", "24:00:00-03", "000000141dd7600000002a30", "24:00:00-03", String.class),
            row(
                    "timetz",
                    1266,
                    "12:34:56.789+05:30",
                    "12:34:56.789+05:30",
                    "0000000a8be62608ffffb2a8",
                    "12:34:56.789+05:30",
                    String.class),
            row(
                    "timetz",
                    1266,
                    "01:02:03-00:00:01",
                    "01:02:03-00:00:01",
                    "00000000dde878c000000001",
                    "01:02:03-00:00:01",
                    String.class));

    static final List<CodecCase> INTERVAL = List.of(
            row("interval", 1186, "0", "00:00:00", "00000000000000000000000000000000", Interval.ZERO, Interval.class),
            row(
                    "interval",
                    1186,
                    "1 year 2 mons 3 days 04:05:06.789",
                    "1 year 2 mons 3 days 04:05:06.789",
                    "000000036c97ca88000000030000000e",
                    new Interval(14, 3, 14_706_789_000L),
                    Interval.class),
            row(
                    "interval",
                    1186,
                    "-1 year -2 mons +3 days -04:05:06.000001",
                    "-1 years -2 mons +3 days -04:05:06.000001",
                    "fffffffc93743f7f00000003fffffff2",
                    new Interval(-14, 3, -14_706_000_001L),
                    Interval.class),
            row(
                    "interval",
                    1186,
                    "1 mon -1 day",
                    "1 mon -1 days",
                    "0000000000000000ffffffff00000001",
                    new Interval(1, -1, 0),
                    Interval.class),
            row(
                    "interval",
                    1186,
                    "-1 day +00:00:01",
                    "-1 days +00:00:01",
                    "00000000000f4240ffffffff00000000",
                    new Interval(0, -1, 1_000_000),
                    Interval.class),
            row(
                    "interval",
                    1186,
                    "178000000 years",
                    "178000000 years",
                    "0000000000000000000000007f50c600",
                    new Interval(2_136_000_000, 0, 0),
                    Interval.class),
            row(
                            "interval",
                            1186,
                            "2562047788:00:54.775807",
                            "2562047788:00:54.775807",
                            "7fffffffffffffff0000000000000000",
                            new Interval(0, 0, Long.MAX_VALUE),
                            Interval.class)
                    .since(15),
            row(
                    "interval",
                    1186,
                    "-00:00:00.5",
                    "-00:00:00.5",
                    "fffffffffff85ee00000000000000000",
                    new Interval(0, 0, -500_000),
                    Interval.class),
            row(
                    "interval",
                    1186,
                    "-2147483648 days",
                    "-2147483648 days",
                    "00000000000000008000000000000000",
                    new Interval(0, Integer.MIN_VALUE, 0),
                    Interval.class),
            row(
                    "interval",
                    1186,
                    "100:00:00",
                    "100:00:00",
                    "00000053d1ac10000000000000000000",
                    new Interval(0, 0, 360_000_000_000L),
                    Interval.class),
            row(
                            "interval",
                            1186,
                            "infinity",
                            "infinity",
                            "7fffffffffffffff7fffffff7fffffff",
                            Interval.INFINITY,
                            Interval.class)
                    .since(17),
            row(
                            "interval",
                            1186,
                            "-infinity",
                            "-infinity",
                            "80000000000000008000000080000000",
                            Interval.NEGATIVE_INFINITY,
                            Interval.class)
                    .since(17),
            row("interval", 1186, "0", "00:00:00", "00000000000000000000000000000000", "00:00:00", String.class),
            row(
                    "interval",
                    1186,
                    "1 year 2 mons 3 days 04:05:06.789",
                    "1 year 2 mons 3 days 04:05:06.789",
                    "000000036c97ca88000000030000000e",
                    "1 year 2 mons 3 days 04:05:06.789",
                    String.class),
            row(
                    "interval",
                    1186,
                    "-1 day +00:00:01",
                    "-1 days +00:00:01",
                    "00000000000f4240ffffffff00000000",
                    "-1 days +00:00:01",
                    String.class),
            row(
                    "interval",
                    1186,
                    "-04:05:06",
                    "-04:05:06",
                    "fffffffc93743f800000000000000000",
                    "-04:05:06",
                    String.class),
            row(
                    "interval",
                    1186,
                    "1 mon -1 day",
                    "1 mon -1 days",
                    "0000000000000000ffffffff00000001",
                    "1 mon -1 days",
                    String.class),
            row(
                    "interval",
                    1186,
                    "100:00:00",
                    "100:00:00",
                    "00000053d1ac10000000000000000000",
                    "100:00:00",
                    String.class),
            row(
                    "interval",
                    1186,
                    "36:00:00.5",
                    "36:00:00.5",
                    "0000001e2ccab1200000000000000000",
                    Duration.ofHours(36).plusMillis(500),
                    Duration.class),
            row(
                    "interval",
                    1186,
                    "-00:00:00.5",
                    "-00:00:00.5",
                    "fffffffffff85ee00000000000000000",
                    Duration.ofMillis(-500),
                    Duration.class),
            row(
                    "interval",
                    1186,
                    "1 year 2 mons 3 days",
                    "1 year 2 mons 3 days",
                    "0000000000000000000000030000000e",
                    Period.of(1, 2, 3),
                    Period.class));

    private TemporalCases() {}
}
