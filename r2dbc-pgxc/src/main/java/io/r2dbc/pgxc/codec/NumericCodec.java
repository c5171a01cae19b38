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

    /** Numbers with more digits ahead of the point are for decimals; the other classes need not even compute them. */
    private static final int MAX_DIGITS = 400;

    private static final Map<Class<?>, Function<BigDecimal, Object>> CONVERSIONS = Map.of(
            Byte.class, BigDecimal::byteValueExact,
            Short.class, BigDecimal::shortValueExact,
            Integer.class, BigDecimal::intValueExact,
            Long.class, BigDecimal::longValueExact,
            Double.class, NumericCodec::toDouble,
            Float.class, NumericCodec::toFloat);

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
        if (target == BigInteger.class) {
            return (Decoder<BigInteger>) (buffer, offset, length) -> integer(buffer, offset, length, format);
        }
        Function<BigDecimal, Object> conversion = CONVERSIONS.get(target);
        if (conversion == null) {
            return null;
        }
        Decoder<?> number = converted(decimal, conversion, format, target);
        return target == Double.class || target == Float.class ? orSpecial(number, format, target) : number;
    }

    private static Decoder<Object> converted(
            Decoder<BigDecimal> decimal, Function<BigDecimal, Object> conversion, Format format, Class<?> target) {
        return (buffer, offset, length) -> {
            int digits = format == Format.TEXT
                    ? NumericText.integerDigits(buffer, offset, length)
                    : NumericBytes.integerDigits(buffer, offset, length);
            if (digits > MAX_DIGITS) {
                throw ValueException.overflow(PgType.NUMERIC, format, "a number of " + digits + " digits", target);
            }
            BigDecimal value = decimal.decode(buffer, offset, length);
            try {
                return conversion.apply(value);
            } catch (ArithmeticException e) {
                throw ValueException.overflow(PgType.NUMERIC, format, shown(value), target);
            }
        };
    }

    private static Decoder<Object> orSpecial(Decoder<?> number, Format format, Class<?> target) {
        return (buffer, offset, length) -> {
            double special = format == Format.TEXT
                    ? NumericText.special(buffer, offset, length)
                    : NumericBytes.special(buffer, offset, length);
            if (special == 0) {
                return number.decode(buffer, offset, length);
            }
            return target == Double.class ? (Object) special : (Object) (float) special;
        };
    }

    private static BigInteger integer(ByteBuf buffer, int offset, int length, Format format) {
        BigInteger integer = format == Format.TEXT
                ? NumericText.integer(buffer, offset, length)
                : NumericBytes.integer(buffer, offset, length);
        if (integer == null) {
            throw ValueException.overflow(PgType.NUMERIC, format, "a number with a fraction", BigInteger.class);
        }
        return integer;
    }

    private static Double toDouble(BigDecimal value) {
        double converted = value.doubleValue();
        if (Double.isInfinite(converted)) {
            throw new ArithmeticException("overflow");
        }
        return converted;
    }

    private static Float toFloat(BigDecimal value) {
        float converted = value.floatValue();
        if (Float.isInfinite(converted)) {
            throw new ArithmeticException("overflow");
        }
        return converted;
    }

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
