// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.net;

import static io.r2dbc.pgxc.net.Clients.SOON;
import static io.r2dbc.pgxc.testing.ServerMessages.INT4;
import static io.r2dbc.pgxc.testing.ServerMessages.bindComplete;
import static io.r2dbc.pgxc.testing.ServerMessages.column;
import static io.r2dbc.pgxc.testing.ServerMessages.fatal;
import static io.r2dbc.pgxc.testing.ServerMessages.parameterTypes;
import static io.r2dbc.pgxc.testing.ServerMessages.parseComplete;
import static io.r2dbc.pgxc.testing.ServerMessages.row;
import static io.r2dbc.pgxc.testing.ServerMessages.rowDescription;
import static org.assertj.core.api.Assertions.assertThat;

import io.r2dbc.pgxc.PgxcConfiguration;
import io.r2dbc.pgxc.PgxcConnection;
import io.r2dbc.pgxc.SslMode;
import io.r2dbc.pgxc.SslNegotiation;
import io.r2dbc.pgxc.testing.Authority;
import io.r2dbc.pgxc.testing.Greeting;
import io.r2dbc.pgxc.testing.Script;
import io.r2dbc.pgxc.testing.ScriptedServer;
import io.r2dbc.pgxc.testing.StandingAsserts;
import io.r2dbc.pgxc.wire.BackendMessage.AuthenticationMd5Password;
import io.r2dbc.pgxc.wire.ClientMessage;
import io.r2dbc.pgxc.wire.Octets;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How a connection comes to TLS, or does not, for each mode and each answer. */
@ExtendWith(StandingAsserts.class)
final class TlsNegotiationTest {

    private static final Authority AUTHORITY = Authority.create("authority");
    private static final SSLContext SERVER = AUTHORITY.server(AUTHORITY.signLoopback());
    private static final String FORGED = "you have been hacked, call 555-1234";

    private static PgxcConfiguration.Builder client(ScriptedServer server, SslMode mode) {
        return Clients.of(server).sslMode(mode);
    }

    @TempDir
    static Path folder;

    private static String rootFile() {
        return AUTHORITY.rootFile(folder);
    }

    @Test
    @DisplayName(
            "[S2.9.1, S2.9.5, S1.1.2, S1.1.3, S2.9.7] require: the request, its one byte, the handshake, and then the"
                    + " start-up, with or without a choice of the server by ALPN")
    void agreed() {
        for (String[] protocols : new String[][] {{}, {"postgresql"}}) {
            try (ScriptedServer server = ScriptedServer.start(script -> script.expectSslRequest()
                    .sendRaw((byte) 'S')
                    .startTls(SERVER, protocols)
                    .startup()
                    .expectGoodbye())) {
                Clients.close(Clients.connect(client(server, SslMode.REQUIRE)));
                assertThat(server.receivedTypes()).isEqualTo("ssl startup X");
            }
        }
    }

    @ParameterizedTest(name = "[S2.9.1, S2.9.10, F11] {0}")
    @EnumSource(
            value = SslMode.class,
            names = {"REQUIRE", "VERIFY_CA", "VERIFY_FULL"})
    @DisplayName("[S2.9.1, S2.9.10, F11] a server without TLS where it is demanded: not a byte more is said")
    void declined(SslMode mode) {
        Throwable failure = refusal(
                mode, script -> script.expectSslRequest().sendRaw((byte) 'N').expectEnd());
        Outcomes.assertLost("declined", failure, "08001");
        assertThat(failure).hasMessageContaining("does not offer TLS").hasMessageContaining("sslMode");
    }

    @Test
    @DisplayName(
            "[S2.9.1, S2.9.11, F11] prefer: without TLS it goes on in clear text on the same connection, and asks once")
    void declinedWherePreferred() {
        plays(
                SslMode.PREFER,
                "ssl startup X",
                script ->
                        script.expectSslRequest().sendRaw((byte) 'N').startup().expectGoodbye());
    }

    @ParameterizedTest(name = "[S2.9.10] {0}")
    @EnumSource(
            value = SslMode.class,
            names = {"DISABLE", "ALLOW"})
    @DisplayName("[S2.9.10] disable and allow: no request, the start-up at once")
    void notAskedFor(SslMode mode) {
        plays(mode, "startup X", script -> script.startup().expectGoodbye());
    }

    @ParameterizedTest(name = "[S2.9.2, F10, S8.25] framed: {0}")
    @ValueSource(booleans = {true, false})
    @DisplayName(
            "[S2.9.2, F10, S8.25] an error in place of the byte: its text is shown to nobody; prefer asks once more,"
                    + " without TLS")
    void error(boolean framed) {
        Octets error = framed ? fatal("53300", FORGED) : Octets.of("E" + FORGED + "\n\0");
        Consumer<Script> refusing =
                script -> script.expectSslRequest().send(error).expectEnd();
        for (SslMode mode : new SslMode[] {SslMode.REQUIRE, SslMode.VERIFY_FULL}) {
            Throwable failure = refusal(mode, refusing);
            Outcomes.assertLost("error", failure, "08001");
            assertThat(failure).hasMessageContaining("not shown");
            for (Throwable shown = failure; shown != null; shown = shown.getCause()) {
                assertThat(shown.toString()).doesNotContain("555");
            }
        }
        plays(
                SslMode.PREFER,
                "ssl startup X",
                refusing,
                script -> script.expectStartup().greet().expectGoodbye());
    }

