// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** A database with the types of extensions under OIDs of its own, and what is asked of all of them. */
final class Extensions {

    private static final List<String> NAMES = List.of(
            "hstore",
            "ltree",
            "lquery",
            "ltxtquery",
            "cube",
            "vector",
            "halfvec",
            "sparsevec",
            "geometry",
            "geography");

    private static final int FIRST = 90_001;

    static final CodecRegistry REGISTRY = CodecRegistry.standard().with(DatabaseTypes.BUILT_IN.with(rows()));

    private Extensions() {}

    private static List<CatalogType> rows() {
        List<CatalogType> rows = new ArrayList<>();
        for (String name : NAMES) {
            char delimiter = name.startsWith("geo") ? ':' : ',';
            rows.add(new CatalogType(oid(name), name, 'b', 0, 0, true, true, delimiter, List.of(), List.of()));
            rows.add(new CatalogType(
                    arrayOid(name), "_" + name, 'b', oid(name), 0, true, true, delimiter, List.of(), List.of()));
        }
        return rows;
    }

    static int oid(String name) {
        return FIRST + 2 * NAMES.indexOf(name);
    }

    static int arrayOid(String name) {
        return oid(name) + 1;
    }

    static <T> T text(int oid, String text, Class<T> target) {
        return Bytes.decode(REGISTRY.decoder(oid, Format.TEXT, target), text.getBytes(StandardCharsets.UTF_8));
    }

    static <T> T binary(int oid, String hex, Class<T> target) {
        return Bytes.decode(REGISTRY.decoder(oid, Format.BINARY, target), parse(hex));
    }

    static byte[] parse(String hex) {
        return HexFormat.of().parseHex(hex.replace(" ", ""));
    }

    /** What a value is as one of a type, which must be binary. */
    static String hex(Object value, int oid) {
        Encoding encoding = REGISTRY.encoding(value, oid);
        assertThat(encoding.typeOid()).isEqualTo(oid);
        assertThat(encoding.format()).isEqualTo(Format.BINARY);
        return Bytes.hex(encoding, value);
    }

    /** What a value is without a type, which must be text for the server to decide. */
    static String untyped(Object value) {
        Encoding encoding = REGISTRY.encoding(value);
        assertThat(encoding.typeOid()).isZero();
        assertThat(encoding.fallbackTypeOid()).isNotZero();
        assertThat(encoding.format()).isEqualTo(Format.TEXT);
        return new String(Bytes.written(encoding, value), StandardCharsets.UTF_8);
    }

    static String word(int value) {
        return HexFormat.of().toHexDigits(value);
    }

    /** The binary array of one dimension with these elements, null being NULL. */
    static String array(int elementOid, @Nullable String... elements) {
        boolean hasNull = Arrays.asList(elements).contains(null);
        StringBuilder hex = new StringBuilder(word(1) + word(hasNull ? 1 : 0) + word(elementOid));
        hex.append(word(elements.length)).append(word(1));
        for (String element : elements) {
            hex.append(element == null ? "ffffffff" : word(element.length() / 2) + element);
        }
        return hex.toString();
    }

    /** The binary array of two dimensions with one element in each row. */
    static String column(int elementOid, String first, String second) {
        return word(2)
                + word(0)
                + word(elementOid)
                + word(2)
                + word(1)
                + word(1)
                + word(1)
                + word(first.length() / 2)
                + first
                + word(second.length() / 2)
                + second;
    }

    /** Binary, the text that binary gives, and the text that is sent without a type, are all the same value. */
    static void comesBack(String name, Object value, long seed) {
        Class<?> target = REGISTRY.defaultType(oid(name));
        String hex = hex(value, oid(name));
        assertThat(binary(oid(name), hex, target)).as("seed %d", seed).isEqualTo(value);

        String text = binary(oid(name), hex, String.class);
        assertThat(text(oid(name), text, target))
                .as("seed %d, from %s", seed, text)
                .isEqualTo(value);
        assertThat(text(oid(name), text, String.class)).isEqualTo(text);
        assertThat(untyped(value)).as("seed %d", seed).isEqualTo(text);
    }

    /** The values in a list with NULLs and in a list of lists, in binary and as text. */
    static void arrayComesBack(String name, List<?> values, long seed) {
        List<@Nullable Object> withNulls = new ArrayList<>(values);
        withNulls.add(values.size() / 2, null);
        for (List<?> value : List.of(values, withNulls, List.of(values, values))) {
            String hex = hex(value, arrayOid(name));
            assertThat((Object) binary(arrayOid(name), hex, List.class))
                    .as("seed %d", seed)
                    .isEqualTo(value);

            String text = binary(arrayOid(name), hex, String.class);
            assertThat((Object) text(arrayOid(name), text, List.class))
                    .as("seed %d, from %s", seed, text)
                    .isEqualTo(value);
        }
    }

    /** Every length but the right one is an error for the value, and whatever stands behind is not looked at. */
    static void survivesLengths(String name, String hex, Class<?>... targets) {
        byte[] bytes = parse(hex);
        for (Class<?> target : targets) {
            Decoder<?> decoder = REGISTRY.decoder(oid(name), Format.BINARY, target);
            for (int length = 0; length <= bytes.length + 9; length++) {
                Exception thrown = tryDecode(decoder, Arrays.copyOf(bytes, length), length);
                Exception amid = tryDecode(decoder, Arrays.copyOf(bytes, bytes.length + 9), length);
                if (length == bytes.length) {
                    assertThat(thrown).isNull();
                    assertThat(amid).isNull();
                    continue;
                }
                assertThat(thrown)
                        .as("%d bytes of %s as %s", length, hex, target)
                        .isInstanceOf(ValueException.class)
                        .hasMessageStartingWith(name + " (binary): ");
                assertThat(amid).as("%d bytes of %s", length, hex).isInstanceOf(ValueException.class);
            }
        }
    }

    /** Damaged bytes are a value or a ValueException, nothing else. */
    static void survivesDamage(String name, String text, String hex, Class<?>... targets) {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (Format format : Format.values()) {
            byte[] bytes = format == Format.TEXT ? text.getBytes(StandardCharsets.UTF_8) : parse(hex);
            for (Class<?> target : targets) {
                Decoder<?> decoder = REGISTRY.decoder(oid(name), format, target);
                for (int i = 0; i < 500; i++) {
                    byte[] damaged = Arrays.copyOf(bytes, Math.max(0, bytes.length + 1 - random.nextInt(3)));
                    for (int n = random.nextInt(4); n >= 0 && damaged.length > 0; n--) {
                        int b = random.nextBoolean() ? random.nextInt() : '"';
                        damaged[random.nextInt(damaged.length)] = (byte) b;
                    }
                    Exception thrown = tryDecode(decoder, damaged, damaged.length);
                    if (thrown != null && !(thrown instanceof ValueException)) {
                        fail("seed " + seed + ", " + format + ", " + target + ": " + text, thrown);
                    }
                }
            }
        }
    }

    private static @Nullable Exception tryDecode(Decoder<?> decoder, byte[] bytes, int length) {
        try {
            decoder.decode(Unpooled.wrappedBuffer(bytes), 0, length);
            return null;
        } catch (RuntimeException e) {
            return e;
        }
    }
}
