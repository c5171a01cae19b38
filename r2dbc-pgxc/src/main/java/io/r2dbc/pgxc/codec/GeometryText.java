// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.codec;

import io.netty.buffer.ByteBuf;
import io.r2dbc.pgxc.value.Box;
import io.r2dbc.pgxc.value.Circle;
import io.r2dbc.pgxc.value.Line;
import io.r2dbc.pgxc.value.LineSegment;
import io.r2dbc.pgxc.value.Path;
import io.r2dbc.pgxc.value.Point;
import io.r2dbc.pgxc.value.Polygon;
import java.util.List;

/**
 * Takes geometric values from the text that the server prints, and prints them as the server does: {@code (1,2)},
 * {@code {1,2,3}}, {@code [(1,2),(3,4)]}, {@code (3,4),(1,2)}, {@code ((1,2),(3,4))}, {@code <(1,2),3>}.
 *
 * <p>What is malformed is a {@link ValueException} about a part of the value, or an {@code IllegalArgumentException} of
 * the value's class; who calls knows the type and makes one of them that names it.
 */
final class GeometryText {

    /** {@code (0,0),} without the comma, which the last point has not. */
    private static final int SHORTEST_POINT = 6;

    private GeometryText() {}

    static Point point(ByteBuf buffer, int offset, int length) {
        return pointBetween(buffer, offset, offset + length);
    }

    static Line line(ByteBuf buffer, int offset, int length) {
        int end = offset + length - 1;
        require(isFramed(buffer, offset, offset + length, '{', '}'));
        int first = find(buffer, offset + 1, end, ',');
        int second = find(buffer, first + 1, end, ',');
        return new Line(
                number(buffer, offset + 1, first), number(buffer, first + 1, second), number(buffer, second + 1, end));
    }

    static LineSegment lineSegment(ByteBuf buffer, int offset, int length) {
        int end = offset + length - 1;
        require(isFramed(buffer, offset, offset + length, '[', ']'));
        int comma = commaBehindPoint(buffer, offset + 1, end);
        return new LineSegment(pointBetween(buffer, offset + 1, comma), pointBetween(buffer, comma + 1, end));
    }

    static Box box(ByteBuf buffer, int offset, int length) {
        int end = offset + length;
        int comma = commaBehindPoint(buffer, offset, end);
        return new Box(pointBetween(buffer, offset, comma), pointBetween(buffer, comma + 1, end));
    }

    static Path path(ByteBuf buffer, int offset, int length) {
        boolean open = isFramed(buffer, offset, offset + length, '[', ']');
        require(open || isFramed(buffer, offset, offset + length, '(', ')'));
        return new Path(points(buffer, offset + 1, offset + length - 1), open);
    }

    static Polygon polygon(ByteBuf buffer, int offset, int length) {
        require(isFramed(buffer, offset, offset + length, '(', ')'));
        return new Polygon(points(buffer, offset + 1, offset + length - 1));
    }

    static Circle circle(ByteBuf buffer, int offset, int length) {
        int end = offset + length - 1;
        require(isFramed(buffer, offset, offset + length, '<', '>'));
        int comma = commaBehindPoint(buffer, offset + 1, end);
        return new Circle(pointBetween(buffer, offset + 1, comma), number(buffer, comma + 1, end));
    }

    /** One or more points with commas between them. There is no room for more of them than are made room for. */
    private static List<Point> points(ByteBuf buffer, int from, int to) {
        int count = 0;
        for (int i = from; i < to; i++) {
            count += buffer.getByte(i) == '(' ? 1 : 0;
        }
        require(count > 0 && (long) SHORTEST_POINT * count - 1 <= to - from);
        Point[] points = new Point[count];
        int at = from;
        for (int i = 0; i < count - 1; i++) {
            int comma = commaBehindPoint(buffer, at, to);
            points[i] = pointBetween(buffer, at, comma);
            at = comma + 1;
        }
        points[count - 1] = pointBetween(buffer, at, to);
        return List.of(points);
    }

    private static int commaBehindPoint(ByteBuf buffer, int from, int to) {
        int comma = find(buffer, from, to, ')') + 1;
        require(comma < to && buffer.getByte(comma) == ',');
        return comma;
    }

    /** All of the bytes, no brackets being part of a number. */
    private static Point pointBetween(ByteBuf buffer, int from, int to) {
        require(isFramed(buffer, from, to, '(', ')'));
        int comma = find(buffer, from + 1, to - 1, ',');
        return new Point(number(buffer, from + 1, comma), number(buffer, comma + 1, to - 1));
    }

    private static double number(ByteBuf buffer, int from, int to) {
        return FloatText.readDouble(buffer, from, to - from);
    }

    private static boolean isFramed(ByteBuf buffer, int from, int to, char open, char close) {
        return to - from >= 2 && buffer.getByte(from) == open && buffer.getByte(to - 1) == close;
    }

    private static int find(ByteBuf buffer, int from, int to, char wanted) {
        int at = from;
        while (at < to && buffer.getByte(at) != wanted) {
            at++;
        }
        require(at < to);
        return at;
    }

    private static void require(boolean wellFormed) {
        if (!wellFormed) {
            throw new ValueException("malformed");
        }
    }

    static String print(Point point) {
        return "(" + print(point.x()) + "," + print(point.y()) + ")";
    }

    static String print(Line line) {
        return "{" + print(line.a()) + "," + print(line.b()) + "," + print(line.c()) + "}";
    }

    static String print(LineSegment segment) {
        return "[" + print(segment.from()) + "," + print(segment.to()) + "]";
    }

    static String print(Box box) {
        return print(box.high()) + "," + print(box.low());
    }

    static String print(Path path) {
        return path.open() ? print('[', path.points(), ']') : print('(', path.points(), ')');
    }

    static String print(Polygon polygon) {
        return print('(', polygon.points(), ')');
    }

    static String print(Circle circle) {
        return "<" + print(circle.center()) + "," + print(circle.radius()) + ">";
    }

    private static String print(char open, List<Point> points, char close) {
        StringBuilder out = new StringBuilder();
        for (Point point : points) {
            out.append(out.isEmpty() ? open : ',').append(print(point));
        }
        return out.append(close).toString();
    }

    private static String print(double number) {
        return FloatText.print(number, false);
    }
}
