// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.codec;

import io.netty.buffer.ByteBuf;

/**
 * Tells as what type and in which format values of one Java class are sent, and writes them. Chosen by {@link
 * CodecRegistry#encoding(Object)} before Parse, used when the value's turn to be written comes.
 *
 * <p>Encodings are stateless and may be shared by threads.
 */
public interface Encoding {

    /**
     * The OID to declare in Parse.
     *
     * @return the type's OID, or 0 to let the server deduce the type
     */
    int typeOid();

    /**
     * The OID to declare where {@link #typeOid()} is 0 and the server cannot deduce the type: {@code text} for strings,
     * {@code text[]} for arrays of them.
     *
     * @return an OID that is not 0
     */
    default int fallbackTypeOid() {
        int oid = typeOid();
        return oid == 0 ? PgType.TEXT.oid() : oid;
    }

    /**
     * The format of the bytes that {@link #write} appends.
     *
     * @return the format
     */
    Format format();

    /**
     * Appends the bytes of the value, without a length ahead of them.
     *
     * @param value a value for which the registry gave this encoding, or another one of the same class
     * @param out receives the bytes; after a failure it may hold a part of them
     * @throws ValueException if the value has no place in the type
     */
    void write(Object value, ByteBuf out);
}
