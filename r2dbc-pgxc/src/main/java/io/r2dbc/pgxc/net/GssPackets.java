// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.net;

import io.netty.buffer.ByteBuf;
import io.r2dbc.pgxc.wire.ProtocolException;

/**
 * Cuts what arrives into packets of GSSAPI: a length word, then so many bytes (protocol 48.2.10).
 *
 * <p>It keeps the bytes of one packet, in an array that is as long as the longest may be; nothing is ever made by what a length word says.
 */
final class GssPackets {

    static final int LENGTH_WORD = 4;

    /** A packet's bytes behind its length word; with that, no more than 16 kB. */
    static final int LONGEST = 16_384 - LENGTH_WORD;

    private final byte[] bytes = new byte[LONGEST];
    private int announced;
    private int announcedBytes;
    private int filled;

    /** Takes what it needs; true if that completes a packet, which is there until the next call. */
    boolean take(ByteBuf in) {
        while (announcedBytes < LENGTH_WORD && in.isReadable()) {
            announced = announced << Byte.SIZE | in.readByte() & 0xFF;
            announcedBytes++;
        }
        if (announcedBytes < LENGTH_WORD) {
            return false;
        }
        if (announced <= 0 || announced > LONGEST) {
            throw new ProtocolException(
                    "A packet of GSSAPI has length " + announced + ", which is outside 1 to " + LONGEST);
        }
        int here = Math.min(in.readableBytes(), announced - filled);
        in.readBytes(bytes, filled, here);
        filled += here;
        if (filled < announced) {
            return false;
        }
        filled = 0;
        announcedBytes = 0;
        return true;
    }

    /** The packet that is complete, up to {@link #length}. */
    byte[] bytes() {
        return bytes;
    }

    int length() {
        return announced;
    }
}
