// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.r2dbc.pgxc.wire.BackendMessage.AuthenticationMd5Password;
import io.r2dbc.pgxc.wire.BackendMessage.AuthenticationUnsupported;
import io.r2dbc.pgxc.wire.BackendMessage.BackendKeyData;
import io.r2dbc.pgxc.wire.BackendMessage.Column;
import io.r2dbc.pgxc.wire.BackendMessage.CopyFormat;
import io.r2dbc.pgxc.wire.BackendMessage.CopyInResponse;
import io.r2dbc.pgxc.wire.BackendMessage.ErrorResponse;
import io.r2dbc.pgxc.wire.BackendMessage.FunctionCallResponse;
import io.r2dbc.pgxc.wire.BackendMessage.NegotiateProtocolVersion;
import io.r2dbc.pgxc.wire.BackendMessage.ParameterDescription;
import io.r2dbc.pgxc.wire.BackendMessage.ParameterStatus;
import io.r2dbc.pgxc.wire.BackendMessage.ReadyForQuery;
import io.r2dbc.pgxc.wire.BackendMessage.RowDescription;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("backend messages")
class BackendMessageTest {

    // Types whose last field is whatever bytes are left, and how short a body of theirs may be.
    private static final Map<Character, Integer> OPEN_ENDED = Map.of('d', 0, 'K', 8);
    private static final List<Integer> OPEN_ENDED_AUTHENTICATION = List.of(2, 8, 11, 12, 99);

    static Stream<Octets> messages() {
        return Samples.all().stream();
    }

    @ParameterizedTest(name = "[S5.2.2] {0}")
    @MethodSource("messages")
    @DisplayName("[S5.2.2, S5.2.3] every message is read as it was written")
    void roundTrip(Octets message) {
        Decoding decoding = Decoding.phaseOf(message);
        decoding.feed(message);
        assertThat(decoding.sink.delivered).containsExactly(message);
    }

    @ParameterizedTest(name = "[A7, S8.7, S8.10] {0}")
    @MethodSource("messages")
    @DisplayName("[A7, S1.1.12, S8.7, S8.10] a body cut anywhere, or with 1 to 8 bytes too many, is refused")
    void truncationAndSurplus(Octets message) {
        char type = (char) message.bytes()[0];
        Octets body = message.slice(5, message.size());
        int shortest = shortestBody(type, body);
        for (int cut = 0; cut < body.size(); cut++) {
            if (cut < shortest) {
                refused(type, body.slice(0, cut));
            }
        }
        for (int surplus = 1; surplus <= 8 && shortest == Integer.MAX_VALUE; surplus++) {
            refused(type, Octets.join(body, Octets.of(new byte[surplus])));
            refused(type, Octets.join(body, Octets.of("surplus!").slice(0, surplus)));
        }
    }

    @Test
    @DisplayName("[A7, S4.2] a string's terminator is not looked for in the next message")
    void terminatorOfTheNextMessage() {
        Octets unterminated = BackendEncoder.frame('C', Octets.of("SELECT 1"));
        Octets next = Octets.of((byte) 0, (byte) 0, (byte) 0);
        assertThatExceptionOfType(ProtocolException.class)
                .isThrownBy(() -> Decoding.session().feed(Octets.join(unterminated, next)))
                .withMessage("'C' CommandComplete: a string has no terminator");
    }

    @Test
    @DisplayName("[A11, S8.7] a string may be a megabyte, or nothing but its terminator")
    void longStrings() {
        String long1 = "x".repeat((1 << 20) - 8);
        ParameterStatus read = decoded(BackendEncoder.encode(new ParameterStatus("", long1)), ParameterStatus.class);
        assertThat(read.name()).isEmpty();
        assertThat(read.value()).isEqualTo(long1);
    }

    @Test
    @DisplayName("[S4.6] bytes that are no UTF-8 become replacement characters")
    void undecodableText() {
        Octets message = BackendEncoder.frame('S', Octets.hex("61 FF 00 C3 00"));
        assertThat(decoded(message, ParameterStatus.class)).isEqualTo(new ParameterStatus("a\uFFFD", "\uFFFD"));
    }

