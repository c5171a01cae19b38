// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.r2dbc.pgxc.wire.FrontendMessage.Bare;
import io.r2dbc.pgxc.wire.FrontendMessage.Bind;
import io.r2dbc.pgxc.wire.FrontendMessage.CancelRequest;
import io.r2dbc.pgxc.wire.FrontendMessage.Close;
import io.r2dbc.pgxc.wire.FrontendMessage.CopyData;
import io.r2dbc.pgxc.wire.FrontendMessage.CopyDone;
import io.r2dbc.pgxc.wire.FrontendMessage.CopyFail;
import io.r2dbc.pgxc.wire.FrontendMessage.Describe;
import io.r2dbc.pgxc.wire.FrontendMessage.Execute;
import io.r2dbc.pgxc.wire.FrontendMessage.FunctionCall;
import io.r2dbc.pgxc.wire.FrontendMessage.GssEncRequest;
import io.r2dbc.pgxc.wire.FrontendMessage.GssResponse;
import io.r2dbc.pgxc.wire.FrontendMessage.Parse;
import io.r2dbc.pgxc.wire.FrontendMessage.Password;
import io.r2dbc.pgxc.wire.FrontendMessage.Query;
import io.r2dbc.pgxc.wire.FrontendMessage.SaslInitialResponse;
import io.r2dbc.pgxc.wire.FrontendMessage.SaslResponse;
import io.r2dbc.pgxc.wire.FrontendMessage.SslRequest;
import io.r2dbc.pgxc.wire.FrontendMessage.Startup;
import io.r2dbc.pgxc.wire.FrontendMessage.Target;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("frontend messages")
class FrontendMessageTest {

    private static final byte[] SECRET = {0x0A, 0x0B, 0x0C, 0x0D};

    static Stream<Arguments> golden() {
        Map<String, String> parameters = new LinkedHashMap<>();
        parameters.put("user", "alice");
        parameters.put("database", "db");
        return Stream.of(
                Arguments.of(new SslRequest(), "00 00 00 08 04 D2 16 2F"),
                Arguments.of(new GssEncRequest(), "00 00 00 08 04 D2 16 30"),
                Arguments.of(new CancelRequest(12345, SECRET), "00 00 00 10 04 D2 16 2E 00 00 30 39 0A 0B 0C 0D"),
                Arguments.of(
                        new Startup(196_608, parameters),
                        "00 00 00 20 00 03 00 00 75 73 65 72 00 61 6C 69 63 65 00"
                                + "64 61 74 61 62 61 73 65 00 64 62 00 00"),
                Arguments.of(new Query("SELECT 1"), "51 00 00 00 0D 53 45 4C 45 43 54 20 31 00"),
                Arguments.of(
                        new Parse("s1", "SELECT $1", new int[] {23}),
                        "50 00 00 00 17 73 31 00 53 45 4C 45 43 54 20 24 31 00 00 01 00 00 00 17"),
                Arguments.of(new Describe(Target.STATEMENT, "s1"), "44 00 00 00 08 53 73 31 00"),
                Arguments.of(new Execute("", 0), "45 00 00 00 09 00 00 00 00 00"),
                Arguments.of(Bare.SYNC, "53 00 00 00 04"),
                Arguments.of(Bare.FLUSH, "48 00 00 00 04"),
                Arguments.of(Bare.TERMINATE, "58 00 00 00 04"),
                Arguments.of(
                        new SaslInitialResponse("SCRAM-SHA-256", ascii("n,,n=,r=rOprNGfwEbeRWgbNEkqO")),
                        "70 00 00 00 32 53 43 52 41 4D 2D 53 48 41 2D 32 35 36 00 00 00 00 1C 6E 2C 2C 6E 3D"
                                + "2C 72 3D 72 4F 70 72 4E 47 66 77 45 62 65 52 57 67 62 4E 45 6B 71 4F"));
    }

    @ParameterizedTest(name = "[S4.1] {0}")
    @MethodSource("golden")
    @DisplayName("[S1.1.1, S4.1] writes the golden bytes")
    void goldenBytes(FrontendMessage message, String hex) {
        assertThat(written(message)).isEqualTo(Octets.hex(hex));
    }

    static Stream<Arguments> session() {
        return Stream.of(
                Arguments.of(new Query("SELECT 'ü'"), new ClientMessage.Query("SELECT 'ü'")),
                Arguments.of(
                        new Parse("", "SELECT 1", new int[] {0, -2}),
                        new ClientMessage.Parse("", "SELECT 1", List.of(0, -2))),
                Arguments.of(new Describe(Target.PORTAL, ""), new ClientMessage.Describe('P', "")),
                Arguments.of(new Close(Target.STATEMENT, "s"), new ClientMessage.Close('S', "s")),
                Arguments.of(new Close(Target.PORTAL, "p"), new ClientMessage.Close('P', "p")),
                Arguments.of(new Execute("p", 50), new ClientMessage.Execute("p", 50)),
                Arguments.of(
                        new FunctionCall(1234, new ListedValues().text("x").nothing(), true),
                        new ClientMessage.FunctionCall(1234, List.of(), Arrays.asList(Octets.of("x"), null), 1)),
                Arguments.of(
                        new CopyData(Unpooled.wrappedBuffer(SECRET)), new ClientMessage.CopyData(Octets.of(SECRET))),
                Arguments.of(new CopyDone(), new ClientMessage.CopyDone()),
                Arguments.of(new CopyFail("why"), new ClientMessage.CopyFail("why")),
                Arguments.of(Bare.FLUSH, new ClientMessage.Flush()),
                Arguments.of(new SaslResponse(SECRET), new ClientMessage.Authentication(Octets.of(SECRET))),
                Arguments.of(new GssResponse(SECRET), new ClientMessage.Authentication(Octets.of(SECRET))));
    }

