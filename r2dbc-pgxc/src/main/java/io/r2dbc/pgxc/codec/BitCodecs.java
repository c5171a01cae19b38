// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.codec;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes {@code bit} and {@code varbit}: {@code String} of the digits 0 and 1, {@code boolean[]}, and {@code
 * BitSet}, in all of which the first one is the leftmost bit.
 *
 * <p>A {@code BitSet} does not know how many bits it has: zeros at the end are lost in reading, and it is written up to
 * its last bit that is set. By its class alone it is a {@code varbit}; {@code boolean[]} is an array of {@code bool}
 * unless the type is given.
 */
final class BitCodecs implements Family {

    /** Ahead of the bytes in binary: the count of bits. */
    private static final int HEADER = 4;

    /** The server's limit. */
    private static final int MAX_BITS = Integer.MAX_VALUE - 7;

    private static final Encoding BIT = encoding(PgType.BIT);
    private static final Encoding VARBIT = encoding(PgType.VARBIT);

    private static Encoding encoding(PgType type) {
        return TypedEncoding.binary(type, (value, out) -> write(value, type, out));
    }

    @Override
    public List<PgType> types() {
        return List.of(PgType.BIT, PgType.VARBIT);
    }

    @Override
    public @Nullable Decoder<?> decoder(PgType type, Format format, Class<?> target) {
        Bits bits = new Bits(type, format);
        if (target == BitSet.class) {
            return (Decoder<BitSet>) bits::set;
        }
        if (target == boolean[].class) {
            return (Decoder<boolean[]>) bits::array;
        }
        return target == String.class ? (Decoder<String>) bits::string : null;
    }

    /** Looks at single bits, which the two formats keep in different places. */
    private record Bits(PgType type, Format format) {

        BitSet set(ByteBuf buffer, int offset, int length) {
            int count = count(buffer, offset, length);
            BitSet set = new BitSet(count);
            for (int i = 0; i < count; i++) {
                if (isSet(buffer, offset, i)) {
                    set.set(i);
                }
            }
            return set;
        }

        boolean[] array(ByteBuf buffer, int offset, int length) {
            boolean[] array = new boolean[count(buffer, offset, length)];
            for (int i = 0; i < array.length; i++) {
                array[i] = isSet(buffer, offset, i);
            }
            return array;
        }

        String string(ByteBuf buffer, int offset, int length) {
            byte[] digits = new byte[count(buffer, offset, length)];
            for (int i = 0; i < digits.length; i++) {
                digits[i] = (byte) (isSet(buffer, offset, i) ? '1' : '0');
            }
            return new String(digits, StandardCharsets.ISO_8859_1);
        }

        private boolean isSet(ByteBuf buffer, int offset, int index) {
            return format == Format.TEXT
                    ? buffer.getByte(offset + index) == '1'
                    : (buffer.getByte(offset + HEADER + (index >> 3)) >> (7 - (index & 7)) & 1) == 1;
        }

        /** The number of bits, all of which are known to be there. */
        private int count(ByteBuf buffer, int offset, int length) {
            return format == Format.TEXT ? digits(buffer, offset, length) : announced(buffer, offset, length);
        }

        private int digits(ByteBuf buffer, int offset, int length) {
            for (int i = offset; i < offset + length; i++) {
                if (buffer.getByte(i) != '0' && buffer.getByte(i) != '1') {
                    throw ValueException.malformed(type, buffer, offset, length);
                }
            }
            return length;
        }

        private int announced(ByteBuf buffer, int offset, int length) {
            if (length < HEADER) {
                throw ValueException.of(type, format, length + " bytes are no bit string");
            }
            int count = buffer.getInt(offset);
            if (count < 0 || count > MAX_BITS || length != HEADER + (count + 7) / 8) {
                throw ValueException.of(type, format, count + " bits in " + length + " bytes");
            }
            int padding = (count & 7) == 0 ? 0 : 0xFF >> (count & 7);
            if ((buffer.getByte(offset + length - 1) & padding) != 0) {
                throw ValueException.of(type, format, "bits behind the last of " + count);
            }
            return count;
        }
    }

    private static void write(Object value, PgType type, ByteBuf out) {
        if (value instanceof boolean[] bits) {
            write(value, type, bits.length, i -> bits[i], out);
        } else {
            BitSet bits = (BitSet) value;
            write(value, type, bits.length(), bits::get, out);
        }
    }

    private static void write(Object value, PgType type, int count, IntPredicate bits, ByteBuf out) {
        if (count < 0 || count > MAX_BITS) {
            throw ValueException.unwritable(type.getName(), value, "more than " + MAX_BITS + " bits");
        }
        out.writeInt(count);
        for (int octet = 0; octet < (count + 7) / 8; octet++) {
            int b = 0;
            for (int i = 8 * octet; i < 8 * octet + 8; i++) {
                b = b << 1 | (i < count && bits.test(i) ? 1 : 0);
            }
            out.writeByte(b);
        }
    }

    @Override
    public Map<Class<?>, Encoding> encodings() {
        return Map.of(BitSet.class, VARBIT);
    }

    @Override
    public @Nullable Encoding encoding(Object value, PgType type) {
        if (!(value instanceof BitSet || value instanceof boolean[])) {
            return null;
        }
        return type.equals(PgType.BIT) ? BIT : VARBIT;
    }
}
