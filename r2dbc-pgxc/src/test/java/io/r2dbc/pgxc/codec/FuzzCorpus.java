// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.codec;

import io.r2dbc.pgxc.value.Composite;
import io.r2dbc.pgxc.value.Multirange;
import io.r2dbc.pgxc.value.Range;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Writes the corpus of {@link DecodersFuzzTest} into a folder: a few values of each type in both formats, whole and cut. */
final class FuzzCorpus {

    private static final int OF_EACH_TYPE = 1;

    private static final Composite HOME =
            Composite.of(List.of("street", "zip_code", "number"), Arrays.asList("a \"b\"", null, 7));

    /** Values of the types that are in no table, by OID: text, or what is written. */
    private static final Map<Integer, List<Object>> OTHERS = Map.ofEntries(
            Map.entry(UserTypes.ADDRESS, List.of("(\"a, \"\"b\"\"\",,7)", HOME)),
            Map.entry(UserTypes.PERSON, List.of("(Ann,\"(a,b,1)\",\"{\"\"(c,,2)\"\",NULL}\",happy,\"{1,2}\")")),
            Map.entry(UserTypes.PERSON + UserTypes.ARRAY, List.of("{\"(Ann,\\\"(a,b,1)\\\",,,)\"}")),
            Map.entry(2249, List.of("(1,,\"a b\",\"\")")),
            Map.entry(UserTypes.MOOD, List.of("happy")),
            Map.entry(UserTypes.AGE, List.of("7", 7)),
            Map.entry(
                    UserTypes.FLOATMULTIRANGE,
                    List.of("{[1.5,2),(3,)}", Multirange.of(Range.closedOpen(1.5, 2.0), Range.atLeast(3.0)))),
            Map.entry(1790, List.of("cursor")),
            Map.entry(30_001, List.of("\"a\"=>\"1\", \"b\"=>NULL", Map.of("a", "1"))),
            Map.entry(30_002, List.of("a.b.c")),
            Map.entry(30_003, List.of("(1, 2),(3, 4)", "(1, 2)")),
            Map.entry(30_004, List.of("[1,2.5,-3]", new float[] {1, 2.5f})),
            Map.entry(30_005, List.of("[1,2.5,-3]", new float[] {1, 2.5f})),
            Map.entry(30_006, List.of("{1:1.5,3:2}/5")),
            Map.entry(30_007, List.of("0101000000000000000000F03F0000000000000040")),
            Map.entry(30_008, List.of("Text")),
            Map.entry(31_001, List.of("{\"\\\"a\\\"=>\\\"1\\\"\",NULL}")),
            Map.entry(31_004, List.of("{\"[1,2]\",NULL}")));

    private FuzzCorpus() {}

    /**
     * Writes the files.
     *
     * @param arguments the folder of the test's resources
     */
    public static void main(String[] arguments) throws IOException {
        for (FuzzTarget target : FuzzTarget.values()) {
            Path folder = Path.of(arguments[0]).resolve(target.folder());
            Files.createDirectories(folder);
            for (int i = 0; i < target.types().size(); i++) {
                write(folder, i, target.types().get(i));
            }
        }
    }

    private static void write(Path folder, int index, int oid) throws IOException {
        List<byte[]> values = values(oid);
        for (int i = 0; i < values.size(); i++) {
            byte[] value = values.get(i);
            byte[] input = new byte[value.length + 1];
            input[0] = (byte) index;
            System.arraycopy(value, 0, input, 1, value.length);
            Files.write(folder.resolve(oid + "-" + i), input);
            if (i == 0) {
                Files.write(folder.resolve(oid + "-cut"), Arrays.copyOf(input, 2 + (input.length - 2) / 2));
                Files.write(folder.resolve(oid + "-empty"), Arrays.copyOf(input, 2));
            }
        }
    }

    /** The format's code, then the bytes. */
    private static List<byte[]> values(int oid) {
        List<byte[]> values = new ArrayList<>();
        CodecCases.all().stream()
                .filter(row -> row.oid() == oid && row.text().length() < 100)
                .limit(OF_EACH_TYPE)
                .forEach(row -> {
                    values.add(input(0, row.bytes(Format.TEXT)));
                    if (row.hex() != null) {
                        values.add(input(1, row.bytes(Format.BINARY)));
                    }
                });
        for (Object other : OTHERS.getOrDefault(oid, List.of())) {
            if (other instanceof String text) {
                values.add(input(0, text.getBytes(StandardCharsets.UTF_8)));
            } else {
                Encoding encoding = FuzzTarget.REGISTRY.encoding(other, oid);
                values.add(input(encoding.format().code(), Bytes.written(encoding, other)));
            }
        }
        return values;
    }

    private static byte[] input(int format, byte[] value) {
        byte[] input = new byte[value.length + 1];
        input[0] = (byte) format;
        System.arraycopy(value, 0, input, 1, value.length);
        return input;
    }
}
