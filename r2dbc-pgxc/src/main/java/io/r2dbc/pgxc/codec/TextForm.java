// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.codec;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/** Prints a value as the server would, to be put into the text of what it is a part of. */
final class TextForm {

    private TextForm() {}

    /** By way of the encoding, so that text says exactly what the bytes would. */
    static String of(Object value, Encoding encoding, CodecRegistry registry) {
        ByteBuf bytes = Unpooled.buffer();
        encoding.write(value, bytes);
        int length = bytes.writerIndex();
        if (encoding.format() == Format.TEXT) {
            return bytes.toString(0, length, StandardCharsets.UTF_8);
        }
        PgType type = registry.type(encoding.typeOid());
        Decoder<?> printer =
                Objects.requireNonNull(registry.decoders().plan(type, Format.BINARY, String.class), type.getName());
        return (String) printer.decode(bytes, 0, length);
    }
}
