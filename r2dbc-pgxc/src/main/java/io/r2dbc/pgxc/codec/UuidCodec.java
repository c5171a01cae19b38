// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.codec;

import io.netty.buffer.ByteBuf;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Reads and writes {@code uuid}: {@code UUID} and {@code String}. */
final class UuidCodec implements Family {

    private static final int TEXT_LENGTH = 36;

    private static final Encoding ENCODING = TypedEncoding.binary(PgType.UUID, (value, out) -> {
        UUID uuid = (UUID) value;
        out.writeLong(uuid.getMostSignificantBits());
        out.writeLong(uuid.getLeastSignificantBits());
    });

    @Override
    public List<PgType> types() {
        return List.of(PgType.UUID);
    }

    @Override
    public @Nullable Decoder<?> decoder(PgType type, Format format, Class<?> target) {
        if (target == UUID.class) {
            return format == Format.TEXT ? (Decoder<UUID>) UuidCodec::text : (Decoder<UUID>) UuidCodec::binary;
        }
        if (target == String.class) {
            return (Decoder<String>)
                    (buffer, offset, length) -> binary(buffer, offset, length).toString();
        }
        return null;
    }

    private static UUID binary(ByteBuf buffer, int offset, int length) {
        if (length != 16) {
            throw ValueException.length(PgType.UUID, 16, length);
        }
        return new UUID(buffer.getLong(offset), buffer.getLong(offset + 8));
    }

    private static UUID text(ByteBuf buffer, int offset, int length) {
        if (length != TEXT_LENGTH) {
            throw ValueException.malformed(PgType.UUID, buffer, offset, length);
        }
        long high = 0;
        long low = 0;
        for (int i = 0; i < TEXT_LENGTH; i++) {
            int b = buffer.getByte(offset + i);
            if (i == 8 || i == 13 || i == 18 || i == 23) {
                if (b != '-') {
                    throw ValueException.malformed(PgType.UUID, buffer, offset, length);
                }
                continue;
            }
            int digit = Character.digit(b, 16);
            if (digit < 0) {
                throw ValueException.malformed(PgType.UUID, buffer, offset, length);
            }
            high = i < 18 ? high << 4 | digit : high;
            low = i > 18 ? low << 4 | digit : low;
        }
        return new UUID(high, low);
    }

    @Override
    public Map<Class<?>, Encoding> encodings() {
        return Map.of(UUID.class, ENCODING);
    }

    @Override
    public @Nullable Encoding encoding(Object value, PgType type) {
        return value instanceof UUID ? ENCODING : null;
    }
}
