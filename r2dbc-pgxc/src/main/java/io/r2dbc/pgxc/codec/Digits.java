// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.codec;

import io.netty.buffer.ByteBuf;

/** Reads decimal digits straight from bytes. */
final class Digits {

    private Digits() {}

    static boolean isDigit(int b) {
        return b >= '0' && b <= '9';
    }

    /** A whole integer as the server prints it: digits with an optional minus sign ahead. */
    static long integer(ByteBuf buffer, int offset, int length, PgType type) {
        boolean negative = length > 0 && buffer.getByte(offset) == '-';
        int at = negative ? offset + 1 : offset;
        int end = offset + length;
        if (at == end || length > 20) {
            throw ValueException.malformed(type, buffer, offset, length);
        }
        long value = 0; // negative all along: its range is the larger one
        for (; at < end; at++) {
            int digit = buffer.getByte(at) - '0';
            if (digit < 0 || digit > 9 || value < Long.MIN_VALUE / 10 || value * 10 < Long.MIN_VALUE + digit) {
                throw ValueException.malformed(type, buffer, offset, length);
            }
            value = value * 10 - digit;
        }
        if (!negative && value == Long.MIN_VALUE) {
            throw ValueException.malformed(type, buffer, offset, length);
        }
        return negative ? value : -value;
    }

    /** Exactly {@code count} digits, at most nine of them, or -1 if one of them is none. */
    static int fixed(ByteBuf buffer, int offset, int count) {
        int value = 0;
        for (int i = offset; i < offset + count; i++) {
            int digit = buffer.getByte(i) - '0';
            if (digit < 0 || digit > 9) {
                return -1;
            }
            value = value * 10 + digit;
        }
        return value;
    }

    /** Whether the bytes are exactly this word of ASCII characters. */
    static boolean matches(ByteBuf buffer, int offset, int length, String word) {
        if (length != word.length()) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            if (buffer.getByte(offset + i) != word.charAt(i)) {
                return false;
            }
        }
        return true;
    }
}
