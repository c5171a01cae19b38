// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.sun.management.ThreadMXBean;
import io.netty.buffer.ByteBuf;
import io.r2dbc.pgxc.wire.BackendDecoder.Step;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("the backend decoder")
class BackendDecoderTest {

    private static final String STARTUP = "RENv";
    private static final String SESSION = "DCETtZSKNA123nsIVGHWdc";

    @Test
    @DisplayName("[S1.1.4, A17] delivers the same whether a session arrives at once, cut anywhere, or byte by byte")
    void segmentationDoesNotMatter() {
        List<Octets> transcript = Samples.transcript();
        Octets bytes = Octets.join(transcript);

        Decoding glued = Decoding.startup();
        assertThat(glued.feed(bytes)).isEqualTo(Step.INCOMPLETE);
        assertThat(glued.sink.delivered).isEqualTo(transcript);

        Decoding drops = Decoding.startup();
        for (byte b : bytes.bytes()) {
            drops.feed(Octets.of(b));
        }
        assertThat(drops.sink.delivered).isEqualTo(transcript);

        for (int cut = 0; cut <= bytes.size(); cut++) {
            Decoding halves = Decoding.startup();
            halves.feed(bytes.slice(0, cut));
            halves.feed(bytes.slice(cut, bytes.size()));
            assertThat(halves.sink.delivered).as("cut at %d", cut).isEqualTo(transcript);
            assertThat(halves.in.isReadable()).isFalse();
        }
    }

    @Test
    @DisplayName("decodes ten thousand messages that lie in one buffer")
    void manyMessagesInOneBuffer() {
        Octets one = BackendEncoder.encode(new BackendMessage.CommandComplete("SELECT 1"));
        Decoding decoding = Decoding.session();

        decoding.feed(Octets.join(Collections.nCopies(10_000, one)));

        assertThat(decoding.sink.messages).hasSize(10_000);
    }

    @Test
    @DisplayName("[A7, S8.18] a message that is not all there is incomplete, and malformed once the connection ends")
    void everyPrefixIsIncomplete() {
        for (Octets message : Samples.all()) {
            for (int cut = 1; cut < message.size(); cut++) {
                Decoding decoding = Decoding.phaseOf(message);
                assertThat(decoding.feed(message.slice(0, cut)))
                        .as("%s cut at %d", message, cut)
                        .isEqualTo(Step.INCOMPLETE);
                assertThat(decoding.in.readableBytes()).isEqualTo(cut);
                assertThat(decoding.sink.delivered).isEmpty();
                assertThatExceptionOfType(ProtocolException.class)
                        .isThrownBy(decoding::end)
                        .withMessageContaining("connection ended inside");
            }
        }
    }

    @Test
    @DisplayName("the end of the connection between two messages is no violation")
    void endBetweenMessages() {
        Decoding decoding = Decoding.session();
        decoding.feed(Samples.session().get(0));
        assertThatCode(decoding::end).doesNotThrowAnyException();
    }

    @ParameterizedTest(name = "[A1, S8.1] length {0}")
    @ValueSource(ints = {0, 1, 2, 3, -1, Integer.MIN_VALUE, 0x8000_0004})
    @DisplayName("[A1, S1.1.7, S8.1] a length below 4 is refused for every type, by the header alone")
    void lengthTooSmall(int length) {
        for (char type : types(SESSION)) {
            refused(Decoding.session(), header(type, length), "length " + length);
        }
        refused(Decoding.startup(), header('R', length), "length " + length);
        refused(Decoding.startup(), header('v', length), "length " + length);
        refused(Decoding.startup(), header('N', length), "length " + length);
    }

    @ParameterizedTest(name = "[A2, S8.2] {0} of length {1}")
    @CsvSource({
        "D, 1073741823",
        "d, 1073741823",
        "V, 1073741823",
        "T, 67108865",
        "t, 67108865",
        "E, 67108865",
        "N, 67108865",
        "A, 67108865",
        "S, 1048577",
        "K, 1048577",
        "C, 1048577",
        "G, 1048577",
        "H, 1048577",
        "W, 1048577",
        "Z, 6",
        "1, 5",
        "2, 5",
        "3, 5",
        "n, 5",
        "s, 5",
        "I, 5",
        "c, 5"
    })
    @DisplayName("[A2, S1.1.8, S8.2, S8.11] a length above the type's ceiling is refused by the header alone")
    void lengthTooLarge(char type, int length) {
        refused(Decoding.session(), header(type, length), "length " + length);
        refused(Decoding.session(), header(type, Integer.MAX_VALUE), "length " + Integer.MAX_VALUE);
        assertThat(Decoding.session().feed(header(type, length - 1))).isEqualTo(Step.INCOMPLETE);
    }

    @ParameterizedTest(name = "[A2, S1.1.8] {0} of length {1}")
    @CsvSource({"R, 65537", "v, 2001", "N, 30001"})
    @DisplayName("[A2, S1.1.8] before authentication the ceilings are small")
    void lengthTooLargeInStartup(char type, int length) {
        refused(Decoding.startup(), header(type, length), "length " + length);
        assertThat(Decoding.startup().feed(header(type, length - 1))).isEqualTo(Step.INCOMPLETE);
    }

    @Test
    @DisplayName("[A2, S1.1.8] the configured maximum lowers every ceiling and raises none")
    void configuredMaximum() {
        refused(Decoding.session(1_000), header('D', 1_001), "length 1001 is outside 4 to 1000");
        assertThat(Decoding.session(1_000).feed(header('D', 1_000))).isEqualTo(Step.INCOMPLETE);
        refused(Decoding.session(Integer.MAX_VALUE), header('S', 1_048_577), "outside 4 to 1048576");
    }

