// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.codec;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes {@code json}, {@code jsonb} and {@code jsonpath}: their text as {@code String}, {@code byte[]} or {@code
 * ByteBuffer}.
 */
final class JsonCodecs implements Family {

    /** The one version of the binary form of {@code jsonb} and {@code jsonpath}: a byte ahead of the text. */
    private static final int VERSION = 1;

    @Override
    public List<PgType> types() {
        return List.of(PgType.JSON, PgType.JSONB, PgType.JSONPATH);
    }

    @Override
    public @Nullable Decoder<?> decoder(PgType type, Format format, Class<?> target) {
        if (type.equals(PgType.JSON) || format == Format.TEXT) {
            return target == String.class ? TextCodecs.string(type, format) : BinaryCodecs.bytes(target, 0);
        }
        Decoder<?> text = target == String.class ? text(type) : BinaryCodecs.bytes(target, 1);
        return text == null ? null : versioned(text, type);
    }

    private static Decoder<String> text(PgType type) {
        return (buffer, offset, length) -> Utf8.read(buffer, offset + 1, length - 1, type, Format.BINARY);
    }

    private static <T> Decoder<T> versioned(Decoder<T> decoder, PgType type) {
        return (buffer, offset, length) -> {
            if (length < 1 || buffer.getByte(offset) != VERSION) {
                throw ValueException.of(type, Format.BINARY, "not version " + VERSION);
            }
            return decoder.decode(buffer, offset, length);
        };
    }

    @Override
    public Map<Class<?>, Encoding> encodings() {
        return Map.of();
    }

    @Override
    public @Nullable Encoding encoding(Object value, PgType type) {
        return BinaryCodecs.asText(value, type);
    }
}
