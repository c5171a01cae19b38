// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Objects;

/**
 * Feeds decoders: the bytes stand amid others in a direct buffer whose indexes are elsewhere, and after each call the
 * indexes and the reference count must be as before.
 */
final class Bytes {

    private static final int AROUND = 5;

    private Bytes() {}

    static <T> T decode(Decoder<T> decoder, byte[] bytes) {
        ByteBuf buffer = Unpooled.directBuffer(bytes.length + 2 * AROUND, bytes.length + 2 * AROUND);
        try {
            for (int i = 0; i < AROUND; i++) {
                buffer.setByte(i, 0xFF).setByte(AROUND + bytes.length + i, '7');
            }
            buffer.setBytes(AROUND, bytes);
            buffer.setIndex(1, 3);
            T value = decoder.decode(buffer, AROUND, bytes.length);
            assertThat(buffer.readerIndex()).isEqualTo(1);
            assertThat(buffer.writerIndex()).isEqualTo(3);
            assertThat(buffer.refCnt()).isEqualTo(1);
            T onHeap = decoder.decode(Unpooled.wrappedBuffer(bytes), 0, bytes.length);
            assertThat(Objects.deepEquals(onHeap, value))
                    .as("the same on the heap")
                    .isTrue();
            return value;
        } finally {
            buffer.release();
        }
    }

    static <T> T text(PgType type, String text, Class<T> target) {
        return decode(
                CodecRegistry.standard().decoder(type.oid(), Format.TEXT, target),
                text.getBytes(StandardCharsets.UTF_8));
    }

    static <T> T binary(PgType type, String hex, Class<T> target) {
        return decode(
                CodecRegistry.standard().decoder(type.oid(), Format.BINARY, target),
                HexFormat.of().parseHex(hex.replace(" ", "")));
    }

    static byte[] written(Encoding encoding, Object value) {
        ByteBuf out = Unpooled.buffer();
        out.writeLong(0);
        encoding.write(value, out);
        byte[] bytes = new byte[out.writerIndex() - 8];
        out.getBytes(8, bytes);
        return bytes;
    }

    static String hex(Encoding encoding, Object value) {
        return HexFormat.of().formatHex(written(encoding, value));
    }
}
