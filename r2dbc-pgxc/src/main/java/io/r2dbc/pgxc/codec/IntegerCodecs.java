// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.codec;

import io.netty.buffer.ByteBuf;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Year;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes {@code int2}, {@code int4}, {@code int8} and {@code oid}: any class of numbers that holds the value
 * exactly, {@code Year}, and {@code String}. A value that the class cannot hold is an error.
 */
final class IntegerCodecs implements Family {

    /** Makes a decoder of a Java class over the number that both formats stand for. */
    private interface Conversion {

        Decoder<?> over(LongReader reader, PgType type, Format format);
    }

    private static final Map<Class<?>, Conversion> CONVERSIONS = Map.of(
            Byte.class,
                    (reader, type, format) -> (Decoder<Byte>) (b, o, l) -> (byte)
                            within(reader.read(b, o, l), Byte.MIN_VALUE, Byte.MAX_VALUE, type, format, Byte.class),
            Short.class,
                    (reader, type, format) -> (Decoder<Short>) (b, o, l) -> (short)
                            within(reader.read(b, o, l), Short.MIN_VALUE, Short.MAX_VALUE, type, format, Short.class),
            Integer.class,
                    (reader, type, format) -> (Decoder<Integer>) (b, o, l) -> (int) within(
                            reader.read(b, o, l), Integer.MIN_VALUE, Integer.MAX_VALUE, type, format, Integer.class),
            Long.class, (reader, type, format) -> (Decoder<Long>) reader::read,
            Float.class,
                    (reader, type, format) -> (Decoder<Float>) (b, o, l) -> toFloat(reader.read(b, o, l), type, format),
            Double.class,
                    (reader, type, format) ->
                            (Decoder<Double>) (b, o, l) -> toDouble(reader.read(b, o, l), type, format),
            BigInteger.class,
                    (reader, type, format) ->
                            (Decoder<BigInteger>) (b, o, l) -> BigInteger.valueOf(reader.read(b, o, l)),
            BigDecimal.class,
                    (reader, type, format) ->
                            (Decoder<BigDecimal>) (b, o, l) -> BigDecimal.valueOf(reader.read(b, o, l)),
            Year.class,
                    (reader, type, format) -> (Decoder<Year>) (b, o, l) -> toYear(reader.read(b, o, l), type, format),
            String.class, (reader, type, format) -> (Decoder<String>) (b, o, l) -> Long.toString(reader.read(b, o, l)));

    private static final Encoding INT2 = encoding(
            PgType.INT2,
            (value, out) -> out.writeShort((int) exact(value, PgType.INT2, Short.MIN_VALUE, Short.MAX_VALUE)));
    private static final Encoding INT4 = encoding(
            PgType.INT4,
            (value, out) -> out.writeInt((int) exact(value, PgType.INT4, Integer.MIN_VALUE, Integer.MAX_VALUE)));
    private static final Encoding INT8 = encoding(
            PgType.INT8, (value, out) -> out.writeLong(exact(value, PgType.INT8, Long.MIN_VALUE, Long.MAX_VALUE)));
    private static final Encoding OID =
            encoding(PgType.OID, (value, out) -> out.writeInt((int) exact(value, PgType.OID, 0, 0xFFFF_FFFFL)));

    private static Encoding encoding(PgType type, TypedEncoding.ValueWriter writer) {
        return TypedEncoding.binary(type, writer);
    }

    @Override
    public List<PgType> types() {
        return List.of(PgType.INT2, PgType.INT4, PgType.INT8, PgType.OID);
    }

    @Override
    public @Nullable Decoder<?> decoder(PgType type, Format format, Class<?> target) {
        if (format == Format.BINARY && type.equals(PgType.INT4) && target == Integer.class) {
            return (Decoder<Integer>) IntegerCodecs::int4; // no range to check
        }
        Class<?> wanted = target == Number.class ? type.getJavaType() : target;
        Conversion conversion = CONVERSIONS.get(wanted);
        return conversion == null ? null : conversion.over(reader(type, format), type, format);
    }