    @ParameterizedTest(name = "[A10, S4.4] {0} elements")
    @ValueSource(ints = {32_767, 32_768, 65_535})
    @DisplayName("[A10, S4.4] counts are unsigned")
    void countsAreUnsigned(int count) {
        Column column = new Column("c", 1, 2, 23, 4, -1, (short) 0);
        RowDescription columns = new RowDescription(Collections.nCopies(count, column));
        assertThat(decoded(BackendEncoder.encode(columns), RowDescription.class))
                .isEqualTo(columns);

        ParameterDescription types = new ParameterDescription(new int[count]);
        assertThat(decoded(BackendEncoder.encode(types), ParameterDescription.class)
                        .typeOids())
                .hasSize(count);

        CopyInResponse copy = new CopyInResponse(new CopyFormat(true, new short[count]));
        assertThat(decoded(BackendEncoder.encode(copy), CopyInResponse.class)
                        .format()
                        .columnFormats())
                .hasSize(count);
    }

    @ParameterizedTest(name = "[A10, S8.8] {0} with body {1}")
    @CsvSource({
        "T, FFFF00",
        "T, 8000",
        "T, 000100",
        "t, FFFF00",
        "t, 000100000017FF",
        "G, 00FFFF00",
        "H, 018000",
        "W, 00000100"
    })
    @DisplayName("[A10, S8.8] a count that the body cannot hold is refused before arrays are made")
    void implausibleCounts(char type, String body) {
        assertThatExceptionOfType(ProtocolException.class)
                .isThrownBy(() -> Decoding.session().feed(BackendEncoder.frame(type, Octets.hex(body))))
                .withMessageMatching("'" + type + "' \\w+: (count \\d+ does not fit.*|.* left over)");
    }

    @Test
    @DisplayName("[S4.4] type and table identifiers above 2^31 keep their bits, attribute numbers their sign")
    void signedness() {
        Column column = new Column("x", 0xFFFF_FFFE, -3, 0x8000_0001, -2, -1, (short) 0);
        RowDescription read = decoded(BackendEncoder.encode(new RowDescription(List.of(column))), RowDescription.class);
        assertThat(Integer.toUnsignedString(read.columns().get(0).tableOid())).isEqualTo("4294967294");
        assertThat(read.columns()).containsExactly(column);
    }

    @Test
    @DisplayName("[S8.30] a format code nobody knows is kept in a row description and refused for COPY")
    void unknownFormatCodes() {
        Column column = new Column("x", 0, 0, 25, -1, -1, (short) 2);
        Octets description = BackendEncoder.encode(new RowDescription(List.of(column)));
        assertThat(decoded(description, RowDescription.class).columns().get(0).format())
                .isEqualTo((short) 2);
        for (char type : List.of('G', 'H', 'W')) {
            refused(type, Octets.hex("02 0000"));
            refused(type, Octets.hex("FF 0000"));
            refused(type, Octets.hex("00 0001 0002"));
            refused(type, Octets.hex("00 0001 FFFF"));
        }
    }

    @Test
    @DisplayName("[A14, S8.15, S2.3.22] a transaction status is I, T or E and nothing else")
    void transactionStatus() {
        for (int code = 0; code < 256; code++) {
            if ("ITE".indexOf(code) < 0) {
                refused('Z', Octets.of((byte) code));
            }
        }
        ReadyForQuery ready = decoded(Octets.hex("5A 00000005 45"), ReadyForQuery.class);
        assertThat(ready.status()).isEqualTo(TransactionStatus.FAILED);
        assertThat(ready).isSameAs(ReadyForQuery.of(TransactionStatus.FAILED));
    }

    @Test
    @DisplayName("[S1.1.1, S4.1] the golden messages of a server")
    void goldenBytes() {
        assertThat(decoded(Octets.hex("5A 00 00 00 05 49"), ReadyForQuery.class).status())
                .isEqualTo(TransactionStatus.IDLE);
        ErrorFields fields = decoded(
                        Octets.hex("45 00 00 00 23 53 45 52 52 4F 52 00 56 45 52 52 4F 52 00 43 34 32 36 30 31 00"
                                + "4D 6F 6F 70 73 00 50 38 00 00"),
                        ErrorResponse.class)
                .fields();
        assertThat(fields.severity()).isEqualTo("ERROR");
        assertThat(fields.sqlState()).isEqualTo("42601");
        assertThat(fields.message()).isEqualTo("oops");
        assertThat(fields.position()).isEqualTo(8);
    }

    @ParameterizedTest(name = "[S5.2.1] {0} bytes")
    @ValueSource(ints = {0, 3, 257, 1000})
    @DisplayName("[S5.2.1, S1.4.7] a cancel key has 4 to 256 bytes")
    void cancelKeySizes(int size) {
        refused('K', Octets.of(new byte[4 + size]));
        for (int legal : new int[] {4, 32, 256}) {
            Octets message = BackendEncoder.encode(new BackendKeyData(1, new byte[legal]));
            assertThat(decoded(message, BackendKeyData.class).secretKey()).hasSize(legal);
        }
    }

