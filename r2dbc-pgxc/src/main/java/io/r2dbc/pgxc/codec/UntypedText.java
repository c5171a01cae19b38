// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.codec;

import io.netty.buffer.ByteBuf;
import java.util.function.Function;

/**
 * Writes values as text, and lets the server decide of which type it is: the one that the statement asks for.
 *
 * @param fallbackTypeOid what to declare where the server cannot decide
 * @param print makes the text of a value
 */
record UntypedText(int fallbackTypeOid, Function<Object, ? extends CharSequence> print) implements Encoding {

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
        Utf8.write(print.apply(value), out);
    }
}
