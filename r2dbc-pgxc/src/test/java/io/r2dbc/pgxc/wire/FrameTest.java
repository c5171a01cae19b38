// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.r2dbc.pgxc.wire.FrontendMessage.Bare;
import io.r2dbc.pgxc.wire.FrontendMessage.Bind;
import io.r2dbc.pgxc.wire.FrontendMessage.Close;
import io.r2dbc.pgxc.wire.FrontendMessage.CopyData;
import io.r2dbc.pgxc.wire.FrontendMessage.CopyFail;
import io.r2dbc.pgxc.wire.FrontendMessage.Describe;
import io.r2dbc.pgxc.wire.FrontendMessage.Execute;
import io.r2dbc.pgxc.wire.FrontendMessage.FunctionCall;
import io.r2dbc.pgxc.wire.FrontendMessage.Parse;
import io.r2dbc.pgxc.wire.FrontendMessage.Password;
import io.r2dbc.pgxc.wire.FrontendMessage.Query;
import io.r2dbc.pgxc.wire.FrontendMessage.SaslInitialResponse;
import io.r2dbc.pgxc.wire.FrontendMessage.SaslResponse;
import io.r2dbc.pgxc.wire.FrontendMessage.Startup;
import io.r2dbc.pgxc.wire.FrontendMessage.Target;
import java.io.IOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("frames of client messages")
class FrameTest {

    private static final BindValues NONE = new ListedValues();
    private static final short[] TEXT = {};

    static Stream<Arguments> atTheCeiling() {
        return Stream.of(
                Arguments.of(
                        "Describe",
                        new Describe(Target.STATEMENT, text(9_994)),
                        new Describe(Target.STATEMENT, text(9_995))),
                Arguments.of("Close", new Close(Target.PORTAL, text(9_994)), new Close(Target.PORTAL, text(9_995))),
                Arguments.of("Execute", new Execute(text(9_991), 0), new Execute(text(9_992), 0)),
                Arguments.of("CopyFail", new CopyFail(text(9_995)), new CopyFail(text(9_996))),
                Arguments.of("PasswordMessage", new Password(bytes(65_530)), new Password(bytes(65_531))),
                Arguments.of("SASLResponse", new SaslResponse(bytes(65_531)), new SaslResponse(bytes(65_532))),
                Arguments.of(
                        "SASLInitialResponse",
                        new SaslInitialResponse("SCRAM-SHA-256", bytes(1_002)),
                        new SaslInitialResponse("SCRAM-SHA-256", bytes(1_003))),
                Arguments.of("StartupMessage", startup(9_992), startup(9_993)));
    }

    @ParameterizedTest(name = "[S1.1.9] {0}")
    @MethodSource("atTheCeiling")
    @DisplayName("[S1.1.9] the longest message a server takes is written, one byte more is refused by name")
    void ceilings(String name, FrontendMessage longest, FrontendMessage tooLong) {
        assertThat(FrontendMessageTest.written(longest).size()).isPositive();
        refused(tooLong, name);
    }

    static Stream<Arguments> unsayable() {
        return Stream.of(
                Arguments.of("query", new Query("SELECT '\0'")),
                Arguments.of("query", new Parse("", "\0", new int[0])),
                Arguments.of("statement name", new Parse("a\0", "", new int[0])),
                Arguments.of("portal name", new Bind("\0", "", NONE, TEXT)),
                Arguments.of("statement name", new Bind("", "\0", NONE, TEXT)),
                Arguments.of("statement name", new Describe(Target.STATEMENT, "\0")),
                Arguments.of("portal name", new Close(Target.PORTAL, "\0")),
                Arguments.of("portal name", new Execute("\0", 0)),
                Arguments.of("reason", new CopyFail("\0")),
                Arguments.of("password", new Password(new byte[] {'a', 0})),
                Arguments.of("mechanism", new SaslInitialResponse("\0", new byte[0])),
                Arguments.of("start-up parameter user", new Startup(196_608, Map.of("user", "a\0b"))),
                Arguments.of("name of a start-up parameter", new Startup(196_608, Map.of("us\0er", "a"))),
                Arguments.of("name of a start-up parameter", new Startup(196_608, Map.of("", "a"))),
                Arguments.of("query", new Query("\uD83D")),
                Arguments.of("parameter types", new Parse("", "", new int[65_536])),
                Arguments.of("result formats", new Bind("", "", NONE, new short[65_536])),
                Arguments.of("values", new Bind("", "", new Repeated(65_536, 0), TEXT)),
                Arguments.of("values", new FunctionCall(1, new Repeated(65_536, 0), false)));
    }

    @ParameterizedTest(name = "[S1.1.6, S1.1.11, S4.5] {index} {0}")
    @MethodSource("unsayable")
    @DisplayName("[S1.1.6, S1.1.11, S2.1.2, S4.5] what cannot be said is refused by name, and nothing of it is written")
    void unsayableIsRefused(String field, FrontendMessage message) {
        refused(message, field);
    }

