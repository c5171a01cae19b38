// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.codec;

import io.netty.buffer.ByteBuf;
import io.r2dbc.pgxc.value.MacAddress;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes {@code macaddr} and {@code macaddr8}: {@code MacAddress} and {@code String}.
 *
 * <p>The class does not tell the type, since the number of bytes does; so an address whose type is not given goes
 * untyped. One of six bytes is no {@code macaddr8}: the server would put two bytes into its middle.
 */
final class MacAddressCodec implements Family {

    private static final Encoding UNTYPED = new UntypedText(PgType.MACADDR.oid(), Object::toString);
    private static final Encoding SIX = encoding(PgType.MACADDR);
    private static final Encoding EIGHT = encoding(PgType.MACADDR8);

    private static Encoding encoding(PgType type) {
        return TypedEncoding.binary(type, (value, out) -> write((MacAddress) value, type, out));
    }

    private static int size(PgType type) {
        return type.equals(PgType.MACADDR) ? 6 : 8;
    }

    @Override
    public List<PgType> types() {
        return List.of(PgType.MACADDR, PgType.MACADDR8);
    }

    @Override
    public @Nullable Decoder<?> decoder(PgType type, Format format, Class<?> target) {
        int size = size(type);
        if (target == MacAddress.class) {
            return format == Format.TEXT
                    ? (Decoder<MacAddress>) (buffer, offset, length) -> text(buffer, offset, length, type, size)
                    : (Decoder<MacAddress>) (buffer, offset, length) -> binary(buffer, offset, length, type, size);
        }
        return target == String.class
                ? (Decoder<String>) (buffer, offset, length) ->
                        binary(buffer, offset, length, type, size).toString()
                : null;
    }

    private static MacAddress binary(ByteBuf buffer, int offset, int length, PgType type, int size) {
        if (length != size) {
            throw ValueException.length(type, size, length);
        }
        long bits = 0;
        for (int i = offset; i < offset + size; i++) {
            bits = bits << 8 | buffer.getUnsignedByte(i);
        }
        return new MacAddress(bits, size);
    }

    private static MacAddress text(ByteBuf buffer, int offset, int length, PgType type, int size) {
        if (length != 3 * size - 1) {
            throw ValueException.malformed(type, buffer, offset, length);
        }
        long bits = 0;
        for (int i = 0; i < length; i++) {
            int b = buffer.getByte(offset + i);
            int digit = i % 3 == 2 ? (b == ':' ? 0 : -1) : Character.digit(b, 16);
            if (digit < 0) {
                throw ValueException.malformed(type, buffer, offset, length);
            }
            bits = i % 3 == 2 ? bits : bits << 4 | digit;
        }
        return new MacAddress(bits, size);
    }

    private static void write(MacAddress address, PgType type, ByteBuf out) {
        if (address.length() != size(type)) {
            throw ValueException.unwritable(
                    type.getName(), address, address.length() + " bytes where " + size(type) + " are due");
        }
        if (address.length() == 8) {
            out.writeLong(address.bits());
        } else {
            out.writeShort((int) (address.bits() >>> 32));
            out.writeInt((int) address.bits());
        }
    }

    @Override
    public Map<Class<?>, Encoding> encodings() {
        return Map.of(MacAddress.class, UNTYPED);
    }

    @Override
    public @Nullable Encoding encoding(Object value, PgType type) {
        if (!(value instanceof MacAddress)) {
            return null;
        }
        return type.equals(PgType.MACADDR) ? SIX : EIGHT;
    }
}
