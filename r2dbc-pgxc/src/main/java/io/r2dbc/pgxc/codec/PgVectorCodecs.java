// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.codec;

import io.netty.buffer.ByteBuf;
import io.r2dbc.pgxc.value.SparseVector;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes the vectors of pgvector: {@code vector} and {@code halfvec} as {@code float[]}, {@code double[]}, {@code
 * Float[]}, {@code List} of {@code Float} and {@code String}, {@code sparsevec} as {@link SparseVector} and {@code String}.
 *
 * <p>Every half float is a float. The other way a {@code halfvec} takes the nearest one, as the server does, but never an
 * infinity. Doubles are written if they are floats.
 *
 * <p>Without a type a {@code float[]} is a {@code float4[]}, which the server makes a vector where it is assigned to one; a
 * {@link SparseVector} is left to the server.
 */
final class PgVectorCodecs implements Family {

    private static final String VECTOR = "vector";
    private static final String HALFVEC = "halfvec";
    private static final String SPARSEVEC = "sparsevec";

    /** Ahead of the numbers: how many they are, and two bytes that are zero. */
    private static final int HEADER = 4;

    /** Ahead of indices and values: the dimensions, how many values there are, and four bytes that are zero. */
    private static final int SPARSE_HEADER = 12;

    private static final int SPARSE_VALUE = 8;

    private static final Encoding UNTYPED = TypedEncoding.text(
            PgType.named(SPARSEVEC), (value, out) -> Utf8.write(PgVectorText.print((SparseVector) value), out));

    private static final Map<Class<?>, Function<float[], Object>> CONVERSIONS = Map.of(
            float[].class, numbers -> numbers,
            double[].class, PgVectorCodecs::doubles,
            Float[].class, PgVectorCodecs::boxes,
            List.class, numbers -> new ArrayList<>(Arrays.asList(boxes(numbers))),
            String.class, PgVectorText::print);

    @Override
    public List<PgType> types() {
        return List.of();
    }

    @Override
    public List<String> names() {
        return List.of(VECTOR, HALFVEC, SPARSEVEC);
    }

    @Override
    public Class<?> defaultTarget(PgType type, Format format) {
        return isSparse(type) ? SparseVector.class : float[].class;
    }

    private static boolean isSparse(PgType type) {
        return type.getName().equals(SPARSEVEC);
    }

    private static boolean isHalf(PgType type) {
        return type.getName().equals(HALFVEC);
    }

    @Override
    public @Nullable Decoder<?> decoder(PgType type, Format format, Class<?> target) {
        if (isSparse(type)) {
            return sparse(type, format, target);
        }
        Function<float[], Object> conversion = CONVERSIONS.get(target);
        if (conversion == null) {
            return null;
        }
        if (format == Format.TEXT) {
            return (Decoder<Object>)
                    (buffer, offset, length) -> conversion.apply(PgVectorText.read(type, buffer, offset, length));
        }
        boolean isHalf = isHalf(type);
        return (Decoder<Object>)
                (buffer, offset, length) -> conversion.apply(binary(type, isHalf, buffer, offset, length));
    }

    private static float[] binary(PgType type, boolean isHalf, ByteBuf buffer, int offset, int length) {
        int width = isHalf ? Short.BYTES : Float.BYTES;
        int count = length < HEADER ? 0 : buffer.getShort(offset);
        if (count < 1 || length != HEADER + width * count || buffer.getShort(offset + 2) != 0) {
            throw ValueException.of(type, Format.BINARY, count + " numbers in " + length + " bytes");
        }
        float[] numbers = new float[count];
        for (int i = 0; i < count; i++) {
            int at = offset + HEADER + width * i;
            numbers[i] = isHalf ? HalfFloat.widen(buffer.getShort(at)) : buffer.getFloat(at);
        }
        return numbers;
    }

    private static double[] doubles(float[] numbers) {
        double[] doubles = new double[numbers.length];
        for (int i = 0; i < numbers.length; i++) {
            doubles[i] = numbers[i];
        }
        return doubles;
    }

    private static Float[] boxes(float[] numbers) {
        Float[] boxes = new Float[numbers.length];
        for (int i = 0; i < numbers.length; i++) {
            boxes[i] = numbers[i];
        }
        return boxes;
    }

