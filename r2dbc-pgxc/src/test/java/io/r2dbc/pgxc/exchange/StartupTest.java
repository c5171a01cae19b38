// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.r2dbc.pgxc.exchange.Exchange.Progress;
import io.r2dbc.pgxc.exchange.Exchange.Written;
import io.r2dbc.pgxc.exchange.Failure.ServerError;
import io.r2dbc.pgxc.wire.BackendMessage;
import io.r2dbc.pgxc.wire.BackendMessage.AuthenticationCleartextPassword;
import io.r2dbc.pgxc.wire.BackendMessage.AuthenticationOk;
import io.r2dbc.pgxc.wire.BackendMessage.BackendKeyData;
import io.r2dbc.pgxc.wire.BackendMessage.CommandComplete;
import io.r2dbc.pgxc.wire.BackendMessage.CopyFormat;
import io.r2dbc.pgxc.wire.BackendMessage.CopyInResponse;
import io.r2dbc.pgxc.wire.BackendMessage.NegotiateProtocolVersion;
import io.r2dbc.pgxc.wire.BackendMessage.ParameterDescription;
import io.r2dbc.pgxc.wire.BackendMessage.ReadyForQuery;
import io.r2dbc.pgxc.wire.BackendMessage.RowDescription;
import io.r2dbc.pgxc.wire.BackendMessage.Signal;
import io.r2dbc.pgxc.wire.ClientMessage;
import io.r2dbc.pgxc.wire.ErrorFields;
import io.r2dbc.pgxc.wire.FrontendDecoder;
import io.r2dbc.pgxc.wire.Octets;
import io.r2dbc.pgxc.wire.ProtocolException;
import io.r2dbc.pgxc.wire.Tag;
import io.r2dbc.pgxc.wire.TransactionStatus;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class StartupTest {

    private static final ReadyForQuery READY = ReadyForQuery.of(TransactionStatus.IDLE);
    private static final BackendKeyData KEY = new BackendKeyData(7, new byte[] {1, 2, 3, 4});

    private final RecordingOutbox out = new RecordingOutbox();
    private final List<String> told = new ArrayList<>();
    private final SessionState state = new SessionState(8, new ParameterTyping(), columns -> new short[0]);
    private final Startup startup =
            new Startup(parameters(), new Credentials("alice", "secret", true, 100_000), new Done() {
                @Override
                public void succeeded() {
                    told.add("succeeded");
                }

                @Override
                public void failed(Failure failure) {
                    told.add(failure.message());
                }
            });

    private static Map<String, String> parameters() {
        Map<String, String> parameters = new LinkedHashMap<>();
        parameters.put("user", "alice");
        parameters.put("client_encoding", "UTF8");
        return parameters;
    }

    @Test
    @DisplayName("[S2.1.1, S1.4.1, S1.4.2, S7.1] StartupMessage asks for protocol 3.0 and has the parameters in order")
    void saysStartupMessage() {
        assertThat(startup.write(state, out)).isEqualTo(Written.ALL);
        Octets packet = Octets.of(out.buffer());
        assertThat(FrontendDecoder.first(packet.slice(4, packet.size())))
                .isEqualTo(new ClientMessage.Startup(196_608, parameters()));
    }

    @Test
    @DisplayName(
            "[S2.1.5, S2.1.7] Ok, BackendKeyData, ReadyForQuery: the session is open, and nothing is answered to it")
    void opens() {
        assertThat(take(new AuthenticationOk())).isEqualTo(Progress.MORE);
        assertThat(take(KEY)).isEqualTo(Progress.MORE);
        assertThat(told).isEmpty();
        assertThat(take(READY)).isEqualTo(Progress.DONE);
        assertThat(told).containsExactly("succeeded");
        assertThat(state.backendKey()).isSameAs(KEY);
        assertThat(out.said()).isEmpty();
    }

    @Test
    @DisplayName("[S2.1.6] without BackendKeyData the session opens; it only cannot cancel")
    void opensWithoutKey() {
        take(new AuthenticationOk());
        assertThat(take(READY)).isEqualTo(Progress.DONE);
        assertThat(told).containsExactly("succeeded");
        assertThat(state.backendKey()).isNull();
    }

    @ParameterizedTest(name = "[S1.4.7] {0} bytes")
    @ValueSource(ints = {5, 8, 32, 256})
    @DisplayName("[S1.4.7] a key of another size than that of protocol 3.0 breaks the session")
    void keyOfWrongSize(int size) {
        take(new AuthenticationOk());
        assertBreaks(new BackendKeyData(7, new byte[size]), size + "");
    }

    @ParameterizedTest(name = "[S1.4.6, S1.4.1] {0}")
    @MethodSource("negotiations")
    @DisplayName(
            "[S1.4.6, S1.4.1, S8.29] NegotiateProtocolVersion has nothing to say to a client that asks for 3.0 and no options")
    void negotiation(NegotiateProtocolVersion negotiation) {
        assertBreaks(negotiation, "NegotiateProtocolVersion");
        take(new AuthenticationOk());
        assertBreaks(negotiation, "NegotiateProtocolVersion");
    }

    static Stream<NegotiateProtocolVersion> negotiations() {
        return Stream.of(
                new NegotiateProtocolVersion(196_608, List.of()),
                new NegotiateProtocolVersion(196_610, List.of()),
                new NegotiateProtocolVersion(196_609, List.of()),
                new NegotiateProtocolVersion(206_607, List.of()),
                new NegotiateProtocolVersion(131_072, List.of()),
                new NegotiateProtocolVersion(0, List.of()),
                new NegotiateProtocolVersion(196_608, List.of("_pq_.never_asked")),
                new NegotiateProtocolVersion(196_608, List.of("search_path")));
    }

    @ParameterizedTest(name = "[S2.1.4] {0}")
    @MethodSource("messagesOfASession")
    @DisplayName("[S2.1.4, S8.5, A4] a message of a session breaks it before AuthenticationOk")
    void tooEarly(BackendMessage message) {
        assertBreaks(message, "");
        take(new AuthenticationCleartextPassword());
        assertBreaks(message, "");
        assertThat(told).isEmpty();
    }

    static Stream<BackendMessage> messagesOfASession() {
        return Stream.concat(Stream.of(READY, KEY), messagesOfAQuery());
    }

    @ParameterizedTest(name = "[S2.1.5] {0}")
    @MethodSource("messagesOfAQuery")
    @DisplayName("[S2.1.5, S8.5, A4] an answer to a query breaks the session before its first ReadyForQuery")
    void answerToNothing(BackendMessage message) {
        take(new AuthenticationOk());
        assertBreaks(message, "");
        assertThat(told).isEmpty();
    }

    static Stream<BackendMessage> messagesOfAQuery() {
        return Stream.concat(
                Stream.of(Signal.values()),
                Stream.of(
                        new CommandComplete("SELECT 1"),
                        new RowDescription(List.of()),
                        new ParameterDescription(new int[0]),
                        new CopyInResponse(new CopyFormat(false, new short[0]))));
    }

    @Test
    @DisplayName("[S2.1.5, S8.5, A4] rows and COPY data are refused by their tags, before their bodies are there")
    void rows() {
        take(new AuthenticationOk());
        assertThatThrownBy(() -> startup.wants(Tag.DATA_ROW)).isInstanceOf(ProtocolException.class);
        assertThatThrownBy(() -> startup.wants(Tag.COPY_DATA)).isInstanceOf(ProtocolException.class);
        assertThat(startup.wants(Tag.READY_FOR_QUERY)).isTrue();
    }

    @Test
    @DisplayName("[S2.1.8] an error ends the session with what the server said, whatever its severity")
    void error() {
        ServerError error =
                new ServerError(ErrorFields.of(Map.of('V', "ERROR", 'C', "3D000", 'M', "no such database")));
        assertThatThrownBy(() -> startup.onError(error, state, out))
                .isInstanceOfSatisfying(
                        SessionEndException.class,
                        end -> assertThat(end.failure()).isEqualTo(error.withConnectionLost()));
    }

    private Progress take(BackendMessage message) {
        return startup.onMessage(message, state, out);
    }

    private void assertBreaks(BackendMessage message, String word) {
        assertThatThrownBy(() -> take(message))
                .isInstanceOf(ProtocolException.class)
                .hasMessageContaining(word);
    }
}
