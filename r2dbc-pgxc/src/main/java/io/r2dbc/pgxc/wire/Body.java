// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;

/**
 * Reads the fields of one message body in order, and never a byte beyond its end, whatever follows in the buffer.
 *
 * <p>A decoder has one, which moves from message to message. Reader and writer index of the buffer stay untouched.
 */
final class Body {

    private byte tag;
    private ByteBuf in = Unpooled.EMPTY_BUFFER;
    private int position;
    private int end;

    /** From now on the body between {@code start} and {@code end} is read. */
    void moveTo(byte newTag, ByteBuf buffer, int start, int newEnd) {
        tag = newTag;
        in = buffer;
        position = start;
        end = newEnd;
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

    /** Whether what remains is exactly these bytes. */
    boolean remainsOnly(byte[] bytes) {
        if (remaining() != bytes.length) {
            return false;
        }
        for (int i = 0; i < bytes.length; i++) {
            if (in.getByte(position + i) != bytes[i]) {
                return false;
            }
        }
        return true;
    }

    /** What remains, and is still to be read. */
    byte[] copyRest() {
        byte[] copy = new byte[remaining()];
        in.getBytes(position, copy);
        return copy;
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
