// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.codec;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads the types that no other family knows: the server's text, or untouched bytes. A Java enum takes the text as its
 * name, an array class or a list takes an array's text apart.
 */
final class OpaqueCodec implements Family {

    private final ArrayCodec arrays;

    OpaqueCodec(ArrayCodec arrays) {
        this.arrays = arrays;
    }

    @Override
    public List<PgType> types() {
        return List.of();
    }

    @Override
    public boolean readsBinary() {
        return false;
    }

    @Override
    public Class<?> defaultTarget(PgType type, Format format) {
        return format == Format.TEXT ? String.class : ByteBuffer.class;
    }

    @Override
    public @Nullable Decoder<?> decoder(PgType type, Format format, Class<?> target) {
        Decoder<?> bytes = BinaryCodecs.bytes(target, 0);
        if (bytes != null || format == Format.BINARY) {
            return bytes;
        }
        Decoder<?> text = TextCodecs.of(TextCodecs.string(type, format), type, format, target);
        return text != null ? text : arrays.ofUnknown(type, target);
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
