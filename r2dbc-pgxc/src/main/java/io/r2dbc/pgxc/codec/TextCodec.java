// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.codec;

import io.netty.buffer.ByteBuf;
import java.util.function.Function;

/**
 * A user's codec over the text form of a type.
 *
 * @param readsBinary whether the binary form is the text
 */
record TextCodec<T>(
        Class<T> javaType,
        PgType type,
        Function<String, ? extends T> parse,
        Function<? super T, String> print,
        boolean readsBinary)
        implements Codec<T> {

    @Override
    public T decode(ByteBuf buffer, int offset, int length, PgType columnType, Format format) {
        return parse.apply(Utf8.read(buffer, offset, length, columnType, format));
    }

    @Override
    public void encode(T value, ByteBuf out) {
        Utf8.write(print.apply(value), out);
    }

    @Override
    public String toString() {
        return "Codec.text[" + javaType.getTypeName() + ", " + type + "]";
    }
}
