// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.wire;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/**
 * Reads the one message of protocol 2.0 that is still alive: the refusal of a server that cannot start a process (48.7).
 *
 * <p>It is {@code E}, text, line feed, zero byte, without a length. The text never begins with a zero byte, and the
 * length word of an error that is legal before authentication always does, so one byte tells the two apart.
 */
final class UnframedError {

    private static final int LONGEST = 30_000;

    private UnframedError() {}

    /** Whether text follows the type byte; at least two bytes must be there. */
    static boolean startsAt(ByteBuf in, int start) {
        return in.getByte(start) == Tag.ERROR_RESPONSE && in.getByte(start + 1) != 0;
    }

    /** Where the text ends, -1 if that is not known yet. Text that is too long is cut. */
    static int end(ByteBuf in, int start) {
        int limit = (int) Math.min((long) start + 1 + LONGEST, in.writerIndex());
        int terminator = in.indexOf(start + 1, limit, (byte) 0);
        if (terminator >= 0) {
            return terminator;
        }
        return limit - (start + 1) == LONGEST ? limit : -1;
    }

    static ErrorFields read(ByteBuf in, int start, int end) {
        int length = Math.min(end - (start + 1), LONGEST);
        String text = in.toString(start + 1, length, StandardCharsets.UTF_8).strip();
        return ErrorFields.synthetic(sqlStateFor(text), text);
    }

    // Servers that still send this form know three reasons: full, not open, and no process to be had.
    private static String sqlStateFor(String text) {
        if (text.contains("database system is")) {
            return "57P03";
        }
        if (text.contains("too many clients") || text.contains("could not fork")) {
            return "53300";
        }
        return "08004";
    }
}
