// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.codec;

import static io.r2dbc.pgxc.codec.CodecCase.row;

import io.r2dbc.pgxc.value.Lsn;
import io.r2dbc.pgxc.value.Snapshot;
import io.r2dbc.pgxc.value.Tid;
import java.math.BigInteger;
import java.util.List;

/** Rows for the server's own small types: what PostgreSQL answers to each literal in both formats. */
final class SystemCases {

    private static final String MOST = "18446744073709551615";

    /** One transaction in progress between 3 and 5. */
    private static final String THREE_TO_FIVE =
            "00000001" + "0000000000000003" + "0000000000000005" + "0000000000000004";

    static final List<CodecCase> XID = List.of(
            row("xid", 28, "0", "0", "00000000", 0L, Long.class),
            row("xid", 28, "7", "7", "00000007", 7L, Long.class),
            row("xid", 28, "2147483648", "2147483648", "80000000", 2_147_483_648L, Long.class),
            row("xid", 28, "4294967295", "4294967295", "ffffffff", 4_294_967_295L, Long.class),
            row("xid", 28, "2147483647", "2147483647", "7fffffff", Integer.MAX_VALUE, Integer.class),
            row("xid", 28, "32767", "32767", "00007fff", Short.MAX_VALUE, Short.class),
            row("xid", 28, "127", "127", "0000007f", Byte.MAX_VALUE, Byte.class),
            row("xid", 28, "4294967295", "4294967295", "ffffffff", new BigInteger("4294967295"), BigInteger.class),
            row("xid", 28, "4294967295", "4294967295", "ffffffff", "4294967295", String.class),
            row("cid", 29, "0", "0", "00000000", 0L, Long.class),
            row("cid", 29, "4294967295", "4294967295", "ffffffff", 4_294_967_295L, Long.class),
            row("cid", 29, "12", "12", "0000000c", 12, Integer.class),
            row("cid", 29, "12", "12", "0000000c", "12", String.class),
            xid8("0", "0000000000000000", 0L, Long.class),
            xid8("4294967296", "0000000100000000", 4_294_967_296L, Long.class),
            xid8("9223372036854775807", "7fffffffffffffff", Long.MAX_VALUE, Long.class),
            xid8("9223372036854775808", "8000000000000000", BigInteger.ONE.shiftLeft(63), BigInteger.class),
            xid8(MOST, "ffffffffffffffff", new BigInteger(MOST), BigInteger.class),
            xid8("12", "000000000000000c", BigInteger.valueOf(12), BigInteger.class),
            xid8("12", "000000000000000c", 12, Integer.class),
            xid8(MOST, "ffffffffffffffff", MOST, String.class),
            row(
                    "xid[]",
                    1011,
                    "{7,NULL}",
                    "{7,NULL}",
                    "00000001000000010000001c0000000200000001" + "0000000400000007ffffffff",
                    new Long[] {7L, null},
                    Long[].class),
            row(
                    "cid[]",
                    1012,
                    "{{7},{4294967295}}",
                    "{{7},{4294967295}}",
                    "00000002000000000000001d00000002000000010000000100000001" + "000000040000000700000004ffffffff",
                    new long[][] {{7}, {4_294_967_295L}},
                    long[][].class),
            row(
                            "xid8[]",
                            271,
                            "{7,NULL}",
                            "{7,NULL}",
                            "0000000100000001000013cd0000000200000001" + "000000080000000000000007ffffffff",
                            new Long[] {7L, null},
                            Long[].class)
                    .since(13));

    static final List<CodecCase> TID = List.of(
            tid("(0,0)", "000000000000", 0, 0),
            tid("(0,1)", "000000000001", 0, 1),
            tid("(12345,67)", "000030390043", 12_345, 67),
            tid("(4294967295,65535)", "ffffffffffff", 4_294_967_295L, 65_535),
            row("tid", 27, "(0,1)", "(0,1)", "000000000001", "(0,1)", String.class),
            row(
                    "tid[]",
                    1010,
                    "{\"(0,1)\",NULL}",
                    "{\"(0,1)\",NULL}",
                    "00000001000000010000001b0000000200000001" + "00000006000000000001ffffffff",
                    new Tid[] {new Tid(0, 1), null},
                    Tid[].class),
            row(
                    "tid[]",
                    1010,
                    "{{\"(0,1)\"},{\"(2,3)\"}}",
                    "{{\"(0,1)\"},{\"(2,3)\"}}",
                    "00000002000000000000001b00000002000000010000000100000001"
                            + "0000000600000000000100000006000000020003",
                    new Tid[][] {{new Tid(0, 1)}, {new Tid(2, 3)}},
                    Tid[][].class));

