// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.codec;

import io.netty.buffer.ByteBuf;

/**
 * Writes values that stand for more than one type as the text that they print, and lets the server decide which type it
 * is.
 *
 * @param fallbackTypeOid what to declare where the server cannot decide
 */
record UntypedText(int fallbackTypeOid) implements Encoding {

    @Override
    public int typeOid() {
        return 0;
    }

    @Override
    public Format format() {
        return Format.TEXT;
    }

    @Override
    public void write(Object value, ByteBuf out) {
        Utf8.write(value.toString(), out);
    }
}
