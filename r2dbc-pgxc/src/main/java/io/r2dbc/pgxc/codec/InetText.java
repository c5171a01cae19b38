// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.codec;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Takes addresses from the text that the server prints: {@code 10.0.0.1}, {@code 2001:db8::1/64}, {@code
 * ::ffff:10.0.0.1}.
 */
final class InetText {

    private static final int IPV6_BYTES = 16;

    private InetText() {}

    /** The index of a character, or {@code end}. */
    static int find(ByteBuf buffer, int from, int end, char wanted) {
        int at = from;
        while (at < end && buffer.getByte(at) != wanted) {
            at++;
        }
        return at;
    }

    /** The length of the prefix behind the slash, {@code full} without one, and -1 if it is none. */
    static int prefix(ByteBuf buffer, int slash, int end, int full) {
        int digits = end - slash - 1;
        if (digits < 0) {
            return full;
        }
        int bits = digits == 0 || digits > 3 ? -1 : Digits.fixed(buffer, slash + 1, digits);
        return bits > full ? -1 : bits;
    }

    /** The address, or null if the bytes are none. */
    static byte @Nullable [] address(ByteBuf buffer, int from, int end) {
        if (find(buffer, from, end, ':') < end) {
            return words(buffer, from, end);
        }
        byte[] address = new byte[4];
        return octets(buffer, from, end, address, 0) == 4 ? address : null;
    }

    /** The words ahead of the double colon are the first, those behind it are the last. */
    private static byte @Nullable [] words(ByteBuf buffer, int from, int end) {
        byte[] address = new byte[IPV6_BYTES];
        int gap = gap(buffer, from, end);
        if (gap == end) {
            return words(buffer, from, end, end, address, 0) == IPV6_BYTES ? address : null;
        }
        int head = words(buffer, from, gap, end, address, 0);
        int size = head < 0 ? -1 : words(buffer, gap + 2, end, end, address, head);
        if (size < 0 || size == IPV6_BYTES) {
            return null;
        }
        int tail = IPV6_BYTES - (size - head);
        System.arraycopy(address, head, address, tail, size - head);
        Arrays.fill(address, head, tail, (byte) 0);
        return address;
    }

    private static int gap(ByteBuf buffer, int from, int end) {
        int at = find(buffer, from, end, ':');
        while (at + 1 < end && buffer.getByte(at + 1) != ':') {
            at = find(buffer, at + 1, end, ':');
        }
        return at + 1 < end ? at : end;
    }

    /** How far words between single colons fill the address, or -1; an IPv4 address may stand at the very end. */
    private static int words(ByteBuf buffer, int from, int to, int end, byte[] address, int size) {
        int at = from;
        int filled = size;
        while (at < to && filled >= 0) {
            int stop = find(buffer, at, to, ':');
            boolean isDotted = stop == end && find(buffer, at, stop, '.') < stop;
            filled = isDotted ? octets(buffer, at, stop, address, filled) : word(buffer, at, stop, address, filled);
            at = stop + 1;
        }
        return at == to && to > from ? -1 : filled; // a colon with nothing behind it
    }

    private static int word(ByteBuf buffer, int from, int to, byte[] address, int size) {
        if (from == to || to - from > 4 || size + 2 > address.length) {
            return -1;
        }
        int word = 0;
        for (int i = from; i < to; i++) {
            int digit = Character.digit(buffer.getByte(i), 16);
            if (digit < 0) {
                return -1;
            }
            word = word << 4 | digit;
        }
        address[size] = (byte) (word >> 8);
        address[size + 1] = (byte) word;
        return size + 2;
    }

    private static int octets(ByteBuf buffer, int from, int to, byte[] address, int size) {
        int at = from;
        for (int i = 0; i < 4; i++) {
            int stop = i < 3 ? find(buffer, at, to, '.') : to;
            int octet = size + 4 > address.length ? -1 : octet(buffer, at, stop);
            if (octet < 0 || (i < 3 && stop == to)) {
                return -1;
            }
            address[size + i] = (byte) octet;
            at = stop + 1;
        }
        return size + 4;
    }

    /** A zero ahead of other digits would mean octal to some readers, and is never printed. */
    private static int octet(ByteBuf buffer, int from, int to) {
        int digits = to - from;
        if (digits < 1 || digits > 3 || (digits > 1 && buffer.getByte(from) == '0')) {
            return -1;
        }
        int octet = Digits.fixed(buffer, from, digits);
        return octet > 255 ? -1 : octet;
    }
}
