// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.r2dbc.pgxc.wire.BackendDecoder.Step;
import io.r2dbc.pgxc.wire.BackendMessage.ErrorResponse;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("unframed errors")
class UnframedErrorTest {

    @ParameterizedTest(name = "[A16, S2.1.9, S8.23] {0}")
    @CsvSource({
        "could not fork new process for connection: Resource temporarily unavailable, 53300",
        "'sorry, too many clients already', 53300",
        "the database system is starting up, 57P03",
        "no such thing, 08004",
        "не удалось, 08004"
    })
    @DisplayName("[A16, S2.1.9, S8.23] a text without a length is an error with that text")
    void textWithoutLength(String text, String sqlState) {
        Decoding decoding = Decoding.startup();
        decoding.feed(Octets.of("E" + text + "\n\0"));

        ErrorFields fields = decoding.sink.only(ErrorResponse.class).fields();
        assertThat(fields.message()).isEqualTo(text);
        assertThat(fields.sqlState()).isEqualTo(sqlState);
        assertThat(fields.isFatal()).isTrue();
        assertThat(decoding.in.isReadable()).isFalse();
    }

    @Test
    @DisplayName("[A16, S8.23] waits for the zero byte, or for the end of the connection, however the text is cut")
    void cutAnywhere() {
        Octets text = Octets.of("Ecould not fork new process for connection: x\n\0");
        for (int cut = 2; cut < text.size(); cut++) {
            Decoding decoding = Decoding.startup();
            assertThat(decoding.feed(text.slice(0, cut))).isEqualTo(Step.INCOMPLETE);
            assertThat(decoding.sink.messages).isEmpty();
            Decoding ended = Decoding.startup();
            ended.feed(text.slice(0, cut));
            ended.end();
            assertThat(text.text())
                    .contains(ended.sink.only(ErrorResponse.class).fields().message());
            decoding.feed(text.slice(cut, text.size()));
            assertThat(decoding.sink.only(ErrorResponse.class).fields().message())
                    .endsWith("connection: x");
        }
    }

    @Test
    @DisplayName("[S2.1.9, S8.2] a text without an end is cut at 30,000 bytes")
    void endlessText() {
        Decoding decoding = Decoding.startup();
        assertThat(decoding.feed(Octets.of("E" + "x".repeat(29_999)))).isEqualTo(Step.INCOMPLETE);
        decoding.feed(Octets.of("x".repeat(10_000)));
        assertThat(decoding.sink.only(ErrorResponse.class).fields().message()).hasSize(30_000);
    }

    @Test
    @DisplayName("[S2.1.9] nothing that follows the text is parsed, and bad UTF-8 in it does not matter")
    void nothingFollows() {
        Decoding decoding = Decoding.startup();
        decoding.feed(Octets.join(Octets.hex("45 FF FE 41 41 41 0A 00"), Octets.hex("52 00000008 00000000")));
        assertThat(decoding.sink.only(ErrorResponse.class).fields().message()).isEqualTo("\uFFFD\uFFFDAAA");
        assertThat(decoding.in.isReadable()).isFalse();
    }

    @Test
    @DisplayName("[S2.1.9] a framed error before authentication is read as one, up to its ceiling")
    void framedErrorsStayFramed() {
        Octets framed = BackendEncoder.encode(new ErrorResponse(Samples.fields()));
        Decoding decoding = Decoding.startup();
        decoding.feed(framed);
        assertThat(decoding.sink.delivered).containsExactly(framed);

        assertThatExceptionOfType(ProtocolException.class)
                .isThrownBy(() -> Decoding.startup().feed(BackendEncoder.frame('E', 30_001, Octets.NONE)))
                .withMessageContaining("length 30001");
        assertThatExceptionOfType(ProtocolException.class)
                .isThrownBy(() -> Decoding.startup().feed(BackendEncoder.frame('E', 3, Octets.NONE)))
                .withMessageContaining("length 3");
    }

    @Test
    @DisplayName("[A16, S7.3] once authenticated there are no unframed errors")
    void onlyDuringStartup() {
        assertThatExceptionOfType(ProtocolException.class)
                .isThrownBy(() -> Decoding.session().feed(Octets.of("Ecould not fork\n\0")))
                .withMessageContaining("length 1668248940");
    }

    @Test
    @DisplayName("[S2.1.9] is asked for like any other message")
    void unwanted() {
        Decoding decoding = Decoding.startup();
        decoding.sink.unwanted = "E";
        assertThat(decoding.feed(Octets.of("Ego away\n\0"))).isEqualTo(Step.WAITING);
        decoding.sink.unwanted = "";
        decoding.run();
        assertThat(decoding.sink.only(ErrorResponse.class).fields().message()).isEqualTo("go away");
    }
}