    static final List<CodecCase> PG_LSN = List.of(
            lsn("0/0", "0/0", 0),
            lsn("1/A", "1/A", 0x1_0000_000AL),
            lsn("16/B374D848", "16/B374D848", 0x16_B374_D848L),
            lsn("0016/b374d848", "16/B374D848", 0x16_B374_D848L),
            lsn("7FFFFFFF/FFFFFFFF", "7FFFFFFF/FFFFFFFF", Long.MAX_VALUE),
            lsn("FFFFFFFF/FFFFFFFF", "FFFFFFFF/FFFFFFFF", -1),
            row("pg_lsn", 3220, "16/B374D848", "16/B374D848", "00000016b374d848", "16/B374D848", String.class),
            row(
                    "pg_lsn[]",
                    3221,
                    "{0/1,NULL}",
                    "{0/1,NULL}",
                    "000000010000000100000c940000000200000001" + "000000080000000000000001ffffffff",
                    new Lsn[] {new Lsn(1), null},
                    Lsn[].class),
            row(
                    "pg_lsn[]",
                    3221,
                    "{{0/1},{1/0}}",
                    "{{0/1},{1/0}}",
                    "000000020000000000000c9400000002000000010000000100000001"
                            + "000000080000000000000001000000080000000100000000",
                    new Lsn[][] {{new Lsn(1)}, {new Lsn(1L << 32)}},
                    Lsn[][].class));

    static final List<CodecCase> SNAPSHOT = List.of(
            snapshot(
                    "10:20:10,14,15",
                    "00000003000000000000000a0000000000000014" + "000000000000000a000000000000000e000000000000000f",
                    new Snapshot(10, 20, List.of(10L, 14L, 15L))),
            snapshot("10:20:", "00000000000000000000000a0000000000000014", new Snapshot(10, 20, List.of())),
            snapshot("1:1:", "0000000000000000000000010000000000000001", new Snapshot(1, 1, List.of())),
            snapshot(
                    "4294967297:4294967300:4294967299",
                    "0000000100000001000000010000000100000004" + "0000000100000003",
                    new Snapshot(4_294_967_297L, 4_294_967_300L, List.of(4_294_967_299L))),
            row("pg_snapshot", 5038, "3:5:4", "3:5:4", THREE_TO_FIVE, "3:5:4", String.class)
                    .since(13),
            row(
                    "txid_snapshot",
                    2970,
                    "3:5:4",
                    "3:5:4",
                    THREE_TO_FIVE,
                    new Snapshot(3, 5, List.of(4L)),
                    Snapshot.class),
            row("txid_snapshot", 2970, "3:5:4", "3:5:4", THREE_TO_FIVE, "3:5:4", String.class),
            row(
                            "pg_snapshot[]",
                            5039,
                            "{\"10:20:10,14\",NULL}",
                            "{\"10:20:10,14\",NULL}",
                            "0000000100000001000013ae0000000200000001" + "00000024"
                                    + "00000002000000000000000a0000000000000014"
                                    + "000000000000000a000000000000000e" + "ffffffff",
                            new Snapshot[] {new Snapshot(10, 20, List.of(10L, 14L)), null},
                            Snapshot[].class)
                    .since(13),
            row(
                    "txid_snapshot[]",
                    2949,
                    "{{10:20:},{11:20:}}",
                    "{{10:20:},{11:20:}}",
                    "000000020000000000000b9a00000002000000010000000100000001" + "00000014"
                            + "00000000000000000000000a0000000000000014" + "00000014"
                            + "00000000000000000000000b0000000000000014",
                    new Snapshot[][] {{new Snapshot(10, 20, List.of())}, {new Snapshot(11, 20, List.of())}},
                    Snapshot[][].class));

    static final List<CodecCase> OTHER = List.of(
            row("refcursor", 1790, "", "", "", "", String.class),
            row("refcursor", 1790, "my cursor", "my cursor", "6d7920637572736f72", "my cursor", String.class),
            row("refcursor", 1790, "\u00e4", "\u00e4", "c3a4", "\u00e4", String.class),
            row(
                    "refcursor[]",
                    2201,
                    "{a,NULL}",
                    "{a,NULL}",
                    "0000000100000001000006fe0000000200000001" + "0000000161ffffffff",
                    new String[] {"a", null},
                    String[].class),
            row("void", 2278, "", "", "", "", String.class).readOnly());

    private SystemCases() {}

    private static CodecCase xid8(String text, String hex, Object value, Class<?> target) {
        return row("xid8", 5069, text, text, hex, value, target).since(13);
    }

    private static CodecCase tid(String text, String hex, long block, int offset) {
        return row("tid", 27, text, text, hex, new Tid(block, offset), Tid.class);
    }

    private static CodecCase lsn(String literal, String text, long value) {
        return row("pg_lsn", 3220, literal, text, String.format("%016x", value), new Lsn(value), Lsn.class);
    }

    private static CodecCase snapshot(String text, String hex, Snapshot value) {
        return row("pg_snapshot", 5038, text, text, hex, value, Snapshot.class).since(13);
    }
}
