// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.codec;

import static io.r2dbc.pgxc.codec.CodecCase.row;

import io.r2dbc.pgxc.value.Interval;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/** Rows for arrays of everything else: what PostgreSQL answers to each literal in both formats, with {@code TimeZone} UTC. */
final class OtherArrayCases {

    static final List<CodecCase> OTHER_ARRAY = List.of(
            row(
                    "text[]",
                    1009,
                    "{a,\"b c\",\"\",NULL,\"NULL\",\"q\\\"\\\\\",\u20ac}",
                    "{a,\"b c\",\"\",NULL,\"NULL\",\"q\\\"\\\\\",\u20ac}",
                    "000000010000000100000019000000070000000100000001610000000362206300000000ffffffff000000044e554c4c0000000371225c00000003e282ac",
                    new String[] {"a", "b c", "", null, "NULL", "q\"\\", "\u20ac"},
                    String[].class),
            row(
                    "text[]",
                    1009,
                    "{a,\"b c\",\"\",NULL,\"null\",\"q\\\"\\\\\",\"{\",\"a,b\"}",
                    "{a,\"b c\",\"\",NULL,\"null\",\"q\\\"\\\\\",\"{\",\"a,b\"}",
                    "000000010000000100000019000000080000000100000001610000000362206300000000ffffffff000000046e756c6c0000000371225c000000017b00000003612c62",
                    "{a,\"b c\",\"\",NULL,\"null\",\"q\\\"\\\\\",\"{\",\"a,b\"}",
                    String.class),
            row(
                    "text[]",
                    1009,
                    "{{a,b},{c,d}}",
                    "{{a,b},{c,d}}",
                    "000000020000000000000019000000020000000100000002000000010000000161000000016200000001630000000164",
                    new String[][] {{"a", "b"}, {"c", "d"}},
                    String[][].class),
            row(
                    "varchar[]",
                    1015,
                    "{x}",
                    "{x}",
                    "00000001000000000000041300000001000000010000000178",
                    new String[] {"x"},
                    String[].class),
            row(
                    "name[]",
                    1003,
                    "{x}",
                    "{x}",
                    "00000001000000000000001300000001000000010000000178",
                    new String[] {"x"},
                    String[].class),
            row(
                    "bpchar[]",
                    1014,
                    "{\"x \"}",
                    "{\"x \"}",
                    "0000000100000000000004120000000100000001000000027820",
                    new String[] {"x "},
                    String[].class),
            row(
                    "char[]",
                    1002,
                    "{x}",
                    "{x}",
                    "00000001000000000000001200000001000000010000000178",
                    new String[] {"x"},
                    String[].class),
            row(
                    "text[]",
                    1009,
                    "{SECONDS,DAYS}",
                    "{SECONDS,DAYS}",
                    "0000000100000000000000190000000200000001000000075345434f4e44530000000444415953",
                    new TimeUnit[] {TimeUnit.SECONDS, TimeUnit.DAYS},
                    TimeUnit[].class),
            row(
                    "char[]",
                    1002,
                    "{x,y}",
                    "{x,y}",
                    "000000010000000000000012000000020000000100000001780000000179",
                    new char[] {'x', 'y'},
                    char[].class),
            row(
                    "bytea[]",
                    1001,
                    "{\"\\\\x00ff\",NULL}",
                    "{\"\\\\x00ff\",NULL}",
                    "00000001000000010000001100000002000000010000000200ffffffffff",
                    new ByteBuffer[] {ByteBuffer.wrap(new byte[] {0, -1}), null},
                    ByteBuffer[].class),
            row(
                    "bytea[]",
                    1001,
                    "{\"\\\\x00ff\",\"\\\\x\"}",
                    "{\"\\\\x00ff\",\"\\\\x\"}",
                    "00000001000000000000001100000002000000010000000200ff00000000",
                    new byte[][] {{0, -1}, {}},
                    byte[][].class),
            row(
                    "bytea[]",
                    1001,
                    "{\"\\\\x00ff\"}",
                    "{\"\\\\x00ff\"}",
                    "00000001000000000000001100000001000000010000000200ff",
                    "{\"\\\\x00ff\"}",
                    String.class),
            row(
                    "uuid[]",
                    2951,
                    "{123e4567-e89b-12d3-a456-426614174000}",
                    "{123e4567-e89b-12d3-a456-426614174000}",
                    "000000010000000000000b86000000010000000100000010123e4567e89b12d3a456426614174000",
                    new UUID[] {UUID.fromString("123e4567-e89b-12d3-a456-426614174000")},
                    UUID[].class),
            row(
                    "date[]",
                    1182,
                    "{2024-02-29,infinity,\"0044-03-15 BC\"}",
                    "{2024-02-29,infinity,\"0044-03-15 BC\"}",
                    "00000001000000000000043a00000003000000010000000400002279000000047fffffff00000004fff49d7b",
                    new LocalDate[] {LocalDate.of(2024, 2, 29), LocalDate.MAX, LocalDate.of(-43, 3, 15)},
                    LocalDate[].class),
            row(
                    "time[]",
                    1183,
                    "{12:34:56}",
                    "{12:34:56}",
                    "00000001000000000000043b0000000100000001000000080000000a8bda1c00",
                    new LocalTime[] {LocalTime.of(12, 34, 56)},
                    LocalTime[].class),
            row(
                    "timetz[]",
                    1270,
                    "{12:34:56+02}",
                    "{12:34:56+02}",
                    "0000000100000000000004f200000001000000010000000c0000000a8bda1c00ffffe3e0",
                    new OffsetTime[] {OffsetTime.of(12, 34, 56, 0, ZoneOffset.ofHours(2))},
                    OffsetTime[].class),
            row(
                    "timestamp[]",
                    1115,
                    "{\"2024-02-29 12:00:00\",NULL}",
                    "{\"2024-02-29 12:00:00\",NULL}",
                    "00000001000000010000045a0000000200000001000000080002b582c4781000ffffffff",
                    new LocalDateTime[] {LocalDateTime.of(2024, 2, 29, 12, 0), null},
                    LocalDateTime[].class),
            row(
                    "timestamptz[]",
                    1185,
                    "{\"2024-02-29 12:00:00+00\"}",
                    "{\"2024-02-29 12:00:00+00\"}",
                    "0000000100000000000004a00000000100000001000000080002b582c4781000",
                    new OffsetDateTime[] {OffsetDateTime.of(2024, 2, 29, 12, 0, 0, 0, ZoneOffset.UTC)},
                    OffsetDateTime[].class),
            row(
                    "timestamptz[]",
                    1185,
                    "{\"2024-02-29 12:00:00+00\"}",
                    "{\"2024-02-29 12:00:00+00\"}",
                    "0000000100000000000004a00000000100000001000000080002b582c4781000",
                    new Instant[] {Instant.parse("2024-02-29T12:00:00Z")},
                    Instant[].class),
            row(
                    "timestamptz[]",
                    1185,
                    "{\"2024-02-29 12:00:00+00\"}",
                    "{\"2024-02-29 12:00:00+00\"}",
                    "0000000100000000000004a00000000100000001000000080002b582c4781000",
                    "{\"2024-02-29 12:00:00+00\"}",
                    String.class),
            row(
                    "interval[]",
                    1187,
                    "{\"1 mon 2 days\",00:00:01}",
                    "{\"1 mon 2 days\",00:00:01}",
                    "0000000100000000000004a2000000020000000100000010000000000000000000000002000000010000001000000000000f42400000000000000000",
                    new Interval[] {new Interval(1, 2, 0), new Interval(0, 0, 1_000_000)},
                    Interval[].class),
            row(
                    "interval[]",
                    1187,
                    "{\"1 mon 2 days\",00:00:01}",
                    "{\"1 mon 2 days\",00:00:01}",
                    "0000000100000000000004a2000000020000000100000010000000000000000000000002000000010000001000000000000f42400000000000000000",
                    "{\"1 mon 2 days\",00:00:01}",
                    String.class),
            row(
                    "json[]",
                    199,
                    "{\"{\\\"a\\\": 1}\"}",
                    "{\"{\\\"a\\\": 1}\"}",
                    "0000000100000000000000720000000100000001000000087b2261223a20317d",
                    new String[] {"{\"a\": 1}"},
                    String[].class),
            row(
                    "jsonb[]",
                    3807,
                    "{\"{\\\"a\\\": 1}\",NULL}",
                    "{\"{\\\"a\\\": 1}\",NULL}",
                    "000000010000000100000eda000000020000000100000009017b2261223a20317dffffffff",
                    new String[] {"{\"a\": 1}", null},
                    String[].class));

    private OtherArrayCases() {}
}
