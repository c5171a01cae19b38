// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.codec;

import static io.r2dbc.pgxc.codec.Extensions.REGISTRY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.r2dbc.pgxc.value.SparseVector;
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

class SparseVectorTest {

    private static final int OID = Extensions.oid("sparsevec");

    private static float[] floats(float... numbers) {
        return numbers;
    }

    static Stream<Arguments> rows() {
        return Stream.of(
                arguments("{}/1", "00000001" + "00000000" + "00000000", SparseVector.of(0)),
                arguments(
                        "{1:1.5,3:2}/5",
                        "00000005" + "00000002" + "00000000" + "00000000" + "00000002" + "3fc00000" + "40000000",
                        new SparseVector(5, new int[] {1, 3}, floats(1.5f, 2))),
                arguments(
                        "{1000000000:-1e-05}/1000000000",
                        "3b9aca00" + "00000001" + "00000000" + "3b9ac9ff" + "b727c5ac",
                        new SparseVector(1_000_000_000, new int[] {1_000_000_000}, floats(-1e-5f))),
                arguments(
                        "{2147483647:0.1}/2147483647",
                        "7fffffff" + "00000001" + "00000000" + "7ffffffe" + "3dcccccd",
                        new SparseVector(Integer.MAX_VALUE, new int[] {Integer.MAX_VALUE}, floats(0.1f))));
    }

    @ParameterizedTest(name = "[X30, X10, G8] {0}")
    @DisplayName("[X30, X10, G8] a sparse vector is read and written in both formats")
    @MethodSource("rows")
    void reads(String text, String hex, SparseVector value) {
        for (Class<?> target : List.of(SparseVector.class, Object.class)) {
            assertThat((Object) Extensions.text(OID, text, target)).isEqualTo(value);
            assertThat((Object) Extensions.binary(OID, hex, target)).isEqualTo(value);
        }
        assertThat(Extensions.binary(OID, hex, String.class)).isEqualTo(text);
        assertThat(Extensions.hex(value, OID)).isEqualTo(hex);
        assertThat(Extensions.untyped(value)).isEqualTo(text);
        Extensions.survivesLengths("sparsevec", hex, SparseVector.class, String.class);
        Extensions.survivesDamage("sparsevec", text, hex, SparseVector.class, String.class);
    }

    @ParameterizedTest(name = "[G11, S8.31] ''{0}''")
    @DisplayName("[G11, S8.31] text that is no sparse vector is an error")
    @ValueSource(
            strings = {
                "",
                "{}",
                "{}/",
                "{}/0",
                "{}/-1",
                "{}/a",
                "{}/2147483648",
                "{}/1 ",
                "/1",
                "}/1",
                "{/1",
                "{1}/1",
                "{1:}/1",
                "{:1}/1",
                "{:}/1",
                "{1:0}/1",
                "{1:NaN}/1",
                "{1:Infinity}/1",
                "{0:1}/1",
                "{-1:1}/1",
                "{2:1}/1",
                "{1:1,1:2}/2",
                "{2:1,1:2}/2",
                "{1:1,}/1",
                "{,1:1}/1",
                "{1:1, 2:1}/2",
                "{1:1:1}/1",
                "{4294967297:1}/1",
                "[1:1]/1",
                "{1:1}/1/1"
            })
    void refusesOtherText(String text) {
        assertThatThrownBy(() -> Extensions.text(OID, text, SparseVector.class))
                .isInstanceOf(ValueException.class)
                .hasMessageStartingWith("sparsevec (text): malformed value '");
    }

    @ParameterizedTest(name = "[G8, G11, S8.32] {0}")
    @DisplayName("[G8, G11, S8.32] bytes that are no sparse vector are an error")
    @ValueSource(
            strings = {
                "",
                "00000001" + "00000000",
                "00000000" + "00000000" + "00000000",
                "ffffffff" + "00000000" + "00000000",
                "00000001" + "ffffffff" + "00000000",
                "00000001" + "00000000" + "00000001",
                "00000001" + "7fffffff" + "00000000" + "00000000" + "3f800000",
                "00000001" + "20000000" + "00000000",
                "00000001" + "00000001" + "00000000" + "00000001" + "3f800000",
                "00000001" + "00000001" + "00000000" + "ffffffff" + "3f800000",
                "00000001" + "00000001" + "00000000" + "7fffffff" + "3f800000",
                "00000001" + "00000001" + "00000000" + "00000000" + "00000000",
                "00000001" + "00000001" + "00000000" + "00000000" + "7f800000",
                "00000001" + "00000001" + "00000000" + "00000000" + "7fc00000",
                "00000002" + "00000002" + "00000000" + "00000000" + "00000000" + "3f800000" + "3f800000",
                "00000002" + "00000002" + "00000000" + "00000001" + "00000000" + "3f800000" + "3f800000"
            })
    void refusesOtherBytes(String hex) {
        for (Class<?> target : List.of(SparseVector.class, String.class)) {
            assertThatThrownBy(() -> Extensions.binary(OID, hex, target))
                    .isInstanceOf(ValueException.class)
                    .hasMessageStartingWith("sparsevec (binary): ");
        }
    }

