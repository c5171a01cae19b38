// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.codec;

import io.r2dbc.pgxc.value.TsVector;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes the types of text search: {@code tsvector} as {@code TsVector} or {@code String}, {@code tsquery} as
 * {@code String}, the one that the server prints in either format.
 *
 * <p>Both are written as text: some servers give a {@code tsvector} that came in binary another size than the same one
 * that came as text, and find them unequal then.
 */
final class TextSearchCodecs implements Family {

    private static final Encoding TSVECTOR =
            TypedEncoding.text(PgType.TSVECTOR, (value, out) -> Utf8.write(value.toString(), out));

    @Override
    public List<PgType> types() {
        return List.of(PgType.TSVECTOR, PgType.TSQUERY);
    }

    @Override
    public @Nullable Decoder<?> decoder(PgType type, Format format, Class<?> target) {
        if (type.equals(PgType.TSQUERY)) {
            return target == String.class
                    ? (Decoder<String>) (buffer, offset, length) -> new TsQueryPrinter(buffer, offset, length).print()
                    : null;
        }
        if (target == TsVector.class) {
            return format == Format.TEXT
                    ? (Decoder<TsVector>) TextSearchText::vector
                    : (Decoder<TsVector>) TextSearchBytes::vector;
        }
        return target == String.class
                ? (Decoder<String>) (buffer, offset, length) ->
                        TextSearchBytes.vector(buffer, offset, length).toString()
                : null;
    }

    @Override
    public Map<Class<?>, Encoding> encodings() {
        return Map.of(TsVector.class, TSVECTOR);
    }

    @Override
    public @Nullable Encoding encoding(Object value, PgType type) {
        return value instanceof TsVector && type.equals(PgType.TSVECTOR) ? TSVECTOR : null;
    }
}
