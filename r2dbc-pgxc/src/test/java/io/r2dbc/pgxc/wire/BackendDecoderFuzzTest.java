// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.r2dbc.pgxc.wire.BackendDecoder.Step;
import io.r2dbc.pgxc.wire.BackendMessage.AuthenticationOk;
import io.r2dbc.pgxc.wire.BackendMessage.ErrorResponse;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * Feeds the decoder what no server says. The oracle: each input ends with everything decoded, with bytes that are no
 * whole message yet, or with a ProtocolException; each step consumes; and memory stays in proportion to the input.
 */
@DisplayName("the backend decoder, fuzzed")
class BackendDecoderFuzzTest {

    private static final long SEED = Long.getLong("pgxc.fuzz.seed", 20_260_101L);
    private static final int INPUTS = Integer.getInteger("pgxc.fuzz.inputs", 20_000);

    // A column of 19 bytes becomes a record and a string, a field of 2 bytes a map entry and a string.
    private static final int BYTES_FOR_EACH_BYTE = 150;
    private static final int BYTES_FOR_EACH_INPUT = 64 << 10;

    private final Random random = new Random(SEED);
    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private int decoded;
    private int refused;
    private long touched;

    @BeforeEach
    void warmUp() {
        for (int i = 0; i < 20; i++) {
            Octets transcript = Octets.join(Samples.transcript());
            decodedInPieces(transcript, false, pieceOf(transcript));
        }
        decoded = 0;
    }

    @Test
    @DisplayName("[A18, S8.39] random bytes")
    void randomBytes() {
        for (int i = 0; i < INPUTS; i++) {
            byte[] bytes = new byte[random.nextInt(200)];
            random.nextBytes(bytes);
            play(Octets.of(bytes), random.nextBoolean());
        }
        assertThat(refused).as("inputs refused").isGreaterThan(INPUTS / 2);
    }

    @Test
    @DisplayName("[A18, S8.39] random bodies behind honest headers")
    void randomBodies() {
        byte[] types = "DCETtZSKNA123nsIVGHWdcRv".getBytes(StandardCharsets.US_ASCII);
        for (int i = 0; i < INPUTS; i++) {
            char type = (char) types[random.nextInt(types.length)];
            byte[] body = new byte[random.nextInt(60)];
            for (int at = 0; at < body.length; at++) {
                body[at] = (byte) (random.nextInt(3) == 0 ? random.nextInt(256) : random.nextInt(3));
            }
            play(BackendEncoder.frame(type, Octets.of(body)), type != 'R' && type != 'v');
        }
        assertThat(decoded).as("messages decoded").isGreaterThan(INPUTS / 50);
        assertThat(refused).as("inputs refused").isGreaterThan(INPUTS / 10);
    }

    @Test
    @DisplayName("[A18, S8.39] recorded sessions with some bytes changed, lost, doubled or moved")
    void mutatedSessions() {
        for (int i = 0; i < INPUTS; i++) {
            boolean inSession = random.nextBoolean();
            List<Octets> recorded = new ArrayList<>(inSession ? Samples.session() : Samples.transcript());
            if (random.nextInt(4) == 0) {
                Collections.shuffle(recorded, random);
            }
            play(mutated(Octets.join(recorded)), inSession);
        }
        assertThat(decoded).as("messages decoded").isGreaterThan(INPUTS);
        assertThat(refused).as("inputs refused").isGreaterThan(INPUTS / 4);
        assertThat(touched).isNotZero();
    }

    private Octets mutated(Octets session) {
        byte[] bytes = session.bytes();
        for (int left = 1 + random.nextInt(4); left > 0 && bytes.length > 1; left--) {
            int at = random.nextInt(bytes.length);
            switch (random.nextInt(5)) {
                case 0 -> bytes[at] = (byte) random.nextInt(256);
                case 1 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                case 2 ->
                    bytes = Octets.join(
                                    Octets.of(bytes).slice(0, at),
                                    Octets.of(bytes).slice(at + 1, bytes.length))
                            .bytes();
                case 3 -> {
                    int from = random.nextInt(bytes.length);
                    int length = Math.min(random.nextInt(20), bytes.length - Math.max(at, from));
                    System.arraycopy(bytes, from, bytes, at, length);
                }
                default -> bytes = Arrays.copyOf(bytes, Math.max(1, at));
            }
        }
        return Octets.of(bytes);
    }

