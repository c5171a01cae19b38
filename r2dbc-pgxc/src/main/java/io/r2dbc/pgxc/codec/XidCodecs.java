// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.codec;

import io.netty.buffer.ByteBuf;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes the unsigned numbers of transactions and commands, {@code xid} and {@code cid} of 32 bits and {@code
 * xid8} of 64: any class of integers that holds the value, and {@code String}. A value that the class cannot hold, such as
 * an {@code xid8} from 2^63 on as {@code Long}, is an error.
 */
final class XidCodecs implements Family {

    private static final long MAX_32 = 0xFFFF_FFFFL;
    private static final long MAX_64 = -1; // unsigned

    private static final Encoding XID =
            TypedEncoding.binary(PgType.XID, (value, out) -> out.writeInt((int) exact(value, PgType.XID, MAX_32)));
    private static final Encoding CID =
            TypedEncoding.binary(PgType.CID, (value, out) -> out.writeInt((int) exact(value, PgType.CID, MAX_32)));
    private static final Encoding XID8 =
            TypedEncoding.binary(PgType.XID8, (value, out) -> out.writeLong(exact(value, PgType.XID8, MAX_64)));

    @Override
    public List<PgType> types() {
        return List.of(PgType.XID, PgType.CID, PgType.XID8);
    }

    @Override
    public @Nullable Decoder<?> decoder(PgType type, Format format, Class<?> target) {
        LongReader reader = reader(type, format);
        if (target == Long.class || target == Number.class) {
            return (Decoder<Long>) (b, o, l) -> within(reader.read(b, o, l), Long.MAX_VALUE, type, format, Long.class);
        }
        if (target == Integer.class) {
            return (Decoder<Integer>)
                    (b, o, l) -> (int) within(reader.read(b, o, l), Integer.MAX_VALUE, type, format, Integer.class);
        }
        if (target == Short.class) {
            return (Decoder<Short>)
                    (b, o, l) -> (short) within(reader.read(b, o, l), Short.MAX_VALUE, type, format, Short.class);
        }
        if (target == Byte.class) {
            return (Decoder<Byte>)
                    (b, o, l) -> (byte) within(reader.read(b, o, l), Byte.MAX_VALUE, type, format, Byte.class);
        }
        if (target == BigInteger.class) {
            return (Decoder<BigInteger>) (b, o, l) -> unsigned(reader.read(b, o, l));
        }
        return target == String.class
                ? (Decoder<String>) (b, o, l) -> Long.toUnsignedString(reader.read(b, o, l))
                : null;
    }

    /** Reads the number itself, unsigned. */
    private static LongReader reader(PgType type, Format format) {
        boolean isLong = type.equals(PgType.XID8);
        if (format == Format.TEXT) {
            long max = isLong ? MAX_64 : MAX_32;
            return (buffer, offset, length) -> text(buffer, offset, length, type, max);
        }
        int due = isLong ? 8 : 4;
        return (buffer, offset, length) -> {
            if (length != due) {
                throw ValueException.length(type, due, length);
            }
            return isLong ? buffer.getLong(offset) : buffer.getUnsignedInt(offset);
        };
    }

    private static long text(ByteBuf buffer, int offset, int length, PgType type, long max) {
        long value = 0;
        boolean valid = length > 0;
        for (int i = offset; i < offset + length && valid; i++) {
            int digit = buffer.getByte(i) - '0';
            valid = digit >= 0 && digit <= 9 && Long.compareUnsigned(value, room(max, digit)) <= 0;
            value = 10 * value + digit;
        }
        if (!valid) {
            throw ValueException.malformed(type, buffer, offset, length);
        }
        return value;
    }

    /** The largest number that one more digit may be put behind. */
    private static long room(long max, int digit) {
        return Long.divideUnsigned(max - digit, 10);
    }

    private static long within(long value, long max, PgType type, Format format, Class<?> target) {
        if (Long.compareUnsigned(value, max) > 0) {
            throw ValueException.overflow(type, format, Long.toUnsignedString(value), target);
        }
        return value;
    }

    private static BigInteger unsigned(long value) {
        BigInteger lower = BigInteger.valueOf(value & Long.MAX_VALUE);
        return value < 0 ? lower.setBit(63) : lower;
    }

    @Override
    public Map<Class<?>, Encoding> encodings() {
        return Map.of();
    }

    @Override
    public @Nullable Encoding encoding(Object value, PgType type) {
        if (!Numbers.isNumber(value)) {
            return null;
        }
        return switch (type.oid()) {
            case 28 -> XID;
            case 29 -> CID;
            default -> XID8;
        };
    }

    private static long exact(Object value, PgType type, long max) {
        boolean isUpperHalf = value instanceof BigInteger integer && integer.signum() > 0 && integer.bitLength() == 64;
        long number = isUpperHalf ? ((BigInteger) value).longValue() : Numbers.toLong((Number) value, type);
        if (number < 0 && !isUpperHalf || Long.compareUnsigned(number, max) > 0) {
            throw ValueException.unwritable(type.getName(), value, value + " is out of range");
        }
        return number;
    }
}
