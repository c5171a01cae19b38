// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.codec;

import io.netty.buffer.ByteBuf;

/**
 * Reads one column's values, row after row: planned once by {@link CodecRegistry#decoder}, for one type, one format and
 * one Java class.
 *
 * <p>Decoders are stateless and may be shared by threads.
 *
 * @param <T> the Java class of the values
 */
@FunctionalInterface
public interface Decoder<T> {

    /**
     * Reads the value. Never called for SQL NULL.
     *
     * @param buffer holds the bytes; only absolute getters are used, its indexes and its reference count stay as they are
     * @param offset the index of the value's first byte
     * @param length the number of its bytes; 0 is an empty value
     * @return the value, which refers to the buffer no more
     * @throws ValueException if the bytes are no value of the type, or the value has no place in the Java class
     */
    T decode(ByteBuf buffer, int offset, int length);
}