    @Test
    @DisplayName("[S5.2.1] neither a cancel key nor a returned value is shown")
    void secretsAreHidden() {
        assertThat(new BackendKeyData(4711, new byte[] {42, 42, 42, 42}).toString())
                .doesNotContain("4711")
                .doesNotContain("42");
        assertThat(new FunctionCallResponse(new byte[] {42}).toString()).isEqualTo("FunctionCallResponse[1 bytes]");
    }

    @ParameterizedTest(name = "[S5.4.1, S8.9] {0}")
    @ValueSource(strings = {"FFFFFFFE", "80000000", "00000003 0102", "7FFFFFFF 0102", "FFFFFFFF 01", "00000000 01"})
    @DisplayName("[S5.4.1, S8.9] a function's value has length -1, or that of the bytes that follow")
    void functionValueLengths(String body) {
        refused('V', Octets.hex(body));
    }

    @Test
    @DisplayName("methods nobody speaks any more have a name, and what comes with them is dropped")
    void unsupportedAuthentication() {
        assertThat(decoded(BackendEncoder.frame('R', Octets.hex("00000004 6162")), AuthenticationUnsupported.class))
                .isEqualTo(new AuthenticationUnsupported(4));
        assertThat(Stream.of(1, 2, 4, 6, 13).map(AuthenticationUnsupported::new).map(AuthenticationUnsupported::method))
                .containsExactly("Kerberos V4", "Kerberos V5", "crypt password", "SCM credential", "unknown method 13");
    }

    @ParameterizedTest(name = "[S8.7, S8.10] {0}")
    @ValueSource(strings = {"", "0000", "00000005 010203", "0000000A", "0000000A 00", "0000000A 4100", "00000000 00"})
    @DisplayName("[S8.7, S8.10] malformed authentication requests are refused")
    void malformedAuthentication(String body) {
        refused('R', Octets.hex(body));
    }

    @Test
    @DisplayName("the salt of an MD5 challenge is its four bytes")
    void md5Salt() {
        Octets message = BackendEncoder.frame('R', Octets.hex("00000005 01020304"));
        assertThat(decoded(message, AuthenticationMd5Password.class).salt()).containsExactly(1, 2, 3, 4);
    }

    @ParameterizedTest(name = "[S8.8] {0}")
    @ValueSource(
            strings = {
                "00030000",
                "00030000 FFFFFFFF",
                "00030000 7FFFFFFF 00",
                "00030000 00000002 6100",
                "00030000 00000001 61"
            })
    @DisplayName("[S8.8] a negotiation with an impossible list of options is refused")
    void malformedNegotiation(String body) {
        refused('v', Octets.hex(body));
    }

    @Test
    @DisplayName("[S1.4.5] a negotiated version is kept as it was sent")
    void negotiatedVersion() {
        Octets message = BackendEncoder.encode(new NegotiateProtocolVersion(2, List.of("_pq_.x")));
        assertThat(decoded(message, NegotiateProtocolVersion.class))
                .isEqualTo(new NegotiateProtocolVersion(2, List.of("_pq_.x")));
    }

    @ParameterizedTest(name = "[S7.3, S7.12] {0} with body {1}")
    @CsvSource({
        "I, 00",
        "A, 0000000161006200FF",
        "A, 000000016100",
        "E, 6F6F707300",
        "N, 6F6F70730A00",
        "1, 00",
        "c, 00"
    })
    @DisplayName("[S7.3, S7.12, S8.11] messages as protocol 2.0 had them are refused")
    void oldMessages(char type, String body) {
        refused(type, Octets.hex(body));
    }

    private static int shortestBody(char type, Octets body) {
        if (type == 'R' && OPEN_ENDED_AUTHENTICATION.contains((int) body.bytes()[3])) {
            return 4;
        }
        return OPEN_ENDED.getOrDefault(type, Integer.MAX_VALUE);
    }

    private static void refused(char type, Octets body) {
        Octets message = BackendEncoder.frame(type, body);
        assertThatExceptionOfType(ProtocolException.class)
                .as("%s", message)
                .isThrownBy(() -> Decoding.phaseOf(message).feed(message))
                .withMessageStartingWith("'" + type + "' ");
    }

    private static <M extends BackendMessage> M decoded(Octets message, Class<M> kind) {
        Decoding decoding = Decoding.phaseOf(message);
        decoding.feed(message);
        return decoding.sink.only(kind);
    }
}