    @Test
    @DisplayName("[S1.1.6] a value that fails half way leaves nothing of its message behind")
    void failingValue() {
        ByteBuf out = Unpooled.buffer();
        Bare.SYNC.writeTo(out);
        BindValues failing = new Repeated(2, 10) {
            @Override
            public boolean write(int index, ByteBuf buffer) {
                if (index == 1) {
                    buffer.writeZero(3);
                    throw new IllegalStateException("half way");
                }
                return super.write(index, buffer);
            }
        };
        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(() -> new Bind("", "", failing, TEXT).writeTo(out));
        assertThat(Octets.of(out)).isEqualTo(Octets.hex("53 00000004"));
    }

    @Test
    @DisplayName("[S1.1.10] a value that writes NULL with bytes, or takes back what stands before it, is refused")
    void dishonestValues() {
        refused(
                new Bind(
                        "",
                        "",
                        new Repeated(1, 4) {
                            @Override
                            public boolean write(int index, ByteBuf out) {
                                super.write(index, out);
                                return false;
                            }
                        },
                        TEXT),
                "Value 0");
        refused(
                new Bind(
                        "",
                        "",
                        new Repeated(1, 0) {
                            @Override
                            public boolean write(int index, ByteBuf out) {
                                out.writerIndex(out.writerIndex() - 4);
                                return true;
                            }
                        },
                        TEXT),
                "Value 0");
    }

    // A sparse file mapped into memory has two gibibytes and takes none, as long as nobody writes into the middle.
    @Test
    @DisplayName("[E4, S1.1.9, S1.1.10] eight values of 512 MiB are refused with a length that has not wrapped around")
    void hugeValues(@TempDir Path directory) throws IOException {
        ByteBuf out = hollow(directory, Integer.MAX_VALUE).clear();
        Bare.SYNC.writeTo(out);
        refused(out, new Bind("", "", new Repeated(8, 512 << 20), TEXT), "The Bind message would have length");
        refused(out, new Bind("", "", new Repeated(1, 0x3FFF_FFFF), TEXT), "The Bind message would have length");
        refused(out, new FunctionCall(1, new Repeated(3, 512 << 20), false), "The FunctionCall message");

        new Bind("", "", new Repeated(1, 0x3FFF_FFFE - 16), TEXT).writeTo(out);
        assertThat(out.getInt(6)).isEqualTo(0x3FFF_FFFE);
    }

    @Test
    @DisplayName("[E4, S1.1.9] COPY data above the ceiling is refused before a byte of it is copied")
    void hugeCopyData(@TempDir Path directory) throws IOException {
        ByteBuf data = hollow(directory, 0x3FFF_FFFE - 3);
        ByteBuf out = Unpooled.buffer(16);
        refused(out, new CopyData(data), "CopyData");
        assertThat(out.capacity()).isEqualTo(16);
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> CopyData.writeCopyDataHeader(out, Integer.MAX_VALUE));
        assertThat(out.isReadable()).isFalse();
        CopyData.writeCopyDataHeader(out, 0x3FFF_FFFE - 4);
        assertThat(out.getInt(1)).isEqualTo(0x3FFF_FFFE);
    }

    private static void refused(FrontendMessage message, String field) {
        refused(Unpooled.buffer().writeZero(3), message, field);
    }

    private static void refused(ByteBuf out, FrontendMessage message, String field) {
        int before = out.writerIndex();
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> message.writeTo(out))
                .withMessageContaining(field);
        assertThat(out.writerIndex()).isEqualTo(before);
    }

    private static ByteBuf hollow(Path directory, int size) throws IOException {
        Path file = directory.resolve("hollow");
        try (FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            MappedByteBuffer mapped = channel.map(MapMode.READ_WRITE, 0, size);
            return Unpooled.wrappedBuffer(mapped);
        }
    }

    private static Startup startup(int length) {
        return new Startup(196_608, Map.of("a", text(length)));
    }

    private static String text(int length) {
        return "x".repeat(length);
    }

    private static byte[] bytes(int length) {
        return text(length).getBytes(StandardCharsets.US_ASCII);
    }

    /** So many values of one size, which advance the buffer and write nothing. */
    private static class Repeated implements BindValues {

        private final int count;
        private final int size;

        Repeated(int count, int size) {
            this.count = count;
            this.size = size;
        }

        @Override
        public int count() {
            return count;
        }

        @Override
        public boolean isBinary(int index) {
            return false;
        }

        @Override
        public boolean write(int index, ByteBuf out) {
            out.ensureWritable(size);
            out.writerIndex(out.writerIndex() + size);
            return true;
        }
    }
}
