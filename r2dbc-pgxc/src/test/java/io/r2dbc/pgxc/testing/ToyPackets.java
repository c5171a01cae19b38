// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.testing;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;

/** The server's end of what {@link ToyGss} encrypts. */
final class ToyPackets {

    /** The most plain bytes in a packet of 16 kB, its length word included. */
    static final int LONGEST = 16_384 - 4 - 8;

    private static final int PACKET = 16_384;

    private ToyPackets() {}

    static InputStream from(DataInputStream packets) {
        return new InputStream() {

            private InputStream plain = InputStream.nullInputStream();
            private int number;

            @Override
            public int read() throws IOException {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
            }

            @Override
            public int read(byte[] bytes, int offset, int length) throws IOException {
                int read = plain.read(bytes, offset, length);
                while (read < 0) {
                    if (!more()) {
                        return -1;
                    }
                    read = plain.read(bytes, offset, length);
                }
                return read;
            }

            private boolean more() throws IOException {
                int length;
                try {
                    length = packets.readInt();
                } catch (EOFException end) {
                    return false;
                }
                if (length <= 0 || length + 4 >= PACKET) {
                    throw new AssertionError("a packet of the client's has length " + length);
                }
                byte[] packet = packets.readNBytes(length);
                plain = new ByteArrayInputStream(ToyGss.unseal(number++, packet, 0, packet.length));
                return true;
            }
        };
    }

    static OutputStream to(OutputStream socket, boolean sliced) {
        DataOutputStream packets = new DataOutputStream(socket);
        return new OutputStream() {

            private int number;

            @Override
            public void write(int octet) throws IOException {
                write(new byte[] {(byte) octet}, 0, 1);
            }

            @Override
            public void write(byte[] bytes, int offset, int length) throws IOException {
                for (int done = 0; done < length; done += LONGEST) {
                    int part = Math.min(LONGEST, length - done);
                    byte[] packet = ToyGss.seal(number++, bytes, offset + done, part);
                    send(ByteBuffer.allocate(4 + packet.length)
                            .putInt(packet.length)
                            .put(packet)
                            .array());
                }
            }

            private void send(byte[] packet) throws IOException {
                if (!sliced) {
                    packets.write(packet);
                    return;
                }
                for (byte octet : packet) {
                    packets.write(octet);
                    packets.flush();
                }
            }

            @Override
            public void flush() throws IOException {
                packets.flush();
            }
        };
    }
}
