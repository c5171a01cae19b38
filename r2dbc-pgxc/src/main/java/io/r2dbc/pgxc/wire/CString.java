// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;

/**
 * Writes text as the protocol's String: UTF-8 and a terminating zero byte (48.4).
 *
 * <p>Refuses what would arrive as something else: U+0000 would end the field early, and half of a surrogate pair has no
 * form in UTF-8.
 */
final class CString {

    private CString() {}

    /** Appends the text, or throws naming the field and appends nothing. */
    static void write(ByteBuf out, String text, String field) {
        if (text.isEmpty()) {
            out.writeByte(0);
            return;
        }
        int length = encodedLength(text, field);
        ByteBufUtil.reserveAndWriteUtf8(out, text, length);
        out.writeByte(0);
    }

    private static int encodedLength(String text, String field) {
        if (text.length() > Frame.LONG) {
            throw tooLong(field);
        }
        requireSayable(text, field);
        int length = ByteBufUtil.utf8Bytes(text);
        if (length < 0 || length > Frame.LONG) { // up to 3 bytes a character: the sum may have wrapped, but only once
            throw tooLong(field);
        }
        return length;
    }

    private static void requireSayable(String text, String field) {
        int index = 0;
        while (index < text.length()) {
            int character = text.codePointAt(index);
            if (character == 0) {
                throw new IllegalArgumentException("The " + field + " contains U+0000");
            }
            if (character >= Character.MIN_SURROGATE && character <= Character.MAX_SURROGATE) {
                throw new IllegalArgumentException("The " + field + " has half of a surrogate pair at index " + index);
            }
            index += Character.charCount(character);
        }
    }

    private static IllegalArgumentException tooLong(String field) {
        return new IllegalArgumentException("The " + field + " is longer than a message may be");
    }
}