    @Test
    @DisplayName("[X30, X31] a sparse vector is the natural class, and what is spread out is not made for it")
    void isSparse() {
        assertThat(REGISTRY.defaultType(OID)).isEqualTo(SparseVector.class);
        assertThat(REGISTRY.typeOidOf(SparseVector.class)).isZero();
        assertThatThrownBy(() -> REGISTRY.decoder(OID, Format.BINARY, float[].class))
                .isInstanceOf(ValueException.class);
        assertThatThrownBy(() -> REGISTRY.encoding(floats(1), OID)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    @DisplayName("a sparse vector does not change, and is compared by its numbers")
    void isAValue() {
        int[] indices = {1, 3};
        float[] values = {1.5f, 2};
        SparseVector vector = new SparseVector(5, indices, values);
        indices[0] = 2;
        values[0] = 9;
        vector.indices()[0] = 2;
        vector.values()[0] = 9;
        SparseVector same = SparseVector.of(1.5f, 0, 2, -0f, 0);

        assertThat(vector).isEqualTo(same).hasSameHashCodeAs(same).hasToString("{1:1.5,3:2.0}/5");
        assertThat(vector.dimensions()).isEqualTo(5);
        assertThat(vector.indices()).containsExactly(1, 3);
        assertThat(vector.values()).containsExactly(1.5f, 2);
        assertThat(List.of(vector.get(1), vector.get(2), vector.get(3), vector.get(5)))
                .containsExactly(1.5f, 0f, 2f, 0f);
        assertThatThrownBy(() -> vector.get(0)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> vector.get(6)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThat(vector)
                .isNotEqualTo(new SparseVector(6, new int[] {1, 3}, floats(1.5f, 2)))
                .isNotEqualTo(new SparseVector(5, new int[] {1, 4}, floats(1.5f, 2)))
                .isNotEqualTo(new SparseVector(5, new int[] {1, 3}, floats(1.5f, 3)))
                .isNotEqualTo("{1:1.5,3:2.0}/5");
    }

    @Test
    @DisplayName("what is no sparse vector is refused where it is made")
    void refusesToBeMade() {
        assertThatThrownBy(SparseVector::of).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> SparseVector.of(1, Float.NaN)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new SparseVector(1, new int[] {1}, floats())).hasMessage("1 indices for 0 values");
        assertThatThrownBy(() -> new SparseVector(0, new int[0], floats())).hasMessage("a vector of 0 dimensions");
        assertThatThrownBy(() -> new SparseVector(1, new int[] {0}, floats(1)))
                .hasMessage("index 0 is not one of 1 to 1");
        assertThatThrownBy(() -> new SparseVector(1, new int[] {2}, floats(1)))
                .hasMessage("index 2 is not one of 1 to 1");
        assertThatThrownBy(() -> new SparseVector(2, new int[] {2, 1}, floats(1, 1)))
                .hasMessage("index 1 behind 2");
        assertThatThrownBy(() -> new SparseVector(2, new int[] {1}, floats(-0f)))
                .hasMessage("-0.0 at index 1");
    }

    @Test
    @DisplayName("[X30, G8] random sparse vectors come back, and arrays of them with NULLs")
    void comesBack() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int i = 0; i < 500; i++) {
            Extensions.comesBack("sparsevec", random(random), seed);
            Extensions.arrayComesBack(
                    "sparsevec",
                    IntStream.rangeClosed(0, random.nextInt(4))
                            .mapToObj(n -> random(random))
                            .toList(),
                    seed);
        }
    }

    private static SparseVector random(Random random) {
        float[] elements = new float[1 + random.nextInt(10)];
        for (int i = 0; i < elements.length; i++) {
            float any = Float.intBitsToFloat(random.nextInt());
            elements[i] = random.nextBoolean() && Float.isFinite(any) ? any : 0;
        }
        return SparseVector.of(elements);
    }
}
