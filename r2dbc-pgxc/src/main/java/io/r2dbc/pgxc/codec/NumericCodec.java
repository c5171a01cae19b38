// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.codec;

import io.netty.buffer.ByteBuf;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes {@code numeric}: {@code BigDecimal} with the server's scale, integers if the value is one exactly,
 * floats to the nearest, {@code String}. NaN and the infinities exist as floats and strings only.
 */
final class NumericCodec implements Family {

    private static final Encoding ENCODING = TypedEncoding.binary(PgType.NUMERIC, NumericCodec::write);

    private static final Map<Class<?>, Function<BigDecimal, Object>> EXACT = Map.of(
            Byte.class, BigDecimal::byteValueExact,
            Short.class, BigDecimal::shortValueExact,
            Integer.class, BigDecimal::intValueExact,
            Long.class, BigDecimal::longValueExact,
            BigInteger.class, BigDecimal::toBigIntegerExact);

    @Override
    public List<PgType> types() {
        return List.of(PgType.NUMERIC);
    }

    @Override
    public @Nullable Decoder<?> decoder(PgType type, Format format, Class<?> target) {
        Decoder<BigDecimal> decimal = format == Format.TEXT ? NumericText::read : NumericBytes::read;
        if (target == BigDecimal.class || target == Number.class) {
            return decimal;
        }
        if (target == String.class) {
            return (Decoder<String>) NumericBytes::print;
        }
        if (target == Double.class) {
            return (Decoder<Double>) (buffer, offset, length) -> {
                double special = special(buffer, offset, length, format);
                return special != 0 ? special : toDouble(decimal.decode(buffer, offset, length), format);
            };
        }
        if (target == Float.class) {
            return (Decoder<Float>) (buffer, offset, length) -> {
                float special = (float) special(buffer, offset, length, format);
                return special != 0 ? special : toFloat(decimal.decode(buffer, offset, length), format);
            };
        }
        Function<BigDecimal, Object> exact = EXACT.get(target);
        return exact == null ? null : exactly(decimal, exact, format, target);
    }

    private static Decoder<Object> exactly(
            Decoder<BigDecimal> decimal, Function<BigDecimal, Object> exact, Format format, Class<?> target) {
        return (buffer, offset, length) -> {
            BigDecimal value = decimal.decode(buffer, offset, length);
            try {
                return exact.apply(value);
            } catch (ArithmeticException e) {
                throw ValueException.overflow(PgType.NUMERIC, format, shown(value), target);
            }
        };
    }

    private static double special(ByteBuf buffer, int offset, int length, Format format) {
        return format == Format.TEXT
                ? NumericText.special(buffer, offset, length)
                : NumericBytes.special(buffer, offset, length);
    }

    private static double toDouble(BigDecimal value, Format format) {
        double converted = value.doubleValue();
        if (Double.isInfinite(converted)) {
            throw ValueException.overflow(PgType.NUMERIC, format, shown(value), Double.class);
        }
        return converted;
    }

    private static float toFloat(BigDecimal value, Format format) {
        float converted = value.floatValue();
        if (Float.isInfinite(converted)) {
            throw ValueException.overflow(PgType.NUMERIC, format, shown(value), Float.class);
        }
        return converted;
    }

    /** A number for a message, which must not have its hundred thousand digits. */
    private static Object shown(BigDecimal value) {
        return value.precision() > 40 ? "a number of " + value.precision() + " digits" : value;
    }

    static ValueException notFinite(Format format, double special) {
        return ValueException.of(
                PgType.NUMERIC, format, special + " has no place in a decimal; read it as Double or String");
    }

    private static void write(Object value, ByteBuf out) {
        Number number = (Number) value;
        if ((value instanceof Double || value instanceof Float) && !Double.isFinite(number.doubleValue())) {
            NumericBytes.writeSpecial(number.doubleValue(), out);
        } else {
            NumericBytes.write(Numbers.toBigDecimal(number, PgType.NUMERIC), out);
        }
    }

    @Override
    public Map<Class<?>, Encoding> encodings() {
        return Map.of(BigDecimal.class, ENCODING, BigInteger.class, ENCODING);
    }

    @Override
    public @Nullable Encoding encoding(Object value, PgType type) {
        return Numbers.isNumber(value) ? ENCODING : null;
    }
}
