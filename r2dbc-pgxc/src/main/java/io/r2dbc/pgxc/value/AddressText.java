// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.value;

/**
 * Prints the bytes of an IP address as the server does: {@code 10.0.0.1}, {@code 2001:db8::1}, {@code ::ffff:10.0.0.1}.
 */
final class AddressText {

    private static final int IPV6_BYTES = 16;
    private static final int WORDS = IPV6_BYTES / 2;

    private AddressText() {}

    static String print(byte[] address) {
        StringBuilder out = new StringBuilder();
        if (address.length == 4) {
            dotted(address, 0, out);
        } else {
            words(address, out);
        }
        return out.toString();
    }

    private static void dotted(byte[] address, int from, StringBuilder out) {
        for (int i = from; i < from + 4; i++) {
            out.append(i == from ? "" : ".").append(address[i] & 0xff);
        }
    }

    /** The first of the longest runs of zero words becomes a double colon, if it is longer than one. */
    private static void words(byte[] address, StringBuilder out) {
        int start = 0;
        int length = 1;
        for (int i = 0; i < WORDS; i++) {
            int zeros = zeros(address, i);
            start = zeros > length ? i : start;
            length = Math.max(zeros, length);
        }
        int end = length > 1 ? start + length : start;
        String colon = "";
        int at = 0;
        while (at < WORDS) {
            if (at == start && end > start) {
                out.append("::");
                colon = "";
                at = end;
            } else if (at == WORDS - 2 && holdsIpv4(address, start, end)) {
                dotted(address, IPV6_BYTES - 4, out.append(colon));
                at = WORDS;
            } else {
                out.append(colon).append(Integer.toHexString(word(address, at)));
                colon = ":";
                at++;
            }
        }
    }

    private static boolean holdsIpv4(byte[] address, int start, int end) {
        return start == 0 && (end == 6 || (end == 5 && word(address, 5) == 0xffff));
    }

    private static int zeros(byte[] address, int from) {
        int end = from;
        while (end < WORDS && word(address, end) == 0) {
            end++;
        }
        return end - from;
    }

    private static int word(byte[] address, int index) {
        return (address[2 * index] & 0xff) << 8 | (address[2 * index + 1] & 0xff);
    }
}
