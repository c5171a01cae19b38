// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.codec;

import static io.r2dbc.pgxc.codec.CodecCase.row;

import io.r2dbc.pgxc.value.MacAddress;
import java.util.HexFormat;
import java.util.List;

/** Rows for {@code macaddr} and {@code macaddr8}: what PostgreSQL answers to each literal in both formats. */
final class MacAddressCases {

    static final List<CodecCase> MACADDR = List.of(
            six("08:00:2b:01:02:03", "08:00:2b:01:02:03", "08002b010203"),
            six("08-00-2B-01-02-FF", "08:00:2b:01:02:ff", "08002b0102ff"),
            six("08002b:010203", "08:00:2b:01:02:03", "08002b010203"),
            six("00:00:00:00:00:00", "00:00:00:00:00:00", "000000000000"),
            six("ff:ff:ff:ff:ff:ff", "ff:ff:ff:ff:ff:ff", "ffffffffffff"),
            row(
                    "macaddr",
                    829,
                    "08:00:2b:01:02:03",
                    "08:00:2b:01:02:03",
                    "08002b010203",
                    "08:00:2b:01:02:03",
                    String.class),
            eight("08:00:2b:01:02:03:04:05", "08:00:2b:01:02:03:04:05", "08002b0102030405"),
            eight("08:00:2b:01:02:03", "08:00:2b:ff:fe:01:02:03", "08002bfffe010203"),
            eight("00:00:00:00:00:00:00:00", "00:00:00:00:00:00:00:00", "0000000000000000"),
            eight("FF-FF-FF-FF-FF-FF-FF-FE", "ff:ff:ff:ff:ff:ff:ff:fe", "fffffffffffffffe"),
            row(
                    "macaddr8",
                    774,
                    "08:00:2b:01:02:03:04:05",
                    "08:00:2b:01:02:03:04:05",
                    "08002b0102030405",
                    "08:00:2b:01:02:03:04:05",
                    String.class),
            row(
                    "macaddr[]",
                    1040,
                    "{08:00:2b:01:02:03,NULL}",
                    "{08:00:2b:01:02:03,NULL}",
                    "00000001000000010000033d0000000200000001" + "0000000608002b010203ffffffff",
                    new MacAddress[] {of("08002b010203"), null},
                    MacAddress[].class),
            row(
                    "macaddr8[]",
                    775,
                    "{{00:00:00:00:00:00:00:01},{ff:ff:ff:ff:ff:ff:ff:ff}}",
                    "{{00:00:00:00:00:00:00:01},{ff:ff:ff:ff:ff:ff:ff:ff}}",
                    "00000002000000000000030600000002000000010000000100000001"
                            + "00000008000000000000000100000008ffffffffffffffff",
                    new MacAddress[][] {{of("0000000000000001")}, {of("ffffffffffffffff")}},
                    MacAddress[][].class));

    private MacAddressCases() {}

    private static CodecCase six(String literal, String text, String hex) {
        return row("macaddr", 829, literal, text, hex, of(hex), MacAddress.class);
    }

    private static CodecCase eight(String literal, String text, String hex) {
        return row("macaddr8", 774, literal, text, hex, of(hex), MacAddress.class);
    }

    static MacAddress of(String hex) {
        return MacAddress.of(HexFormat.of().parseHex(hex));
    }
}
