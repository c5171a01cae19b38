// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.codec;

import static io.r2dbc.pgxc.codec.GeometryCases.MINUS_ONE;
import static io.r2dbc.pgxc.codec.GeometryCases.NEGATIVE_ZERO;
import static io.r2dbc.pgxc.codec.GeometryCases.ONE;
import static io.r2dbc.pgxc.codec.GeometryCases.TWO;
import static io.r2dbc.pgxc.codec.GeometryCases.ZERO;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.r2dbc.pgxc.value.Box;
import io.r2dbc.pgxc.value.Circle;
import io.r2dbc.pgxc.value.Line;
import io.r2dbc.pgxc.value.LineSegment;
import io.r2dbc.pgxc.value.Path;
import io.r2dbc.pgxc.value.Point;
import io.r2dbc.pgxc.value.Polygon;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class GeometryTest {

    private static final CodecRegistry REGISTRY = CodecRegistry.standard();
    private static final int ROUNDS = 2_000;

    private static final Point P12 = new Point(1, 2);
    private static final Point P34 = new Point(3, 4);

    private static final double[] EDGES = {
        0, -0.0, 1, -1, 0.1, 1e15, 1e-5, Double.MIN_VALUE, Double.MAX_VALUE, Double.NaN, Double.NEGATIVE_INFINITY
    };

    /** One value of each type. */
    private static final Map<PgType, Object> VALUES = new LinkedHashMap<>();

    /** Random values of each type. */
    private static final Map<PgType, Function<Random, Object>> RANDOM = new LinkedHashMap<>();

    static {
        VALUES.put(PgType.POINT, P12);
        VALUES.put(PgType.LINE, new Line(1, 2, 3));
        VALUES.put(PgType.LSEG, new LineSegment(P12, P34));
        VALUES.put(PgType.BOX, new Box(P34, P12));
        VALUES.put(PgType.PATH, new Path(List.of(P12, P34), true));
        VALUES.put(PgType.POLYGON, new Polygon(List.of(P12, P34)));
        VALUES.put(PgType.CIRCLE, new Circle(P12, 3));

        RANDOM.put(PgType.POINT, GeometryTest::randomPoint);
        RANDOM.put(PgType.LINE, GeometryTest::randomLine);
        RANDOM.put(PgType.LSEG, random -> new LineSegment(randomPoint(random), randomPoint(random)));
        RANDOM.put(PgType.BOX, random -> new Box(randomPoint(random), randomPoint(random)));
        RANDOM.put(PgType.PATH, random -> new Path(randomPoints(random), random.nextBoolean()));
        RANDOM.put(PgType.POLYGON, random -> new Polygon(randomPoints(random)));
        RANDOM.put(PgType.CIRCLE, random -> new Circle(randomPoint(random), Math.abs(randomNumber(random))));
    }

    static List<PgType> types() {
        return List.copyOf(VALUES.keySet());
    }

    private static Object value(PgType type) {
        return Objects.requireNonNull(VALUES.get(type));
    }

    private static Object randomValue(PgType type, Random random) {
        return Objects.requireNonNull(RANDOM.get(type)).apply(random);
    }

    private static double randomNumber(Random random) {
        return switch (random.nextInt(3)) {
            case 0 -> EDGES[random.nextInt(EDGES.length)];
            case 1 -> random.nextInt(2_000_000) / 1_000d - 1_000;
            default -> Double.longBitsToDouble(random.nextLong());
        };
    }

    private static Point randomPoint(Random random) {
        return new Point(randomNumber(random), randomNumber(random));
    }

    private static List<Point> randomPoints(Random random) {
        return Stream.generate(() -> randomPoint(random))
                .limit(1 + random.nextInt(10))
                .toList();
    }

    private static Line randomLine(Random random) {
        double a = randomNumber(random);
        double b = a == 0 ? 1 : randomNumber(random);
        return new Line(a, b, randomNumber(random));
    }

    @ParameterizedTest(name = "[X30, G8, G9] {0}")
    @DisplayName("[X30, G8, G9] random values come back in binary, and the text made of it is read as the same value")
    @MethodSource("types")
    void comeBack(PgType type) {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        Class<?> target = REGISTRY.defaultType(type.oid());
        for (int i = 0; i < ROUNDS; i++) {
            Object value = randomValue(type, random);
            Encoding encoding = REGISTRY.encoding(value);
            assertThat(encoding.typeOid()).isEqualTo(type.oid());
            assertThat(encoding.format()).isEqualTo(Format.BINARY);
            byte[] bytes = Bytes.written(encoding, value);
            Object back = Bytes.decode(REGISTRY.decoder(type.oid(), Format.BINARY, target), bytes);
            assertThat(back).as("seed %d", seed).isEqualTo(value).isInstanceOf(target);

            String text = Bytes.decode(REGISTRY.decoder(type.oid(), Format.BINARY, String.class), bytes);
            Object fromText = Bytes.text(type, text, target);
            assertThat(fromText).as("seed %d, from %s", seed, text).isEqualTo(value);
        }
    }

    @ParameterizedTest(name = "[X30, G8] {0}[]")
    @DisplayName("[X30, G8] random arrays with NULLs come back, in binary and as text")
    @MethodSource("types")
    void arraysComeBack(PgType type) {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int i = 0; i < 200; i++) {
            List<@Nullable Object> value = new ArrayList<>();
            for (int n = random.nextInt(5); n >= 0; n--) {
                value.add(random.nextInt(4) == 0 ? null : randomValue(type, random));
            }
            value.add(randomValue(type, random));
            byte[] bytes = Bytes.written(REGISTRY.encoding(value), value);
            Object back = Bytes.decode(REGISTRY.decoder(type.arrayOid(), Format.BINARY, List.class), bytes);
            assertThat(back).as("seed %d", seed).isEqualTo(value);

            String text = Bytes.decode(REGISTRY.decoder(type.arrayOid(), Format.BINARY, String.class), bytes);
            Object fromText = Bytes.decode(
                    REGISTRY.decoder(type.arrayOid(), Format.TEXT, List.class), text.getBytes(StandardCharsets.UTF_8));
            assertThat(fromText).as("seed %d, from %s", seed, text).isEqualTo(value);
        }
    }

    @ParameterizedTest(name = "[G8, G11, S8.31] {0}")
    @DisplayName("[G8, G11, S8.31] text that the server would not print is an error that names the type")
    @CsvSource(
            delimiter = '|',
            value = {
                "point | () (,) (1) (1,) (,2) 1,2 ((1,2) (1,2,3) (1;2) [1,2] {1,2}",
                "point | (x,2) (0x1p0,2) (1f,2) (1e400,0) (+,-) (nan,0) (inf,0)",
                "line | {} {1} {1,2} {1,2,} {,2,3} {1,,3} {1,2,3,4} 1,2,3} (1,2,3) {{1,2,3}} [(1,2),(3,4)]",
                "line | {0,0,1} {-0,0,1} {x,2,3}",
                "lseg | [] [(1,2)] [(1,2),] [,(1,2)] [(1,2)(3,4)] [(1,2);(3,4)] [(1,2),(3,4),(5,6)]",
                "lseg | (1,2),(3,4) ((1,2),(3,4)) [1,2,3,4] [(1,2),3,4] [[1,2],[3,4]] [(1,2),(3,x)]",
                "box | , () (3,4) ,(1,2) (3,4)(1,2) (3,4);(1,2) 3,4,1,2 (3,4),1,2 (3,4),(1,x)",
                "box | ((3,4),(1,2)) [(3,4),(1,2)] (3,4),(1,2),(0,0)",
                "path | () [] (()) [()] (1,2) [1,2] (1,2),(3,4) <(1,2),(3,4)> ((1,2)] [(1,2)) ((1,2),)",
                "path | (,(1,2)) ((1,2)(3,4)) ((1,2);(3,4)) (((1,2))) (((1111,2222))) ((1,2),[3,4]) ((1,2),3,4)",
                "path | ((((((((((((((((((( ((((((((((((((((((((1,2) ))))))) ((1,2),(3,x)) ((11,22),(33,44)",
                "polygon | () (()) (1,2) [(1,2)] (1,2),(3,4) ((1,2),) ((1,2),(3,4)] (((1,2))) ((1,2),(3,x))",
                "circle | <> <(1,2)> <(1,2),> <,3> <(1,2)3> <(1,2);3> <(1,2),3,4> <1,2,3> (1,2),3 ((1,2),3)",
                "circle | <(1,2),(3)> <(1,2),x> <(1,2),-1> <(1,2),-Infinity> <(1,2),-1e-300>"
            })
    void refusesOtherText(String name, String texts) {
        for (String text : texts.split(" ", -1)) {
            assertMalformed(type(name), text);
        }
    }

    private static PgType type(String name) {
        return types().stream()
                .filter(type -> type.getName().equals(name))
                .findAny()
                .orElseThrow();
    }

    @ParameterizedTest(name = "[G8, G11, S8.31] {0}")
    @DisplayName("[G8, G11, S8.31] text with something missing or something more is an error")
    @MethodSource("types")
    void refusesCutText(PgType type) {
        byte[] bytes = Bytes.written(REGISTRY.encoding(value(type)), value(type));
        String text = Bytes.decode(REGISTRY.decoder(type.oid(), Format.BINARY, String.class), bytes);

        assertThat(Bytes.text(type, text, Object.class)).isEqualTo(value(type));
        for (int i = 0; i < text.length(); i++) {
            assertMalformed(type, text.substring(0, i));
            assertMalformed(type, text.substring(0, i) + text.substring(i + 1));
            assertMalformed(type, text.substring(0, i) + ' ' + text.substring(i));
        }
        for (String more : List.of(" ", ",", ")", "(", "}", "]", ">", "0", "\u0000", "\u00e9", text)) {
            assertMalformed(type, text + more);
        }
    }

    private static void assertMalformed(PgType type, String text) {
        assertThatThrownBy(() -> Bytes.text(type, text, Object.class))
                .as("%s '%s'", type, text)
                .isInstanceOf(ValueException.class)
                .hasMessageStartingWith(type + " (text): malformed value '");
    }

    /** {@code P} stands for a point, {@code D} for 1, {@code Z} and {@code M} for 0 and -0, {@code N} for -1. */
    @ParameterizedTest(name = "[G8, G11, S8.32] {0} {1}")
    @DisplayName("[G8, G11, S8.32] bytes that are no value are an error, and counts must agree with their number")
    @CsvSource(
            delimiter = '|',
            value = {
                "point | 00 D PD PP",
                "line | P PP ZZD MZD ZMZ",
                "lseg | P PD PPD",
                "box | P PD PPD",
                "path | 00 01 02 00000000 0000000000 0100000000 0200000001P ff00000001P 00000001P 0100000001PD",
                "path | 0100000002P 0100000001PP 01ffffffffP 017fffffffP 0180000001P 0110000001P",
                "polygon | 00 00000000 00000001 00000002P 00000001PP 00000001PD 0100000001P",
                "polygon | ffffffffP 7fffffffP 80000001P 10000001P",
                "circle | P PP PN"
            })
    void refusesOtherBytes(String name, String values) {
        for (String value : values.split(" ", -1)) {
            String hex = value.replace("P", ONE + TWO)
                    .replace("D", ONE)
                    .replace("Z", ZERO)
                    .replace("M", NEGATIVE_ZERO)
                    .replace("N", MINUS_ONE);
            for (Class<?> target : List.of(Object.class, String.class)) {
                assertThatThrownBy(() -> Bytes.binary(type(name), hex, target))
                        .as("%s %s", name, value)
                        .isInstanceOf(ValueException.class)
                        .hasMessageStartingWith(name + " (binary): ");
            }
        }
    }

    @Test
    @DisplayName("[G8] a count that is a lie is told with the bytes there are")
    void tellsCounts() {
        assertThatThrownBy(() -> Bytes.binary(PgType.POLYGON, "7fffffff" + ONE + TWO, Polygon.class))
                .hasMessage("polygon (binary): 2147483647 points in 20 bytes");
        assertThatThrownBy(() -> Bytes.binary(PgType.LINE, ZERO + ZERO + ONE, Line.class))
                .hasMessage("line (binary): a and b of a line are both zero");
    }

    @ParameterizedTest(name = "[X10, X30] {0}")
    @DisplayName("[X10, X30] the class of a value is that of its type, and decides the type of a parameter")
    @MethodSource("types")
    void infersTypes(PgType type) {
        Class<?> javaType = value(type).getClass();

        assertThat(REGISTRY.readsBinary(type.oid())).isTrue();
        assertThat(REGISTRY.readsBinary(type.arrayOid())).isTrue();
        assertThat(REGISTRY.defaultType(type.oid())).isEqualTo(javaType);
        assertThat(REGISTRY.canEncode(javaType)).isTrue();
        assertThat(REGISTRY.typeOidOf(javaType)).isEqualTo(type.oid());
        assertThat(REGISTRY.typeOidOf(javaType.arrayType())).isEqualTo(type.arrayOid());
        assertThat(REGISTRY.encoding(List.of(value(type))).typeOid()).isEqualTo(type.arrayOid());
    }

    @ParameterizedTest(name = "[X10, X31] {0}")
    @DisplayName("[X10, X31] no shape is read or written as another one, nor as numbers")
    @MethodSource("types")
    void convertsNothing(PgType type) {
        Object value = value(type);
        List<PgType> others = new ArrayList<>(types());
        others.remove(type);
        others.addAll(List.of(PgType.TEXT, PgType.FLOAT8, PgType.FLOAT8.array()));
        for (PgType other : others) {
            assertThatThrownBy(() -> REGISTRY.encoding(value, other.oid()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("cannot encode values of " + value.getClass().getName() + " as " + other);
        }
        for (PgType other : others) {
            Class<?> target = VALUES.containsKey(other) ? value(other).getClass() : double[].class;
            for (Format format : Format.values()) {
                assertThatThrownBy(() -> REGISTRY.decoder(type.oid(), format, target))
                        .isInstanceOf(ValueException.class)
                        .hasMessage(type + " (" + format + "): no conversion to " + target.getTypeName());
            }
        }
    }

    @ParameterizedTest(name = "[X10] {0}")
    @DisplayName("[X10] a string is written as the text of the type asked for")
    @MethodSource("types")
    void writesText(PgType type) {
        Encoding encoding = REGISTRY.encoding("(1,2)", type.oid());

        assertThat(encoding.typeOid()).isEqualTo(type.oid());
        assertThat(encoding.format()).isEqualTo(Format.TEXT);
        assertThat(Bytes.written(encoding, "(1,2)")).isEqualTo("(1,2)".getBytes(StandardCharsets.UTF_8));
    }

    @Test
    @DisplayName("[X31] values that the server refuses are refused")
    void refusesWhatTheServerRefuses() {
        assertThatThrownBy(() -> new Line(0, -0.0, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a and b of a line are both zero");
        assertThatThrownBy(() -> new Circle(P12, -1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the radius of a circle is negative: -1.0");
        assertThatThrownBy(() -> new Path(List.of(), true))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a path has no points");
        assertThatThrownBy(() -> new Polygon(List.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a polygon has no points");
        assertThat(new Circle(P12, Double.NaN).radius()).isNaN();
        assertThat(new Line(Double.NaN, 0, 0).a()).isNaN();
    }

    @Test
    @DisplayName("[X30] whichever corners are given, a box has the upper right one first; NaN is the greatest")
    void ordersCorners() {
        Box box = new Box(P34, P12);

        assertThat(box.high()).isSameAs(P34);
        assertThat(box.low()).isSameAs(P12);
        assertThat(new Box(P12, P34)).isEqualTo(box);
        assertThat(new Box(new Point(1, 4), new Point(3, 2))).isEqualTo(box);
        assertThat(new Box(new Point(3, 2), new Point(1, 4))).isEqualTo(box);
        assertThat(new Box(new Point(Double.POSITIVE_INFINITY, Double.NaN), new Point(Double.NaN, 5)))
                .isEqualTo(new Box(new Point(Double.NaN, Double.NaN), new Point(Double.POSITIVE_INFINITY, 5)));
        Point zero = new Point(-0.0, 0);
        assertThat(new Box(zero, new Point(0, -0.0)).high()).isSameAs(zero);
    }

    @Test
    @DisplayName("[X30] points are copied, and numbers compared as Double does")
    void areValues() {
        List<Point> points = new ArrayList<>(List.of(P12, P34));
        Path path = new Path(points, true);
        Polygon polygon = new Polygon(points);
        points.clear();

        assertThat(path.points()).containsExactly(P12, P34).isUnmodifiable();
        assertThat(polygon.points()).containsExactly(P12, P34).isUnmodifiable();
        assertThat(path).isNotEqualTo(new Path(List.of(P12, P34), false));
        assertThat(new Point(Double.NaN, 0)).isEqualTo(new Point(Double.longBitsToDouble(-1), 0));
        assertThat(new Point(-0.0, 0)).isNotEqualTo(new Point(0, 0));
    }

    @Test
    @DisplayName("[X30] a value prints itself in the server's notation, with Java's digits")
    void printsItself() {
        assertThat(new Point(1, -2.5)).hasToString("(1.0,-2.5)");
        assertThat(new Line(1, -1, 0.5)).hasToString("{1.0,-1.0,0.5}");
        assertThat(new LineSegment(P12, P34)).hasToString("[(1.0,2.0),(3.0,4.0)]");
        assertThat(new Box(P12, P34)).hasToString("(3.0,4.0),(1.0,2.0)");
        assertThat(new Path(List.of(P12, P34), false)).hasToString("((1.0,2.0),(3.0,4.0))");
        assertThat(new Path(List.of(P12), true)).hasToString("[(1.0,2.0)]");
        assertThat(new Polygon(List.of(P12, P34))).hasToString("((1.0,2.0),(3.0,4.0))");
        assertThat(new Circle(P12, 3)).hasToString("<(1.0,2.0),3.0>");
    }
}
