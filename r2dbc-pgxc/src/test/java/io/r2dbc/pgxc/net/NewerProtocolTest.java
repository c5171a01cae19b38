// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.net;

import static io.r2dbc.pgxc.net.Clients.SOON;
import static io.r2dbc.pgxc.testing.ServerMessages.authenticationOk;
import static io.r2dbc.pgxc.testing.ServerMessages.error;
import static io.r2dbc.pgxc.testing.ServerMessages.fatal;
import static io.r2dbc.pgxc.testing.ServerMessages.keyData;
import static io.r2dbc.pgxc.testing.ServerMessages.ready;
import static org.assertj.core.api.Assertions.assertThat;

import io.r2dbc.pgxc.PgxcConfiguration;
import io.r2dbc.pgxc.PgxcConnection;
import io.r2dbc.pgxc.ProtocolVersion;
import io.r2dbc.pgxc.SslMode;
import io.r2dbc.pgxc.testing.Authority;
import io.r2dbc.pgxc.testing.Greeting;
import io.r2dbc.pgxc.testing.Script;
import io.r2dbc.pgxc.testing.ScriptedServer;
import io.r2dbc.pgxc.testing.StandingAsserts;
import io.r2dbc.pgxc.wire.BackendMessage.AuthenticationCleartextPassword;
import io.r2dbc.pgxc.wire.BackendMessage.NegotiateProtocolVersion;
import io.r2dbc.pgxc.wire.ClientMessage;
import io.r2dbc.pgxc.wire.Octets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a server may say to a client that asks for protocol 3.2, and what a newer key is good for. */
@ExtendWith(StandingAsserts.class)
final class NewerProtocolTest {

    private static final int V3_0 = 0x0003_0000;
    private static final int V3_2 = 0x0003_0002;

    private static PgxcConfiguration.Builder client(ScriptedServer server) {
        return Clients.of(server).protocolVersion(ProtocolVersion.V3_2);
    }

