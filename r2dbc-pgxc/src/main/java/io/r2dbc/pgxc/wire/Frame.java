// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.wire;

import io.netty.buffer.ByteBuf;
import java.util.function.Consumer;

/**
 * Writes one client message whole or not at all: type byte, length, body, and the length once it is known (48.1.1).
 *
 * <p>The ceilings are the server's: a longer message makes it drop the connection without a word.
 */
final class Frame {

    /** For messages that carry the user's statements and data. */
    static final int LONG = 0x3FFF_FFFF - 1;

    /** For everything else in a session. */
    static final int SHORT = 10_000;

    static final int AUTHENTICATION = 65_535;
    static final int SCRAM = 1_024;

    /** For the packet that opens a connection, whose ceiling does not count the length word itself. */
    static final int STARTUP = 10_000 + 4;

    static final int MAX_COUNT = 65_535;

    private Frame() {}

    static void write(ByteBuf out, char tag, String name, int ceiling, Consumer<ByteBuf> body) {
        int start = out.writerIndex();
        try {
            out.writeByte(tag);
            writeSized(out, name, ceiling, body);
        } catch (RuntimeException | Error failure) {
            out.writerIndex(start);
            throw failure;
        }
    }

    /** Writes the header of a message whose length is not known yet, and returns where it begins. */
    static int begin(ByteBuf out, char tag) {
        int start = out.writerIndex();
        out.writeByte(tag).writeInt(0);
        return start;
    }

    /** Sets the length of the message that begins and ends there. */
    static void end(ByteBuf out, int start, int end, String name, int ceiling) {
        int length = end - start - 1;
        requireLength(length, ceiling, name);
        out.setInt(start + 1, length);
    }

    /** Writes a packet that has no type byte because it is the first on its connection. */
    static void writeFirst(ByteBuf out, String name, Consumer<ByteBuf> body) {
        int start = out.writerIndex();
        try {
            writeSized(out, name, STARTUP, body);
        } catch (RuntimeException | Error failure) {
            out.writerIndex(start);
            throw failure;
        }
    }

    /** Writes a list of values as Bind and FunctionCall do: how many format codes, they, how many values, they. */
    static void writeValues(ByteBuf out, BindValues values, String name) {
        int count = values.count();
        requireCount(count, "values");
        writeFormats(out, values, count);
        out.writeShort(count);
        int first = out.writerIndex();
        for (int i = 0; i < count; i++) {
            writeValue(out, values, i);
            requireLength((long) out.writerIndex() - first, LONG, name);
        }
    }

    static void requireCount(int count, String things) {
        if (count > MAX_COUNT) {
            throw new IllegalArgumentException(count + " " + things + " are more than " + MAX_COUNT);
        }
    }

    static void requireLength(long length, int ceiling, String name) {
        if (length > ceiling) {
            throw new IllegalArgumentException(
                    "The " + name + " message would have length " + length + ", the server takes " + ceiling);
        }
    }

    private static void writeSized(ByteBuf out, String name, int ceiling, Consumer<ByteBuf> body) {
        int lengthAt = out.writerIndex();
        out.writeInt(0);
        body.accept(out);
        int length = out.writerIndex() - lengthAt;
        requireLength(length, ceiling, name);
        out.setInt(lengthAt, length);
    }

    // One code stands for all and none means text, which is what most statements need.
    private static void writeFormats(ByteBuf out, BindValues values, int count) {
        int binary = 0;
        for (int i = 0; i < count; i++) {
            binary += values.isBinary(i) ? 1 : 0;
        }
        if (binary == 0) {
            out.writeShort(0);
        } else if (binary == count) {
            out.writeShort(1).writeShort(1);
        } else {
            out.writeShort(count);
            for (int i = 0; i < count; i++) {
                out.writeShort(values.isBinary(i) ? 1 : 0);
            }
        }
    }

    private static void writeValue(ByteBuf out, BindValues values, int index) {
        int lengthAt = out.writerIndex();
        out.writeInt(-1);
        int start = out.writerIndex();
        boolean present = values.write(index, out);
        int length = out.writerIndex() - start;
        if (length < 0 || (!present && length > 0)) {
            throw new IllegalArgumentException("Value " + index + " did not only append itself");
        }
        if (present) {
            out.setInt(lengthAt, length);
        }
    }
}
