// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.codec;

import io.netty.buffer.ByteBuf;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@code ltree}, {@code lquery} and {@code ltxtquery} as {@code String}. What is written as one of them is its text.
 */
final class LtreeCodec implements Family {

    /** The one version of the binary forms: a byte ahead of the text. */
    private static final int VERSION = 1;

    @Override
    public List<PgType> types() {
        return List.of();
    }

    @Override
    public List<String> names() {
        return List.of("ltree", "lquery", "ltxtquery");
    }

    @Override
    public @Nullable Decoder<?> decoder(PgType type, Format format, Class<?> target) {
        return target == String.class
                ? (Decoder<String>) (buffer, offset, length) -> binary(type, buffer, offset, length)
                : null;
    }

    private static String binary(PgType type, ByteBuf buffer, int offset, int length) {
        if (length < 1 || buffer.getByte(offset) != VERSION) {
            throw ValueException.of(type, Format.BINARY, "not version " + VERSION);
        }
        return Utf8.read(buffer, offset + 1, length - 1, type, Format.BINARY);
    }

    @Override
    public Map<Class<?>, Encoding> encodings() {
        return Map.of();
    }

    @Override
    public @Nullable Encoding encoding(Object value, PgType type) {
        return null;
    }
}
