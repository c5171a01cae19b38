// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.codec;

import io.netty.buffer.ByteBuf;
import io.r2dbc.pgxc.value.Inet;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes {@code inet} and {@code cidr}: {@code InetAddress}, {@code Inet} and {@code String}. An address with the
 * prefix of a network has no place in an {@code InetAddress}, which would lose it.
 *
 * <p>Addresses are made of their bytes, so that no name is ever looked up. One of IPv6 stays one of IPv6, even if it
 * stands for one of IPv4.
 */
final class InetCodec implements Family {

    /** Ahead of the address: family, bits of the prefix, whether it is {@code cidr}, bytes of the address. */
    private static final int HEADER = 4;

    private static final int IPV4 = 2;
    private static final int IPV6 = 3;

    private static final Encoding INET = encoding(PgType.INET);
    private static final Encoding CIDR = encoding(PgType.CIDR);

    private static Encoding encoding(PgType type) {
        return TypedEncoding.binary(type, (value, out) -> write(value, type, out));
    }

    @Override
    public List<PgType> types() {
        return List.of(PgType.INET, PgType.CIDR);
    }

    @Override
    public @Nullable Decoder<?> decoder(PgType type, Format format, Class<?> target) {
        if (target == InetAddress.class) {
            return (Decoder<InetAddress>) (buffer, offset, length) -> host(buffer, offset, length, type, format);
        }
        if (target == Inet.class) {
            return (Decoder<Inet>) (buffer, offset, length) -> inet(buffer, offset, length, type, format);
        }
        return target == String.class
                ? (Decoder<String>) (buffer, offset, length) -> print(inet(buffer, offset, length, type, format), type)
                : null;
    }

    private static InetAddress host(ByteBuf buffer, int offset, int length, PgType type, Format format) {
        byte[] address = bytes(buffer, offset, length, type, format);
        int bits = prefix(buffer, offset, length, format, address);
        if (bits != 8 * address.length) {
            throw ValueException.of(
                    type,
                    format,
                    "an address with a prefix of " + bits + " bits has no place in " + InetAddress.class.getTypeName()
                            + ", read it as String or " + Inet.class.getTypeName());
        }
        return address(address);
    }

    private static Inet inet(ByteBuf buffer, int offset, int length, PgType type, Format format) {
        byte[] address = bytes(buffer, offset, length, type, format);
        return new Inet(address(address), prefix(buffer, offset, length, format, address));
    }

    /** A {@code cidr} has its prefix printed even if that is all of the address. */
    private static String print(Inet inet, PgType type) {
        return type.equals(PgType.CIDR) && inet.isHost() ? inet + "/" + inet.prefixLength() : inet.toString();
    }

    private static InetAddress address(byte[] address) {
        try {
            return address.length == 4
                    ? InetAddress.getByAddress(address)
                    : Inet6Address.getByAddress(null, address, -1); // the other one would make IPv4 of ::ffff:10.0.0.1
        } catch (UnknownHostException e) {
            throw new IllegalStateException(address.length + " bytes", e);
        }
    }

    /** The bytes of the address, of a value whose prefix is known to be one. */
    private static byte[] bytes(ByteBuf buffer, int offset, int length, PgType type, Format format) {
        return format == Format.TEXT ? text(buffer, offset, length, type) : binary(buffer, offset, length, type);
    }

    private static byte[] text(ByteBuf buffer, int offset, int length, PgType type) {
        int slash = InetText.find(buffer, offset, offset + length, '/');
        byte[] address = InetText.address(buffer, offset, slash);
        if (address == null || prefix(buffer, offset, length, Format.TEXT, address) < 0) {
            throw ValueException.malformed(type, buffer, offset, length);
        }
        return address;
    }

    private static byte[] binary(ByteBuf buffer, int offset, int length, PgType type) {
        if (length < HEADER) {
            throw ValueException.of(type, Format.BINARY, length + " bytes are no address");
        }
        int family = buffer.getUnsignedByte(offset);
        int bits = buffer.getUnsignedByte(offset + 1);
        int size = buffer.getUnsignedByte(offset + 3);
        int due = family == IPV4 ? 4 : 16;
        if ((family != IPV4 && family != IPV6) || size != due || bits > 8 * due) {
            throw ValueException.of(
                    type,
                    Format.BINARY,
                    "no address is of family " + family + ", " + size + " bytes and a prefix of " + bits + " bits");
        }
        if (length != HEADER + due) {
            throw ValueException.length(type, HEADER + due, length);
        }
        byte[] address = new byte[due];
        buffer.getBytes(offset + HEADER, address);
        return address;
    }

    private static int prefix(ByteBuf buffer, int offset, int length, Format format, byte[] address) {
        int end = offset + length;
        return format == Format.TEXT
                ? InetText.prefix(buffer, InetText.find(buffer, offset, end, '/'), end, 8 * address.length)
                : buffer.getUnsignedByte(offset + 1);
    }

    private static void write(Object value, PgType type, ByteBuf out) {
        boolean isCidr = type.equals(PgType.CIDR);
        InetAddress host = value instanceof Inet inet ? inet.address() : (InetAddress) value;
        byte[] address = host.getAddress();
        int bits = value instanceof Inet inet ? inet.prefixLength() : 8 * address.length;
        if (isCidr && hasBitsBehind(address, bits)) {
            throw ValueException.unwritable(
                    type.getName(), value, value + " has bits behind the prefix that are not zero");
        }
        out.writeByte(address.length == 4 ? IPV4 : IPV6);
        out.writeByte(bits);
        out.writeByte(isCidr ? 1 : 0);
        out.writeByte(address.length);
        out.writeBytes(address);
    }

    private static boolean hasBitsBehind(byte[] address, int bits) {
        for (int i = bits; i < 8 * address.length; i++) {
            if ((address[i >> 3] >> (7 - (i & 7)) & 1) != 0) {
                return true;
            }
        }
        return false;
    }

    @Override
    public Map<Class<?>, Encoding> encodings() {
        return Map.of(Inet.class, INET);
    }

    /** The encoding of the address classes: one for each version of the protocol, and one for both. */
    static @Nullable Encoding encoding(Class<?> type) {
        return InetAddress.class.isAssignableFrom(type) ? INET : null;
    }

    @Override
    public @Nullable Encoding encoding(Object value, PgType type) {
        if (!(value instanceof Inet || value instanceof InetAddress)) {
            return null;
        }
        return type.equals(PgType.CIDR) ? CIDR : INET;
    }
}
