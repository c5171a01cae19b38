// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.codec;

import static io.r2dbc.pgxc.codec.Extensions.REGISTRY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.r2dbc.pgxc.value.Cube;
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

class CubeTest {

    private static final int OID = Extensions.oid("cube");
    private static final int ARRAY = Extensions.arrayOid("cube");

    private static final String ZERO = "0000000000000000";
    private static final String NEGATIVE_ZERO = "8000000000000000";
    private static final String ONE = "3ff0000000000000";
    private static final String TWO = "4000000000000000";
    private static final String THREE = "4008000000000000";
    private static final String FOUR = "4010000000000000";
    private static final String TENTH = "3fb999999999999a";
    private static final String INFINITY = "7ff0000000000000";
    private static final String NAN = "7ff8000000000000";

    private static final double INF = Double.POSITIVE_INFINITY;

    static Stream<Arguments> rows() {
        return Stream.of(
                arguments("(1)", "80000001" + ONE, Cube.point(1)),
                arguments("(1, 2)", "80000002" + ONE + TWO, Cube.point(1, 2)),
                arguments("()", "80000000", Cube.point()),
                arguments(
                        "(1, 2),(3, 4)",
                        "00000002" + ONE + TWO + THREE + FOUR,
                        Cube.of(new double[] {1, 2}, new double[] {3, 4})),
                arguments(
                        "(3, 2),(1, 4)",
                        "00000002" + THREE + TWO + ONE + FOUR,
                        Cube.of(new double[] {3, 2}, new double[] {1, 4})),
                arguments(
                        "(0.1),(1e+300)",
                        "00000001" + TENTH + "7e37e43c8800759c",
                        Cube.of(new double[] {0.1}, new double[] {1e300})),
                arguments("(-0, 0)", "80000002" + NEGATIVE_ZERO + ZERO, Cube.point(-0.0, 0)),
                arguments(
                        "(-Infinity),(Infinity)",
                        "00000001" + "fff0000000000000" + INFINITY,
                        Cube.of(new double[] {-INF}, new double[] {INF})),
                arguments("(NaN)", "80000001" + NAN, Cube.point(Double.NaN)),
                arguments("(NaN),(NaN)", "00000001" + NAN + NAN, Cube.of(new double[] {Double.NaN}, new double[] {
                    Double.NaN
                })));
    }

    @ParameterizedTest(name = "[X30, G8] {0}")
    @DisplayName("[X30, G8] a cube is read in both formats, and printed as the server prints it")
    @MethodSource("rows")
    void reads(String text, String hex, Cube value) {
        for (Class<?> target : List.of(Cube.class, Object.class)) {
            assertThat((Object) Extensions.text(OID, text, target)).isEqualTo(value);
            assertThat((Object) Extensions.binary(OID, hex, target)).isEqualTo(value);
        }
        assertThat(Extensions.binary(OID, hex, String.class)).isEqualTo(text);
        assertThat(Extensions.text(OID, text, String.class)).isEqualTo(text);
    }

    @ParameterizedTest(name = "[X10] {0}")
    @DisplayName("[X10] a cube is written in binary as a cube, and as its text where the server decides")
    @MethodSource("rows")
    void writes(String text, String hex, Cube value) {
        assertThat(Extensions.hex(value, OID)).isEqualTo(hex);
        assertThat(Extensions.untyped(value)).isEqualTo(text);
    }

    @ParameterizedTest(name = "[G11, S8.31, S8.32] {0}")
    @DisplayName("[G11, S8.31, S8.32] bytes too few, too many or damaged are an error for the value")
    @MethodSource("rows")
    void survives(String text, String hex, Cube value) {
        Extensions.survivesLengths("cube", hex, Cube.class, String.class);
        Extensions.survivesDamage("cube", text, hex, Cube.class, String.class, Object.class);
    }

