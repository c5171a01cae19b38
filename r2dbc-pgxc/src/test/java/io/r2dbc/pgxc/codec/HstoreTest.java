// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.codec;

import static io.r2dbc.pgxc.codec.Extensions.REGISTRY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class HstoreTest {

    private static final int OID = Extensions.oid("hstore");
    private static final int ARRAY = Extensions.arrayOid("hstore");

    private static final String A1 = "00000001" + "00000001" + "61" + "00000001" + "31";

    static Stream<Arguments> rows() {
        return Stream.of(
                arguments("", "00000000", pairs()),
                arguments("\"a\"=>\"1\"", A1, pairs("a", "1")),
                arguments("\"\"=>\"\"", "00000001" + "00000000" + "00000000", pairs("", "")),
                arguments(
                        "\"a\"=>NULL, \"b\"=>\"NULL\"",
                        "00000002" + "00000001" + "61" + "ffffffff" + "00000001" + "62" + "00000004" + "4e554c4c",
                        pairs("a", null, "b", "NULL")),
                arguments(
                        "\"b\"=>\"2\", \"aa\"=>\"1\"",
                        "00000002" + "00000001" + "62" + "00000001" + "32" + "00000002" + "6161" + "00000001" + "31",
                        pairs("b", "2", "aa", "1")),
                arguments(
                        "\"q\\\"\"=>\"\\\\\"",
                        "00000001" + "00000002" + "7122" + "00000001" + "5c",
                        pairs("q\"", "\\")),
                arguments(
                        "\"=>, \"=>\"\n\t'\"",
                        "00000001" + "00000004" + "3d3e2c20" + "00000003" + "0a0927",
                        pairs("=>, ", "\n\t'")),
                arguments(
                        "\"\u00e4\"=>\"\u20ac\\\"\ud83d\ude00\"",
                        "00000001" + "00000002" + "c3a4" + "00000008" + "e282ac22f09f9880",
                        pairs("\u00e4", "\u20ac\"\ud83d\ude00")));
    }

    private static Map<String, @Nullable String> pairs(@Nullable String... keysAndValues) {
        Map<String, @Nullable String> pairs = new LinkedHashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            pairs.put(String.valueOf(keysAndValues[i]), keysAndValues[i + 1]);
        }
        return pairs;
    }

    @ParameterizedTest(name = "[X30, G8] {0}")
    @DisplayName("[X30, G8] an hstore is a map in the server's order, in both formats, and printed as the server does")
    @MethodSource("rows")
    void reads(String text, String hex, Map<String, @Nullable String> value) {
        for (Class<?> target : List.of(Map.class, Object.class)) {
            for (Object read : List.of(Extensions.text(OID, text, target), Extensions.binary(OID, hex, target))) {
                assertThat(read).isEqualTo(value).isInstanceOf(LinkedHashMap.class);
                assertThat(List.copyOf(((Map<?, ?>) read).keySet())).isEqualTo(List.copyOf(value.keySet()));
            }
        }
        assertThat(Extensions.binary(OID, hex, String.class)).isEqualTo(text);
        assertThat(Extensions.text(OID, text, String.class)).isEqualTo(text);
    }

    @ParameterizedTest(name = "[X10] {0}")
    @DisplayName("[X10] a map is written in binary as an hstore, and as its text where the server decides")
    @MethodSource("rows")
    void writes(String text, String hex, Map<String, @Nullable String> value) {
        assertThat(Extensions.hex(value, OID)).isEqualTo(hex);
        assertThat(Extensions.untyped(value)).isEqualTo(text);
    }

    @Test
    @DisplayName("[X30, X10] maps are the natural class, and maps of every class are written")
    void isAMap() {
        assertThat(REGISTRY.defaultType(OID)).isEqualTo(Map.class);
        assertThat(REGISTRY.defaultType(ARRAY)).isEqualTo(Map[].class);
        assertThat(REGISTRY.readsBinary(OID)).isTrue();
        assertThat(REGISTRY.readsBinary(ARRAY)).isTrue();
        for (Class<?> type : List.of(Map.class, HashMap.class, TreeMap.class, ConcurrentHashMap.class)) {
            assertThat(REGISTRY.canEncode(type)).isTrue();
            assertThat(REGISTRY.typeOidOf(type)).isZero();
        }
        for (Map<?, ?> map : List.of(
                Map.of("a", "1"),
                new TreeMap<>(Map.of("a", "1")),
                Collections.singletonMap(new StringBuilder("a"), new StringBuilder("1")))) {
            assertThat(Extensions.hex(map, OID)).isEqualTo(A1);
            assertThat(Extensions.untyped(map)).isEqualTo("\"a\"=>\"1\"");
        }
        String text = "\"a\"=>\"1\"";
        assertThat(Bytes.written(REGISTRY.encoding(text, OID), text)).isEqualTo(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    @DisplayName("[X31] what is no map of strings is refused, and keys that the server would take for one")
    void refuses() {
        IdentityHashMap<Object, Object> twice = new IdentityHashMap<>();
        twice.put(CharBuffer.wrap("a"), "1");
        twice.put(CharBuffer.wrap("a"), "2");
        for (Map<?, ?> map : List.of(
                Collections.singletonMap(null, "1"),
                Map.of(1, "1"),
                Map.of("a", 1),
                Map.of("a", 'c'),
                Map.of("a", Map.of()),
                Map.of('a', "1"),
                twice)) {
            for (Encoding encoding : List.of(REGISTRY.encoding(map), REGISTRY.encoding(map, OID))) {
                assertThatThrownBy(() -> Bytes.written(encoding, map))
                        .isInstanceOf(ValueException.class)
                        .hasMessageStartingWith("cannot write a java.util.")
                        .hasMessageContaining(" as hstore: ");
            }
        }
        for (String part : List.of("\0", "\ud800")) {
            for (Map<?, ?> map : List.of(Map.of(part, "1"), Map.of("a", part))) {
                for (Encoding encoding : List.of(REGISTRY.encoding(map), REGISTRY.encoding(map, OID))) {
                    assertThatThrownBy(() -> Bytes.written(encoding, map)).isInstanceOf(ValueException.class);
                }
            }
        }
        assertThatThrownBy(() -> REGISTRY.encoding(Map.of("a", "1"), PgType.TEXT.oid()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> REGISTRY.encoding(List.of("a"), OID)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> REGISTRY.decoder(OID, Format.BINARY, byte[].class))
                .isInstanceOf(ValueException.class)
                .hasMessage("hstore (binary): no conversion to byte[]");
    }

    @ParameterizedTest(name = "[G11, S8.31] ''{0}''")
    @DisplayName("[G11, S8.31] text that the server does not print is an error")
    @ValueSource(
            strings = {
                " ",
                "a",
                "a=>1",
                "\"a\"",
                "\"a",
                "\"a\\\"",
                "\"a\\",
                "\"a\"=",
                "\"a\"=>",
                "\"a\"=>1",
                "\"a\"=>\"1",
                "\"a\"=>\"1\\\"",
                "\"a\"=>\"1\\",
                "\"a\"=>null",
                "\"a\"=>NUL",
                "\"a\"=>NULLL",
                "\"a\"=>\"1\" ",
                "\"a\"=>\"1\",",
                "\"a\"=>\"1\", ",
                "\"a\"=>\"1\",\"b\"=>\"2\"",
                "\"a\"=>\"1\", \"a\"=>\"2\"",
                "\"a\"=>\"1\", \"b\"",
                "\"a\" => \"1\"",
                "NULL=>\"1\"",
                ", \"a\"=>\"1\"",
                "\"a\u0000\"=>\"1\""
            })
    void refusesOtherText(String text) {
        assertThatThrownBy(() -> Extensions.text(OID, text, Map.class))
                .isInstanceOf(ValueException.class)
                .hasMessageStartingWith("hstore (text): ");
    }

    @ParameterizedTest(name = "[G8, G11, S8.32] {0}")
    @DisplayName("[G8, G11, S8.32] bytes that are no hstore are an error, before anything is made of their counts")
    @ValueSource(
            strings = {
                "",
                "000000",
                "ffffffff",
                "00000001",
                "7fffffff",
                "7fffffff" + "00000001" + "61" + "00000001" + "31",
                "20000000" + "00000000" + "00000000",
                "0000000000",
                "00000001" + "ffffffff" + "00000001" + "31",
                "00000001" + "fffffffe" + "00000001" + "31",
                "00000001" + "7fffffff" + "00000001" + "31",
                "00000001" + "00000002" + "61" + "00000001" + "31",
                "00000001" + "00000001" + "61" + "fffffffe" + "31",
                "00000001" + "00000001" + "61" + "00000002" + "31",
                "00000001" + "00000001" + "61" + "00000001" + "3132",
                "00000001" + "00000001" + "00" + "00000001" + "31",
                "00000001" + "00000001" + "61" + "00000001" + "ff",
                "00000002" + "00000001" + "61" + "00000001" + "31" + "00000001" + "61" + "00000001" + "32"
            })
    void refusesOtherBytes(String hex) {
        for (Class<?> target : List.of(Map.class, String.class)) {
            assertThatThrownBy(() -> Extensions.binary(OID, hex, target))
                    .isInstanceOf(ValueException.class)
                    .hasMessageStartingWith("hstore (binary): ");
        }
    }

    @ParameterizedTest(name = "[G11, S8.31, S8.32] {0}")
    @DisplayName("[G11, S8.31, S8.32] bytes too few, too many or damaged are an error for the value")
    @MethodSource("rows")
    void survives(String text, String hex, Map<String, @Nullable String> value) {
        Extensions.survivesLengths("hstore", hex, Map.class, String.class);
        Extensions.survivesDamage("hstore", text, hex, Map.class, String.class, Object.class);
    }

    @Test
    @DisplayName("[X30, G8] random maps come back, and arrays of them with NULLs")
    void comesBack() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int i = 0; i < 500; i++) {
            Extensions.comesBack("hstore", randomMap(random), seed);
            Extensions.arrayComesBack(
                    "hstore",
                    IntStream.rangeClosed(0, random.nextInt(4))
                            .mapToObj(n -> randomMap(random))
                            .toList(),
                    seed);
        }
    }

    private static Map<String, @Nullable String> randomMap(Random random) {
        Map<String, @Nullable String> map = new LinkedHashMap<>();
        for (int n = random.nextInt(6); n > 0; n--) {
            map.put(randomString(random), random.nextInt(4) == 0 ? null : randomString(random));
        }
        return map;
    }

    private static String randomString(Random random) {
        return random.nextBoolean()
                ? Utf8Test.randomText(random, random.nextInt(10))
                : List.of("", "\"", "\\", "NULL", ", ", "=>", "a\"b", "{}").get(random.nextInt(8));
    }

    @Test
    @DisplayName("[X30, G8] arrays of hstore are read in both formats")
    void readsArrays() {
        String hex = Extensions.array(OID, A1, null);
        String text = "{\"\\\"a\\\"=>\\\"1\\\"\",NULL}";
        Map<?, ?>[] value = {Map.of("a", "1"), null};

        for (Class<?> target : List.of(Map[].class, Object.class)) {
            assertThat(Extensions.binary(ARRAY, hex, target)).isEqualTo(value);
            assertThat(Extensions.text(ARRAY, text, target)).isEqualTo(value);
        }
        assertThat(Extensions.binary(ARRAY, hex, String.class)).isEqualTo(text);
        assertThat(Extensions.hex(value, ARRAY)).isEqualTo(hex);
        assertThat(Extensions.hex(Arrays.asList(value), ARRAY)).isEqualTo(hex);
        assertThat(Extensions.untyped(Arrays.asList(value))).isEqualTo(text);

        String square = Extensions.column(OID, A1, "00000000");
        assertThat((Object) Extensions.binary(ARRAY, square, Map[][].class)).isEqualTo(new Map<?, ?>[][] {
            {Map.of("a", "1")}, {Map.of()}
        });
        assertThat(Extensions.binary(ARRAY, square, String.class)).isEqualTo("{{\"\\\"a\\\"=>\\\"1\\\"\"},{\"\"}}");
    }
}
