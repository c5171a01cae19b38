// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.codec;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes {@code geometry} and {@code geography} of PostGIS: extended WKB as {@code byte[]}, as {@code ByteBuffer},
 * and in hexadecimal digits as {@code String}; and the geometries of JTS, where it is there.
 *
 * <p>The classes of JTS are known to {@link JtsGeometries} only, which is not touched before a class of that name is asked
 * for or bound.
 */
final class PostgisCodec implements Family {

    private static final String JTS_GEOMETRY = "org.locationtech.jts.geom.Geometry";

    /** What stands between the elements of arrays, in text. */
    static final char DELIMITER = ':';

    private static final String DIGITS = "0123456789ABCDEF";

    @Override
    public List<PgType> types() {
        return List.of();
    }

    @Override
    public List<String> names() {
        return List.of("geometry", "geography");
    }

    @Override
    public @Nullable Decoder<?> decoder(PgType type, Format format, Class<?> target) {
        if (target == String.class) {
            return (Decoder<String>) (buffer, offset, length) -> hex(type, buffer, offset, length);
        }
        Decoder<?> bytes = format == Format.BINARY ? BinaryCodecs.bytes(target, 0) : fromHex(type, target);
        if (bytes != null) {
            return bytes;
        }
        return isJts(target) ? JtsGeometries.decoder(type, format, target) : null;
    }

    /** In capitals, as the server prints it. */
    static String hex(PgType type, ByteBuf buffer, int offset, int length) {
        if (length > (Integer.MAX_VALUE - 16) / 2) {
            throw ValueException.of(type, Format.BINARY, length + " bytes have no place in a String");
        }
        byte[] text = new byte[2 * length];
        for (int i = 0; i < length; i++) {
            int b = buffer.getUnsignedByte(offset + i);
            text[2 * i] = (byte) DIGITS.charAt(b >> 4);
            text[2 * i + 1] = (byte) DIGITS.charAt(b & 15);
        }
        return new String(text, StandardCharsets.ISO_8859_1);
    }

    private static @Nullable Decoder<?> fromHex(PgType type, Class<?> target) {
        if (target == byte[].class) {
            return (Decoder<byte[]>) (buffer, offset, length) -> fromHex(type, buffer, offset, length);
        }
        return target == ByteBuffer.class
                ? (Decoder<ByteBuffer>)
                        (buffer, offset, length) -> ByteBuffer.wrap(fromHex(type, buffer, offset, length))
                : null;
    }

    static byte[] fromHex(PgType type, ByteBuf buffer, int offset, int length) {
        byte[] bytes = new byte[length / 2];
        for (int i = 0; i < bytes.length; i++) {
            int high = Character.digit(buffer.getByte(offset + 2 * i), 16);
            int low = Character.digit(buffer.getByte(offset + 2 * i + 1), 16);
            if (high < 0 || low < 0) {
                throw ValueException.malformed(type, buffer, offset, length);
            }
            bytes[i] = (byte) (high << 4 | low);
        }
        if (length % 2 != 0) {
            throw ValueException.malformed(type, buffer, offset, length);
        }
        return bytes;
    }

    /** Whether it is one of JTS's geometries, and of the very JTS that is there for the driver. */
    static boolean isJts(Class<?> type) {
        Class<?> at = type;
        while (at != null && !at.getName().equals(JTS_GEOMETRY)) {
            at = at.getSuperclass();
        }
        try {
            return at != null && JtsGeometries.isGeometry(type);
        } catch (LinkageError e) { // the class came from where the driver sees nothing
            return false;
        }
    }

    @Override
    public Map<Class<?>, Encoding> encodings() {
        return Map.of();
    }

    /** The encoding of the geometries of JTS. */
    static @Nullable Encoding encoding(Class<?> type) {
        return isJts(type) ? JtsGeometries.untyped() : null;
    }

    @Override
    public @Nullable Encoding encoding(Object value, PgType type) {
        Encoding bytes = BinaryCodecs.encoding(value.getClass());
        if (bytes != null) {
            return TypedEncoding.binary(type, bytes::write);
        }
        return isJts(value.getClass()) ? JtsGeometries.binary(type) : null;
    }
}
