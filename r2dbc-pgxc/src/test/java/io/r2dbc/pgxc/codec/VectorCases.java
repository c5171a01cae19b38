// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.codec;

import static io.r2dbc.pgxc.codec.CodecCase.row;

import java.util.List;

/** Rows for {@code int2vector} and {@code oidvector}: what PostgreSQL answers to each literal in both formats. */
final class VectorCases {

    /** One dimension, no NULLs, elements of int2. */
    private static final String SHORTS = "00000001" + "00000000" + "00000015";

    private static final String OIDS = "00000001" + "00000000" + "0000001a";

    private static final String ONE_TO_THREE =
            SHORTS + "0000000300000000" + "000000020001" + "000000020002" + "000000020003";

    private static final String LEAST_AND_MOST = OIDS + "0000000200000000" + "0000000400000000" + "00000004ffffffff";

    static final List<CodecCase> VECTOR = List.of(
            shorts("1 2 3", ONE_TO_THREE, new Short[] {1, 2, 3}),
            shorts("", SHORTS + "0000000000000000", new Short[0]),
            shorts(
                    "-32768 0 32767",
                    SHORTS + "0000000300000000" + "000000028000" + "000000020000" + "000000027fff",
                    new Short[] {Short.MIN_VALUE, 0, Short.MAX_VALUE}),
            shorts("1 2 3", ONE_TO_THREE, new short[] {1, 2, 3}),
            shorts("1 2 3", ONE_TO_THREE, new int[] {1, 2, 3}),
            shorts("1 2 3", ONE_TO_THREE, new long[] {1, 2, 3}),
            shorts("1 2 3", ONE_TO_THREE, new Integer[] {1, 2, 3}),
            row("int2vector", 22, "1 2 3", "1 2 3", ONE_TO_THREE, List.of((short) 1, (short) 2, (short) 3), List.class),
            row("int2vector", 22, "1 2 3", "1 2 3", ONE_TO_THREE, "1 2 3", String.class),
            row("int2vector", 22, "", "", SHORTS + "0000000000000000", List.of(), List.class),
            oids("0 4294967295", LEAST_AND_MOST, new Long[] {0L, 4_294_967_295L}),
            oids("0 4294967295", LEAST_AND_MOST, new long[] {0, 4_294_967_295L}),
            oids("25", OIDS + "0000000100000000" + "0000000400000019", new int[] {25}),
            oids("", OIDS + "0000000000000000", new Long[0]),
            row(
                    "oidvector",
                    30,
                    "0 4294967295",
                    "0 4294967295",
                    LEAST_AND_MOST,
                    List.of(0L, 4_294_967_295L),
                    List.class),
            row("oidvector", 30, "0 4294967295", "0 4294967295", LEAST_AND_MOST, "0 4294967295", String.class),
            row(
                    "int2vector[]",
                    1006,
                    "{\"1 2 3\",NULL,4}",
                    "{\"1 2 3\",NULL,4}",
                    "0000000100000001000000160000000300000001" + "00000026" + ONE_TO_THREE + "ffffffff" + "0000001a"
                            + SHORTS + "0000000100000000" + "000000020004",
                    new String[] {"1 2 3", null, "4"},
                    String[].class),
            row(
                    "oidvector[]",
                    1013,
                    "{{\"0 4294967295\"},{7}}",
                    "{{\"0 4294967295\"},{7}}",
                    "00000002000000000000001e00000002000000010000000100000001" + "00000024" + LEAST_AND_MOST
                            + "0000001c" + OIDS + "0000000100000000" + "0000000400000007",
                    new String[][] {{"0 4294967295"}, {"7"}},
                    String[][].class));

    private VectorCases() {}

    private static CodecCase shorts(String text, String hex, Object value) {
        return row("int2vector", 22, text, text, hex, value, value.getClass());
    }

    private static CodecCase oids(String text, String hex, Object value) {
        return row("oidvector", 30, text, text, hex, value, value.getClass());
    }
}
