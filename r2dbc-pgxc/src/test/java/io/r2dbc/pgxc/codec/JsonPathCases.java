// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.codec;

import static io.r2dbc.pgxc.codec.CodecCase.row;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;

/** Rows for {@code jsonpath}: what PostgreSQL answers to each literal in both formats. */
final class JsonPathCases {

    static final List<CodecCase> JSONPATH = List.of(
            path("$", "$"),
            path("lax $", "$"),
            path("strict $", "strict $"),
            path("$.a[*].b", "$.\"a\"[*].\"b\""),
            path("$.g ? (@.a == 1 || @.a > 4)", "$.\"g\"?(@.\"a\" == 1 || @.\"a\" > 4)"),
            path("$.\"\u00e4 \u20ac\"", "$.\"\u00e4 \u20ac\""),
            row("jsonpath", 4072, "$.a", "$.\"a\"", "01242e226122", bytes("$.\"a\""), byte[].class),
            row(
                    "jsonpath",
                    4072,
                    "$.a",
                    "$.\"a\"",
                    "01242e226122",
                    ByteBuffer.wrap(bytes("$.\"a\"")),
                    ByteBuffer.class),
            row(
                    "jsonpath[]",
                    4073,
                    "{$,NULL,$.a}",
                    "{$,NULL,\"$.\\\"a\\\"\"}",
                    "000000010000000100000fe80000000300000001" + "00000002" + "0124" + "ffffffff" + "00000006"
                            + "01242e226122",
                    new String[] {"$", null, "$.\"a\""},
                    String[].class),
            row(
                    "jsonpath[]",
                    4073,
                    "{{$},{\"strict $\"}}",
                    "{{$},{\"strict $\"}}",
                    "000000020000000000000fe800000002000000010000000100000001" + "00000002" + "0124" + "00000009"
                            + "017374726963742024",
                    new String[][] {{"$"}, {"strict $"}},
                    String[][].class));

    private JsonPathCases() {}

    private static CodecCase path(String literal, String text) {
        return row("jsonpath", 4072, literal, text, "01" + HexFormat.of().formatHex(bytes(text)), text, String.class);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
