// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.codec;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Converts the JDK's numbers into each other without a silent loss: integers exactly or not at all, decimals and floats
 * to the nearest float, which is what a float is, but never to an infinity they are not.
 */
final class Numbers {

    private Numbers() {}

    static boolean isNumber(Object value) {
        return isInteger(value)
                || value instanceof BigDecimal
                || value instanceof BigInteger
                || value instanceof Double
                || value instanceof Float;
    }

    private static boolean isInteger(Object value) {
        return value instanceof Integer
                || value instanceof Long
                || value instanceof Short
                || value instanceof Byte
                || value instanceof AtomicInteger
                || value instanceof AtomicLong;
    }

    static long toLong(Number value, PgType type) {
        if (isInteger(value)) {
            return value.longValue();
        }
        boolean isFloat = value instanceof Float || value instanceof Double;
        try {
            return isFloat && Double.isFinite(value.doubleValue())
                    ? new BigDecimal(value.doubleValue()).longValueExact() // what it is, not what it prints
                    : toBigDecimal(value, type).longValueExact();
        } catch (ArithmeticException e) {
            throw ValueException.unwritable(type.getName(), value, "not exactly an integer of 64 bits");
        }
    }

    static BigDecimal toBigDecimal(Number value, PgType type) {
        if (value instanceof BigDecimal decimal) {
            return decimal;
        }
        if (value instanceof BigInteger integer) {
            return new BigDecimal(integer);
        }
        if (isInteger(value)) {
            return BigDecimal.valueOf(value.longValue());
        }
        if (!Double.isFinite(value.doubleValue())) {
            throw ValueException.unwritable(type.getName(), value, "not a finite number");
        }
        return value instanceof Float ? new BigDecimal(value.toString()) : BigDecimal.valueOf(value.doubleValue());
    }

    static double toDouble(Number value, PgType type) {
        double converted = value.doubleValue();
        boolean exact = !isInteger(value) || IntegerCodecs.isExact(value.longValue(), converted);
        if (!exact || Double.isInfinite(converted) && !isInfinite(value)) {
            throw ValueException.unwritable(type.getName(), value, "has no place in it");
        }
        return converted;
    }

    static float toFloat(Number value, PgType type) {
        float converted = value.floatValue();
        boolean exact = !isInteger(value) || IntegerCodecs.isExact(value.longValue(), converted);
        if (!exact || Float.isInfinite(converted) && !isInfinite(value)) {
            throw ValueException.unwritable(type.getName(), value, "has no place in it");
        }
        return converted;
    }

    private static boolean isInfinite(Number value) {
        return (value instanceof Double || value instanceof Float) && Double.isInfinite(value.doubleValue());
    }
}
