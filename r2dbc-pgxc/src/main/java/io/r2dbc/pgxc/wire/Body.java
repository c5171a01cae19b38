// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.wire;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/**
 * Reads the fields of one message body in order, and never a byte beyond its end, whatever follows in the buffer.
 *
 * <p>Only for messages that are not hot: each gets its own reader. Reader and writer index of the buffer stay untouched.
 */
final class Body {

    private final byte tag;
    private final ByteBuf in;
    private final int end;
    private int position;

    Body(byte tag, ByteBuf in, int start, int end) {
        this.tag = tag;
        this.in = in;
        this.position = start;
        this.end = end;
    }

    int remaining() {
        return end - position;
    }

    byte int8() {
        return in.getByte(advance(1));
    }

    short int16() {
        return in.getShort(advance(2));
    }

    int int32() {
        return in.getInt(advance(4));
    }

    /** A count of elements that take at least so many bytes each; refused if the rest of the body cannot hold them. */
    int count16(int minimumSize) {
        return plausible(int16() & 0xFFFF, minimumSize);
    }

    int count32(int minimumSize) {
        return plausible(int32(), minimumSize);
    }

    /** Text up to its terminator; bytes that are not UTF-8 become replacement characters. */
    String string() {
        int start = position;
        skipString();
        return in.toString(start, position - 1 - start, StandardCharsets.UTF_8);
    }

    void skipString() {
        int terminator = in.indexOf(position, end, (byte) 0);
        if (terminator < 0) {
            throw malformed("a string has no terminator");
        }
        position = terminator + 1;
    }

    byte[] bytes(int length) {
        if (length < 0) {
            throw malformed("a value has length " + length);
        }
        int start = advance(length);
        byte[] bytes = new byte[length];
        in.getBytes(start, bytes);
        return bytes;
    }

    byte[] rest() {
        return bytes(remaining());
    }

    void skipRest() {
        position = end;
    }

    /** The given message, if the body has been read to its last byte. */
    <M> M complete(M message) {
        if (position != end) {
            throw malformed(remaining() + " bytes are left over");
        }
        return message;
    }

    ProtocolException malformed(String problem) {
        return ProtocolException.in(tag, problem);
    }

    private int plausible(int count, int minimumSize) {
        if (count < 0 || (long) count * minimumSize > remaining()) {
            throw malformed("count " + count + " does not fit the " + remaining() + " bytes that follow");
        }
        return count;
    }

    private int advance(int length) {
        if (length > remaining()) {
            throw malformed("the body ends inside a field");
        }
        int start = position;
        position += length;
        return start;
    }
}
