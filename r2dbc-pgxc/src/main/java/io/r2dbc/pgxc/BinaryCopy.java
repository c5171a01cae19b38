// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import io.netty.buffer.ByteBuf;
import io.r2dbc.pgxc.codec.ValueException;
import java.nio.charset.StandardCharsets;

/** What stands around and between the rows of binary COPY (protocol S2.5.14). */
final class BinaryCopy {

    /** In place of a row's number of fields: there are no more rows. */
    static final int TRAILER = -1;

    /** More bytes are needed to say. */
    static final int INCOMPLETE = -1;

    private static final byte[] SIGNATURE = "PGCOPY\n\377\r\n\0".getBytes(StandardCharsets.ISO_8859_1);
    private static final int FIXED = SIGNATURE.length + 8;

    /** Those whose meaning must be known: OIDs in front of the rows, and what is still to be invented. */
    private static final int CRITICAL = 0xFFFF_0000;

    private BinaryCopy() {}

    static void writeHeader(ByteBuf out) {
        out.writeBytes(SIGNATURE).writeInt(0).writeInt(0);
    }

    /**
     * The length of the header that begins there, extension included, or {@link #INCOMPLETE}.
     *
     * @throws ValueException if it is none, or one of a stream that cannot be read
     */
    static long headerLength(ByteBuf in, int offset, int available) {
        for (int i = 0; i < Math.min(available, SIGNATURE.length); i++) {
            if (in.getByte(offset + i) != SIGNATURE[i]) {
                throw new ValueException("the data does not begin with the signature of binary COPY");
            }
        }
        if (available < FIXED) {
            return INCOMPLETE;
        }
        int flags = in.getInt(offset + SIGNATURE.length);
        if ((flags & CRITICAL) != 0) {
            throw new ValueException("binary COPY with flags that are not known: 0x" + Integer.toHexString(flags));
        }
        int extension = in.getInt(offset + SIGNATURE.length + 4);
        if (extension < 0) {
            throw new ValueException("binary COPY with a header extension of length " + extension);
        }
        return available - FIXED < extension ? INCOMPLETE : FIXED + (long) extension;
    }

    /**
     * The length of the row that begins there, its number of fields included, or {@link #INCOMPLETE}; 2 for the trailer.
     *
     * @throws ValueException if it has another number of fields, or an impossible length
     */
    static int rowLength(ByteBuf in, int offset, int available, int columns) {
        if (available < 2) {
            return INCOMPLETE;
        }
        int fields = in.getShort(offset);
        if (fields == TRAILER) {
            return 2;
        }
        if (fields != columns) {
            throw new ValueException("a row of binary COPY has " + fields + " fields where " + columns + " are due");
        }
        long length = 2;
        for (int i = 0; i < fields; i++) {
            if (available - length < 4) {
                return INCOMPLETE;
            }
            int size = in.getInt(offset + (int) length);
            if (size < -1) {
                throw new ValueException("field " + i + " of a row of binary COPY has length " + size);
            }
            length += 4 + Math.max(0, size);
        }
        return length > available ? INCOMPLETE : (int) length;
    }
}
