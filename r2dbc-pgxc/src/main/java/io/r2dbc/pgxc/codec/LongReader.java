// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.codec;

import io.netty.buffer.ByteBuf;

/** Reads a value as {@code long} without a box. What is said of {@link Decoder} holds for it. */
@FunctionalInterface
public interface LongReader {

    /**
     * Reads the value. Never called for SQL NULL.
     *
     * @param buffer holds the bytes
     * @param offset the index of the value's first byte
     * @param length the number of its bytes
     * @return the value
     * @throws ValueException if the bytes are no value of the type, or the value is no {@code long}
     */
    long read(ByteBuf buffer, int offset, int length);
}
