// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.codec;

import io.netty.buffer.ByteBuf;
import java.lang.invoke.MethodType;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes the catalogue's vectors, {@code int2vector} and {@code oidvector}: Java arrays of any class that the
 * numbers are read into, primitives included, {@code List}, and {@code String}.
 *
 * <p>In binary they are arrays of one dimension whose first index is 0, in text they are numbers between spaces. They are
 * written as text, since the server refuses an empty one in binary.
 */
final class VectorCodecs implements Family {

    /** One dimension, no NULLs, the type of the elements; their number and the first one's index. */
    private static final int HEADER = 20;

    private static final int EMPTY_HEADER = 12;

    private static final IntegerCodecs NUMBERS = new IntegerCodecs();

    private static final Encoding INT2VECTOR = TypedEncoding.text(
            PgType.INT2VECTOR, (value, out) -> write(value, PgType.INT2VECTOR, Short.MIN_VALUE, Short.MAX_VALUE, out));
    private static final Encoding OIDVECTOR =
            TypedEncoding.text(PgType.OIDVECTOR, (value, out) -> write(value, PgType.OIDVECTOR, 0, 0xFFFF_FFFFL, out));

    @Override
    public List<PgType> types() {
        return List.of(PgType.INT2VECTOR, PgType.OIDVECTOR);
    }

    private static PgType element(PgType type) {
        return type.equals(PgType.INT2VECTOR) ? PgType.INT2 : PgType.OID;
    }

    private static int width(PgType type) {
        return type.equals(PgType.INT2VECTOR) ? 2 : 4;
    }

    @Override
    public @Nullable Decoder<?> decoder(PgType type, Format format, Class<?> target) {
        if (target == String.class) {
            return (Decoder<String>) (buffer, offset, length) -> print(buffer, offset, length, type);
        }
        Elements elements = elements(element(type), format, target);
        if (elements == null) {
            return null;
        }
        return format == Format.TEXT
                ? (Decoder<Object>) (buffer, offset, length) -> text(buffer, offset, length, elements)
                : (Decoder<Object>) (buffer, offset, length) -> binary(buffer, offset, length, type, elements);
    }

    /** Null if the class is no container of numbers; {@code byte[]} would be taken for bytes. */
    private static @Nullable Elements elements(PgType element, Format format, Class<?> target) {
        if (target == List.class || target == Collection.class) {
            Decoder<?> number = NUMBERS.decoder(element, format, element.getJavaType());
            return number == null ? null : new Elements.Lists(number);
        }
        Class<?> leaf = target.getComponentType();
        if (leaf == null || leaf == byte.class) {
            return null;
        }
        if (leaf == int.class || leaf == long.class) {
            return new Elements.Integers(element, format, leaf, IntegerCodecs.reader(element, format));
        }
        Decoder<?> number = NUMBERS.decoder(
                element, format, MethodType.methodType(leaf).wrap().returnType());
        if (number == null) {
            return null;
        }
        return leaf.isPrimitive() ? new Elements.Unboxed(element, leaf, number) : new Elements.Objects(leaf, number);
    }

    private static Object text(ByteBuf buffer, int offset, int length, Elements elements) {
        int end = offset + length;
        int count = length == 0 ? 0 : 1;
        for (int i = offset; i < end; i++) {
            count += buffer.getByte(i) == ' ' ? 1 : 0;
        }
        Object vector = elements.create(1, count);
        int at = offset;
        for (int i = 0; i < count; i++) {
            int space = buffer.indexOf(at, end, (byte) ' ');
            int stop = space < 0 ? end : space;
            elements.read(vector, i, buffer, at, stop - at);
            at = stop + 1;
        }
        return vector;
    }

    private static Object binary(ByteBuf buffer, int offset, int length, PgType type, Elements elements) {
        int count = count(buffer, offset, length, type);
        int width = width(type);
        Object vector = elements.create(1, count);
        for (int i = 0; i < count; i++) {
            elements.read(vector, i, buffer, offset + HEADER + i * (4 + width) + 4, width);
        }
        return vector;
    }

    /** The number of elements, all of which are known to be there and of the width due. */
    private static int count(ByteBuf buffer, int offset, int length, PgType type) {
        int dimensions = length < EMPTY_HEADER ? -1 : buffer.getInt(offset);
        int header = dimensions == 0 ? EMPTY_HEADER : HEADER;
        if (dimensions < 0 || dimensions > 1 || length < header) {
            throw ValueException.of(type, Format.BINARY, length + " bytes are no vector");
        }
        if (buffer.getInt(offset + 4) != 0) {
            throw ValueException.of(type, Format.BINARY, "a vector with NULLs");
        }
        int element = buffer.getInt(offset + 8);
        if (element != element(type).oid()) {
            throw ValueException.of(type, Format.BINARY, "elements of type " + PgType.of(element));
        }
        int count = dimensions == 0 ? 0 : buffer.getInt(offset + 12);
        int width = width(type);
        if (count < 0 || length != header + (4L + width) * count) {
            throw ValueException.of(type, Format.BINARY, count + " elements in " + length + " bytes");
        }
        if (dimensions == 1 && buffer.getInt(offset + 16) != 0) {
            throw ValueException.of(type, Format.BINARY, "begins at " + buffer.getInt(offset + 16) + " and not at 0");
        }
        for (int i = 0; i < count; i++) {
            int size = buffer.getInt(offset + HEADER + i * (4 + width));
            if (size != width) {
                throw ValueException.of(
                        type, Format.BINARY, "element of " + size + " bytes where " + width + " are due");
            }
        }
        return count;
    }

    private static String print(ByteBuf buffer, int offset, int length, PgType type) {
        int count = count(buffer, offset, length, type);
        int width = width(type);
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < count; i++) {
            int at = offset + HEADER + i * (4 + width) + 4;
            out.append(i == 0 ? "" : " ").append(width == 2 ? buffer.getShort(at) : buffer.getUnsignedInt(at));
        }
        return out.toString();
    }

    private static void write(Object value, PgType type, long min, long max, ByteBuf out) {
        String space = "";
        for (Object element : Dimension.of(value)) {
            if (element == null || !Numbers.isNumber(element)) {
                throw ValueException.unwritable(type.getName(), value, "it holds other than numbers");
            }
            long number = Numbers.toLong((Number) element, type);
            if (number < min || number > max) {
                throw ValueException.unwritable(type.getName(), value, number + " is out of range");
            }
            out.writeCharSequence(space + number, StandardCharsets.US_ASCII);
            space = " ";
        }
    }

    @Override
    public Map<Class<?>, Encoding> encodings() {
        return Map.of();
    }

    @Override
    public @Nullable Encoding encoding(Object value, PgType type) {
        if (!isVector(value)) {
            return null;
        }
        return type.equals(PgType.INT2VECTOR) ? INT2VECTOR : OIDVECTOR;
    }

    private static boolean isVector(Object value) {
        Class<?> leaf = value.getClass().getComponentType();
        return value instanceof Collection
                || leaf == short.class
                || leaf == int.class
                || leaf == long.class
                || leaf != null && Number.class.isAssignableFrom(leaf);
    }
}
