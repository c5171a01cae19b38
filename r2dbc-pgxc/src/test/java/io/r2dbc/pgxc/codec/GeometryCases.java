// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.codec;

import static io.r2dbc.pgxc.codec.CodecCase.row;

import io.r2dbc.pgxc.value.Box;
import io.r2dbc.pgxc.value.Circle;
import io.r2dbc.pgxc.value.Line;
import io.r2dbc.pgxc.value.LineSegment;
import io.r2dbc.pgxc.value.Path;
import io.r2dbc.pgxc.value.Point;
import io.r2dbc.pgxc.value.Polygon;
import java.lang.reflect.Array;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/** Rows for the geometric types: what PostgreSQL answers to each literal in both formats. */
final class GeometryCases {

    static final String ZERO = "0000000000000000";
    static final String NEGATIVE_ZERO = "8000000000000000";
    static final String ONE = "3ff0000000000000";
    static final String TWO = "4000000000000000";
    static final String THREE = "4008000000000000";
    static final String FOUR = "4010000000000000";
    static final String FIVE = "4014000000000000";
    static final String SIX = "4018000000000000";
    static final String MINUS_ONE = "bff0000000000000";
    static final String A_TENTH = "3fb999999999999a";
    static final String TWO_AND_A_HALF = "4004000000000000";
    static final String MINUS_TWO_AND_A_HALF = "c004000000000000";
    static final String INFINITY = "7ff0000000000000";
    static final String NEGATIVE_INFINITY = "fff0000000000000";
    static final String NAN = "7ff8000000000000";

    private static final String CLOSED = "01";
    private static final String OPEN = "00";

    private static final double INF = Double.POSITIVE_INFINITY;

    private static final Point P12 = new Point(1, 2);
    private static final Point P34 = new Point(3, 4);
    private static final Point P56 = new Point(5, 6);
    private static final LineSegment SEGMENT = new LineSegment(P12, P34);
    private static final LineSegment DOT = new LineSegment(P56, P56);

