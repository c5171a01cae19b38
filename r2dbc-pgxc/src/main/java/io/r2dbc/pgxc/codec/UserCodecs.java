// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.codec;

import io.netty.buffer.ByteBuf;

/** Makes decoders and encodings of the user's codecs, and turns what these throw into {@link ValueException}. */
final class UserCodecs {

    private UserCodecs() {}

    static <T> Decoder<T> decoder(Codec<T> codec, PgType type, Format format) {
        return (buffer, offset, length) -> {
            try {
                return codec.decode(buffer, offset, length, type, format);
            } catch (ValueException e) {
                throw e;
            } catch (RuntimeException e) {
                throw new ValueException(type.getName() + " (" + format + "): " + codec + " failed: " + e, e);
            }
        };
    }

    static Encoding encoding(Codec<?> codec) {
        return encoding(codec, codec.type());
    }

    static Encoding encoding(Codec<?> codec, PgType type) {
        return new TypedEncoding(type, codec.format(), (value, out) -> write(codec, value, out));
    }

    private static <T> void write(Codec<T> codec, Object value, ByteBuf out) {
        try {
            codec.encode(codec.javaType().cast(value), out);
        } catch (ValueException e) {
            throw e;
        } catch (RuntimeException e) {
            throw new ValueException(
                    "cannot write a " + value.getClass().getTypeName() + ": " + codec + " failed: " + e, e);
        }
    }
}
