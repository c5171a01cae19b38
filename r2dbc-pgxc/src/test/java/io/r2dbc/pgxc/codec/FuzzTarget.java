// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.codec;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Names the groups of types that are fuzzed together. An input's first byte chooses the type, its second one the format, and
 * the rest is the value.
 */
enum FuzzTarget {
    NUMBERS(16, 21, 23, 20, 26, 700, 701, 1700, 28, 5069),
    TIMES(1082, 1083, 1266, 1114, 1184, 1186),
    TEXTS(25, 18, 17, 114, 3802, 4072, 2950, 1790),
    NETWORKS(869, 650, 829, 774, 1560, 1562),
    GEOMETRY(600, 601, 602, 603, 604, 628, 718),
    SEARCH(3614, 3615, 3220, 5038, 27, 22, 30),
    ARRAYS(1007, 1009, 1231, 1041, 1020, 1115, 1187, 199, 1561),
    COMPOSITES(
            UserTypes.ADDRESS,
            UserTypes.PERSON,
            UserTypes.PERSON + UserTypes.ARRAY,
            2249,
            UserTypes.MOOD,
            UserTypes.AGE),
    RANGES(3904, 3906, 3908, 3905, 4451, 4533, 6150, UserTypes.FLOATMULTIRANGE),
    EXTENSIONS(30_001, 30_002, 30_003, 30_004, 30_005, 30_006, 30_007, 30_008, 31_001, 31_004);

    /** The types of {@link #EXTENSIONS}, which are known by name. */
    private static final List<String> NAMES =
            List.of("hstore", "ltree", "cube", "vector", "halfvec", "sparsevec", "geometry", "citext");

    static final CodecRegistry REGISTRY = UserTypes.REGISTRY.with(UserTypes.TYPES.with(extensions()));

    @SuppressWarnings("ImmutableEnumChecker") // List.of
    private final List<Integer> types;

    FuzzTarget(Integer... types) {
        this.types = List.of(types);
    }

    private static List<CatalogType> extensions() {
        return Stream.iterate(0, i -> i < NAMES.size(), i -> i + 1)
                .flatMap(i -> Stream.of(
                        UserTypes.plain(30_001 + i, NAMES.get(i), 'b', 0), UserTypes.array(30_001 + i, NAMES.get(i))))
                .toList();
    }

    List<Integer> types() {
        return types;
    }

    /** Where its corpus lies: the folder that Jazzer looks into. */
    String folder() {
        return "DecodersFuzzTestInputs/" + name().toLowerCase(Locale.ROOT);
    }

    /** How many bytes may be allocated whatever the input is. */
    long allowance() {
        return this == NUMBERS || this == ARRAYS || this == RANGES ? FuzzOracle.WITH_NUMERICS : FuzzOracle.USUAL;
    }

    /** Reads the input in every way that a reader might; anything but a value or a ValueException is a find. */
    void feed(byte[] input) {
        if (input.length < 2) {
            return;
        }
        int oid = types.get((input[0] & 0xFF) % types.size());
        Format format = (input[1] & 1) == 0 || !REGISTRY.readsBinary(oid) ? Format.TEXT : Format.BINARY;
        byte[] value = Arrays.copyOfRange(input, 2, input.length);
        for (Class<?> target : List.of(Object.class, String.class)) {
            FuzzOracle.check(REGISTRY.decoder(oid, format, target), value, allowance());
        }
    }
}
