// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;
import java.util.HexFormat;

/** Some bytes as a value: equal by content, and readable when a test fails. */
public final class Octets {

    public static final Octets NONE = new Octets(new byte[0]);

    private static final int SHOWN = 80;

    private final byte[] bytes;

    private Octets(byte[] bytes) {
        this.bytes = bytes;
    }

    public static Octets of(byte... bytes) {
        return new Octets(bytes.clone());
    }

    /** The UTF-8 form of a text, without a terminator. */
    public static Octets of(String text) {
        return new Octets(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Bytes written as hexadecimal digits; spaces are for the reader. */
    public static Octets hex(String digits) {
        return new Octets(HexFormat.of().parseHex(digits.replace(" ", "")));
    }

    /** The readable bytes of a buffer, which is left as it was. */
    public static Octets of(ByteBuf buffer) {
        return new Octets(ByteBufUtil.getBytes(buffer));
    }

    public static Octets join(Octets... parts) {
        return join(Arrays.asList(parts));
    }

    public static Octets join(Collection<Octets> parts) {
        ByteArrayOutputStream joined = new ByteArrayOutputStream();
        parts.forEach(part -> joined.writeBytes(part.bytes));
        return new Octets(joined.toByteArray());
    }

    public int size() {
        return bytes.length;
    }

    public byte[] bytes() {
        return bytes.clone();
    }

    public Octets slice(int from, int to) {
        return new Octets(Arrays.copyOfRange(bytes, from, to));
    }

    public String text() {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    public String hex() {
        return HexFormat.of().formatHex(bytes);
    }

    /** An unpooled heap buffer with a copy of the bytes, which may grow. */
    public ByteBuf buffer() {
        return Unpooled.buffer(Math.max(16, bytes.length)).writeBytes(bytes);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Octets that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    /** Text if it is printable ASCII, hexadecimal digits otherwise; long values are cut. */
    @Override
    public String toString() {
        boolean printable = true;
        for (byte b : bytes) {
            printable &= b >= ' ' && b < 0x7F;
        }
        String whole = printable ? "'" + text() + "'" : "0x" + hex();
        return whole.length() <= SHOWN ? whole : whole.substring(0, SHOWN) + "... (" + bytes.length + " bytes)";
    }
}