    /** Reads the number itself; also arrays of primitives stand on it. */
    static LongReader reader(PgType type, Format format) {
        if (format == Format.BINARY) {
            return switch (type.oid()) {
                case 21 -> IntegerCodecs::int2;
                case 23 -> IntegerCodecs::int4;
                case 20 -> IntegerCodecs::int8;
                default -> IntegerCodecs::oid;
            };
        }
        return switch (type.oid()) {
            case 21 -> text(PgType.INT2, Short.MIN_VALUE, Short.MAX_VALUE);
            case 23 -> text(PgType.INT4, Integer.MIN_VALUE, Integer.MAX_VALUE);
            case 20 -> (buffer, offset, length) -> Digits.integer(buffer, offset, length, PgType.INT8);
            default -> text(PgType.OID, 0, 0xFFFF_FFFFL);
        };
    }

    private static LongReader text(PgType type, long min, long max) {
        return (buffer, offset, length) -> {
            long value = Digits.integer(buffer, offset, length, type);
            if (value < min || value > max) {
                throw ValueException.malformed(type, buffer, offset, length);
            }
            return value;
        };
    }

    private static short int2(ByteBuf buffer, int offset, int length) {
        if (length != 2) {
            throw ValueException.length(PgType.INT2, 2, length);
        }
        return buffer.getShort(offset);
    }

    private static int int4(ByteBuf buffer, int offset, int length) {
        if (length != 4) {
            throw ValueException.length(PgType.INT4, 4, length);
        }
        return buffer.getInt(offset);
    }

    private static long int8(ByteBuf buffer, int offset, int length) {
        if (length != 8) {
            throw ValueException.length(PgType.INT8, 8, length);
        }
        return buffer.getLong(offset);
    }

    private static long oid(ByteBuf buffer, int offset, int length) {
        if (length != 4) {
            throw ValueException.length(PgType.OID, 4, length);
        }
        return buffer.getUnsignedInt(offset);
    }

    static long within(long value, long min, long max, PgType type, Format format, Class<?> target) {
        if (value < min || value > max) {
            throw ValueException.overflow(type, format, value, target);
        }
        return value;
    }

    private static float toFloat(long value, PgType type, Format format) {
        float converted = value;
        if (!isExact(value, converted)) {
            throw ValueException.overflow(type, format, value, Float.class);
        }
        return converted;
    }

    private static double toDouble(long value, PgType type, Format format) {
        double converted = value;
        if (!isExact(value, converted)) {
            throw ValueException.overflow(type, format, value, Double.class);
        }
        return converted;
    }

    /** The cast back saturates, so 2^63 must be told from 2^63 - 1 apart. */
    static boolean isExact(long value, double converted) {
        return (long) converted == value && converted < 0x1p63;
    }

    private static Year toYear(long value, PgType type, Format format) {
        return Year.of((int) within(value, Year.MIN_VALUE, Year.MAX_VALUE, type, format, Year.class));
    }

    @Override
    public Map<Class<?>, Encoding> encodings() {
        return Map.of(Byte.class, INT2, Short.class, INT2, Integer.class, INT4, Long.class, INT8, Year.class, INT4);
    }

    @Override
    public @Nullable Encoding encoding(Object value, PgType type) {
        if (!Numbers.isNumber(value) && !(value instanceof Year)) {
            return null;
        }
        return switch (type.oid()) {
            case 21 -> INT2;
            case 23 -> INT4;
            case 20 -> INT8;
            default -> OID;
        };
    }

    private static long exact(Object value, PgType type, long min, long max) {
        long number = value instanceof Year year ? year.getValue() : Numbers.toLong((Number) value, type);
        if (number < min || number > max) {
            throw ValueException.unwritable(type.getName(), value, number + " is out of range");
        }
        return number;
    }
}
