// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.net;

import static io.r2dbc.pgxc.net.Clients.SOON;
import static io.r2dbc.pgxc.testing.GssSteps.length;
import static io.r2dbc.pgxc.testing.GssSteps.packet;
import static io.r2dbc.pgxc.testing.ServerMessages.fatal;
import static org.assertj.core.api.Assertions.assertThat;

import io.r2dbc.pgxc.AuthenticationMethod;
import io.r2dbc.pgxc.GssEncMode;
import io.r2dbc.pgxc.PgxcConfiguration;
import io.r2dbc.pgxc.PgxcConnection;
import io.r2dbc.pgxc.SslMode;
import io.r2dbc.pgxc.SslNegotiation;
import io.r2dbc.pgxc.ToyFactory;
import io.r2dbc.pgxc.testing.Authority;
import io.r2dbc.pgxc.testing.Greeting;
import io.r2dbc.pgxc.testing.GssSteps;
import io.r2dbc.pgxc.testing.Script;
import io.r2dbc.pgxc.testing.ScriptedServer;
import io.r2dbc.pgxc.testing.StandingAsserts;
import io.r2dbc.pgxc.testing.ToyGss;
import io.r2dbc.pgxc.wire.BackendMessage.AuthenticationCleartextPassword;
import io.r2dbc.pgxc.wire.ClientMessage;
import io.r2dbc.pgxc.wire.Octets;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How a connection comes to encryption by GSSAPI, or does not, for each mode and each answer. */
@ExtendWith(StandingAsserts.class)
final class GssNegotiationTest {

    private static final Authority AUTHORITY = Authority.create("authority");
    private static final SSLContext SERVER = AUTHORITY.server(AUTHORITY.signLoopback());
    private static final int TLS_HANDSHAKE = 0x16;
    private static final String FORGED = "you have been hacked, call 555-1234";

    private ToyGss gss = new ToyGss(1);

    @AfterEach
    void nothingIsLeft() {
        GssAuthenticationTest.assertNothingIsLeft(gss);
    }

    private PgxcConfiguration.Builder client(ScriptedServer server, GssEncMode mode) {
        return Clients.of(server).gssEncMode(mode);
    }

    @ParameterizedTest(name = "{0} tokens of the server")
    @ValueSource(ints = {1, 2, 5})
    @DisplayName("[S2.10.1, S2.10.2] the request, its one byte, the tokens behind their lengths, and then the start-up")
    void agreed(int rounds) {
        gss = new ToyGss(rounds);
        for (GssEncMode mode : new GssEncMode[] {GssEncMode.PREFER, GssEncMode.REQUIRE}) {
            plays(
                    mode,
                    SslMode.REQUIRE,
                    "gss startup X",
                    script -> GssSteps.accept(script, gss).startup().expectGoodbye());
        }
    }

    @Test
    @DisplayName("[S2.10.1] require: TLS has no say, and what it would be made of is not even looked at")
    void withoutTls() {
        try (ScriptedServer server = ScriptedServer.start(
                script -> GssSteps.accept(script, gss).startup().expectGoodbye())) {
            PgxcConfiguration.Builder client = client(server, GssEncMode.REQUIRE)
                    .sslMode(SslMode.VERIFY_FULL)
                    .sslRootCert("no-such-file.pem");
            Clients.close(
                    Objects.requireNonNull(ToyFactory.of(client, gss).create().block(SOON)));
        }
    }

    @Test
    @DisplayName("[S2.10.1, F11] require: a server without GSSAPI hears not a byte more")
    void declined() {
        Throwable failure = refusal(
                GssEncMode.REQUIRE,
                script -> GssSteps.request(script).sendRaw((byte) 'N').expectEnd());
        Outcomes.assertLost("declined", failure, "08001");
        assertThat(failure).hasMessageContaining("does not offer").hasMessageContaining("gssEncMode");
    }

