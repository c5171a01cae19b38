// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.codec;

import io.netty.buffer.ByteBuf;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads and writes {@code bool}: {@code Boolean}, and {@code t} or {@code f} as a string. */
final class BooleanCodec implements Family {

    private static final Encoding ENCODING =
            TypedEncoding.binary(PgType.BOOL, (value, out) -> out.writeByte((Boolean) value ? 1 : 0));

    @Override
    public List<PgType> types() {
        return List.of(PgType.BOOL);
    }

    @Override
    public @Nullable Decoder<?> decoder(PgType type, Format format, Class<?> target) {
        if (target == Boolean.class) {
            return format == Format.TEXT
                    ? (Decoder<Boolean>) BooleanCodec::text
                    : (Decoder<Boolean>) BooleanCodec::binary;
        }
        if (target == String.class) {
            return (Decoder<String>) (buffer, offset, length) -> binary(buffer, offset, length) ? "t" : "f";
        }
        return null;
    }

    static boolean text(ByteBuf buffer, int offset, int length) {
        int b = length == 1 ? buffer.getByte(offset) : 0;
        if (b != 't' && b != 'f') {
            throw ValueException.malformed(PgType.BOOL, buffer, offset, length);
        }
        return b == 't';
    }

    static boolean binary(ByteBuf buffer, int offset, int length) {
        if (length != 1) {
            throw ValueException.length(PgType.BOOL, 1, length);
        }
        int b = buffer.getByte(offset);
        if (b != 0 && b != 1) {
            throw ValueException.of(PgType.BOOL, Format.BINARY, "neither 0 nor 1 but " + b);
        }
        return b == 1;
    }

    @Override
    public Map<Class<?>, Encoding> encodings() {
        return Map.of(Boolean.class, ENCODING);
    }

    @Override
    public @Nullable Encoding encoding(Object value, PgType type) {
        return value instanceof Boolean ? ENCODING : null;
    }
}
