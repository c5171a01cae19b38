// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.codec;

import io.netty.buffer.ByteBuf;

/** Writes the type {@code "char"}, a single byte, as the server reads it from text: none is zero, and {@code \200} is octal. */
final class QuotedByte {

    private static final int OCTAL_LENGTH = 4;

    private QuotedByte() {}

    static void write(Object value, Encoding text, ByteBuf out) {
        int start = out.writerIndex();
        text.write(value, out);
        int length = out.writerIndex() - start;
        if (length == 0) {
            out.writeByte(0);
        } else if (length == OCTAL_LENGTH && out.getByte(start) == '\\') {
            int octal = 0;
            for (int i = 1; i < OCTAL_LENGTH; i++) {
                octal = octal * 8 + out.getByte(start + i) - '0';
            }
            out.writerIndex(start).writeByte(octal);
        } else {
            out.writerIndex(start + 1);
        }
    }
}