    @Test
    @DisplayName(
            "[S2.9.11, S2.10.1] prefer: after an N it goes on on the same connection, with TLS or without, as sslMode"
                    + " says")
    void declinedWherePreferred() {
        plays(
                GssEncMode.PREFER,
                SslMode.DISABLE,
                "gss startup X",
                script -> GssSteps.request(script).sendRaw((byte) 'N').startup().expectGoodbye());
        plays(
                GssEncMode.PREFER,
                SslMode.PREFER,
                "gss ssl startup X",
                script -> GssSteps.request(script)
                        .sendRaw((byte) 'N')
                        .expectSslRequest()
                        .sendRaw((byte) 'N')
                        .startup()
                        .expectGoodbye());
        plays(
                GssEncMode.PREFER,
                SslMode.REQUIRE,
                "gss ssl startup X",
                script -> GssSteps.request(script)
                        .sendRaw((byte) 'N')
                        .acceptTls(SERVER)
                        .startup()
                        .expectGoodbye());
        assertThat(refusal(
                        GssEncMode.PREFER,
                        SslMode.REQUIRE,
                        script -> GssSteps.request(script)
                                .sendRaw((byte) 'N')
                                .expectSslRequest()
                                .sendRaw((byte) 'N')
                                .expectEnd()))
                .hasMessageContaining("does not offer TLS");
    }