    private static Octets key(int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (i * 7 + 1);
        }
        return Octets.of(bytes);
    }

    private static Script greet(Script script, Octets key) {
        return script.send(authenticationOk(), keyData(Greeting.PROCESS_ID, key), ready());
    }

    @ParameterizedTest(name = "[S1.4.7, S2.7.5, F14] {0} bytes")
    @ValueSource(ints = {4, 5, 32, 255, 256})
    @DisplayName(
            "[S1.4.1, S1.4.3, S1.4.7, S2.7.5, F14] 3.2, accepted without a word: the whole key, as it came, cancels")
    void longKeys(int length) {
        CountDownLatch cancelled = new CountDownLatch(1);
        try (ScriptedServer server = ScriptedServer.start(script -> greet(script.expectStartup(), key(length))
                        .expect("P D B E S")
                        .pause(cancelled)
                        .send(error("57014", "canceled"), ready())
                        .expectGoodbye())
                .onCancel(cancelled::countDown)) {
            PgxcConnection connection = Clients.connect(client(server).cancelGrace(Duration.ZERO));
            assertThat(server.awaitMessage(ClientMessage.Startup.class, SOON).protocolVersion())
                    .isEqualTo(V3_2);
            Heard slow = Heard.of(connection
                    .createStatement("SELECT pg_sleep(60)")
                    .timeout(Duration.ofMillis(50))
                    .execute());
            assertThat(server.awaitCancelRequests(1, SOON))
                    .containsExactly(new ClientMessage.CancelRequest(Greeting.PROCESS_ID, key(length)));
            assertThat(slow.failure()).isNotNull();
            Clients.close(connection);
        }
    }

    @ParameterizedTest(name = "[S1.4.7] {0} bytes")
    @ValueSource(ints = {0, 3, 257, 1000})
    @DisplayName("[S1.4.7, S2.7.1] a key shorter than 4 bytes or longer than 256 is none")
    void wrongKeys(int length) {
        Outcomes.assertProto(
                "key of " + length,
                refusal(script -> greet(script.expectStartup(), key(length)).expectEnd()));
    }

    @ParameterizedTest(name = "[S1.4.3, S1.4.5] {0}")
    @ValueSource(ints = {V3_0, 0})
    @DisplayName(
            "[S1.4.3, S1.4.5, F17] a server that goes on with 3.0, said as a whole word or as the minor version alone")
    void steppedDown(int said) {
        try (ScriptedServer server = ScriptedServer.start(script -> script.expectStartup()
                .send(new NegotiateProtocolVersion(said, List.of()))
                .greet()
                .expectGoodbye())) {
            Clients.close(Clients.connect(client(server)));
        }
    }

    @Test
    @DisplayName("[S1.4.7, S2.7.5] on 3.0, negotiated down to, a longer key is a violation")
    void longKeyOnOldProtocol() {
        Outcomes.assertProto(
                "long key",
                refusal(script -> greet(
                                script.expectStartup().send(new NegotiateProtocolVersion(V3_0, List.of())), key(32))
                        .expectEnd()));
    }

    @Test
    @DisplayName("[S1.4.8, F17] less than minProtocolVersion is offered: closed at once, by the name of the option")
    void lessThanWillDo() {
        try (ScriptedServer server = ScriptedServer.start(script -> script.expectStartup()
                .send(new NegotiateProtocolVersion(V3_0, List.of()))
                .greet()
                .expectEnd())) {
            Throwable failure = Heard.of(Clients.connecting(client(server).minProtocolVersion(ProtocolVersion.V3_2)))
                    .failure();
            Outcomes.assertLost("too old", failure, "08001");
            assertThat(failure).hasMessageContaining("3.0").hasMessageContaining("minProtocolVersion");
        }
    }

    private record Offer(String what, Consumer<Script> script) {

        @Override
        public String toString() {
            return what;
        }
    }

    private static Offer offers(String what, int version, String... options) {
        return new Offer(what, script -> script.send(new NegotiateProtocolVersion(version, List.of(options))));
    }

    static Stream<Offer> badOffers() {
        return Stream.of(
                offers("the same", V3_2),
                offers("the same by its minor version", 2),
                offers("a higher one", 0x0003_0003),
                offers("3.1", 0x0003_0001),
                offers("3.1 by its minor version", 1),
                offers("3.9999", 0x0003_270F),
                offers("4.0", 0x0004_0000),
                offers("2.0", 0x0002_0000),
                offers("less than nothing", -1),
                offers("an option that was not sent", V3_0, "_pq_.x"),
                offers("an option that is none", V3_0, "user"),
                new Offer(
                        "a second one",
                        script -> script.send(
                                new NegotiateProtocolVersion(V3_0, List.of()),
                                new NegotiateProtocolVersion(V3_0, List.of()))),
                new Offer(
                        "one after a question",
                        script -> script.send(
                                new AuthenticationCleartextPassword(), new NegotiateProtocolVersion(V3_0, List.of()))),
                new Offer(
                        "2^31-1 options in 20 bytes",
                        script -> script.send(
                                Octets.hex("76 00000013 00030000 7FFFFFFF 5F70715F2E7800".replace(" ", "")))),
                new Offer(
                        "an option without its end",
                        script -> script.send(Octets.hex("76 0000000F 00030000 00000001 5F7071".replace(" ", "")))),
                new Offer(
                        "one that is too long",
                        script -> script.send(Octets.hex("76 000007D1 00030000 00000000".replace(" ", "")))));
    }

    @ParameterizedTest(name = "[S1.4.6, S1.4.1, S8.29, F17] {0}")
    @MethodSource("badOffers")
    @DisplayName("[S1.4.6, S1.4.1, S8.29, F17] what no server may offer to a client that asks for 3.2")
    void badOffers(Offer offer) {
        Outcomes.assertProto(offer.what(), refusal(script -> {
            script.expectStartup();
            offer.script().accept(script);
            script.clientMayLeave().send(Greeting.messages()).expectEnd();
        }));
    }

    @Test
    @DisplayName("[S1.4.2, F17] a server that refuses 3.2 (0A000) is asked once more, for 3.0, by the same kind of"
            + " connection")
    void refusedOnce() {
        Authority authority = Authority.create("authority");
        SSLContext tls = authority.server(authority.signLoopback());
        for (SslMode mode : new SslMode[] {SslMode.DISABLE, SslMode.REQUIRE}) {
            boolean encrypted = mode == SslMode.REQUIRE;
            try (ScriptedServer server = ScriptedServer.start(
                    script -> (encrypted ? script.acceptTls(tls) : script)
                            .expectStartup()
                            .send(fatal("0A000", "unsupported frontend protocol 3.2: server supports 1.0 to 3.0"))
                            .closeNow(),
                    script -> (encrypted ? script.acceptTls(tls) : script)
                            .startup()
                            .expectGoodbye())) {
                Clients.close(Clients.connect(client(server).sslMode(mode)));
                assertThat(server.received().stream()
                                .filter(ClientMessage.Startup.class::isInstance)
                                .map(message -> ((ClientMessage.Startup) message).protocolVersion()))
                        .containsExactly(V3_2, V3_0);
            }
        }
    }

    @Test
    @DisplayName(
            "[S1.4.2, S1.4.8, F17] where nothing less than 3.2 will do, the refusal stands; and so does a second one")
    void refusedForGood() {
        Consumer<Script> refusing = script ->
                script.expectStartup().send(fatal("0A000", "unsupported")).closeNow();
        try (ScriptedServer server = ScriptedServer.start(refusing)) {
            Throwable failure = Heard.of(Clients.connecting(client(server).minProtocolVersion(ProtocolVersion.V3_2)))
                    .failure();
            assertThat(failure).hasMessageContaining("unsupported");
            assertThat(server.connectionCount()).isOne();
        }
        try (ScriptedServer server = ScriptedServer.start(refusing, refusing)) {
            assertThat(Heard.of(Clients.connecting(client(server))).failure()).hasMessageContaining("unsupported");
            assertThat(server.connectionCount()).isEqualTo(2);
        }
    }

    @Test
    @DisplayName(
            "[S1.4.2, F15] after the password was asked for a refusal is not about the version: nothing is said twice")
    void refusedAfterLogin() {
        assertThat(refusal(script -> script.expectStartup()
                        .send(new AuthenticationCleartextPassword())
                        .expect("p")
                        .send(fatal("0A000", "not here"))
                        .closeNow()))
                .hasMessageContaining("not here");
    }

    private static Throwable refusal(Consumer<Script> script) {
        try (ScriptedServer server = ScriptedServer.start(script)) {
            Throwable failure = Heard.of(Clients.connecting(client(server))).failure();
            assertThat(server.connectionCount()).isOne();
            return failure;
        }
    }
}