    private void play(Octets input, boolean inSession) {
        int piece = pieceOf(input);
        long limit = BYTES_FOR_EACH_INPUT + (long) BYTES_FOR_EACH_BYTE * input.size();
        long allocated = allocatedBy(input, inSession, piece);
        if (allocated > limit) {
            // What composes a message links its call site the first time: once in a JVM, not the input's doing
            allocated = allocatedBy(input, inSession, piece);
        }
        if (allocated > limit) {
            throw new AssertionError("seed " + SEED + ", " + allocated + " bytes allocated for input " + input.hex());
        }
    }

    private long allocatedBy(Octets input, boolean inSession, int piece) {
        long before = threads.getCurrentThreadAllocatedBytes();
        try {
            decodedInPieces(input, inSession, piece);
        } catch (ProtocolException expected) {
            refused++;
        } catch (RuntimeException | Error foreign) {
            throw new AssertionError("seed " + SEED + ", input " + input.hex(), foreign);
        }
        return threads.getCurrentThreadAllocatedBytes() - before;
    }

    private int pieceOf(Octets input) {
        return 1 + random.nextInt(input.size() + 1);
    }

    /** Decodes an input that arrives in pieces, and ends. */
    private void decodedInPieces(Octets input, boolean inSession, int piece) {
        Counting sink = new Counting();
        BackendDecoder decoder = new BackendDecoder(Decoding.UNLIMITED);
        if (inSession) {
            decoder.authenticated();
        } else {
            sink.decoder = decoder;
        }
        ByteBuf in = Unpooled.buffer(input.size() + 16);
        byte[] bytes = input.bytes();
        try {
            for (int at = 0; at < bytes.length; at += piece) {
                in.writeBytes(bytes, at, Math.min(piece, bytes.length - at));
                decodeAll(decoder, in, sink, input);
            }
            decoder.endOfInput(in, sink);
        } finally {
            decoded += sink.count;
            touched += sink.touched;
        }
    }

    private static void decodeAll(BackendDecoder decoder, ByteBuf in, Counting sink, Octets input) {
        Step step = Step.DECODED;
        while (step == Step.DECODED) {
            int position = in.readerIndex();
            int count = sink.count;
            step = decoder.decodeOne(in, sink);
            boolean consumed = in.readerIndex() > position;
            boolean delivered = sink.count == count + 1;
            if (consumed != (step == Step.DECODED) || delivered != consumed) {
                throw new AssertionError("seed " + SEED + ": " + step + " at " + position + " of " + input.hex());
            }
        }
    }

    /** Touches every byte it is shown. */
    private static final class Counting implements BackendSink {

        private BackendDecoder decoder = new BackendDecoder(0);
        private int count;
        private long touched;

        @Override
        public boolean wants(byte tag) {
            return true;
        }

        @Override
        public void onRow(DataRow row) {
            count++;
            for (int i = 0; i < row.columnCount(); i++) {
                for (int at = 0; at < row.length(i); at++) {
                    touched += row.buffer().getByte(row.offset(i) + at);
                }
            }
        }

        @Override
        public void onCopyData(ByteBuf in, int offset, int length) {
            count++;
            for (int at = 0; at < length; at++) {
                touched += in.getByte(offset + at);
            }
        }

        @Override
        public void onMessage(BackendMessage message) {
            count++;
            if (message instanceof ErrorResponse error) {
                touched += error.fields().toString().length();
            }
            if (message instanceof AuthenticationOk) {
                decoder.authenticated();
            }
        }
    }
}