    @ParameterizedTest(name = "[S5.2.2] {0}")
    @MethodSource("session")
    @DisplayName("[S5.2.2, S7.6] a server understands every message of a session as it was meant")
    void roundTrip(FrontendMessage message, ClientMessage understood) {
        assertThat(FrontendDecoder.all(written(message).buffer())).containsExactly(understood);
    }

    @ParameterizedTest(name = "[S7.2] {0}")
    @MethodSource("session")
    @DisplayName("[S7.2] what follows start-up has a type byte, and a length that is that of the rest")
    void typeAndLength(FrontendMessage message, ClientMessage understood) {
        Octets bytes = written(message);
        assertThat((char) bytes.bytes()[0]).isEqualTo(understood.type().charAt(0));
        assertThat(bytes.buffer().getInt(1)).isEqualTo(bytes.size() - 1);
    }

    @Test
    @DisplayName("[S7.2] PasswordMessage has a type byte")
    void passwordHasType() {
        assertThat(written(new Password(ascii("secret")))).isEqualTo(Octets.hex("70 0000000B 736563726574 00"));
    }

    @Test
    @DisplayName(
            "[S7.8] FunctionCall has a format for its arguments and one for its result, and NULL among its arguments")
    void functionCall() {
        assertThat(written(new FunctionCall(1234, new ListedValues().text("x").nothing(), true)))
                .isEqualTo(Octets.hex("46 00000017 000004D2 0000 0002 00000001 78 FFFFFFFF 0001"));
        assertThat(written(
                        new FunctionCall(1234, new ListedValues().binary("0007").text("x"), false)))
                .isEqualTo(Octets.hex("46 0000001D 000004D2 0002 0001 0000 0002 00000002 0007 00000001 78 0000"));
    }

    @Test
    @DisplayName("[S2.1.2, S1.4.7] start-up parameters keep their order, and a cancel key its length")
    void firstPackets() {
        Map<String, String> parameters = new LinkedHashMap<>();
        parameters.put("user", "ü");
        parameters.put("application_name", "");
        assertThat(understoodFirst(new Startup(196_610, parameters)))
                .isEqualTo(new ClientMessage.Startup(196_610, parameters));
        assertThat(understoodFirst(new CancelRequest(-1, new byte[256])))
                .isEqualTo(new ClientMessage.CancelRequest(-1, Octets.of(new byte[256])));
    }

    @ParameterizedTest(name = "[S1.1.2] {0}")
    @MethodSource("firstOfATransport")
    @DisplayName(
            "[S1.1.2] what opens a transport has no type byte: it begins with its length, and a code that no message has")
    void noTypeByte(FrontendMessage message, String beginning) {
        Octets bytes = written(message);
        assertThat(bytes.buffer().readInt()).isEqualTo(bytes.size());
        assertThat(bytes.slice(4, 8)).isEqualTo(Octets.hex(beginning));
    }

    static Stream<Arguments> firstOfATransport() {
        return Stream.of(
                Arguments.of(new Startup(196_608, Map.of("user", "alice")), "00030000"),
                Arguments.of(new SslRequest(), "04D2162F"),
                Arguments.of(new GssEncRequest(), "04D21630"),
                Arguments.of(new CancelRequest(1, new byte[4]), "04D2162E"));
    }

    @Test
    @DisplayName("[S5.4.6] an empty name means the unnamed one, in every message that has a name")
    void unnamed() {
        assertThat(FrontendDecoder.all(Octets.join(
                                written(new Parse("", "select 1", new int[0])),
                                written(new Bind("", "", new ListedValues(), new short[0])),
                                written(new Describe(Target.STATEMENT, "")),
                                written(new Describe(Target.PORTAL, "")),
                                written(new Execute("", 0)),
                                written(new Close(Target.STATEMENT, "")),
                                written(new Close(Target.PORTAL, "")))
                        .buffer()))
                .containsExactly(
                        new ClientMessage.Parse("", "select 1", List.of()),
                        new ClientMessage.Bind("", "", List.of(), List.of(), List.of()),
                        new ClientMessage.Describe('S', ""),
                        new ClientMessage.Describe('P', ""),
                        new ClientMessage.Execute("", 0),
                        new ClientMessage.Close('S', ""),
                        new ClientMessage.Close('P', ""));
        assertThat(written(new Execute("", 0))).isEqualTo(Octets.hex("45 00000009 00 00000000"));
        assertThat(written(new Close(Target.PORTAL, ""))).isEqualTo(Octets.hex("43 00000006 50 00"));
    }

