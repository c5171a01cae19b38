// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.codec;

import io.netty.buffer.ByteBuf;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes {@code hstore}: {@code Map} of strings, in the server's order and with null for NULL, and {@code
 * String}.
 *
 * <p>Maps are written without a type, so that the server takes them for an hstore where the statement asks for one.
 */
final class HstoreCodec implements Family {

    private static final String NAME = "hstore";

    /** The lengths of a key and of a value, which a pair has at least. */
    private static final int SHORTEST_PAIR = 8;

    private static final Encoding UNTYPED = TypedEncoding.text(
            PgType.named(NAME), (value, out) -> Utf8.write(HstoreText.print(strings((Map<?, ?>) value)), out));

    @Override
    public List<PgType> types() {
        return List.of();
    }

    @Override
    public List<String> names() {
        return List.of(NAME);
    }

    @Override
    public Class<?> defaultTarget(PgType type, Format format) {
        return Map.class;
    }

    @Override
    public @Nullable Decoder<?> decoder(PgType type, Format format, Class<?> target) {
        if (target == String.class) {
            return (Decoder<String>) (buffer, offset, length) -> HstoreText.print(binary(type, buffer, offset, length));
        }
        if (target != Map.class) {
            return null;
        }
        return format == Format.TEXT
                ? (Decoder<Map<?, ?>>) (buffer, offset, length) -> HstoreText.read(type, buffer, offset, length)
                : (Decoder<Map<?, ?>>) (buffer, offset, length) -> binary(type, buffer, offset, length);
    }

    private static Map<String, @Nullable String> binary(PgType type, ByteBuf buffer, int offset, int length) {
        if (length < 4) {
            throw malformed(type, length + " bytes");
        }
        int count = buffer.getInt(offset);
        if (count < 0 || (long) count * SHORTEST_PAIR > length - 4) {
            throw malformed(type, count + " pairs in " + length + " bytes");
        }
        Map<String, @Nullable String> pairs = new LinkedHashMap<>(count + count / 3 + 1);
        int end = offset + length;
        int at = offset + 4;
        for (int i = 0; i < count; i++) {
            int keyLength = lengthAt(type, buffer, at, end);
            if (keyLength < 0) {
                throw malformed(type, "NULL as a key");
            }
            String key = Utf8.read(buffer, at + 4, keyLength, type, Format.BINARY);
            at += 4 + keyLength;
            int valueLength = lengthAt(type, buffer, at, end);
            boolean isNull = valueLength < 0;
            pairs.put(key, isNull ? null : Utf8.read(buffer, at + 4, valueLength, type, Format.BINARY));
            at += isNull ? 4 : 4 + valueLength;
        }
        if (at != end) {
            throw malformed(type, end - at + " bytes behind the last pair");
        }
        if (pairs.size() != count) {
            throw malformed(type, "a key occurs twice");
        }
        return pairs;
    }

    /** The length of a key or a value, which is known to be there, or -1 for NULL. */
    private static int lengthAt(PgType type, ByteBuf buffer, int at, int end) {
        if (end - at < 4) {
            throw malformed(type, "ends within its pairs");
        }
        int length = buffer.getInt(at);
        if (length < -1 || length > end - at - 4) {
            throw malformed(type, "string of " + length + " bytes where " + (end - at - 4) + " are left");
        }
        return length;
    }

    private static ValueException malformed(PgType type, String problem) {
        return ValueException.of(type, Format.BINARY, problem);
    }

    @Override
    public Map<Class<?>, Encoding> encodings() {
        return Map.of();
    }

    /** The encoding of maps of every class. */
    static @Nullable Encoding encoding(Class<?> type) {
        return Map.class.isAssignableFrom(type) ? UNTYPED : null;
    }

    @Override
    public @Nullable Encoding encoding(Object value, PgType type) {
        return value instanceof Map ? TypedEncoding.binary(type, HstoreCodec::write) : null;
    }

    private static void write(Object value, ByteBuf out) {
        Map<String, @Nullable String> pairs = strings((Map<?, ?>) value);
        out.writeInt(pairs.size());
        for (Map.Entry<String, @Nullable String> pair : pairs.entrySet()) {
            write(pair.getKey(), out);
            String part = pair.getValue();
            if (part == null) {
                out.writeInt(-1);
            } else {
                write(part, out);
            }
        }
    }

    private static void write(String part, ByteBuf out) {
        int length = out.writerIndex();
        out.writeInt(0);
        Utf8.write(part, out);
        out.setInt(length, out.writerIndex() - length - 4);
    }

    /** The pairs as strings; of keys that differ in their class only, the server would drop one. */
    private static Map<String, @Nullable String> strings(Map<?, ?> value) {
        Map<String, @Nullable String> strings = new LinkedHashMap<>();
        int count = 0;
        for (Map.Entry<?, ?> pair : value.entrySet()) {
            Object part = pair.getValue();
            strings.put(string(pair.getKey(), value, "key"), part == null ? null : string(part, value, "value"));
            count++;
        }
        if (strings.size() != count) {
            throw ValueException.unwritable(NAME, value, "two keys are the same string");
        }
        return strings;
    }

    private static String string(@Nullable Object part, Map<?, ?> value, String role) {
        if (part instanceof CharSequence text) {
            return text.toString();
        }
        String found = part == null ? "null" : part.getClass().getTypeName();
        throw ValueException.unwritable(NAME, value, found + " as a " + role + ", which must be a string");
    }
}
