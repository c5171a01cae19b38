// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.codec;

import static io.r2dbc.pgxc.codec.Extensions.REGISTRY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.r2dbc.pgxc.value.SparseVector;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class PgVectorTest {

    static Stream<Arguments> dense() {
        return Stream.of(
                arguments("vector", "[1,2,3]", "00030000" + "3f800000" + "40000000" + "40400000", floats(1, 2, 3)),
                arguments("vector", "[0.1]", "00010000" + "3dcccccd", floats(0.1f)),
                arguments("vector", "[-1,0,-0]", "00030000" + "bf800000" + "00000000" + "80000000", floats(-1, 0, -0f)),
                arguments("vector", "[1e+10,1e-05]", "00020000" + "501502f9" + "3727c5ac", floats(1e10f, 1e-5f)),
                arguments(
                        "vector",
                        "[3.4028235e+38,1e-45]",
                        "00020000" + "7f7fffff" + "00000001",
                        floats(Float.MAX_VALUE, Float.MIN_VALUE)),
                arguments(
                        "vector",
                        "[123456,1.234567e+06]",
                        "00020000" + "47f12000" + "4996b438",
                        floats(123456, 1234567)),
                arguments("halfvec", "[1,-1.5,0,-0]", "00040000" + "3c00be0000008000", floats(1, -1.5f, 0, -0f)),
                arguments("halfvec", "[0.099975586]", "00010000" + "2e66", floats(0.099975586f)),
                arguments("halfvec", "[65504,-65504]", "00020000" + "7bfffbff", floats(65504, -65504)),
                arguments(
                        "halfvec",
                        "[5.9604645e-08,6.097555e-05,6.1035156e-05]",
                        "00030000" + "000103ff0400",
                        floats(0x1p-24f, 0x3ffp-24f, 0x1p-14f)),
                arguments(
                        "halfvec", "[0.33325195,1.0009766]", "00020000" + "35553c01", floats(0x555p-12f, 0x401p-10f)));
    }

    private static float[] floats(float... numbers) {
        return numbers;
    }

    @ParameterizedTest(name = "[X30, G8] {0} {1}")
    @DisplayName("[X30, G8] a vector is an array of floats, in both formats, and printed as the server prints it")
    @MethodSource("dense")
    void reads(String name, String text, String hex, float[] value) {
        int oid = Extensions.oid(name);
        for (Class<?> target : List.of(float[].class, Object.class)) {
            assertThat((Object) Extensions.text(oid, text, target)).isEqualTo(value);
            assertThat((Object) Extensions.binary(oid, hex, target)).isEqualTo(value);
        }
        double[] doubles =
                IntStream.range(0, value.length).mapToDouble(i -> value[i]).toArray();
        Float[] boxes = IntStream.range(0, value.length).mapToObj(i -> value[i]).toArray(Float[]::new);
        assertThat(Extensions.text(oid, text, double[].class)).isEqualTo(doubles);
        assertThat(Extensions.binary(oid, hex, double[].class)).isEqualTo(doubles);
        assertThat(Extensions.text(oid, text, Float[].class)).isEqualTo(boxes);
        assertThat(Extensions.binary(oid, hex, Float[].class)).isEqualTo(boxes);
        assertThat((Object) Extensions.text(oid, text, List.class)).isEqualTo(Arrays.asList(boxes));
        assertThat((Object) Extensions.binary(oid, hex, List.class)).isEqualTo(Arrays.asList(boxes));
        assertThat(Extensions.binary(oid, hex, String.class)).isEqualTo(text);
        assertThat(Extensions.text(oid, text, String.class)).isEqualTo(text);
    }

    @ParameterizedTest(name = "[X10] {0} {1}")
    @DisplayName("[X10] floats and the doubles that are some are written in binary as a vector")
    @MethodSource("dense")
    void writes(String name, String text, String hex, float[] value) {
        int oid = Extensions.oid(name);
        double[] doubles =
                IntStream.range(0, value.length).mapToDouble(i -> value[i]).toArray();
        Float[] boxes = IntStream.range(0, value.length).mapToObj(i -> value[i]).toArray(Float[]::new);
        Double[] wide = Arrays.stream(doubles).boxed().toArray(Double[]::new);
        for (Object numbers : List.of(value, doubles, boxes, wide, Arrays.asList(boxes), Arrays.asList(wide))) {
            assertThat(Extensions.hex(numbers, oid)).isEqualTo(hex);
        }
        assertThat(REGISTRY.encoding(text, oid).format()).isEqualTo(Format.TEXT);
    }

    @ParameterizedTest(name = "[G11, S8.31, S8.32] {0} {1}")
    @DisplayName("[G11, S8.31, S8.32] bytes too few, too many or damaged are an error for the value")
    @MethodSource("dense")
    void survives(String name, String text, String hex, float[] value) {
        Extensions.survivesLengths(name, hex, float[].class, double[].class, List.class, String.class);
        Extensions.survivesDamage(name, text, hex, float[].class, double[].class, List.class, String.class);
    }

    @Test
    @DisplayName("[X30, X10] floats are the natural class, and without a type an array of float4")
    void isAnArray() {
        for (String name : List.of("vector", "halfvec")) {
            assertThat(REGISTRY.defaultType(Extensions.oid(name))).isEqualTo(float[].class);
            assertThat(REGISTRY.defaultType(Extensions.arrayOid(name))).isEqualTo(float[][].class);
            assertThat(REGISTRY.readsBinary(Extensions.oid(name))).isTrue();
            assertThatThrownBy(() -> REGISTRY.decoder(Extensions.oid(name), Format.BINARY, int[].class))
                    .isInstanceOf(ValueException.class)
                    .hasMessage(name + " (binary): no conversion to int[]");
        }
        assertThat(REGISTRY.encoding(floats(1)).typeOid()).isEqualTo(PgType.FLOAT4.arrayOid());
    }

    @ParameterizedTest(name = "[X31] {0}")
    @DisplayName("[X31] what is no vector of finite floats is refused")
    @ValueSource(strings = {"vector", "halfvec"})
    void refuses(String name) {
        int oid = Extensions.oid(name);
        for (Object value : List.of(
                floats(),
                floats(Float.NaN),
                floats(1, Float.POSITIVE_INFINITY),
                new float[Short.MAX_VALUE + 1],
                new double[] {0.1},
                new double[] {1e300},
                new double[] {1e-60},
                new double[] {Double.NaN},
                new double[] {Double.NEGATIVE_INFINITY},
                new Float[] {null},
                new Double[] {0.1},
                Collections.singletonList(null),
                List.of("1"),
                List.of(1),
                List.of())) {
            Encoding encoding = REGISTRY.encoding(value, oid);
            assertThatThrownBy(() -> Bytes.written(encoding, value))
                    .isInstanceOf(ValueException.class)
                    .hasMessageStartingWith("cannot write a " + value.getClass().getTypeName() + " as " + name + ": ");
        }
        for (Object value : List.of(new int[] {1}, 1f, SparseVector.of(1))) {
            assertThatThrownBy(() -> REGISTRY.encoding(value, oid)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    @DisplayName("[X31] every half float is a float, and every float the nearest half float, as at the server")
    void converts() {
        for (int bits = 0; bits < 1 << 16; bits++) {
            short half = (short) bits;
            float wide = HalfFloat.widen(half);
            assertThat(HalfFloat.isFinite(half)).isEqualTo(Float.isFinite(wide));
            if (Float.isNaN(wide)) {
                assertThat(HalfFloat.narrow(wide)).isEqualTo((short) 0x7e00);
                continue;
            }
            assertThat(HalfFloat.narrow(wide)).as("%x", bits).isEqualTo(half);
            int exponent = bits >> 10 & 31;
            double due = exponent == 31
                    ? Double.POSITIVE_INFINITY
                    : Math.scalb((exponent == 0 ? 0d : 1024d) + (bits & 1023), Math.max(exponent, 1) - 25);
            assertThat((double) wide).as("%x", bits).isEqualTo((bits & 0x8000) == 0 ? due : -due);
        }
    }

    @Test
    @DisplayName("[X31] of two half floats that are equally near it is the even one")
    void roundsHalfToEven() {
        for (int bits = 0; bits < 0x7bff; bits++) {
            float below = HalfFloat.widen((short) bits);
            float above = HalfFloat.widen((short) (bits + 1));
            float middle = (below + above) / 2;
            assertThat(HalfFloat.narrow(middle)).as("%x", bits).isEqualTo((short) (bits + (bits & 1)));
            assertThat(HalfFloat.narrow(-middle)).isEqualTo((short) (0x8000 | bits + (bits & 1)));
            assertThat(HalfFloat.narrow(Math.nextDown(middle))).isEqualTo((short) bits);
            assertThat(HalfFloat.narrow(Math.nextUp(middle))).isEqualTo((short) (bits + 1));
        }
        int oid = Extensions.oid("halfvec");
        assertThat(Extensions.hex(floats(0.1f, 1e-30f, -1e-30f), oid)).isEqualTo("00030000" + "2e66" + "0000" + "8000");
        assertThat(Extensions.hex(floats(Math.nextDown(65520f)), oid)).isEqualTo("00010000" + "7bff");
        for (float great : floats(65520, -65520, 1e6f, Float.MAX_VALUE)) {
            assertThatThrownBy(() -> Extensions.hex(floats(1, great), oid))
                    .isInstanceOf(ValueException.class)
                    .hasMessage("cannot write a float[] as halfvec: " + great + " at index 1");
        }
    }

    @ParameterizedTest(name = "[G11, S8.31] ''{0}''")
    @DisplayName("[G11, S8.31] text that the server does not print is an error")
    @ValueSource(
            strings = {
                "", "1", "[", "]", "[]", "[1", "1]", "(1)", "{1}", "[1,]", "[,1]", "[1,,2]", "[1, 2]", "[ 1]", "[1]]",
                "[[1]]", "[1] ", "[a]", "[1e40]", "[0x1]", "[1f]", "[1;2]"
            })
    void refusesOtherText(String text) {
        for (String name : List.of("vector", "halfvec")) {
            for (Class<?> target : List.of(float[].class, double[].class, List.class)) {
                assertThatThrownBy(() -> Extensions.text(Extensions.oid(name), text, target))
                        .isInstanceOf(ValueException.class)
                        .hasMessageStartingWith(name + " (text): malformed value '");
            }
        }
    }

    @ParameterizedTest(name = "[G8, G11, S8.32] {0}")
    @DisplayName("[G8, G11, S8.32] bytes that are no vector are an error, before anything is made of their counts")
    @ValueSource(
            strings = {
                "",
                "0001",
                "00000000",
                "00010000",
                "000100003f",
                "000100013f800000",
                "000100013c00",
                "7fff00003f800000",
                "ffff00003f800000",
                "800000003f800000",
                "000300003f800000",
                "000100003f80000000"
            })
    void refusesOtherBytes(String hex) {
        for (String name : List.of("vector", "halfvec")) {
            for (Class<?> target : List.of(float[].class, double[].class, List.class, String.class)) {
                assertThatThrownBy(() -> Extensions.binary(Extensions.oid(name), hex, target))
                        .isInstanceOf(ValueException.class)
                        .hasMessageStartingWith(name + " (binary): ");
            }
        }
    }

    @ParameterizedTest(name = "[X30, G8] {0}")
    @DisplayName("[X30, G8] random vectors come back, also by way of their text")
    @ValueSource(strings = {"vector", "halfvec"})
    void comesBack(String name) {
        int oid = Extensions.oid(name);
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int i = 0; i < 1_000; i++) {
            float[] value = new float[1 + random.nextInt(8)];
            for (int n = 0; n < value.length; n++) {
                float any = name.equals("vector")
                        ? Float.intBitsToFloat(random.nextInt())
                        : HalfFloat.widen((short) random.nextInt());
                value[n] = Float.isFinite(any) ? any : 0;
            }
            String hex = Extensions.hex(value, oid);
            assertThat(Extensions.binary(oid, hex, float[].class))
                    .as("seed %d", seed)
                    .isEqualTo(value);
            String text = Extensions.binary(oid, hex, String.class);
            assertThat(Extensions.text(oid, text, float[].class))
                    .as("seed %d, from %s", seed, text)
                    .isEqualTo(value);
        }
    }

    @ParameterizedTest(name = "[X30, G8] {0}[]")
    @DisplayName("[X30, G8] arrays of vectors are read in both formats")
    @ValueSource(strings = {"vector", "halfvec"})
    void readsArrays(String name) {
        int array = Extensions.arrayOid(name);
        boolean isHalf = name.equals("halfvec");
        String first = isHalf ? "000200003c004000" : "000200003f80000040000000";
        String second = isHalf ? "000100003e00" : "000100003fc00000";
        String hex = Extensions.array(Extensions.oid(name), first, null, second);
        String text = "{\"[1,2]\",NULL,[1.5]}";
        float[][] value = {{1, 2}, null, {1.5f}};

        assertThat(Extensions.binary(array, hex, Object.class)).isEqualTo(value);
        assertThat(Extensions.text(array, text, Object.class)).isEqualTo(value);
        assertThat(Extensions.binary(array, hex, String.class)).isEqualTo(text);
        assertThat(Extensions.binary(array, hex, float[][].class)).isEqualTo(value);
        assertThat(Extensions.text(array, text, float[][].class)).isEqualTo(value);
        Encoding encoding = Extensions.REGISTRY.encoding(value, array);
        assertThat(encoding.format()).isEqualTo(Format.BINARY);
        assertThat(Bytes.hex(encoding, value)).isEqualTo(hex);
        String column = Extensions.column(Extensions.oid(name), first, second);
        assertThat(Extensions.binary(array, column, String.class)).isEqualTo("{{\"[1,2]\"},{[1.5]}}");
        assertThat(Extensions.binary(array, column, Object.class)).isEqualTo(new float[][][] {{{1, 2}}, {{1.5f}}});
    }
}
