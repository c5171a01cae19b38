// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.codec;

import io.netty.buffer.ByteBuf;
import java.net.InetAddress;
import java.net.URI;
import java.net.URL;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.temporal.Temporal;
import java.time.temporal.TemporalAmount;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes the character types: {@code String}, {@code Character} (if it is one), a Java enum by its name, and
 * the UTF-8 bytes as {@code byte[]} or {@code ByteBuffer}.
 *
 * <p>Strings, characters, enums, URIs and URLs are written without a type, so that the server takes them for whatever
 * the statement asks for: json, uuid, an enum of its own.
 */
final class TextCodecs implements Family {

    private static final Encoding UNTYPED = new UntypedText(PgType.TEXT.oid(), TextCodecs::text);

    @Override
    public List<PgType> types() {
        return List.of(
                PgType.TEXT, PgType.VARCHAR, PgType.BPCHAR, PgType.CHAR, PgType.NAME, PgType.UNKNOWN, PgType.of(2275));
    }

    @Override
    public List<String> names() {
        return List.of("citext");
    }

    @Override
    public @Nullable Decoder<?> decoder(PgType type, Format format, Class<?> target) {
        boolean isByte = type.equals(PgType.CHAR) && format == Format.BINARY;
        if (isByte && target == byte[].class) {
            return (Decoder<byte[]>) TextCodecs::quotedBytes;
        }
        if (isByte && target == ByteBuffer.class) {
            return (Decoder<ByteBuffer>)
                    (buffer, offset, length) -> ByteBuffer.wrap(quotedBytes(buffer, offset, length));
        }
        return of(isByte ? TextCodecs::quotedChar : string(type, format), type, format, target);
    }

    static Decoder<String> string(PgType type, Format format) {
        return (buffer, offset, length) -> Utf8.read(buffer, offset, length, type, format);
    }

    /** What can be made of characters, whatever they stand for. */
    static @Nullable Decoder<?> of(Decoder<String> string, PgType type, Format format, Class<?> target) {
        if (target == String.class) {
            return string;
        }
        if (target == Character.class) {
            return (Decoder<Character>)
                    (buffer, offset, length) -> character(string.decode(buffer, offset, length), type, format);
        }
        if (target.isEnum()) {
            return (Decoder<Object>)
                    (buffer, offset, length) -> constant(string.decode(buffer, offset, length), type, format, target);
        }
        return BinaryCodecs.bytes(target, 0);
    }

    private static Character character(String text, PgType type, Format format) {
        if (text.length() != 1) {
            throw ValueException.of(type, format, "a string of " + text.length() + " characters is no Character");
        }
        return text.charAt(0);
    }

    private static Object constant(String name, PgType type, Format format, Class<?> target) {
        for (Object constant : target.getEnumConstants()) {
            if (((Enum<?>) constant).name().equals(name)) {
                return constant;
            }
        }
        throw ValueException.of(type, format, "no constant of " + target.getTypeName() + " has the name sent");
    }

    /** The one byte of {@code "char"}: nothing for zero, an octal escape where it is not ASCII. */
    private static String quotedChar(ByteBuf buffer, int offset, int length) {
        if (length != 1) {
            throw ValueException.length(PgType.CHAR, 1, length);
        }
        int b = buffer.getUnsignedByte(offset);
        if (b < 128) {
            return b == 0 ? "" : String.valueOf((char) b);
        }
        return "\\" + Integer.toString(b, 8);
    }

    /** What the server would print of it, as everywhere. */
    private static byte[] quotedBytes(ByteBuf buffer, int offset, int length) {
        return quotedChar(buffer, offset, length).getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public Map<Class<?>, Encoding> encodings() {
        return Map.of(String.class, UNTYPED, Character.class, UNTYPED);
    }

    /** The encoding of classes that have many subclasses. */
    static @Nullable Encoding encoding(Class<?> type) {
        boolean isText = CharSequence.class.isAssignableFrom(type)
                || Enum.class.isAssignableFrom(type)
                || type == URI.class
                || type == URL.class;
        return isText ? UNTYPED : null;
    }

    static Encoding untyped() {
        return UNTYPED;
    }

    /** Whether a value can be written as the text of any type. */
    static boolean isText(Object value) {
        return value instanceof Character || value instanceof InetAddress || encoding(value.getClass()) != null;
    }

    /** Writes text and lets the server's input function of a type read it. */
    static Encoding as(PgType type) {
        return TypedEncoding.text(type, (value, out) -> Utf8.write(text(value), out));
    }

    @Override
    public @Nullable Encoding encoding(Object value, PgType type) {
        boolean hasText = Numbers.isNumber(value)
                || value instanceof Boolean
                || value instanceof UUID
                || value instanceof Temporal
                || value instanceof TemporalAmount;
        return hasText ? as(type) : null;
    }

    private static CharSequence text(Object value) {
        if (value instanceof CharSequence text) {
            return text;
        }
        if (value instanceof Enum<?> constant) {
            return constant.name();
        }
        return value instanceof InetAddress address ? literal(address) : value.toString();
    }

    /** Without the name, which the address may carry, and without the scope, which is the client's own. */
    private static String literal(InetAddress address) {
        String literal = address.getHostAddress();
        int scope = literal.indexOf('%');
        return scope < 0 ? literal : literal.substring(0, scope);
    }
}
