// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.value;

/**
 * Holds a {@code macaddr} or a {@code macaddr8} of PostgreSQL: the hardware address of an interface, of six bytes
 * (EUI-48) or of eight (EUI-64). One of six bytes is never equal to one of eight.
 *
 * @param bits the bytes as a number, the first one uppermost
 * @param length the number of bytes, 6 or 8
 */
public record MacAddress(long bits, int length) {

    private static final int SHORT = 6;
    private static final int LONG = 8;

    /**
     * Makes the value.
     *
     * @param bits the bytes as a number, the first one uppermost
     * @param length the number of bytes
     * @throws IllegalArgumentException if the length is neither 6 nor 8, or the number has more bytes
     */
    public MacAddress {
        if (length != SHORT && length != LONG) {
            throw new IllegalArgumentException("a hardware address has 6 or 8 bytes, and not " + length);
        }
        if (length == SHORT && bits >>> 8 * SHORT != 0) {
            throw new IllegalArgumentException("more than 6 bytes: 0x" + Long.toHexString(bits));
        }
    }

    /**
     * The address with these bytes.
     *
     * @param bytes 6 or 8 bytes, which are copied
     * @return the address
     * @throws IllegalArgumentException if there are more or fewer
     */
    public static MacAddress of(byte[] bytes) {
        long bits = 0;
        for (byte b : bytes) {
            bits = bits << 8 | (b & 0xff);
        }
        return new MacAddress(bits, bytes.length);
    }

    /**
     * Reads what {@link #toString()} and the server print, in upper or lower case, and the same with hyphens:
     * {@code 08:00:2b:01:02:03}, {@code 08-00-2B-FF-FE-01-02-03}.
     *
     * @param text six or eight pairs of hexadecimal digits, all separated by colons or all by hyphens
     * @return the address
     * @throws IllegalArgumentException if the text is anything else
     */
    public static MacAddress parse(String text) {
        int length = (text.length() + 1) / 3;
        char separator = length > 1 ? text.charAt(2) : 0;
        boolean valid = text.length() == 3 * length - 1 && (separator == ':' || separator == '-');
        long bits = 0;
        for (int i = 0; valid && i < text.length(); i++) {
            int digit = digit(text.charAt(i));
            if (i % 3 == 2) {
                valid = text.charAt(i) == separator;
            } else {
                valid = digit >= 0;
                bits = bits << 4 | digit;
            }
        }
        if (!valid || (length != SHORT && length != LONG)) {
            throw new IllegalArgumentException("no hardware address: '" + text + "'");
        }
        return new MacAddress(bits, length);
    }

    /** Java knows digits of other scripts too. */
    private static int digit(char c) {
        return c < 128 ? Character.digit(c, 16) : -1;
    }

    /**
     * The bytes.
     *
     * @return 6 or 8 bytes, the caller's own
     */
    public byte[] bytes() {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (bits >>> 8 * (length - 1 - i));
        }
        return bytes;
    }

    /** As the server prints it: pairs of digits in lower case between colons. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(3 * length);
        for (int i = 8 * length - 4; i >= 0; i -= 4) {
            text.append(Character.forDigit((int) (bits >>> i) & 15, 16));
            text.append(i % 8 == 0 && i > 0 ? ":" : "");
        }
        return text.toString();
    }
}