    @Test
    @DisplayName("[A2, S8.2, S8.3] an announced length takes no memory, refused or not")
    void announcedLengthTakesNoMemory() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        Decoding decoding = Decoding.session();
        decoding.in.writeBytes(header('D', 0x3FFF_FFFE).bytes());
        decoding.run();
        int capacity = decoding.in.capacity();

        long before = threads.getCurrentThreadAllocatedBytes();
        Step step = decoding.run();
        long allocated = threads.getCurrentThreadAllocatedBytes() - before;

        assertThat(step).isEqualTo(Step.INCOMPLETE);
        assertThat(allocated).isLessThan(64 << 10);
        assertThat(decoding.in.capacity()).isEqualTo(capacity);
    }

    @Test
    @DisplayName(
            "[A3, S1.1.13, S8.4, S7.5, S7.11] every byte that is no server message is refused alone, and shown in hex")
    void unknownTypes() {
        for (int type = 0; type < 256; type++) {
            if (SESSION.indexOf(type) < 0 && STARTUP.indexOf(type) < 0) {
                Octets alone = Octets.of((byte) type);
                refused(Decoding.session(), alone, String.format("0x%02X", type));
                refused(Decoding.startup(), alone, String.format("0x%02X", type));
            }
        }
    }

    @Test
    @DisplayName("[S2.1.4, S2.1.5, S8.5] a known type in the wrong phase is refused by its first byte")
    void wrongPhase() {
        for (char type : types(SESSION)) {
            if (STARTUP.indexOf(type) < 0) {
                refused(Decoding.startup(), Octets.of((byte) type), "not legal before authentication");
            }
        }
        refused(Decoding.session(), Octets.of((byte) 'R'), "'R' Authentication: not legal in a session");
        refused(Decoding.session(), Octets.of((byte) 'v'), "not legal in a session");
    }

    @Test
    @DisplayName("an unwanted message waits where it is, and is asked for again")
    void unwantedWaits() {
        Decoding decoding = Decoding.session();
        decoding.sink.unwanted = "D";
        Octets row = BackendEncoder.row(List.of(Octets.of("1")));
        decoding.feed(Octets.join(row, BackendEncoder.encode(BackendMessage.Signal.NO_DATA)));

        assertThat(decoding.run()).isEqualTo(Step.WAITING);
        assertThat(decoding.in.readerIndex()).isZero();
        assertThat(decoding.sink.delivered).isEmpty();

        decoding.sink.unwanted = "";
        assertThat(decoding.run()).isEqualTo(Step.INCOMPLETE);
        assertThat(decoding.sink.delivered).hasSize(2).first().isEqualTo(row);
        assertThat(decoding.sink.asked).hasToString("DDDn");
    }

    @Test
    @DisplayName("a message is asked for as soon as its header is there, and not before")
    void askedByTheHeader() {
        Decoding decoding = Decoding.session();
        decoding.sink.unwanted = "D";
        Octets header = header('D', 100);

        assertThat(decoding.feed(header.slice(0, 4))).isEqualTo(Step.INCOMPLETE);
        assertThat(decoding.sink.asked).isEmpty();
        assertThat(decoding.feed(header.slice(4, 5))).isEqualTo(Step.WAITING);
        assertThat(decoding.sink.asked).hasToString("D");
    }

    @Test
    @DisplayName("[S8.2, S8.4] what is illegal is refused even if nobody wants it")
    void illegalThoughUnwanted() {
        Decoding decoding = Decoding.session();
        decoding.sink.unwanted = SESSION;
        refused(decoding, header('D', 3), "length 3");
        assertThat(decoding.sink.asked).isEmpty();
    }

    @Test
    @DisplayName("[A1, S1.1.5] after a refusal nothing is parsed: the position stays before the message")
    void positionAfterRefusal() {
        Octets broken = BackendEncoder.frame('C', Octets.of("no terminator"));
        Decoding decoding = Decoding.session();
        refused(decoding, Octets.join(broken, Samples.session().get(4)), "terminator");
        assertThat(decoding.in.readerIndex()).isZero();
        assertThat(decoding.sink.delivered).isEmpty();
    }

    @Test
    @DisplayName("the reader index is past the message when the sink is called")
    void readerIndexInCallbacks() {
        BackendDecoder decoder = new BackendDecoder(Decoding.UNLIMITED);
        decoder.authenticated();
        ByteBuf in = Octets.join(Samples.session()).buffer();
        List<Integer> positions = new ArrayList<>();
        BackendSink sink = new BackendSink() {
            @Override
            public boolean wants(byte tag) {
                return true;
            }

            @Override
            public void onRow(DataRow row) {
                positions.add(in.readerIndex());
            }

            @Override
            public void onCopyData(ByteBuf data, int offset, int length) {
                positions.add(in.readerIndex());
            }

            @Override
            public void onMessage(BackendMessage message) {
                positions.add(in.readerIndex());
            }
        };
        List<Integer> ends = new ArrayList<>();
        int end = 0;
        for (Octets message : Samples.session()) {
            end += message.size();
            ends.add(end);
            assertThat(decoder.decodeOne(in, sink)).isEqualTo(Step.DECODED);
        }
        assertThat(positions).isEqualTo(ends);
    }

    private static List<Character> types(String letters) {
        return letters.chars().mapToObj(letter -> (char) letter).toList();
    }

    private static Octets header(char type, int length) {
        return BackendEncoder.frame(type, length, Octets.NONE);
    }

    private static void refused(Decoding decoding, Octets bytes, String why) {
        assertThatExceptionOfType(ProtocolException.class)
                .as("%s", bytes)
                .isThrownBy(() -> decoding.feed(bytes))
                .withMessageContaining(why);
    }
}