    @Test
    @DisplayName("[S2.9.6] prefer: TLS that begins with the first byte needs a connection of its own after an N")
    void directTls() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 8, InetAddress.getLoopbackAddress())) {
            Heard attempt = Heard.of(ToyFactory.of(
                            PgxcConfiguration.builder()
                                    .host(server.getInetAddress().getHostAddress())
                                    .port(server.getLocalPort())
                                    .user("alice")
                                    .gssEncMode(GssEncMode.PREFER)
                                    .sslMode(SslMode.REQUIRE)
                                    .sslNegotiation(SslNegotiation.DIRECT),
                            gss)
                    .create());
            try (Socket first = server.accept()) {
                assertThat(first.getInputStream().readNBytes(8)).endsWith(0x04, 0xD2, 0x16, 0x30);
                first.getOutputStream().write('N');
                assertThat(first.getInputStream().read()).isEqualTo(-1);
            }
            try (Socket second = server.accept()) {
                assertThat(second.getInputStream().read()).isEqualTo(TLS_HANDSHAKE);
            }
            attempt.failure();
        }
    }

    @ParameterizedTest(name = "framed: {0}")
    @ValueSource(booleans = {true, false})
    @DisplayName(
            "[S2.10.1, S2.9.2, S8.25] an error in place of the byte: its text is shown to nobody; prefer goes on, with"
                    + " another connection and without GSSAPI")
    void error(boolean framed) {
        Octets error = framed ? fatal("0A000", FORGED) : Octets.of("E" + FORGED + "\n\0");
        Consumer<Script> refusing =
                script -> GssSteps.request(script).send(error).expectEnd();
        Throwable failure = refusal(GssEncMode.REQUIRE, refusing);
        Outcomes.assertLost("error", failure, "08001");
        assertThat(failure).hasMessageContaining("not shown");
        for (Throwable shown = failure; shown != null; shown = shown.getCause()) {
            assertThat(shown.toString()).doesNotContain("555");
        }
        plays(
                GssEncMode.PREFER,
                SslMode.PREFER,
                "gss ssl startup X",
                refusing,
                script -> script.expectStartup().greet().expectGoodbye());
    }

    @Test
    @DisplayName(
            "[S2.10.1, B8] the end of the connection in place of the byte, or of a token: lost; prefer tries without")
    void hungUp() {
        Consumer<Script> atOnce = script -> GssSteps.request(script).closeNow();
        Consumer<Script> afterToken = script -> GssSteps.token(GssSteps.agree(script), 1)
                .send(length(8))
                .halfClose()
                .expectEnd();
        for (Consumer<Script> hangingUp : List.of(atOnce, afterToken)) {
            Outcomes.assertLost("hung up", refusal(GssEncMode.REQUIRE, hangingUp), "08001");
            plays(
                    GssEncMode.PREFER,
                    SslMode.DISABLE,
                    "gss startup X",
                    hangingUp,
                    script -> script.startup().expectGoodbye());
        }
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource(names = {"PREFER", "REQUIRE"})
    @DisplayName(
            "[S2.10.1, S2.9.3, S8.24] bytes behind the answer end the attempt, whichever answer and whatever bytes")
    void stuffed(GssEncMode mode) {
        for (String answer : new String[] {"G", "N"}) {
            for (Octets injected : new Octets[] {
                Octets.join(Greeting.messages()),
                fatal("28000", FORGED),
                packet(ToyGss.serverToken(1)),
                Octets.of("G"),
                Octets.of("N")
            }) {
                Throwable failure = refusal(
                        mode,
                        script -> GssSteps.request(script)
                                .send(Octets.of(answer), injected)
                                .expectEnd());
                Outcomes.assertProto(answer + injected, failure);
                assertThat(failure.getMessage()).doesNotContain("555");
            }
        }
    }

    @ParameterizedTest(name = "byte {0}")
    @ValueSource(bytes = {0, 'X', 0x15, 'S', 'g', 'H', -1})
    @DisplayName("[S2.10.1] any other byte is no server's: broken off, even where GSSAPI is only preferred")
    void garbage(byte answer) {
        for (GssEncMode mode : new GssEncMode[] {GssEncMode.PREFER, GssEncMode.REQUIRE}) {
            Outcomes.assertProto(
                    "byte " + answer,
                    refusal(
                            mode,
                            script -> GssSteps.request(script).sendRaw(answer).expectEnd()));
        }
    }

    @ParameterizedTest(name = "length {0}")
    @ValueSource(ints = {0, -1, Integer.MIN_VALUE, Integer.MAX_VALUE, 16_381, 16_385, 65_536, 0x45000000})
    @DisplayName(
            "[S2.10.2] a token with length 0, less, or more than a packet may have, breaks the attempt before anything"
                    + " is made of it")
    void badTokenLength(int length) {
        for (GssEncMode mode : new GssEncMode[] {GssEncMode.PREFER, GssEncMode.REQUIRE}) {
            Outcomes.assertProto(
                    "length " + length,
                    refusal(
                            mode,
                            script -> GssSteps.token(GssSteps.agree(script), 1)
                                    .send(length(length))
                                    .expectEnd()));
        }
    }

    @Test
    @DisplayName(
            "[S2.10.2, S8.24] more than the token that is due breaks the attempt, whether it was the last token or not")
    void moreThanAToken() {
        for (int rounds : new int[] {1, 2}) {
            gss = new ToyGss(rounds);
            for (Octets more : new Octets[] {Octets.of("E"), Octets.join(Greeting.messages()), packet((byte) 1)}) {
                Outcomes.assertProto(
                        "more",
                        refusal(
                                GssEncMode.PREFER,
                                script -> GssSteps.token(GssSteps.agree(script), 1)
                                        .send(packet(ToyGss.serverToken(1)), more)
                                        .expectEnd()));
            }
            nothingIsLeft();
        }
    }

    @Test
    @DisplayName("[S2.10.2] a token that GSSAPI does not take: lost, or, if it is only preferred, tried without")
    void badToken() {
        Consumer<Script> lying = script -> GssSteps.token(GssSteps.agree(script), 1)
                .send(packet((byte) 'x'))
                .expectEnd();
        assertThat(refusal(GssEncMode.REQUIRE, lying)).hasMessageContaining("not a token of the server's");
        plays(
                GssEncMode.PREFER,
                SslMode.DISABLE,
                "gss startup X",
                lying,
                script -> script.startup().expectGoodbye());
    }

    @Test
    @DisplayName("[S2.10.2] the tokens come in any pieces")
    void tokenInPieces() {
        gss = new ToyGss(2);
        plays(GssEncMode.REQUIRE, SslMode.DISABLE, "gss startup X", script -> {
            GssSteps.token(GssSteps.agree(script), 1).sendSlices(packet(ToyGss.serverToken(1)));
            GssSteps.token(script, 2).sendSlices(packet(ToyGss.serverToken(2)));
            GssSteps.inPackets(script).startup().expectGoodbye();
        });
    }

    @Test
    @DisplayName("[S2.10.1] no ticket: the server is not even asked; prefer goes on as sslMode says")
    void noTicket() {
        gss.onBegin(() -> {
            throw new IllegalStateException("there is no ticket");
        });
        try (ScriptedServer server = ScriptedServer.start()) {
            assertThat(Heard.of(ToyFactory.of(client(server, GssEncMode.REQUIRE), gss)
                                    .create())
                            .failure())
                    .hasMessageContaining("there is no ticket");
            assertThat(server.connectionCount()).isZero();
        }
        plays(
                GssEncMode.PREFER,
                SslMode.DISABLE,
                "startup X",
                script -> script.startup().expectGoodbye());
    }

    @Test
    @DisplayName("[S2.9.9] prefer: a server that lets nobody in over GSSAPI (28000) is asked once more without it")
    void refusedOverGss() {
        Consumer<Script> refusing = script -> GssSteps.accept(script, gss)
                .expectStartup()
                .send(fatal("28000", "no pg_hba.conf entry for host, GSS encryption"))
                .closeNow();
        plays(
                GssEncMode.PREFER,
                SslMode.DISABLE,
                "gss startup startup X",
                refusing,
                script -> script.startup().expectGoodbye());
        assertThat(refusal(GssEncMode.REQUIRE, refusing)).hasMessageContaining("no pg_hba.conf entry");
    }

    @Test
    @DisplayName("[X35, S2.10.1] over GSSAPI the password may be told, and requireAuth=gss is met without a question")
    void logins() {
        for (boolean asks : new boolean[] {true, false}) {
            try (ScriptedServer server = ScriptedServer.start(script -> {
                GssSteps.accept(script, gss).expectStartup();
                if (asks) {
                    script.send(new AuthenticationCleartextPassword()).expect("p");
                }
                script.greet().expectGoodbye();
            })) {
                PgxcConfiguration.Builder client = client(server, GssEncMode.REQUIRE)
                        .requireAuth(asks ? AuthenticationMethod.PASSWORD : AuthenticationMethod.GSS);
                Clients.close(Objects.requireNonNull(
                        ToyFactory.of(client, gss).create().block(SOON)));
            }
        }
    }

    @SafeVarargs
    private void plays(GssEncMode mode, SslMode sslMode, String said, Consumer<Script>... scripts) {
        try (ScriptedServer server = ScriptedServer.start(scripts)) {
            PgxcConnection connection =
                    Objects.requireNonNull(ToyFactory.of(client(server, mode).sslMode(sslMode), gss)
                            .create()
                            .block(SOON));
            Clients.close(connection);
            server.awaitMessage(ClientMessage.Terminate.class, SOON);
            assertThat(server.receivedTypes()).isEqualTo(said);
        }
    }

    @SafeVarargs
    private Throwable refusal(GssEncMode mode, Consumer<Script>... scripts) {
        return refusal(mode, SslMode.DISABLE, scripts);
    }

    @SafeVarargs
    private Throwable refusal(GssEncMode mode, SslMode sslMode, Consumer<Script>... scripts) {
        try (ScriptedServer server = ScriptedServer.start(scripts)) {
            Throwable failure = Heard.of(ToyFactory.of(client(server, mode).sslMode(sslMode), gss)
                            .create())
                    .failure();
            assertThat(server.connectionCount()).isEqualTo(scripts.length);
            return failure;
        }
    }
}