    @ParameterizedTest(name = "[S2.9.3, F9, S8.24] {0}")
    @EnumSource(
            value = SslMode.class,
            names = {"PREFER", "REQUIRE", "VERIFY_CA", "VERIFY_FULL"})
    @DisplayName(
            "[S2.9.3, S2.9.4, F9, S8.24] bytes behind the answer end the attempt, whichever answer and whatever bytes,"
                    + " and nothing of them is taken for the server's")
    void stuffed(SslMode mode) {
        for (String answer : new String[] {"S", "N"}) {
            for (Octets injected : new Octets[] {
                Octets.join(Greeting.messages()),
                fatal("28000", FORGED),
                Octets.hex("16"),
                Octets.of("S"),
                Octets.of("N")
            }) {
                Throwable failure = refusal(
                        mode,
                        script -> script.expectSslRequest()
                                .send(Octets.of(answer), injected)
                                .expectEnd());
                Outcomes.assertProto(answer + injected, failure);
                assertThat(failure.getMessage()).doesNotContain("555");
            }
        }
    }

    @ParameterizedTest(name = "[S2.9.1] byte {0}")
    @ValueSource(bytes = {0, 'X', 0x15, 'G', 's', 'H', -1})
    @DisplayName("[S2.9.1] any other byte is no server's: broken off, even where TLS is only preferred")
    void garbage(byte answer) {
        for (SslMode mode : new SslMode[] {SslMode.PREFER, SslMode.REQUIRE}) {
            Outcomes.assertProto(
                    "byte " + answer,
                    refusal(
                            mode,
                            script -> script.expectSslRequest().sendRaw(answer).expectEnd()));
        }
    }

    @Test
    @DisplayName(
            "[S2.9.1, B8] the end of the connection in place of the byte: lost, or, if TLS is only preferred, tried"
                    + " without")
    void hungUp() {
        Consumer<Script> hangingUp = script -> script.expectSslRequest().closeNow();
        Outcomes.assertLost("hung up", refusal(SslMode.REQUIRE, hangingUp), "08001");
        plays(
                SslMode.PREFER,
                "ssl startup X",
                hangingUp,
                script -> script.expectStartup().greet().expectGoodbye());
    }

    @ParameterizedTest(name = "[B3, F13] in the handshake: {0}")
    @ValueSource(booleans = {false, true})
    @DisplayName("[B3, F13, S2.1.11] silence in place of the byte, or in the handshake: the deadline covers it, and no"
            + " second try begins")
    void silence(boolean inHandshake) {
        Duration limit = Duration.ofMillis(400);
        for (SslMode mode : new SslMode[] {SslMode.PREFER, SslMode.REQUIRE}) {
            try (ScriptedServer server = ScriptedServer.start(script -> {
                script.expectSslRequest();
                if (inHandshake) {
                    script.sendRaw((byte) 'S');
                }
                script.hang();
            })) {
                Throwable failure = Heard.of(
                                Clients.connecting(client(server, mode).connectTimeout(limit)))
                        .failure();
                Outcomes.assertLost("silence", failure, "08001");
                assertThat(failure).hasMessageContaining("connectTimeout");
                assertThat(server.connectionCount()).isOne();
            }
        }
    }

