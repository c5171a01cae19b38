// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.codec;

import io.netty.buffer.ByteBuf;

/** Writes values as one known type. */
record TypedEncoding(PgType type, Format format, ValueWriter writer) implements Encoding {

    /** Appends the bytes of a value. */
    @FunctionalInterface
    interface ValueWriter {

        void write(Object value, ByteBuf out);
    }

    static TypedEncoding binary(PgType type, ValueWriter writer) {
        return new TypedEncoding(type, Format.BINARY, writer);
    }

    static TypedEncoding text(PgType type, ValueWriter writer) {
        return new TypedEncoding(type, Format.TEXT, writer);
    }

    @Override
    public int typeOid() {
        return type.oid();
    }

    @Override
    public void write(Object value, ByteBuf out) {
        writer.write(value, out);
    }
}
