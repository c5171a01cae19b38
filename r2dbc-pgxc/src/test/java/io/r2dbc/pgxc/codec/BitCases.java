// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.codec;

import static io.r2dbc.pgxc.codec.CodecCase.row;

import java.util.BitSet;
import java.util.List;

/** Rows for {@code bit} and {@code varbit}: what PostgreSQL answers to each literal in both formats. */
final class BitCases {

    static final List<CodecCase> BIT = List.of(
            row("bit", 1560, "1", "1", "0000000180", "1", String.class),
            row("bit", 1560, "101", "101", "00000003a0", "101", String.class),
            row("bit", 1560, "x0F", "00001111", "000000080f", "00001111", String.class),
            row("bit", 1560, "101", "101", "00000003a0", bits(0, 2), BitSet.class),
            row("bit", 1560, "1010", "1010", "00000004a0", bits(0, 2), BitSet.class)
                    .readOnly(),
            row("bit", 1560, "1010", "1010", "00000004a0", booleans("1010"), boolean[].class),
            row("varbit", 1562, "", "", "00000000", "", String.class),
            row("varbit", 1562, "0110", "0110", "0000000460", "0110", String.class),
            row("varbit", 1562, "xA5", "10100101", "00000008a5", "10100101", String.class),
            row("varbit", 1562, "000000001", "000000001", "000000090080", "000000001", String.class),
            row(
                    "varbit",
                    1562,
                    "1010101010101010101",
                    "1010101010101010101",
                    "00000013aaaaa0",
                    "1010101010101010101",
                    String.class),
            row("varbit", 1562, "", "", "00000000", bits(), BitSet.class),
            row("varbit", 1562, "0000", "0000", "0000000400", bits(), BitSet.class)
                    .readOnly(),
            row("varbit", 1562, "11111111", "11111111", "00000008ff", bits(0, 1, 2, 3, 4, 5, 6, 7), BitSet.class),
            row("varbit", 1562, "0100000001", "0100000001", "0000000a4040", bits(1, 9), BitSet.class),
            row("varbit", 1562, "", "", "00000000", new boolean[0], boolean[].class),
            row("varbit", 1562, "0", "0", "0000000100", new boolean[1], boolean[].class),
            row("varbit", 1562, "100000011", "100000011", "000000098180", booleans("100000011"), boolean[].class),
            row(
                    "bit[]",
                    1561,
                    "{1,NULL,0}",
                    "{1,NULL,0}",
                    "00000001000000010000061800000003000000010000000500000001" + "80ffffffff000000050000000100",
                    new String[] {"1", null, "0"},
                    String[].class),
            row(
                    "varbit[]",
                    1563,
                    "{{101,1},{01,NULL}}",
                    "{{101,1},{01,NULL}}",
                    "00000002000000010000061a00000002000000010000000200000001"
                            + "0000000500000003a0000000050000000180000000050000000240ffffffff",
                    new BitSet[][] {{bits(0, 2), bits(0)}, {bits(1), null}},
                    BitSet[][].class),
            row(
                    "varbit[]",
                    1563,
                    "{\"\",10}",
                    "{\"\",10}",
                    "00000001000000000000061a0000000200000001" + "0000000400000000000000050000000280",
                    List.of("", "10"),
                    List.class));

    private BitCases() {}

    static BitSet bits(int... indexes) {
        BitSet bits = new BitSet();
        for (int index : indexes) {
            bits.set(index);
        }
        return bits;
    }

    static boolean[] booleans(String digits) {
        boolean[] booleans = new boolean[digits.length()];
        for (int i = 0; i < booleans.length; i++) {
            booleans[i] = digits.charAt(i) == '1';
        }
        return booleans;
    }
}