    @Test
    @DisplayName("[S2.1.14] a password ends with a zero byte, a SASL answer with its last byte")
    void passwords() {
        List<ClientMessage> understood = FrontendDecoder.all(
                Octets.join(written(new Password(ascii("secret"))), written(new SaslInitialResponse("X", ascii("abc"))))
                        .buffer());
        assertThat(((ClientMessage.Authentication) understood.get(0)).password())
                .isEqualTo("secret");
        ClientMessage.Authentication sasl = (ClientMessage.Authentication) understood.get(1);
        assertThat(sasl.mechanism()).isEqualTo("X");
        assertThat(sasl.initialResponse()).isEqualTo("abc");
    }

    @Test
    @DisplayName("[S5.4.1, S5.4.2] format codes are none for text, one for binary, or one for each value")
    void formatCodes() {
        assertThat(bound(new ListedValues().text("7").nothing()))
                .isEqualTo(
                        new ClientMessage.Bind("", "s1", List.of(), Arrays.asList(Octets.of("7"), null), List.of(0)));
        assertThat(bound(new ListedValues().binary("00").binary("01")).formats())
                .containsExactly(1);
        assertThat(bound(new ListedValues().binary("00").text("1").binary("")).formats())
                .containsExactly(1, 0, 1);
        assertThat(bound(new ListedValues()).formats()).isEmpty();
        assertThat(bound(new ListedValues().text("")).values()).containsExactly(Octets.NONE);
    }

    @Test
    @DisplayName("[S5.4.2] result formats are sent as they are given")
    void resultFormats() {
        for (short[] formats : new short[][] {{}, {1}, {0, 1, 0}}) {
            ClientMessage.Bind bind =
                    (ClientMessage.Bind) understood(new Bind("p", "s", new ListedValues().text("x"), formats));
            assertThat(bind.resultFormats()).hasSize(formats.length);
            for (int i = 0; i < formats.length; i++) {
                assertThat(bind.resultFormats().get(i)).isEqualTo((int) formats[i]);
            }
        }
    }

    @Test
    @DisplayName("[S4.4, S4.5] 65535 values are sent with an unsigned count")
    void manyValues() {
        ListedValues values = new ListedValues();
        for (int i = 0; i < 65_535; i++) {
            values.text("");
        }
        assertThat(bound(values).values()).hasSize(65_535);
    }

    @Test
    @DisplayName("[S1.1.1] a message goes behind what the buffer already holds")
    void appends() {
        ByteBuf out = Unpooled.buffer().writeByte(7);
        Bare.SYNC.writeTo(out);
        Bare.SYNC.writeTo(out);
        assertThat(Octets.of(out)).isEqualTo(Octets.hex("07 53 00000004 53 00000004"));
    }

    @Test
    @DisplayName("the header of CopyData is that of the whole message, and the payload's indices stay")
    void copyData() {
        ByteBuf payload =
                Unpooled.copiedBuffer("xpayload", StandardCharsets.US_ASCII).skipBytes(1);
        ByteBuf header = Unpooled.buffer();
        CopyData.writeCopyDataHeader(header, payload.readableBytes());

        assertThat(Octets.join(Octets.of(header), Octets.of("payload"))).isEqualTo(written(new CopyData(payload)));
        assertThat(payload.readerIndex()).isEqualTo(1);
        assertThat(payload.refCnt()).isEqualTo(1);
    }

    @Test
    @DisplayName("secrets are not shown")
    void secretsAreHidden() {
        byte[] secret = {42};
        assertThat(new Password(secret)).hasToString("Password[hidden]");
        assertThat(new SaslResponse(secret)).hasToString("SaslResponse[hidden]");
        assertThat(new GssResponse(secret)).hasToString("GssResponse[hidden]");
        assertThat(new CancelRequest(4711, secret)).hasToString("CancelRequest[hidden]");
        assertThat(new SaslInitialResponse("M", secret)).hasToString("SaslInitialResponse[M]");
    }

    static Octets written(FrontendMessage message) {
        ByteBuf out = Unpooled.buffer();
        message.writeTo(out);
        return Octets.of(out);
    }

    private static ClientMessage.Bind bound(ListedValues values) {
        return (ClientMessage.Bind) understood(new Bind("", "s1", values, new short[] {0}));
    }

    private static ClientMessage understood(FrontendMessage message) {
        return FrontendDecoder.all(written(message).buffer()).get(0);
    }

    private static ClientMessage understoodFirst(FrontendMessage message) {
        Octets bytes = written(message);
        assertThat(bytes.buffer().readInt()).isEqualTo(bytes.size());
        return FrontendDecoder.first(bytes.slice(4, bytes.size()));
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