    private static @Nullable Decoder<?> sparse(PgType type, Format format, Class<?> target) {
        if (target == String.class) {
            return (Decoder<String>)
                    (buffer, offset, length) -> PgVectorText.print(sparse(type, buffer, offset, length));
        }
        if (target != SparseVector.class) {
            return null;
        }
        return format == Format.TEXT
                ? (Decoder<SparseVector>)
                        (buffer, offset, length) -> PgVectorText.readSparse(type, buffer, offset, length)
                : (Decoder<SparseVector>) (buffer, offset, length) -> sparse(type, buffer, offset, length);
    }

    /** Indices are counted from 0 here, and from 1 everywhere else. */
    private static SparseVector sparse(PgType type, ByteBuf buffer, int offset, int length) {
        int count = length < SPARSE_HEADER ? -1 : buffer.getInt(offset + 4);
        if (count < 0 || length != SPARSE_HEADER + (long) SPARSE_VALUE * count || buffer.getInt(offset + 8) != 0) {
            throw ValueException.of(type, Format.BINARY, count + " values in " + length + " bytes");
        }
        int[] indices = new int[count];
        float[] values = new float[count];
        int at = offset + SPARSE_HEADER;
        for (int i = 0; i < count; i++) {
            indices[i] = buffer.getInt(at + 4 * i) + 1;
            values[i] = buffer.getFloat(at + 4 * (count + i));
        }
        try {
            return new SparseVector(buffer.getInt(offset), indices, values);
        } catch (IllegalArgumentException e) {
            throw ValueException.of(type, Format.BINARY, String.valueOf(e.getMessage()));
        }
    }

    @Override
    public Map<Class<?>, Encoding> encodings() {
        return Map.of(SparseVector.class, UNTYPED);
    }

    @Override
    public @Nullable Encoding encoding(Object value, PgType type) {
        if (isSparse(type)) {
            return value instanceof SparseVector ? TypedEncoding.binary(type, PgVectorCodecs::writeSparse) : null;
        }
        boolean isVector = value instanceof float[]
                || value instanceof double[]
                || value instanceof Float[]
                || value instanceof Double[]
                || value instanceof List;
        return isVector ? TypedEncoding.binary(type, (numbers, out) -> write(type, numbers, out)) : null;
    }

    private static void write(PgType type, Object value, ByteBuf out) {
        float[] numbers = value instanceof float[] floats ? floats : floats(type, value);
        if (numbers.length < 1 || numbers.length > Short.MAX_VALUE) {
            throw ValueException.unwritable(type.getName(), value, numbers.length + " dimensions");
        }
        boolean isHalf = isHalf(type);
        out.writeShort(numbers.length);
        out.writeShort(0);
        for (int i = 0; i < numbers.length; i++) {
            short half = isHalf ? HalfFloat.narrow(numbers[i]) : 0;
            if (!Float.isFinite(numbers[i]) || !HalfFloat.isFinite(half)) {
                throw ValueException.unwritable(type.getName(), value, numbers[i] + " at index " + i);
            }
            if (isHalf) {
                out.writeShort(half);
            } else {
                out.writeFloat(numbers[i]);
            }
        }
    }

    private static float[] floats(PgType type, Object value) {
        Collection<? extends @Nullable Object> numbers = Dimension.of(value);
        float[] floats = new float[numbers.size()];
        int i = 0;
        for (Object number : numbers) {
            floats[i] = exact(type, value, number, i);
            i++;
        }
        return floats;
    }

    /** A float, or a double that is equal to one; NaN and the infinities are refused later. */
    private static float exact(PgType type, Object value, @Nullable Object number, int index) {
        if (number instanceof Float exact) {
            return exact;
        }
        if (number instanceof Double wide && Double.compare(wide.floatValue(), wide) == 0) {
            return wide.floatValue();
        }
        throw ValueException.unwritable(type.getName(), value, "no float at index " + index + ": " + number);
    }

    private static void writeSparse(Object value, ByteBuf out) {
        SparseVector vector = (SparseVector) value;
        int[] indices = vector.indices();
        out.writeInt(vector.dimensions());
        out.writeInt(indices.length);
        out.writeInt(0);
        for (int index : indices) {
            out.writeInt(index - 1);
        }
        for (float number : vector.values()) {
            out.writeFloat(number);
        }
    }
}
