// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.testing;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.r2dbc.pgxc.auth.GssDialogue;
import io.r2dbc.pgxc.auth.GssMechanism;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A mechanism of GSSAPI that needs no Kerberos: as many tokens to and fro as wanted, and packets that are numbered, scrambled and summed
 * up. It counts what has been begun and not disposed of.
 */
public final class ToyGss implements GssMechanism {

    private static final int AROUND = 8;
    private static final int MAGIC = 0x5A;

    private final int rounds;
    private final AtomicInteger open = new AtomicInteger();
    private final List<Purpose> begun = new CopyOnWriteArrayList<>();
    private volatile Runnable onBegin = () -> {};
    private volatile Runnable onNext = () -> {};

    /** The client is sure after so many tokens of the server. */
    public ToyGss(int rounds) {
        this.rounds = rounds;
    }

    /** What happens, on the thread that does the work, when a conversation is begun. */
    public ToyGss onBegin(Runnable action) {
        onBegin = action;
        return this;
    }

    /** What happens, on the thread that does the work, before each of the client's tokens. */
    public ToyGss onNext(Runnable action) {
        onNext = action;
        return this;
    }

    public int rounds() {
        return rounds;
    }

    /** How many conversations have been begun and not been disposed of. */
    public int open() {
        return open.get();
    }

    public List<Purpose> begun() {
        return List.copyOf(begun);
    }

    public static byte[] clientToken(int round) {
        return ("client " + round).getBytes(US_ASCII);
    }

    public static byte[] serverToken(int round) {
        return ("server " + round).getBytes(US_ASCII);
    }

    @Override
    public GssDialogue begin(Purpose purpose) {
        onBegin.run();
        begun.add(purpose);
        open.incrementAndGet();
        return new Client();
    }

    /** The packet of that number; those of both sides are counted from 0. */
    public static byte[] seal(int number, byte[] bytes, int offset, int length) {
        ByteBuffer packet = ByteBuffer.allocate(length + AROUND).putInt(number);
        int sum = number;
        for (int i = 0; i < length; i++) {
            byte plain = bytes[offset + i];
            packet.put((byte) (plain ^ MAGIC));
            sum = 31 * sum + plain;
        }
        return packet.putInt(sum).array();
    }

    public static byte[] unseal(int number, byte[] packet, int offset, int length) {
        if (length < AROUND) {
            throw new IllegalArgumentException("too short for a packet");
        }
        byte[] plain = Arrays.copyOfRange(packet, offset + 4, offset + length - 4);
        for (int i = 0; i < plain.length; i++) {
            plain[i] ^= MAGIC;
        }
        if (!Arrays.equals(seal(number, plain, 0, plain.length), Arrays.copyOfRange(packet, offset, offset + length))) {
            throw new IllegalArgumentException("not packet " + number + ", or not intact");
        }
        return plain;
    }

    private final class Client implements GssDialogue {

        private int round;
        private int sent;
        private int received;
        private boolean disposed;

        @Override
        public byte[] next(byte[] token) {
            onNext.run();
            if (!Arrays.equals(token, round == 0 ? new byte[0] : serverToken(round))) {
                throw new IllegalArgumentException("not a token of the server's");
            }
            round++;
            return round > rounds ? new byte[0] : clientToken(round);
        }

        @Override
        public boolean isEstablished() {
            return round > rounds;
        }

        @Override
        public int wrapLimit(int packet) {
            return packet - AROUND;
        }

        @Override
        public byte[] wrap(byte[] bytes, int offset, int length) {
            return seal(sent++, bytes, offset, length);
        }

        @Override
        public byte[] unwrap(byte[] bytes, int offset, int length) {
            return unseal(received++, bytes, offset, length);
        }

        @Override
        public void dispose() {
            if (disposed) {
                throw new AssertionError("disposed of twice");
            }
            disposed = true;
            open.decrementAndGet();
        }
    }
}