    private static final List<CodecCase> SHAPES = List.of(
            point("(1,2)", "(1,2)", ONE + TWO, P12),
            point("3,4", "(3,4)", THREE + FOUR, P34),
            point("( -2.5 , 0.1 )", "(-2.5,0.1)", MINUS_TWO_AND_A_HALF + A_TENTH, new Point(-2.5, 0.1)),
            point("(-0,0)", "(-0,0)", NEGATIVE_ZERO + ZERO, new Point(-0.0, 0)),
            point("(NaN,Infinity)", "(NaN,Infinity)", NAN + INFINITY, new Point(Double.NaN, INF)),
            point("(-Infinity,NaN)", "(-Infinity,NaN)", NEGATIVE_INFINITY + NAN, new Point(-INF, Double.NaN)),
            point("(1e300,1e-300)", "(1e+300,1e-300)", "7e37e43c8800759c01a56e1fc2f8f359", new Point(1e300, 1e-300)),
            point(
                    "(150000000000000000,1e15)",
                    "(1.5e+17,1e+15)",
                    "4380a741a4627800430c6bf526340000",
                    new Point(1.5e17, 1e15)),
            point(
                    "(99999999999999,0.00001)",
                    "(99999999999999,1e-05)",
                    "42d6bcc41e8fffc03ee4f8b588e368f1",
                    new Point(99999999999999d, 0.00001)),
            point("(1,2)", "(1,2)", ONE + TWO, "(1,2)"),
            point("(NaN,-0)", "(NaN,-0)", NAN + NEGATIVE_ZERO, "(NaN,-0)"),
            line("{1,2,3}", "{1,2,3}", ONE + TWO + THREE, new Line(1, 2, 3)),
            line("{ -1 , 0 , 2.5 }", "{-1,0,2.5}", MINUS_ONE + ZERO + TWO_AND_A_HALF, new Line(-1, 0, 2.5)),
            line("{0,-1,-0}", "{0,-1,-0}", ZERO + MINUS_ONE + NEGATIVE_ZERO, new Line(0, -1, -0.0)),
            line("{NaN,0,Infinity}", "{NaN,0,Infinity}", NAN + ZERO + INFINITY, new Line(Double.NaN, 0, INF)),
            line("[(1,2),(3,4)]", "{1,-1,1}", ONE + MINUS_ONE + ONE, new Line(1, -1, 1)),
            line("{1,2,3}", "{1,2,3}", ONE + TWO + THREE, "{1,2,3}"),
            segment("[(1,2),(3,4)]", "[(1,2),(3,4)]", ONE + TWO + THREE + FOUR, new LineSegment(P12, P34)),
            segment("(3,4),(1,2)", "[(3,4),(1,2)]", THREE + FOUR + ONE + TWO, new LineSegment(P34, P12)),
            segment("((1,2),(1,2))", "[(1,2),(1,2)]", ONE + TWO + ONE + TWO, new LineSegment(P12, P12)),
            segment(
                    "[(-0,NaN),(Infinity,-Infinity)]",
                    "[(-0,NaN),(Infinity,-Infinity)]",
                    NEGATIVE_ZERO + NAN + INFINITY + NEGATIVE_INFINITY,
                    new LineSegment(new Point(-0.0, Double.NaN), new Point(INF, -INF))),
            segment("[(1,2),(3,4)]", "[(1,2),(3,4)]", ONE + TWO + THREE + FOUR, "[(1,2),(3,4)]"),
            box("(3,4),(1,2)", "(3,4),(1,2)", THREE + FOUR + ONE + TWO, new Box(P34, P12)),
            box("(1,2),(3,4)", "(3,4),(1,2)", THREE + FOUR + ONE + TWO, new Box(P12, P34)),
            box("((1,4),(3,2))", "(3,4),(1,2)", THREE + FOUR + ONE + TWO, new Box(P34, P12)),
            box("(1,2),(1,2)", "(1,2),(1,2)", ONE + TWO + ONE + TWO, new Box(P12, P12)),
            box(
                    "(-0,0),(0,-0)",
                    "(-0,0),(0,-0)",
                    NEGATIVE_ZERO + ZERO + ZERO + NEGATIVE_ZERO,
                    new Box(new Point(-0.0, 0), new Point(0, -0.0))),
            box(
                    "(1,2),(NaN,0)",
                    "(NaN,2),(1,0)",
                    NAN + TWO + ONE + ZERO,
                    new Box(new Point(Double.NaN, 2), new Point(1, 0))),
            box(
                    "(NaN,-Infinity),(Infinity,NaN)",
                    "(NaN,NaN),(Infinity,-Infinity)",
                    NAN + NAN + INFINITY + NEGATIVE_INFINITY,
                    new Box(new Point(Double.NaN, Double.NaN), new Point(INF, -INF))),
            box("(1,2),(3,4)", "(3,4),(1,2)", THREE + FOUR + ONE + TWO, "(3,4),(1,2)"),
            path(
                    "((1,2),(3,4))",
                    "((1,2),(3,4))",
                    CLOSED + "00000002" + ONE + TWO + THREE + FOUR,
                    new Path(List.of(P12, P34), false)),
            path(
                    "[(1,2),(3,4),(1,2)]",
                    "[(1,2),(3,4),(1,2)]",
                    OPEN + "00000003" + ONE + TWO + THREE + FOUR + ONE + TWO,
                    new Path(List.of(P12, P34, P12), true)),
            path(
                    "(3,4),(1,2)",
                    "((3,4),(1,2))",
                    CLOSED + "00000002" + THREE + FOUR + ONE + TWO,
                    new Path(List.of(P34, P12), false)),
            path("((1,2))", "((1,2))", CLOSED + "00000001" + ONE + TWO, new Path(List.of(P12), false)),
            path("[(1,2)]", "[(1,2)]", OPEN + "00000001" + ONE + TWO, new Path(List.of(P12), true)),
            path(
                    "[(NaN,-0)]",
                    "[(NaN,-0)]",
                    OPEN + "00000001" + NAN + NEGATIVE_ZERO,
                    new Path(List.of(new Point(Double.NaN, -0.0)), true)),
            path("((1,2))", "((1,2))", CLOSED + "00000001" + ONE + TWO, "((1,2))"),
            path("[(1,2)]", "[(1,2)]", OPEN + "00000001" + ONE + TWO, "[(1,2)]"),
            polygon(
                    "((1,2),(3,4),(5,6))",
                    "((1,2),(3,4),(5,6))",
                    "00000003" + ONE + TWO + THREE + FOUR + FIVE + SIX,
                    new Polygon(List.of(P12, P34, P56))),
            polygon(
                    "(3,4),(1,2)",
                    "((3,4),(1,2))",
                    "00000002" + THREE + FOUR + ONE + TWO,
                    new Polygon(List.of(P34, P12))),
            polygon("((1,2))", "((1,2))", "00000001" + ONE + TWO, new Polygon(List.of(P12))),
            polygon(
                    "((NaN,Infinity),(-0,0.1))",
                    "((NaN,Infinity),(-0,0.1))",
                    "00000002" + NAN + INFINITY + NEGATIVE_ZERO + A_TENTH,
                    new Polygon(List.of(new Point(Double.NaN, INF), new Point(-0.0, 0.1)))),
            polygon("((1,2),(3,4))", "((1,2),(3,4))", "00000002" + ONE + TWO + THREE + FOUR, "((1,2),(3,4))"),
            circle("<(1,2),3>", "<(1,2),3>", ONE + TWO + THREE, new Circle(P12, 3)),
            circle("((3,4),2.5)", "<(3,4),2.5>", THREE + FOUR + TWO_AND_A_HALF, new Circle(P34, 2.5)),
            circle("<(1,2),0>", "<(1,2),0>", ONE + TWO + ZERO, new Circle(P12, 0)),
            circle("<(1,2),-0>", "<(1,2),-0>", ONE + TWO + NEGATIVE_ZERO, new Circle(P12, -0.0)),
            circle("<(1,2),NaN>", "<(1,2),NaN>", ONE + TWO + NAN, new Circle(P12, Double.NaN)),
            circle(
                    "<(-Infinity,0.1),Infinity>",
                    "<(-Infinity,0.1),Infinity>",
                    NEGATIVE_INFINITY + A_TENTH + INFINITY,
                    new Circle(new Point(-INF, 0.1), INF)),
            circle("<(1,2),3>", "<(1,2),3>", ONE + TWO + THREE, "<(1,2),3>"));