    @Test
    @DisplayName("[S2.9.10, F13] what is no TLS behind the S: refused where it is demanded, tried without where it is"
            + " preferred")
    void brokenHandshake() {
        Consumer<Script> breaking = script -> script.expectSslRequest()
                .sendRaw((byte) 'S')
                .breathe()
                .sendRaw("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(StandardCharsets.US_ASCII))
                .clientMayLeave()
                .hang();
        Throwable failure = refusal(SslMode.REQUIRE, breaking);
        assertThat(failure).hasMessageContaining("TLS").hasMessageNotContaining("400");
    }

    @Test
    @DisplayName(
            "[S2.9.9, S2.9.10] prefer: a server that lets nobody in over TLS (28000) is asked once more without it")
    void refusedOverTls() {
        plays(
                SslMode.PREFER,
                "ssl startup startup X",
                script -> script.acceptTls(SERVER)
                        .expectStartup()
                        .send(fatal("28000", "no pg_hba.conf entry for host, SSL encryption"))
                        .closeNow(),
                script -> script.expectStartup().greet().expectGoodbye());
    }

    @Test
    @DisplayName(
            "[S2.9.9, S2.9.10] allow: a server that lets nobody in without TLS (28000) is asked once more, and then"
                    + " TLS is demanded")
    void refusedWithoutTls() {
        Consumer<Script> refusing = script -> script.expectStartup()
                .send(fatal("28000", "no pg_hba.conf entry for host, no encryption"))
                .closeNow();
        plays(
                SslMode.ALLOW,
                "startup ssl startup X",
                refusing,
                script -> script.acceptTls(SERVER).startup().expectGoodbye());
        Throwable failure = refusal(
                SslMode.ALLOW,
                refusing,
                script -> script.expectSslRequest().sendRaw((byte) 'N').expectEnd());
        // what the server has said is why, and not that the other way did not come about
        assertThat(failure).hasMessageContaining("no pg_hba.conf entry");
    }

    @Test
    @DisplayName("[S2.9.10, F15] any other refusal stands, and so does one after the password was asked for: it is not"
            + " repeated in clear text")
    void otherRefusals() {
        for (String sqlState : new String[] {"28P01", "53300", "3D000"}) {
            assertThat(refusal(
                            SslMode.PREFER,
                            script -> script.acceptTls(SERVER)
                                    .expectStartup()
                                    .send(fatal(sqlState, "no"))
                                    .closeNow()))
                    .hasMessageContaining("no");
        }
        assertThat(refusal(
                        SslMode.PREFER,
                        script -> script.acceptTls(SERVER)
                                .expectStartup()
                                .send(new AuthenticationMd5Password(new byte[4]))
                                .expect("p")
                                .send(fatal("28000", "role may not log in"))
                                .closeNow()))
                .hasMessageContaining("may not log in");
        for (SslMode mode : new SslMode[] {SslMode.REQUIRE, SslMode.VERIFY_FULL, SslMode.DISABLE}) {
            assertThat(refusal(
                            mode,
                            script -> (mode == SslMode.DISABLE ? script : script.acceptTls(SERVER))
                                    .expectStartup()
                                    .send(fatal("28000", "no entry"))
                                    .closeNow()))
                    .hasMessageContaining("no entry");
        }
    }

    @Test
    @DisplayName("[S2.9.6] direct: TLS from the first byte, and the protocol by its name")
    void direct() {
        try (ScriptedServer server =
                ScriptedServer.start(script -> script.startup().expectGoodbye()).directTls(SERVER, "postgresql")) {
            Clients.close(Clients.connect(client(server, SslMode.VERIFY_FULL)
                    .sslNegotiation(SslNegotiation.DIRECT)
                    .sslRootCert(rootFile())));
            assertThat(server.receivedTypes()).isEqualTo("startup X");
        }
    }

    @Test
    @DisplayName("[S2.9.6] direct: a server that does not choose the protocol is none, and hears nothing")
    void directWithoutProtocol() {
        try (ScriptedServer server = ScriptedServer.start().directTls(SERVER)) {
            Throwable failure = Heard.of(
                            Clients.connecting(client(server, SslMode.REQUIRE).sslNegotiation(SslNegotiation.DIRECT)))
                    .failure();
            Outcomes.assertProto("no ALPN", failure);
            assertThat(server.received()).isEmpty();
        }
    }

    @Test
    @DisplayName(
            "[S2.8.6, F13] TLS that is cut without a goodbye in the middle of a result: the connection is lost, the"
                    + " rows that came count")
    void cut() {
        try (ScriptedServer server = ScriptedServer.start(script -> script.acceptTls(SERVER)
                .startup()
                .expect("P D B E S")
                .send(parseComplete(), parameterTypes(), rowDescription(column("a", INT4)), bindComplete(), row("1"))
                .cutBelowTls()
                .clientMayLeave()
                .expectEnd())) {
            PgxcConnection connection = Clients.connect(client(server, SslMode.REQUIRE));
            Heard rows =
                    Heard.of(Heard.rows(connection.createStatement("SELECT 1").execute()));
            Outcomes.assertLost("cut", rows.failure(), "08006");
            Outcomes.assertClosed("cut", connection);
        }
    }

    @Test
    @DisplayName("[S2.8.4, F13] a goodbye of TLS alone, without the end of the connection, is its end")
    void closeNotifyAlone() {
        try (ScriptedServer server = ScriptedServer.start(script -> script.acceptTls(SERVER)
                .startup()
                .expect("P D B E S")
                .closeNotify()
                .clientMayLeave()
                .expectEnd())) {
            PgxcConnection connection = Clients.connect(client(server, SslMode.REQUIRE));
            Heard rows =
                    Heard.of(Heard.rows(connection.createStatement("SELECT 1").execute()));
            Outcomes.assertLost("close_notify", rows.failure(), "08006");
        }
    }

    @SafeVarargs
    private static void plays(SslMode mode, String said, Consumer<Script>... scripts) {
        try (ScriptedServer server = ScriptedServer.start(scripts)) {
            PgxcConnection connection = Clients.connect(client(server, mode));
            Clients.close(connection);
            server.awaitMessage(ClientMessage.Terminate.class, SOON);
            assertThat(server.receivedTypes()).isEqualTo(said);
        }
    }

    @SafeVarargs
    private static Throwable refusal(SslMode mode, Consumer<Script>... scripts) {
        try (ScriptedServer server = ScriptedServer.start(scripts)) {
            Throwable failure = Heard.of(Clients.connecting(client(server, mode).sslRootCert(rootFile())))
                    .failure();
            assertThat(server.connectionCount()).isEqualTo(scripts.length);
            return failure;
        }
    }
}
