// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.benchmarks.peers;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Messages of the protocol as plain bytes, appended to a buffer that grows. */
final class RawBytes {

    private static final int VERSION_3 = 3 << 16;
    private ByteBuffer bytes = ByteBuffer.allocateDirect(1 << 16);

    /** What has been appended since the last {@link #sent}, ready to be read. */
    ByteBuffer toSend() {
        return bytes.flip();
    }

    /** Keeps what the channel did not take. */
    void sent() {
        bytes.compact();
    }

    boolean isEmpty() {
        return bytes.position() == 0;
    }

    RawBytes startup(Address address) {
        int start = begin((byte) 0);
        bytes.putInt(VERSION_3);
        text("user").text(address.user()).text("database").text(address.database());
        bytes.put((byte) 0);
        return end(start);
    }

    RawBytes parse(String name, String sql) {
        int start = begin((byte) 'P');
        text(name).text(sql);
        bytes.putShort((short) 0);
        return end(start);
    }

    /** Binds to the unnamed portal, with binary results. */
    RawBytes bind(String name) {
        int start = begin((byte) 'B');
        text("").text(name);
        return results(start, (short) 0);
    }

    /** The same with one int4. */
    RawBytes bind(String name, int value) {
        int start = begin((byte) 'B');
        text("").text(name);
        bytes.putShort((short) 1).putShort((short) 1);
        bytes.putShort((short) 1).putInt(Integer.BYTES).putInt(value);
        return end(start, (short) 1);
    }

    /** The same with an int4 and a text. */
    RawBytes bind(String name, int value, String text) {
        int start = begin((byte) 'B');
        text("").text(name);
        bytes.putShort((short) 1).putShort((short) 1);
        bytes.putShort((short) 2).putInt(Integer.BYTES).putInt(value);
        byte[] encoded = text.getBytes(StandardCharsets.UTF_8);
        bytes.putInt(encoded.length).put(encoded);
        return end(start, (short) 1);
    }

    private RawBytes results(int start, short parameters) {
        bytes.putShort((short) 0).putShort(parameters);
        return end(start, (short) 1);
    }

    private RawBytes end(int start, short resultFormat) {
        bytes.putShort((short) 1).putShort(resultFormat);
        return end(start);
    }

    RawBytes execute(int rows) {
        int start = begin((byte) 'E');
        text("");
        bytes.putInt(rows);
        return end(start);
    }

    RawBytes query(String sql) {
        int start = begin((byte) 'Q');
        text(sql);
        return end(start);
    }

    /** Sync, Flush, or Terminate. */
    RawBytes bodiless(char tag) {
        return end(begin((byte) tag));
    }

    private int begin(byte tag) {
        room();
        if (tag != 0) {
            bytes.put(tag);
        }
        int start = bytes.position();
        bytes.putInt(0);
        return start;
    }

    private void room() {
        if (bytes.remaining() < 1 << 15) {
            ByteBuffer larger = ByteBuffer.allocateDirect(bytes.capacity() * 2);
            larger.put(bytes.flip());
            bytes = larger;
        }
    }

    private RawBytes text(String text) {
        bytes.put(text.getBytes(StandardCharsets.UTF_8)).put((byte) 0);
        return this;
    }

    private RawBytes end(int start) {
        bytes.putInt(start, bytes.position() - start);
        return this;
    }
}