    /** Every shape, and of each type an array with a NULL and one of two dimensions. */
    static final List<CodecCase> GEOMETRY = Stream.of(
                    SHAPES,
                    arrays(1017, point("(1,2)", "(1,2)", ONE + TWO, P12), point("(3,4)", "(3,4)", THREE + FOUR, P34)),
                    arrays(
                            629,
                            line("{1,2,3}", "{1,2,3}", ONE + TWO + THREE, new Line(1, 2, 3)),
                            line("{0,1,2}", "{0,1,2}", ZERO + ONE + TWO, new Line(0, 1, 2))),
                    arrays(
                            1018,
                            segment("[(1,2),(3,4)]", "[(1,2),(3,4)]", ONE + TWO + THREE + FOUR, SEGMENT),
                            segment("[(5,6),(5,6)]", "[(5,6),(5,6)]", FIVE + SIX + FIVE + SIX, DOT)),
                    arrays(
                            1020,
                            box("(1,2),(3,4)", "(3,4),(1,2)", THREE + FOUR + ONE + TWO, new Box(P34, P12)),
                            box("(5,6),(5,6)", "(5,6),(5,6)", FIVE + SIX + FIVE + SIX, new Box(P56, P56))),
                    arrays(
                            1019,
                            path(
                                    "((1,2),(3,4))",
                                    "((1,2),(3,4))",
                                    CLOSED + "00000002" + ONE + TWO + THREE + FOUR,
                                    new Path(List.of(P12, P34), false)),
                            path("[(1,2)]", "[(1,2)]", OPEN + "00000001" + ONE + TWO, new Path(List.of(P12), true))),
                    arrays(
                            1027,
                            polygon(
                                    "((1,2),(3,4))",
                                    "((1,2),(3,4))",
                                    "00000002" + ONE + TWO + THREE + FOUR,
                                    new Polygon(List.of(P12, P34))),
                            polygon("((1,2))", "((1,2))", "00000001" + ONE + TWO, new Polygon(List.of(P12)))),
                    arrays(
                            719,
                            circle("<(1,2),3>", "<(1,2),3>", ONE + TWO + THREE, new Circle(P12, 3)),
                            circle("<(3,4),0>", "<(3,4),0>", THREE + FOUR + ZERO, new Circle(P34, 0))))
            .flatMap(List::stream)
            .toList();

