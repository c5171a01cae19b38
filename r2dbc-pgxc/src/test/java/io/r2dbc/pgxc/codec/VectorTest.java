// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class VectorTest {

    private static final CodecRegistry REGISTRY = CodecRegistry.standard();

    @ParameterizedTest(name = "[G8, S8.32] {0}")
    @DisplayName("[G8, S8.32] bytes that are no vector are an error for the value, for each class")
    @ValueSource(
            strings = {
                "",
                "0000000100000000000000",
                "000000010000000000000015",
                "00000001000000000000001500000000000000",
                "0000000100000000000000150000000100000000",
                "00000001000000000000001500000001000000000000000200",
                "000000010000000000000015000000010000000000000002000100",
                "0000000100000000000000150000000100000000ffffffff0001",
                "00000001000000000000001500000001000000000000000400000001",
                "000000010000000000000015000000010000000000000004" + "0001",
                "000000010000000000000015000000010000000100000002" + "0001",
                "000000010000000100000015000000010000000000000002" + "0001",
                "00000001000000000000001a000000010000000000000002" + "0001",
                "000000020000000000000015000000010000000000000002" + "0001",
                "ffffffff0000000000000015000000010000000000000002" + "0001",
                "000000010000000000000015ffffffff00000000",
                "0000000100000000000000157fffffff00000000",
                "0000000100000000000000152aaaaaab00000000",
                "00000000000000000000001500"
            })
    void refusesOtherBytes(String hex) {
        for (Class<?> target : List.of(Short[].class, int[].class, List.class, String.class)) {
            assertThatThrownBy(() -> Bytes.binary(PgType.INT2VECTOR, hex, target))
                    .isInstanceOf(ValueException.class)
                    .hasMessageStartingWith("int2vector (binary): ");
        }
    }

    @ParameterizedTest(name = "[G11, S8.31] ''{0}''")
    @DisplayName("[G11, S8.31] text that is no vector is an error for the value")
    @ValueSource(
            strings = {" ", " 1", "1 ", "1  2", "a", "1,2", "{1}", "1 4294967296", "1 99999999999999999999", "1\t2"})
    void refusesOtherText(String text) {
        for (PgType type : List.of(PgType.INT2VECTOR, PgType.OIDVECTOR)) {
            for (Class<?> target : List.of(short[].class, List.class)) {
                assertThatThrownBy(() -> Bytes.text(type, text, target)).isInstanceOf(ValueException.class);
            }
        }
        assertThatThrownBy(() -> Bytes.text(PgType.OIDVECTOR, "-1", long[].class))
                .isInstanceOf(ValueException.class);
        assertThatThrownBy(() -> Bytes.text(PgType.INT2VECTOR, "32768", long[].class))
                .isInstanceOf(ValueException.class);
    }

    @Test
    @DisplayName("[X30] a vector without a dimension, which an empty array is, is an empty vector")
    void readsEmptyArrays() {
        String hex = "00000000" + "00000000" + "00000015";

        assertThat(Bytes.binary(PgType.INT2VECTOR, hex, Short[].class)).isEmpty();
        assertThat(Bytes.binary(PgType.INT2VECTOR, hex, String.class)).isEmpty();
    }

    @Test
    @DisplayName("[X31] an element that the class cannot hold is an error")
    void refusesOverflow() {
        assertThatThrownBy(() -> Bytes.text(PgType.OIDVECTOR, "4294967295", int[].class))
                .isInstanceOf(ValueException.class)
                .hasMessageContaining("4294967295 has no place in int");
        assertThatThrownBy(() -> Bytes.text(PgType.INT2VECTOR, "128", Byte[].class))
                .isInstanceOf(ValueException.class);
        for (Class<?> target : List.of(Short.class, byte[].class, boolean[].class, short[][].class)) {
            assertThatThrownBy(() -> REGISTRY.decoder(22, Format.BINARY, target))
                    .isInstanceOf(ValueException.class)
                    .hasMessageStartingWith("int2vector (binary): no conversion to ");
        }
    }

    @ParameterizedTest(name = "[X10] {0}")
    @DisplayName("[X10] arrays and lists of any numbers are written as vectors")
    @MethodSource("vectors")
    void writes(Object value) {
        Encoding encoding = REGISTRY.encoding(value, 22);

        assertThat(encoding.typeOid()).isEqualTo(22);
        assertThat(encoding.format()).isEqualTo(Format.TEXT);
        assertThat(Bytes.written(encoding, value)).isEqualTo("1 -2".getBytes(StandardCharsets.UTF_8));
    }

    static Stream<Arguments> vectors() {
        return Stream.of(
                arguments(new short[] {1, -2}),
                arguments(new int[] {1, -2}),
                arguments(new long[] {1, -2}),
                arguments((Object) new Short[] {1, -2}),
                arguments((Object) new Long[] {1L, -2L}),
                arguments(List.of(1, -2L)));
    }

    @Test
    @DisplayName("[X31] what is no number, or out of range, is not written")
    void refusesToWrite() {
        for (Object value : List.of(new int[] {32_768}, Arrays.asList(1, null), List.of("1"), new Double[] {0.5})) {
            assertThatThrownBy(() -> Bytes.written(REGISTRY.encoding(value, 22), value))
                    .isInstanceOf(ValueException.class)
                    .hasMessageContaining(" as int2vector: ");
        }
        for (Object value : List.of(new int[] {-1}, List.of(4_294_967_296L))) {
            assertThatThrownBy(() -> Bytes.written(REGISTRY.encoding(value, 30), value))
                    .isInstanceOf(ValueException.class)
                    .hasMessageContaining(" as oidvector: ");
        }
        assertThatThrownBy(() -> REGISTRY.encoding(new boolean[] {true}, 22))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    @DisplayName("[X30, G8] random vectors come back as text")
    void comesBack() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int i = 0; i < 1_000; i++) {
            Short[] shorts = new Short[random.nextInt(10)];
            Arrays.setAll(shorts, n -> (short) random.nextInt());
            long[] oids = random.longs(random.nextInt(10), 0, 1L << 32).toArray();
            RoundTrips.check(PgType.INT2VECTOR, Short[].class, shorts, seed);
            RoundTrips.check(PgType.OIDVECTOR, long[].class, oids, seed);
        }
    }
}
