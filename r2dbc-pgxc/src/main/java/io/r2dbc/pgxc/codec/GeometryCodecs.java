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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes {@code point}, {@code line}, {@code lseg}, {@code box}, {@code path}, {@code polygon} and {@code
 * circle}: each as the one class that stands for it, and as {@code String}. No shape is made another one.
 */
final class GeometryCodecs implements Family {

    private static final int POINT_BYTES = 2 * Double.BYTES;

    private static final List<Shape<?>> SHAPES = List.of(
            shape(
                    PgType.POINT,
                    Point.class,
                    GeometryText::point,
                    fixed(PgType.POINT, 2, GeometryCodecs::point),
                    GeometryText::print,
                    GeometryCodecs::write),
            shape(
                    PgType.LINE,
                    Line.class,
                    GeometryText::line,
                    fixed(PgType.LINE, 3, GeometryCodecs::line),
                    GeometryText::print,
                    GeometryCodecs::write),
            shape(
                    PgType.LSEG,
                    LineSegment.class,
                    GeometryText::lineSegment,
                    fixed(PgType.LSEG, 4, GeometryCodecs::lineSegment),
                    GeometryText::print,
                    GeometryCodecs::write),
            shape(
                    PgType.BOX,
                    Box.class,
                    GeometryText::box,
                    fixed(PgType.BOX, 4, GeometryCodecs::box),
                    GeometryText::print,
                    GeometryCodecs::write),
            shape(
                    PgType.PATH,
                    Path.class,
                    GeometryText::path,
                    GeometryCodecs::path,
                    GeometryText::print,
                    GeometryCodecs::write),
            shape(
                    PgType.POLYGON,
                    Polygon.class,
                    GeometryText::polygon,
                    GeometryCodecs::polygon,
                    GeometryText::print,
                    GeometryCodecs::write),
            shape(
                    PgType.CIRCLE,
                    Circle.class,
                    GeometryText::circle,
                    fixed(PgType.CIRCLE, 3, GeometryCodecs::circle),
                    GeometryText::print,
                    GeometryCodecs::write));

    private static final Map<Integer, Shape<?>> BY_OID = new HashMap<>();
    private static final Map<Class<?>, Encoding> ENCODINGS = new HashMap<>();

    static {
        for (Shape<?> shape : SHAPES) {
            BY_OID.put(shape.type.oid(), shape);
            ENCODINGS.put(shape.javaType, shape.encoding);
        }
    }

    /** Reads a value made of numbers, all of which are known to be there. */
    private interface Numerals<T> {

        T read(ByteBuf buffer, int offset);
    }

    /** Joins a type and the class that stands for it. */
    private record Shape<T>(
            PgType type,
            Class<T> javaType,
            Decoder<T> parser,
            Decoder<T> reader,
            Function<T, String> printer,
            Encoding encoding) {

        @Nullable
        Decoder<?> decoder(Format format, Class<?> target) {
            if (target == javaType) {
                return format == Format.TEXT ? (Decoder<T>) this::text : (Decoder<T>) this::binary;
            }
            return target == String.class ? (Decoder<String>) this::print : null;
        }

        private T text(ByteBuf buffer, int offset, int length) {
            try {
                return parser.decode(buffer, offset, length);
            } catch (ValueException | IllegalArgumentException e) { // of a part of it, or of the class
                throw ValueException.malformed(type, buffer, offset, length);
            }
        }

        private T binary(ByteBuf buffer, int offset, int length) {
            try {
                return reader.decode(buffer, offset, length);
            } catch (IllegalArgumentException e) {
                throw ValueException.of(type, Format.BINARY, String.valueOf(e.getMessage()));
            }
        }

        private String print(ByteBuf buffer, int offset, int length) {
            return printer.apply(binary(buffer, offset, length));
        }
    }

    private static <T> Shape<T> shape(
            PgType type,
            Class<T> javaType,
            Decoder<T> parser,
            Decoder<T> reader,
            Function<T, String> printer,
            BiConsumer<T, ByteBuf> writer) {
        Encoding encoding = TypedEncoding.binary(type, (value, out) -> writer.accept(javaType.cast(value), out));
        return new Shape<>(type, javaType, parser, reader, printer, encoding);
    }

