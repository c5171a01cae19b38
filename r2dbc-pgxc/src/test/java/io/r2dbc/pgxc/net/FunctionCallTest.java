// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.net;

import static io.r2dbc.pgxc.testing.ServerMessages.complete;
import static io.r2dbc.pgxc.testing.ServerMessages.error;
import static io.r2dbc.pgxc.testing.ServerMessages.notice;
import static io.r2dbc.pgxc.testing.ServerMessages.ready;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.r2dbc.pgxc.EmbeddedConnection;
import io.r2dbc.pgxc.codec.PgType;
import io.r2dbc.pgxc.testing.StandingAsserts;
import io.r2dbc.pgxc.wire.BackendEncoder;
import io.r2dbc.pgxc.wire.BackendMessage.FunctionCallResponse;
import io.r2dbc.pgxc.wire.ClientMessage;
import io.r2dbc.pgxc.wire.Octets;
import io.r2dbc.pgxc.wire.TransactionStatus;
import io.r2dbc.spi.Blob;
import io.r2dbc.spi.Parameters;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Mono;

@ExtendWith(StandingAsserts.class)
final class FunctionCallTest {

    private static final int OID = 4711;

    private final EmbeddedConnection client = EmbeddedConnection.open();

    @AfterEach
    void close() {
        client.close();
    }

    private static Octets value(String text) {
        return BackendEncoder.encode(new FunctionCallResponse(text.getBytes(StandardCharsets.UTF_8)));
    }

    private static Octets nothing() {
        return BackendEncoder.encode(new FunctionCallResponse(null));
    }

    private Heard call(Object... arguments) {
        return Heard.of(client.connection().functionCall(OID, Integer.class, arguments));
    }

    private ClientMessage.FunctionCall said() {
        List<ClientMessage> said = client.server().said();
        assertThat(said).hasSize(1).first().isInstanceOf(ClientMessage.FunctionCall.class);
        return (ClientMessage.FunctionCall) said.get(0);
    }

    @Test
    @DisplayName(
            "[S2.4.1, S2.4.2] arguments in text and binary, NULL; the value as text; the end is that of ReadyForQuery")
    void calls() {
        Heard call = call(7, "seven", null, Parameters.in(PgType.INT8, 7));
        assertThat(said())
                .isEqualTo(new ClientMessage.FunctionCall(
                        OID,
                        List.of(1, 0, 1, 1),
                        Arrays.asList(Octets.hex("00000007"), Octets.of("seven"), null, Octets.hex("0000000000000007")),
                        0));
        client.server().hears(Octets.join(notice("by the way"), value("42")));
        assertThat(call.signals()).isEmpty();
        client.server().hears(ready());
        assertThat(call.signals()).containsExactly("42", "complete");
    }

    @Test
    @DisplayName("[S2.4.2] one format for all arguments, or none for text alone and for no argument")
    void formats() {
        call(1, 2);
        assertThat(said().formats()).containsExactly(1);
        call("a", "b");
        assertThat(said().formats()).isEmpty();
        call();
        assertThat(said().arguments()).isEmpty();
    }

    @Test
    @DisplayName("[S2.4.3] a value of length -1 is NULL: the Mono is empty; one of length 0 is an empty string")
    void nullValue() {
        Heard call = call();
        client.server().hears(Octets.join(nothing(), ready()));
        assertThat(call.signals()).containsExactly("complete");
        Heard empty = Heard.of(client.connection().functionCall(OID, String.class));
        client.server().hears(Octets.join(value(""), ready()));
        assertThat(empty.signals()).containsExactly("", "complete");
    }

    @Test
    @DisplayName("[S2.4.2] with its type named, the value is asked for in binary where the driver reads that")
    void namedType() {
        Heard call = Heard.of(client.connection().functionCall(OID, PgType.INT8, Long.class));
        assertThat(said().resultFormat()).isEqualTo(1);
        client.server()
                .hears(Octets.join(
                        BackendEncoder.encode(new FunctionCallResponse(
                                Octets.hex("0000000000000007").bytes())),
                        ready()));
        assertThat(call.signals()).containsExactly("7", "complete");
    }

