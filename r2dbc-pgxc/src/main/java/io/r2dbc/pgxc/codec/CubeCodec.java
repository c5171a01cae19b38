// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.codec;

import io.netty.buffer.ByteBuf;
import io.r2dbc.pgxc.value.Cube;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes {@code cube}: {@link Cube} and {@code String}.
 *
 * <p>Cubes are written without a type, so that the server takes them for one where the statement asks for one.
 */
final class CubeCodec implements Family {

    private static final String NAME = "cube";

    private static final int HEADER = 4;

    /** In the header, together with the count of dimensions. */
    private static final int IS_POINT = 0x8000_0000;

    private static final Encoding UNTYPED =
            TypedEncoding.text(PgType.named(NAME), (value, out) -> Utf8.write(print((Cube) value), out));

    @Override
    public List<PgType> types() {
        return List.of();
    }

    @Override
    public List<String> names() {
        return List.of(NAME);
    }

    @Override
    public Class<?> defaultTarget(PgType type, Format format) {
        return Cube.class;
    }

    @Override
    public @Nullable Decoder<?> decoder(PgType type, Format format, Class<?> target) {
        if (target == String.class) {
            return (Decoder<String>) (buffer, offset, length) -> print(binary(type, buffer, offset, length));
        }
        if (target != Cube.class) {
            return null;
        }
        return format == Format.TEXT
                ? (Decoder<Cube>) (buffer, offset, length) -> text(type, buffer, offset, length)
                : (Decoder<Cube>) (buffer, offset, length) -> binary(type, buffer, offset, length);
    }

    private static Cube binary(PgType type, ByteBuf buffer, int offset, int length) {
        if (length < HEADER) {
            throw ValueException.of(type, Format.BINARY, length + " bytes are no cube");
        }
        int header = buffer.getInt(offset);
        int dimensions = header & ~IS_POINT;
        if (dimensions > Cube.MAX_DIMENSIONS) {
            throw ValueException.of(type, Format.BINARY, dimensions + " dimensions");
        }
        boolean isPoint = (header & IS_POINT) != 0;
        int corner = Double.BYTES * dimensions;
        int due = HEADER + (isPoint ? corner : 2 * corner);
        if (length != due) {
            throw ValueException.length(type, due, length);
        }
        double[] first = numbers(buffer, offset + HEADER, dimensions);
        return isPoint ? Cube.point(first) : Cube.of(first, numbers(buffer, offset + HEADER + corner, dimensions));
    }

    private static double[] numbers(ByteBuf buffer, int offset, int count) {
        double[] numbers = new double[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = buffer.getDouble(offset + Double.BYTES * i);
        }
        return numbers;
    }

    private static Cube text(PgType type, ByteBuf buffer, int offset, int length) {
        int end = offset + length;
        int behind = Math.min(InetText.find(buffer, offset, end, ')') + 1, end);
        double[] corner = corner(type, buffer, offset, behind);
        if (behind == end) {
            return Cube.point(corner);
        }
        require(buffer.getByte(behind) == ',', type, buffer, offset, length);
        double[] opposite = corner(type, buffer, behind + 1, end);
        require(corner.length == opposite.length, type, buffer, offset, length);
        return Cube.of(corner, opposite);
    }

    /** The numbers of a corner, {@code (1, 2)}, which takes all of the bytes. */
    private static double[] corner(PgType type, ByteBuf buffer, int from, int to) {
        int end = to - 1;
        require(end > from && buffer.getByte(from) == '(' && buffer.getByte(end) == ')', type, buffer, from, to - from);
        int count = end == from + 1 ? 0 : 1;
        for (int i = from + 1; i < end; i++) {
            count += buffer.getByte(i) == ',' ? 1 : 0;
        }
        require(count <= Cube.MAX_DIMENSIONS, type, buffer, from, to - from);
        double[] numbers = new double[count];
        int at = from + 1;
        for (int i = 0; i < count; i++) {
            int stop = InetText.find(buffer, at, end, ',');
            numbers[i] = number(type, buffer, at, stop);
            require(stop == end || buffer.getByte(stop + 1) == ' ', type, buffer, from, to - from);
            at = stop + 2;
        }
        return numbers;
    }

    private static double number(PgType type, ByteBuf buffer, int from, int to) {
        try {
            return FloatText.readDouble(buffer, from, to - from);
        } catch (ValueException e) { // of another type
            throw ValueException.malformed(type, buffer, from, to - from);
        }
    }

    private static void require(boolean wellFormed, PgType type, ByteBuf buffer, int offset, int length) {
        if (!wellFormed) {
            throw ValueException.malformed(type, buffer, offset, length);
        }
    }

    private static String print(Cube cube) {
        StringBuilder out = new StringBuilder();
        print(cube.corner(), out);
        if (!cube.isPoint()) {
            print(cube.oppositeCorner(), out.append(','));
        }
        return out.toString();
    }

    private static void print(double[] numbers, StringBuilder out) {
        out.append('(');
        for (int i = 0; i < numbers.length; i++) {
            out.append(i == 0 ? "" : ", ").append(FloatText.print(numbers[i], false));
        }
        out.append(')');
    }

    @Override
    public Map<Class<?>, Encoding> encodings() {
        return Map.of(Cube.class, UNTYPED);
    }

    @Override
    public @Nullable Encoding encoding(Object value, PgType type) {
        return value instanceof Cube ? TypedEncoding.binary(type, CubeCodec::write) : null;
    }

    private static void write(Object value, ByteBuf out) {
        Cube cube = (Cube) value;
        out.writeInt(cube.isPoint() ? cube.dimensions() | IS_POINT : cube.dimensions());
        write(cube.corner(), out);
        if (!cube.isPoint()) {
            write(cube.oppositeCorner(), out);
        }
    }

    private static void write(double[] numbers, ByteBuf out) {
        for (double number : numbers) {
            out.writeDouble(number);
        }
    }
}