    private static <T> Decoder<T> fixed(PgType type, int numbers, Numerals<T> numerals) {
        int due = numbers * Double.BYTES;
        return (buffer, offset, length) -> {
            if (length != due) {
                throw ValueException.length(type, due, length);
            }
            return numerals.read(buffer, offset);
        };
    }

    @Override
    public List<PgType> types() {
        return SHAPES.stream().map(Shape::type).toList();
    }

    @Override
    public @Nullable Decoder<?> decoder(PgType type, Format format, Class<?> target) {
        Shape<?> shape = BY_OID.get(type.oid());
        return shape == null ? null : shape.decoder(format, target);
    }

    private static Point point(ByteBuf buffer, int offset) {
        return new Point(buffer.getDouble(offset), buffer.getDouble(offset + 8));
    }

    private static Line line(ByteBuf buffer, int offset) {
        return new Line(buffer.getDouble(offset), buffer.getDouble(offset + 8), buffer.getDouble(offset + 16));
    }

    private static LineSegment lineSegment(ByteBuf buffer, int offset) {
        return new LineSegment(point(buffer, offset), point(buffer, offset + POINT_BYTES));
    }

    private static Box box(ByteBuf buffer, int offset) {
        return new Box(point(buffer, offset), point(buffer, offset + POINT_BYTES));
    }

    private static Circle circle(ByteBuf buffer, int offset) {
        return new Circle(point(buffer, offset), buffer.getDouble(offset + POINT_BYTES));
    }

    private static Path path(ByteBuf buffer, int offset, int length) {
        int closed = length < 1 ? -1 : buffer.getByte(offset);
        if (closed != 0 && closed != 1) {
            throw ValueException.of(PgType.PATH, Format.BINARY, "neither open nor closed");
        }
        return new Path(points(PgType.PATH, buffer, offset + 1, length - 1), closed == 0);
    }

    private static Polygon polygon(ByteBuf buffer, int offset, int length) {
        return new Polygon(points(PgType.POLYGON, buffer, offset, length));
    }

    /** As many points as are announced, of which nothing is made before all of them are known to be there. */
    private static List<Point> points(PgType type, ByteBuf buffer, int offset, int length) {
        int count = length < Integer.BYTES ? 0 : buffer.getInt(offset);
        if (count < 1 || length != Integer.BYTES + (long) count * POINT_BYTES) {
            throw ValueException.of(type, Format.BINARY, count + " points in " + length + " bytes");
        }
        Point[] points = new Point[count];
        for (int i = 0; i < count; i++) {
            points[i] = point(buffer, offset + Integer.BYTES + i * POINT_BYTES);
        }
        return List.of(points);
    }

    private static void write(Point point, ByteBuf out) {
        out.writeDouble(point.x());
        out.writeDouble(point.y());
    }

    private static void write(Line line, ByteBuf out) {
        out.writeDouble(line.a());
        out.writeDouble(line.b());
        out.writeDouble(line.c());
    }

    private static void write(LineSegment segment, ByteBuf out) {
        write(segment.from(), out);
        write(segment.to(), out);
    }

    private static void write(Box box, ByteBuf out) {
        write(box.high(), out);
        write(box.low(), out);
    }

    private static void write(Path path, ByteBuf out) {
        out.writeByte(path.open() ? 0 : 1);
        write(path.points(), out);
    }

    private static void write(Polygon polygon, ByteBuf out) {
        write(polygon.points(), out);
    }

    private static void write(List<Point> points, ByteBuf out) {
        out.writeInt(points.size());
        points.forEach(point -> write(point, out));
    }

    private static void write(Circle circle, ByteBuf out) {
        write(circle.center(), out);
        out.writeDouble(circle.radius());
    }

    @Override
    public Map<Class<?>, Encoding> encodings() {
        return ENCODINGS;
    }

    @Override
    public @Nullable Encoding encoding(Object value, PgType type) {
        Shape<?> shape = BY_OID.get(type.oid());
        return shape != null && shape.javaType.isInstance(value) ? shape.encoding : null;
    }
}