    @Test
    @DisplayName("[S2.4.3, X2] calls are pipelined with statements, and answered in order")
    void pipelined() {
        Heard first = call();
        Heard second = call();
        Heard.of(Heard.counts(client.connection().createStatement("UPDATE t").execute()));
        assertThat(client.server().saidTypes()).isEqualTo("F F P D B E S");
        client.server().hears(Octets.join(value("1"), ready(), value("2"), ready()));
        assertThat(first.signals()).containsExactly("1", "complete");
        assertThat(second.signals()).containsExactly("2", "complete");
    }

    @Test
    @DisplayName("[X17] a waiting BEGIN goes alone ahead of a call, and is awaited")
    void beginGoesAhead() {
        Heard.of(client.connection().beginTransaction());
        call();
        assertThat(client.server().said()).containsExactly(new ClientMessage.Query("BEGIN"));
        client.server().hears(Octets.join(complete("BEGIN"), ready(TransactionStatus.IN_TRANSACTION)));
        assertThat(client.server().saidTypes()).isEqualTo("F");
    }

    @Test
    @DisplayName("[S2.4.1, X4] an error is its own, and the cause of what fails after it in the transaction")
    void fails() {
        Heard call = call();
        Heard next = call();
        client.server()
                .hears(Octets.join(
                        error("42883", "no such function"),
                        ready(TransactionStatus.FAILED),
                        error("25P02", "transaction is aborted"),
                        ready(TransactionStatus.FAILED)));
        assertThat(call.signals()).containsExactly("error BadGrammar 42883");
        assertThat(call.failure()).hasMessageContaining("no such function");
        assertThat(next.failure().getCause()).hasMessageContaining("no such function");
    }

    @Test
    @DisplayName("[X34] a value that cannot be sent or read is an error of this call; bound buffers are released, large"
            + " values collected")
    void values() {
        Heard unreadable = call();
        client.server().hears(Octets.join(value("seven"), ready()));
        assertThat(unreadable.signals()).containsExactly("error DataIntegrity 22000");
        assertThat(unreadable.failure()).hasMessageContaining("function 4711");
        client.server().said();
        assertThat(call(1, new Object()).failure())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("argument 2");
        assertThat(call(Parameters.out(PgType.INT4)).failure())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("argument 1: a function call has no OUT parameters");
        assertThat(client.server().said()).isEmpty();
        ByteBuf bound = Unpooled.copiedBuffer("abc", StandardCharsets.UTF_8);
        call(bound);
        assertThat(said().arguments()).containsExactly(Octets.of("abc"));
        assertThat(bound.refCnt()).isZero();
        call(Blob.from(Mono.just(ByteBuffer.wrap(new byte[] {65}))));
        assertThat(said().arguments()).containsExactly(Octets.of("A"));
    }

    static Stream<Arguments> surprises() {
        return Stream.of(
                Arguments.of("the value twice", Octets.join(value("1"), value("2"))),
                Arguments.of("no value", ready()),
                Arguments.of("a tag", complete("SELECT 1")),
                Arguments.of("a length beyond the body", Octets.hex("56 00000009 00000002 41")),
                Arguments.of("a length below -1", Octets.hex("56 00000008 FFFFFFFE")));
    }

    @ParameterizedTest(name = "[S2.4.3, S8.9] {0}")
    @MethodSource("surprises")
    @DisplayName(
            "[S2.4.3, S8.9, S8.6] what cannot be an answer to a call breaks the protocol, and so does a value unasked")
    void surprise(String name, Octets bytes) {
        Heard call = call();
        client.server().said();
        client.server().hears(bytes);
        Outcomes.assertProto(name, call.failure());
        Outcomes.assertClosed(name, client);
    }

    @Test
    @DisplayName("[S2.4.3] a value that nothing asked for breaks the protocol")
    void unasked() {
        client.server().hears(value("1"));
        Outcomes.assertClosed("a value", client);
    }

    @Test
    @DisplayName("[X14] cancelled: drained, and stopped at the server after the grace, unless it has answered")
    void cancelled() {
        Heard call = call();
        client.server().run();
        call.cancel();
        client.server().timePasses(Duration.ofMillis(200));
        assertThat(client.server().cancelRequests()).isEqualTo(1);
        client.server().hears(Octets.join(error("57014", "canceled"), ready()));
        assertThat(call.signals()).isEmpty();
        Heard answered = call();
        client.server().hears(value("1"));
        answered.cancel();
        client.server().timePasses(Duration.ofMillis(200));
        assertThat(client.server().cancelRequests()).isEqualTo(1);
        client.server().hears(ready());
        assertThat(answered.signals()).isEmpty();
    }
}
