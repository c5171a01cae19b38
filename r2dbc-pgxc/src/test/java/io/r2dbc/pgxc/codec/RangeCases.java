// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.codec;

import static io.r2dbc.pgxc.codec.CodecCase.row;

import io.r2dbc.pgxc.value.Multirange;
import io.r2dbc.pgxc.value.Range;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;

/** Rows for ranges and multiranges: what PostgreSQL answers to each literal in both formats. */
final class RangeCases {

    private static final LocalDateTime NOON = LocalDateTime.of(2024, 2, 29, 12, 0);

    static final List<CodecCase> RANGE = List.of(
            row(
                    "int4range",
                    3904,
                    "[1,5)",
                    "[1,5)",
                    "0200000004000000010000000400000005",
                    Range.closedOpen(1, 5),
                    Range.class),
            row(
                    "int4range",
                    3904,
                    "[1,5]",
                    "[1,6)",
                    "0200000004000000010000000400000006",
                    Range.closedOpen(1, 6),
                    Range.class),
            row("int4range", 3904, "(,5)", "(,5)", "080000000400000005", Range.lessThan(5), Range.class),
            row("int4range", 3904, "[-1,)", "[-1,)", "1200000004ffffffff", Range.atLeast(-1), Range.class),
            row("int4range", 3904, "(,)", "(,)", "18", Range.all(), Range.class),
            row("int4range", 3904, "empty", "empty", "01", Range.empty(), Range.class),
            row("int4range", 3904, "[3,3)", "empty", "01", Range.empty(), Range.class),
            row("int4range", 3904, "[1,5)", "[1,5)", "0200000004000000010000000400000005", "[1,5)", String.class),
            row(
                    "int8range",
                    3926,
                    "[-9223372036854775808,9223372036854775807)",
                    "[-9223372036854775808,9223372036854775807)",
                    "02000000088000000000000000000000087fffffffffffffff",
                    Range.closedOpen(Long.MIN_VALUE, Long.MAX_VALUE),
                    Range.class),
            row(
                    "numrange",
                    3906,
                    "[1.5,2.50]",
                    "[1.5,2.50]",
                    "060000000c0002000000000001000113880000000c000200000000000200021388",
                    Range.closed(new BigDecimal("1.5"), new BigDecimal("2.50")),
                    Range.class),
            row(
                    "numrange",
                    3906,
                    "(-12345.678,0)",
                    "(-12345.678,0)",
                    "000000000e0003000140000003000109291a7c000000080000000000000000",
                    Range.open(new BigDecimal("-12345.678"), new BigDecimal("0")),
                    Range.class),
            row(
                    "numrange",
                    3906,
                    "(1,)",
                    "(1,)",
                    "100000000a00010000000000000001",
                    Range.of(new BigDecimal("1"), false, null, false),
                    Range.class),
            row(
                    "numrange",
                    3906,
                    "(,1]",
                    "(,1]",
                    "0c0000000a00010000000000000001",
                    Range.of(null, false, new BigDecimal("1"), true),
                    Range.class),
            row(
                    "numrange",
                    3906,
                    "(1,2]",
                    "(1,2]",
                    "040000000a000100000000000000010000000a00010000000000000002",
                    "(1,2]",
                    String.class),
            row(
                    "daterange",
                    3912,
                    "[2024-02-29,2024-03-01]",
                    "[2024-02-29,2024-03-02)",
                    "020000000400002279000000040000227b",
                    Range.closedOpen(LocalDate.of(2024, 2, 29), LocalDate.of(2024, 3, 2)),
                    Range.class),
            row(
                    "daterange",
                    3912,
                    "[2024-02-29,infinity)",
                    "[2024-02-29,infinity)",
                    "020000000400002279000000047fffffff",
                    Range.closedOpen(LocalDate.of(2024, 2, 29), LocalDate.MAX),
                    Range.class),
            row(
                    "tsrange",
                    3908,
                    "[2024-02-29 12:00:00,2024-03-01 00:00:00)",
                    "[\"2024-02-29 12:00:00\",\"2024-03-01 00:00:00\")",
                    "02000000080002b582c4781000000000080002b58cd363c000",
                    Range.closedOpen(NOON, NOON.plusHours(12)),
                    Range.class),
            row(
                    "tsrange",
                    3908,
                    "(2024-02-29 12:00:00,)",
                    "(\"2024-02-29 12:00:00\",)",
                    "10000000080002b582c4781000",
                    "(\"2024-02-29 12:00:00\",)",
                    String.class),
            row(
                    "tstzrange",
                    3910,
                    "[2024-02-29 12:00:00+00,2024-02-29 13:00:00+00]",
                    "[\"2024-02-29 12:00:00+00\",\"2024-02-29 13:00:00+00\"]",
                    "06000000080002b582c4781000000000080002b5839b0bb400",
                    Range.closed(
                            NOON.atOffset(ZoneOffset.UTC), NOON.plusHours(1).atOffset(ZoneOffset.UTC)),
                    Range.class),
            row(
                    "int4range[]",
                    3905,
                    "{\"[1,3)\",NULL,empty}",
                    "{\"[1,3)\",NULL,empty}",
                    "000000010000000100000f400000000300000001000000110200000004000000010000000400000003ffffffff0000000101",
                    new Range<?>[] {Range.closedOpen(1, 3), null, Range.empty()},
                    Range[].class),
            row(
                    "int4range[]",
                    3905,
                    "{{\"[1,3)\"},{empty}}",
                    "{{\"[1,3)\"},{empty}}",
                    "000000020000000000000f40000000020000000100000001000000010000001102000000040000000100000004000000030000000101",
                    new Range<?>[][] {{Range.closedOpen(1, 3)}, {Range.empty()}},
                    Range[][].class),
            row(
                    "int4range[]",
                    3905,
                    "{\"[1,3)\",empty}",
                    "{\"[1,3)\",empty}",
                    "000000010000000000000f4000000002000000010000001102000000040000000100000004000000030000000101",
                    new String[] {"[1,3)", "empty"},
                    String[].class),
            row(
                    "tsrange[]",
                    3909,
                    "{\"[2024-02-29 12:00:00,)\"}",
                    "{\"[\\\"2024-02-29 12:00:00\\\",)\"}",
                    "000000010000000000000f4400000001000000010000000d12000000080002b582c4781000",
                    new Range<?>[] {Range.atLeast(NOON)},
                    Range[].class),
            row(
                            "int4multirange",
                            4451,
                            "{[1,3),[5,8)}",
                            "{[1,3),[5,8)}",
                            "00000002000000110200000004000000010000000400000003000000110200000004000000050000000400000008",
                            Multirange.of(Range.closedOpen(1, 3), Range.closedOpen(5, 8)),
                            Multirange.class)
                    .since(14),
            row("int4multirange", 4451, "{}", "{}", "00000000", Multirange.of(), Multirange.class)
                    .since(14),
            row(
                            "int4multirange",
                            4451,
                            "{[1,3),[2,8),empty}",
                            "{[1,8)}",
                            "00000001000000110200000004000000010000000400000008",
                            Multirange.of(Range.closedOpen(1, 8)),
                            Multirange.class)
                    .since(14),
            row(
                            "int4multirange",
                            4451,
                            "{(,)}",
                            "{(,)}",
                            "000000010000000118",
                            Multirange.of(Range.all()),
                            Multirange.class)
                    .since(14),
            row(
                            "int4multirange",
                            4451,
                            "{[1,3),[5,8)}",
                            "{[1,3),[5,8)}",
                            "00000002000000110200000004000000010000000400000003000000110200000004000000050000000400000008",
                            "{[1,3),[5,8)}",
                            String.class)
                    .since(14),
            row(
                            "int4multirange",
                            4451,
                            "{[1,3),[5,8)}",
                            "{[1,3),[5,8)}",
                            "00000002000000110200000004000000010000000400000003000000110200000004000000050000000400000008",
                            List.of(Range.closedOpen(1, 3), Range.closedOpen(5, 8)),
                            List.class)
                    .since(14)
                    .readOnly(),
            row(
                            "int8multirange",
                            4536,
                            "{[1,3)}",
                            "{[1,3)}",
                            "000000010000001902000000080000000000000001000000080000000000000003",
                            Multirange.of(Range.closedOpen(1L, 3L)),
                            Multirange.class)
                    .since(14),
            row(
                            "nummultirange",
                            4532,
                            "{[1.5,2.50],(3,4)}",
                            "{[1.5,2.50],(3,4)}",
                            "0000000200000021060000000c0002000000000001000113880000000c0002000000000002000213880000001d000000000a000100000000000000030000000a00010000000000000004",
                            Multirange.of(
                                    Range.closed(new BigDecimal("1.5"), new BigDecimal("2.50")),
                                    Range.open(new BigDecimal("3"), new BigDecimal("4"))),
                            Multirange.class)
                    .since(14),
            row(
                            "datemultirange",
                            4535,
                            "{[2024-02-29,2024-03-01)}",
                            "{[2024-02-29,2024-03-01)}",
                            "0000000100000011020000000400002279000000040000227a",
                            Multirange.of(Range.closedOpen(LocalDate.of(2024, 2, 29), LocalDate.of(2024, 3, 1))),
                            Multirange.class)
                    .since(14),
            row(
                            "tsmultirange",
                            4533,
                            "{[\"2024-02-29 12:00:00\",)}",
                            "{[\"2024-02-29 12:00:00\",)}",
                            "000000010000000d12000000080002b582c4781000",
                            Multirange.of(Range.atLeast(NOON)),
                            Multirange.class)
                    .since(14),
            row(
                            "tstzmultirange",
                            4534,
                            "{(,\"2024-02-29 12:00:00+00\")}",
                            "{(,\"2024-02-29 12:00:00+00\")}",
                            "000000010000000d08000000080002b582c4781000",
                            Multirange.of(Range.lessThan(NOON.atOffset(ZoneOffset.UTC))),
                            Multirange.class)
                    .since(14),
            row(
                            "int4multirange[]",
                            6150,
                            "{\"{[1,3),[5,8)}\",NULL}",
                            "{\"{[1,3),[5,8)}\",NULL}",
                            "00000001000000010000116300000002000000010000002e00000002000000110200000004000000010000000400000003000000110200000004000000050000000400000008ffffffff",
                            new Multirange<?>[] {Multirange.of(Range.closedOpen(1, 3), Range.closedOpen(5, 8)), null},
                            Multirange[].class)
                    .since(14));

    private RangeCases() {}
}
