// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.codec;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes {@code bytea}, in both of its text forms: {@code ByteBuffer}, {@code byte[]}, and {@code String} in
 * the form {@code \x00ff}. Buffers that are bound keep their position and their owner.
 */
final class BinaryCodecs implements Family {

    private static final Encoding ENCODING = TypedEncoding.binary(PgType.BYTEA, BinaryCodecs::write);

    @Override
    public List<PgType> types() {
        return List.of(PgType.BYTEA);
    }

    @Override
    public @Nullable Decoder<?> decoder(PgType type, Format format, Class<?> target) {
        if (target == String.class) {
            return (Decoder<String>) BinaryCodecs::hex;
        }
        if (format == Format.BINARY) {
            return bytes(target, 0);
        }
        if (target == byte[].class) {
            return (Decoder<byte[]>) BinaryCodecs::text;
        }
        return target == ByteBuffer.class
                ? (Decoder<ByteBuffer>) (buffer, offset, length) -> ByteBuffer.wrap(text(buffer, offset, length))
                : null;
    }

    /** The bytes as they are, behind a prefix of some length; null if the class holds no bytes. */
    static @Nullable Decoder<?> bytes(Class<?> target, int prefix) {
        if (target == byte[].class) {
            return (Decoder<byte[]>) (buffer, offset, length) -> copy(buffer, offset + prefix, length - prefix);
        }
        return target == ByteBuffer.class
                ? (Decoder<ByteBuffer>)
                        (buffer, offset, length) -> ByteBuffer.wrap(copy(buffer, offset + prefix, length - prefix))
                : null;
    }

    private static byte[] copy(ByteBuf buffer, int offset, int length) {
        byte[] bytes = new byte[length];
        buffer.getBytes(offset, bytes);
        return bytes;
    }

    private static String hex(ByteBuf buffer, int offset, int length) {
        if (length > (Integer.MAX_VALUE - 16) / 2) {
            throw ValueException.of(PgType.BYTEA, Format.BINARY, length + " bytes have no place in a String");
        }
        byte[] text = new byte[2 + 2 * length];
        text[0] = '\\';
        text[1] = 'x';
        for (int i = 0; i < length; i++) {
            int b = buffer.getUnsignedByte(offset + i);
            text[2 + 2 * i] = (byte) Character.forDigit(b >> 4, 16);
            text[3 + 2 * i] = (byte) Character.forDigit(b & 15, 16);
        }
        return new String(text, StandardCharsets.ISO_8859_1);
    }

    /** {@code bytea_output} is not reported by the server, so that the bytes themselves have to tell. */
    static byte[] text(ByteBuf buffer, int offset, int length) {
        boolean isHex = length >= 2 && buffer.getByte(offset) == '\\' && buffer.getByte(offset + 1) == 'x';
        return isHex ? fromHex(buffer, offset, length) : fromEscapes(buffer, offset, length);
    }

    private static byte[] fromHex(ByteBuf buffer, int offset, int length) {
        byte[] bytes = new byte[length / 2 - 1];
        for (int i = 0; i < bytes.length; i++) {
            int high = Character.digit(buffer.getByte(offset + 2 + 2 * i), 16);
            int low = Character.digit(buffer.getByte(offset + 3 + 2 * i), 16);
            if (high < 0 || low < 0) {
                throw ValueException.malformed(PgType.BYTEA, buffer, offset, length);
            }
            bytes[i] = (byte) (high << 4 | low);
        }
        if (length % 2 != 0) {
            throw ValueException.malformed(PgType.BYTEA, buffer, offset, length);
        }
        return bytes;
    }

    /** {@code \\} for a backslash, {@code \ooo} for what is not printable; everything else stands for itself. */
    private static byte[] fromEscapes(ByteBuf buffer, int offset, int length) {
        int end = offset + length;
        int size = 0;
        for (int at = offset; at < end; at += escape(buffer, at, end)) {
            size++;
        }
        byte[] bytes = new byte[size];
        int at = offset;
        for (int i = 0; i < size; i++) {
            int width = escape(buffer, at, end);
            bytes[i] = width == 4 ? (byte) octal(buffer, at + 1) : buffer.getByte(at);
            at += width;
        }
        return bytes;
    }

    /** How many bytes stand for the next one. */
    private static int escape(ByteBuf buffer, int at, int end) {
        if (buffer.getByte(at) != '\\') {
            return 1;
        }
        if (at + 1 < end && buffer.getByte(at + 1) == '\\') {
            return 2;
        }
        if (at + 3 >= end || octal(buffer, at + 1) < 0) {
            throw ValueException.malformed(PgType.BYTEA, buffer, at, end - at);
        }
        return 4;
    }

    private static int octal(ByteBuf buffer, int at) {
        int high = buffer.getByte(at) - '0';
        int middle = buffer.getByte(at + 1) - '0';
        int low = buffer.getByte(at + 2) - '0';
        boolean valid = high >= 0 && high <= 3 && (middle & ~7) == 0 && (low & ~7) == 0;
        return valid ? high << 6 | middle << 3 | low : -1;
    }

    private static void write(Object value, ByteBuf out) {
        if (value instanceof byte[] bytes) {
            out.writeBytes(bytes);
        } else if (value instanceof ByteBuffer bytes) {
            out.writeBytes(bytes.duplicate());
        } else {
            ByteBuf bytes = (ByteBuf) value;
            out.writeBytes(bytes, bytes.readerIndex(), bytes.readableBytes());
        }
    }

    @Override
    public Map<Class<?>, Encoding> encodings() {
        return Map.of(byte[].class, ENCODING);
    }

    /** The encoding of the buffer classes, which have many subclasses. */
    static @Nullable Encoding encoding(Class<?> type) {
        return isBytes(type) ? ENCODING : null;
    }

    private static boolean isBytes(Class<?> type) {
        return type == byte[].class || ByteBuffer.class.isAssignableFrom(type) || ByteBuf.class.isAssignableFrom(type);
    }

    @Override
    public @Nullable Encoding encoding(Object value, PgType type) {
        return isBytes(value.getClass()) ? ENCODING : null;
    }

    /** Bytes that are the text of a type. */
    static @Nullable Encoding asText(Object value, PgType type) {
        return isBytes(value.getClass()) ? TypedEncoding.text(type, BinaryCodecs::write) : null;
    }
}