    private GeometryCases() {}

    private static CodecCase point(String literal, String text, String hex, Object value) {
        return row("point", 600, literal, text, hex, value, value.getClass());
    }

    private static CodecCase line(String literal, String text, String hex, Object value) {
        return row("line", 628, literal, text, hex, value, value.getClass());
    }

    private static CodecCase segment(String literal, String text, String hex, Object value) {
        return row("lseg", 601, literal, text, hex, value, value.getClass());
    }

    private static CodecCase box(String literal, String text, String hex, Object value) {
        return row("box", 603, literal, text, hex, value, value.getClass());
    }

    private static CodecCase path(String literal, String text, String hex, Object value) {
        return row("path", 602, literal, text, hex, value, value.getClass());
    }

    private static CodecCase polygon(String literal, String text, String hex, Object value) {
        return row("polygon", 604, literal, text, hex, value, value.getClass());
    }

    private static CodecCase circle(String literal, String text, String hex, Object value) {
        return row("circle", 718, literal, text, hex, value, value.getClass());
    }

    /** {@code {first,NULL}} and {@code {{first},{second}}}. */
    private static List<CodecCase> arrays(int oid, CodecCase first, CodecCase second) {
        String type = first.pgType() + "[]";
        Object[] flat = (Object[]) Array.newInstance(first.target(), 2);
        flat[0] = first.value();
        Object[][] nested = (Object[][]) Array.newInstance(first.target(), 2, 1);
        nested[0][0] = first.value();
        nested[1][0] = second.value();
        return List.of(
                row(
                        type,
                        oid,
                        flat(type, first.literal()),
                        flat(type, first.text()),
                        "0000000100000001" + word(first.oid()) + "0000000200000001" + element(first) + "ffffffff",
                        flat,
                        flat.getClass()),
                row(
                        type,
                        oid,
                        nested(type, first.literal(), second.literal()),
                        nested(type, first.text(), second.text()),
                        "0000000200000000" + word(first.oid()) + "00000002000000010000000100000001" + element(first)
                                + element(second),
                        nested,
                        nested.getClass()));
    }

    private static String flat(String type, String first) {
        return isBox(type) ? "{" + first + ";NULL}" : "{\"" + first + "\",NULL}";
    }

    private static String nested(String type, String first, String second) {
        return isBox(type) ? "{{" + first + "};{" + second + "}}" : "{{\"" + first + "\"},{\"" + second + "\"}}";
    }

    /** Its array has another delimiter, so that the commas need no quotes. */
    private static boolean isBox(String type) {
        return type.equals("box[]");
    }

    private static String element(CodecCase row) {
        String hex = Objects.requireNonNull(row.hex());
        return word(hex.length() / 2) + hex;
    }

    private static String word(int value) {
        return HexFormat.of().toHexDigits(value);
    }
}
