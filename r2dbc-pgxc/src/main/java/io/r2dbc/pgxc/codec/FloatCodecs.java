// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.codec;

import io.netty.buffer.ByteBuf;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes {@code float4} and {@code float8}: {@code Float} and {@code Double} (to the nearest, never to an
 * infinity), integers if the value is one exactly, {@code BigDecimal} with the digits the server prints, {@code String}.
 */
final class FloatCodecs implements Family {

    /** Makes a decoder of a Java class over the number that both formats stand for. */
    private interface Conversion {

        Decoder<?> over(DoubleReader reader, PgType type, Format format);
    }

    private static final Map<Class<?>, Conversion> CONVERSIONS = Map.of(
            Double.class, (reader, type, format) -> (Decoder<Double>) reader::read,
            Float.class,
                    (reader, type, format) -> (Decoder<Float>) (b, o, l) -> toFloat(reader.read(b, o, l), type, format),
            Byte.class,
                    (reader, type, format) -> (Decoder<Byte>) (b, o, l) -> (byte)
                            toLong(reader.read(b, o, l), Byte.MIN_VALUE, Byte.MAX_VALUE, type, format, Byte.class),
            Short.class,
                    (reader, type, format) -> (Decoder<Short>) (b, o, l) -> (short)
                            toLong(reader.read(b, o, l), Short.MIN_VALUE, Short.MAX_VALUE, type, format, Short.class),
            Integer.class,
                    (reader, type, format) -> (Decoder<Integer>) (b, o, l) -> (int) toLong(
                            reader.read(b, o, l), Integer.MIN_VALUE, Integer.MAX_VALUE, type, format, Integer.class),
            Long.class,
                    (reader, type, format) -> (Decoder<Long>) (b, o, l) ->
                            toLong(reader.read(b, o, l), Long.MIN_VALUE, Long.MAX_VALUE, type, format, Long.class),
            BigInteger.class,
                    (reader, type, format) ->
                            (Decoder<BigInteger>) (b, o, l) -> toBigInteger(reader.read(b, o, l), type, format),
            BigDecimal.class,
                    (reader, type, format) ->
                            (Decoder<BigDecimal>) (b, o, l) -> toBigDecimal(reader.read(b, o, l), type, format),
            String.class,
                    (reader, type, format) -> (Decoder<String>)
                            (b, o, l) -> FloatText.print(reader.read(b, o, l), type.equals(PgType.FLOAT4)));

    private static final Encoding FLOAT4 = TypedEncoding.binary(
            PgType.FLOAT4, (value, out) -> out.writeFloat(Numbers.toFloat((Number) value, PgType.FLOAT4)));
    private static final Encoding FLOAT8 = TypedEncoding.binary(
            PgType.FLOAT8, (value, out) -> out.writeDouble(Numbers.toDouble((Number) value, PgType.FLOAT8)));

    @Override
    public List<PgType> types() {
        return List.of(PgType.FLOAT4, PgType.FLOAT8);
    }

    @Override
    public @Nullable Decoder<?> decoder(PgType type, Format format, Class<?> target) {
        Class<?> wanted = target == Number.class ? type.getJavaType() : target;
        Conversion conversion = CONVERSIONS.get(wanted);
        return conversion == null ? null : conversion.over(reader(type, format), type, format);
    }

    /** Reads the number itself, a {@code float4} widened exactly; also arrays of primitives stand on it. */
    static DoubleReader reader(PgType type, Format format) {
        if (format == Format.BINARY) {
            return type.equals(PgType.FLOAT4) ? FloatCodecs::float4 : FloatCodecs::float8;
        }
        return type.equals(PgType.FLOAT4) ? FloatText::readFloat : FloatText::readDouble;
    }

    private static double float4(ByteBuf buffer, int offset, int length) {
        if (length != 4) {
            throw ValueException.length(PgType.FLOAT4, 4, length);
        }
        return buffer.getFloat(offset);
    }

    private static double float8(ByteBuf buffer, int offset, int length) {
        if (length != 8) {
            throw ValueException.length(PgType.FLOAT8, 8, length);
        }
        return buffer.getDouble(offset);
    }

    static float toFloat(double value, PgType type, Format format) {
        float converted = (float) value;
        if (Float.isInfinite(converted) && !Double.isInfinite(value)) {
            throw ValueException.overflow(type, format, value, Float.class);
        }
        return converted;
    }

    private static long toLong(double value, long min, long max, PgType type, Format format, Class<?> target) {
        long converted = (long) value; // saturates, and NaN becomes 0
        if (converted != value || value >= 0x1p63 || converted < min || converted > max) {
            throw ValueException.overflow(type, format, value, target);
        }
        return converted;
    }

    private static BigInteger toBigInteger(double value, PgType type, Format format) {
        if (!Double.isFinite(value) || value != Math.rint(value)) {
            throw ValueException.overflow(type, format, value, BigInteger.class);
        }
        return new BigDecimal(value).toBigInteger();
    }

    private static BigDecimal toBigDecimal(double value, PgType type, Format format) {
        if (!Double.isFinite(value)) {
            throw ValueException.overflow(type, format, value, BigDecimal.class);
        }
        BigDecimal decimal = FloatText.shortest(value, type.equals(PgType.FLOAT4));
        boolean hasZeros = decimal.scale() < 0 && decimal.precision() - decimal.scale() <= 15;
        return hasZeros ? decimal.setScale(0) : decimal;
    }

    @Override
    public Map<Class<?>, Encoding> encodings() {
        return Map.of(Float.class, FLOAT4, Double.class, FLOAT8);
    }

    @Override
    public @Nullable Encoding encoding(Object value, PgType type) {
        if (!Numbers.isNumber(value)) {
            return null;
        }
        return type.equals(PgType.FLOAT4) ? FLOAT4 : FLOAT8;
    }
}
