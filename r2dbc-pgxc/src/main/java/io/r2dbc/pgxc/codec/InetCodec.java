// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.codec;

import io.netty.buffer.ByteBuf;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes {@code inet}: {@code InetAddress} and {@code String}. An address with the prefix of a network has no
 * place in an {@code InetAddress}, which would lose it, and is read as {@code String} only.
 *
 * <p>Addresses are made of their bytes, so that no name is ever looked up. One of IPv6 stays one of IPv6, even if it
 * stands for one of IPv4.
 */
final class InetCodec implements Family {

    /** Ahead of the address: family, bits of the prefix, whether it is {@code cidr}, bytes of the address. */
    private static final int HEADER = 4;

    private static final int IPV4 = 2;
    private static final int IPV6 = 3;

    private static final Encoding ENCODING = TypedEncoding.binary(PgType.INET, (value, out) -> {
        byte[] address = ((InetAddress) value).getAddress();
        out.writeByte(address.length == 4 ? IPV4 : IPV6);
        out.writeByte(8 * address.length);
        out.writeByte(0);
        out.writeByte(address.length);
        out.writeBytes(address);
    });

    @Override
    public List<PgType> types() {
        return List.of(PgType.INET);
    }

    @Override
    public @Nullable Decoder<?> decoder(PgType type, Format format, Class<?> target) {
        if (target == InetAddress.class) {
            return format == Format.TEXT
                    ? (Decoder<InetAddress>) InetCodec::text
                    : (Decoder<InetAddress>) InetCodec::binary;
        }
        return target == String.class ? (Decoder<String>) InetCodec::print : null;
    }

    private static InetAddress binary(ByteBuf buffer, int offset, int length) {
        return address(bytes(buffer, offset, length), buffer.getUnsignedByte(offset + 1), Format.BINARY);
    }

    private static String print(ByteBuf buffer, int offset, int length) {
        byte[] address = bytes(buffer, offset, length);
        return InetText.print(address, buffer.getUnsignedByte(offset + 1));
    }

    private static byte[] bytes(ByteBuf buffer, int offset, int length) {
        if (length < HEADER) {
            throw ValueException.of(PgType.INET, Format.BINARY, length + " bytes are no address");
        }
        int family = buffer.getUnsignedByte(offset);
        int bits = buffer.getUnsignedByte(offset + 1);
        int size = buffer.getUnsignedByte(offset + 3);
        int due = family == IPV4 ? 4 : 16;
        if ((family != IPV4 && family != IPV6) || size != due || bits > 8 * due) {
            throw ValueException.of(
                    PgType.INET,
                    Format.BINARY,
                    "no address is of family " + family + ", " + size + " bytes and a prefix of " + bits + " bits");
        }
        if (length != HEADER + due) {
            throw ValueException.length(PgType.INET, HEADER + due, length);
        }
        byte[] address = new byte[due];
        buffer.getBytes(offset + HEADER, address);
        return address;
    }

    private static InetAddress text(ByteBuf buffer, int offset, int length) {
        int end = offset + length;
        int slash = InetText.find(buffer, offset, end, '/');
        byte[] address = InetText.address(buffer, offset, slash);
        int bits = address == null ? -1 : InetText.prefix(buffer, slash, end, 8 * address.length);
        if (address == null || bits < 0) {
            throw ValueException.malformed(PgType.INET, buffer, offset, length);
        }
        return address(address, bits, Format.TEXT);
    }

    private static InetAddress address(byte[] address, int bits, Format format) {
        if (bits != 8 * address.length) {
            throw ValueException.of(
                    PgType.INET,
                    format,
                    "an address with a prefix of " + bits + " bits has no place in " + InetAddress.class.getTypeName()
                            + ", read it as String");
        }
        try {
            return address.length == 4
                    ? InetAddress.getByAddress(address)
                    : Inet6Address.getByAddress(null, address, -1); // the other one would make IPv4 of ::ffff:10.0.0.1
        } catch (UnknownHostException e) {
            throw new IllegalStateException(address.length + " bytes", e);
        }
    }

    @Override
    public Map<Class<?>, Encoding> encodings() {
        return Map.of();
    }

    /** The encoding of the address classes: one for each version of the protocol, and one for both. */
    static @Nullable Encoding encoding(Class<?> type) {
        return InetAddress.class.isAssignableFrom(type) ? ENCODING : null;
    }

    @Override
    public @Nullable Encoding encoding(Object value, PgType type) {
        return encoding(value.getClass());
    }
}