    @Test
    @DisplayName("[X30] corners that the server takes for one make a point, however they come")
    void isAPoint() {
        Cube point = Cube.point(1, -0.0);
        String unmarked = "00000002" + ONE + NEGATIVE_ZERO + ONE + ZERO;

        assertThat(Cube.of(new double[] {1, -0.0}, new double[] {1, 0})).isEqualTo(point);
        assertThat(Extensions.binary(OID, unmarked, Cube.class)).isEqualTo(point);
        assertThat(Extensions.binary(OID, unmarked, String.class)).isEqualTo("(1, -0)");
        assertThat(Extensions.text(OID, "(1, -0)", Cube.class)).isEqualTo(point);
        assertThat(Extensions.text(OID, "(1, -0),(1, 0)", Cube.class)).isEqualTo(point);
        assertThat(Extensions.binary(OID, "00000000", Cube.class)).isEqualTo(Cube.point());
    }

    @Test
    @DisplayName("[X30, X10] a cube is the natural class, and of no type by itself")
    void isACube() {
        assertThat(REGISTRY.defaultType(OID)).isEqualTo(Cube.class);
        assertThat(REGISTRY.defaultType(ARRAY)).isEqualTo(Cube[].class);
        assertThat(REGISTRY.readsBinary(OID)).isTrue();
        assertThat(REGISTRY.typeOidOf(Cube.class)).isZero();
        assertThat(REGISTRY.canEncode(Cube.class)).isTrue();
        assertThatThrownBy(() -> REGISTRY.encoding(Cube.point(1), PgType.TEXT.oid()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> REGISTRY.decoder(OID, Format.TEXT, double[].class))
                .isInstanceOf(ValueException.class)
                .hasMessage("cube (text): no conversion to double[]");
    }

    @ParameterizedTest(name = "[G11, S8.31] ''{0}''")
    @DisplayName("[G11, S8.31] text that the server does not print is an error")
    @ValueSource(
            strings = {
                "",
                "1",
                "(",
                ")",
                "(1",
                "1)",
                "(1,2)",
                "(1 , 2)",
                "(1,  2)",
                "( 1)",
                "(1 )",
                "(1, )",
                "(1,)",
                "(, 1)",
                "(,)",
                "(a)",
                "(1e400)",
                "(1))",
                "((1))",
                "(1) ",
                " (1)",
                "(1),",
                "(1)(2)",
                "(1), (2)",
                "(1),(2",
                "(1),2)",
                "(1),(2),(3)",
                "(1),(2, 3)",
                "(1, 2),(3)",
                "(),(1)",
                "[(1),(2)]",
                "(1);(2)"
            })
    void refusesOtherText(String text) {
        assertThatThrownBy(() -> Extensions.text(OID, text, Cube.class))
                .isInstanceOf(ValueException.class)
                .hasMessageStartingWith("cube (text): malformed value '");
    }

    @ParameterizedTest(name = "[G8, G11, S8.32] {0}")
    @DisplayName("[G8, G11, S8.32] bytes that are no cube are an error, before anything is made of their counts")
    @ValueSource(
            strings = {
                "",
                "800000",
                "80000001",
                "00000001" + ONE,
                "80000001" + ONE + ONE,
                "80000002" + ONE,
                "7fffffff" + ONE,
                "ffffffff" + ONE,
                "10000000" + ONE,
                "80000065" + ONE
            })
    void refusesOtherBytes(String hex) {
        for (Class<?> target : List.of(Cube.class, String.class)) {
            assertThatThrownBy(() -> Extensions.binary(OID, hex, target))
                    .isInstanceOf(ValueException.class)
                    .hasMessageStartingWith("cube (binary): ");
        }
    }

    @Test
    @DisplayName("[X31] a hundred dimensions are read and written, and no more are taken")
    void countsDimensions() {
        double[] most = IntStream.range(0, 100).asDoubleStream().toArray();
        double[] more = new double[101];
        Extensions.comesBack("cube", Cube.point(most), 0);
        Extensions.comesBack("cube", Cube.of(most, new double[100]), 0);

        String text = "(" + "1, ".repeat(100) + "1)";
        assertThatThrownBy(() -> Extensions.text(OID, text, Cube.class)).isInstanceOf(ValueException.class);
        assertThatThrownBy(() -> Extensions.binary(OID, "80000065" + ZERO.repeat(101), Cube.class))
                .hasMessage("cube (binary): 101 dimensions");
        assertThatThrownBy(() -> Cube.point(more)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Cube.of(more, new double[101]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a cube of 101 dimensions, where 100 are the most");
        assertThatThrownBy(() -> Cube.of(most, more))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("corners of 100 and 101 dimensions");
    }

    @Test
    @DisplayName("a cube does not change, and is compared by its numbers")
    void isAValue() {
        double[] corner = {1, 2};
        double[] opposite = {3, 4};
        Cube cube = Cube.of(corner, opposite);
        corner[0] = 9;
        opposite[0] = 9;
        cube.corner()[0] = 9;
        cube.oppositeCorner()[0] = 9;
        Cube same = Cube.of(new double[] {1, 2}, new double[] {3, 4});

        assertThat(cube).isEqualTo(same).hasSameHashCodeAs(same).hasToString("(1.0, 2.0),(3.0, 4.0)");
        assertThat(cube.corner()).containsExactly(1, 2);
        assertThat(cube.oppositeCorner()).containsExactly(3, 4);
        assertThat(cube.dimensions()).isEqualTo(2);
        assertThat(cube.isPoint()).isFalse();
        assertThat(cube).isNotEqualTo(Cube.of(new double[] {3, 4}, new double[] {1, 2}));
        assertThat(Cube.point(1))
                .hasToString("(1.0)")
                .isNotEqualTo(Cube.point(1, 1))
                .isNotEqualTo("(1.0)");
        assertThat(Cube.point(1).oppositeCorner()).containsExactly(1);
        assertThat(Cube.point(1).isPoint()).isTrue();
        assertThat(Cube.point(Double.NaN)).isNotEqualTo(Cube.of(new double[] {Double.NaN}, new double[] {Double.NaN}));
    }

    @Test
    @DisplayName("[X30, G8, G9] random cubes come back, and arrays of them with NULLs")
    void comesBack() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int i = 0; i < 500; i++) {
            Extensions.comesBack("cube", randomCube(random), seed);
            Extensions.arrayComesBack(
                    "cube",
                    IntStream.rangeClosed(0, random.nextInt(4))
                            .mapToObj(n -> randomCube(random))
                            .toList(),
                    seed);
        }
    }

    private static Cube randomCube(Random random) {
        double[] corner = new double[random.nextInt(5)];
        double[] opposite = new double[corner.length];
        for (int i = 0; i < corner.length; i++) {
            corner[i] = randomNumber(random);
            opposite[i] = randomNumber(random);
        }
        return random.nextInt(3) == 0 ? Cube.point(corner) : Cube.of(corner, opposite);
    }

    private static double randomNumber(Random random) {
        double any = Double.longBitsToDouble(random.nextLong());
        return random.nextBoolean() ? random.nextInt(5) / 2d : Double.isNaN(any) ? Double.NaN : any;
    }

    @Test
    @DisplayName("[X30, G8] arrays of cubes are read and written")
    void readsArrays() {
        String point = "80000002" + ONE + TWO;
        String box = "00000001" + THREE + FOUR;
        String hex = Extensions.array(OID, point, null, box);
        String text = "{\"(1, 2)\",NULL,\"(3),(4)\"}";
        Cube[] value = {Cube.point(1, 2), null, Cube.of(new double[] {3}, new double[] {4})};

        for (Class<?> target : List.of(Cube[].class, Object.class)) {
            assertThat((Object) Extensions.binary(ARRAY, hex, target)).isEqualTo(value);
            assertThat((Object) Extensions.text(ARRAY, text, target)).isEqualTo(value);
        }
        assertThat(Extensions.binary(ARRAY, hex, String.class)).isEqualTo(text);
        assertThat(Extensions.hex(value, ARRAY)).isEqualTo(hex);
        assertThat(Extensions.untyped(value)).isEqualTo("{\"(1, 2)\",NULL,\"(3),(4)\"}");

        String column = Extensions.column(OID, point, box);
        assertThat((Object) Extensions.binary(ARRAY, column, Cube[][].class))
                .isEqualTo(new Cube[][] {{value[0]}, {value[2]}});
        assertThat(Extensions.binary(ARRAY, column, String.class)).isEqualTo("{{\"(1, 2)\"},{\"(3),(4)\"}}");
    }
}
