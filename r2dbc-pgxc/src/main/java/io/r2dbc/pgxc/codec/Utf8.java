// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.codec;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/**
 * Reads and writes strings strictly: what is not valid UTF-8, and the character U+0000 which no text of the server can
 * hold, is refused in both directions and never replaced.
 */
final class Utf8 {

    private static final int SCRATCH = 64 * 1024;

    /** Bytes of a direct buffer must pass through the heap to become a String; they need not be allocated each time. */
    private static final ThreadLocal<byte[]> HEAP = ThreadLocal.withInitial(() -> new byte[SCRATCH]);

    private Utf8() {}

    static String read(ByteBuf buffer, int offset, int length, PgType type, Format format) {
        if (length == 0) {
            return "";
        }
        // eight bytes at a time, where a search in the String would go one by one
        if (buffer.indexOf(offset, offset + length, (byte) 0) >= 0) {
            throw ValueException.of(type, format, "zero byte in text");
        }
        if (buffer.hasArray()) {
            return read(buffer.array(), buffer.arrayOffset() + offset, length, type, format);
        }
        byte[] bytes = length <= SCRATCH ? HEAP.get() : new byte[length];
        buffer.getBytes(offset, bytes, 0, length);
        return read(bytes, 0, length, type, format);
    }

    private static String read(byte[] bytes, int offset, int length, PgType type, Format format) {
        String text = new String(bytes, offset, length, StandardCharsets.UTF_8);
        if (text.indexOf('\uFFFD') >= 0 && !isValid(bytes, offset, length)) {
            throw ValueException.of(type, format, "invalid UTF-8");
        }
        return text;
    }

    /** The replacement character may have been sent, so its presence alone proves nothing. */
    private static boolean isValid(byte[] bytes, int offset, int length) {
        try {
            StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(bytes, offset, length));
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }

    static void write(CharSequence text, ByteBuf out) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == 0) {
                throw ValueException.unwritable("text", text, "no text of the server holds U+0000, as at index " + i);
            }
            if (Character.isSurrogate(c)) {
                if (!isPair(text, i)) {
                    throw ValueException.unwritable("text", text, "lone surrogate at index " + i);
                }
                i++;
            }
        }
        ByteBufUtil.writeUtf8(out, text);
    }

    private static boolean isPair(CharSequence text, int i) {
        return Character.isHighSurrogate(text.charAt(i))
                && i + 1 < text.length()
                && Character.isLowSurrogate(text.charAt(i + 1));
    }
}
