// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.net;

import static io.r2dbc.pgxc.net.Clients.SOON;
import static io.r2dbc.pgxc.testing.ServerMessages.fatal;
import static org.assertj.core.api.Assertions.assertThat;

import io.r2dbc.pgxc.PgxcConfiguration;
import io.r2dbc.pgxc.PgxcConnection;
import io.r2dbc.pgxc.PgxcException;
import io.r2dbc.pgxc.testing.Greeting;
import io.r2dbc.pgxc.testing.ScramServer;
import io.r2dbc.pgxc.testing.Script;
import io.r2dbc.pgxc.testing.ScriptedServer;
import io.r2dbc.pgxc.testing.StandingAsserts;
import io.r2dbc.pgxc.wire.BackendEncoder;
import io.r2dbc.pgxc.wire.BackendMessage.AuthenticationCleartextPassword;
import io.r2dbc.pgxc.wire.BackendMessage.AuthenticationMd5Password;
import io.r2dbc.pgxc.wire.BackendMessage.AuthenticationOk;
import io.r2dbc.pgxc.wire.BackendMessage.ErrorResponse;
import io.r2dbc.pgxc.wire.BackendMessage.NegotiateProtocolVersion;
import io.r2dbc.pgxc.wire.ClientMessage;
import io.r2dbc.pgxc.wire.ErrorFields;
import io.r2dbc.pgxc.wire.Octets;
import io.r2dbc.spi.R2dbcException;
import io.r2dbc.spi.R2dbcNonTransientResourceException;
import io.r2dbc.spi.R2dbcPermissionDeniedException;
import io.r2dbc.spi.R2dbcTransientResourceException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;

/** Start-up over a socket: how it succeeds, and what is said when it does not. */
@ExtendWith(StandingAsserts.class)
final class ConnectorTest {

    @Test
    @DisplayName(
            "[S2.1.1, S2.1.3, S1.4.2, S2.8.1, H4] trust: one socket, StartupMessage 3.0 in UTF8, and Terminate at the end")
    void trust() {
        try (ScriptedServer server = ScriptedServer.start(Script::startup)) {
            PgxcConnection connection =
                    Clients.connect(Clients.of(server).database("db").options(Map.of("statement_timeout", "5000")));
            assertThat(connection.getMetadata().getDatabaseVersion()).isEqualTo("18.6");
            Clients.close(connection);
            ClientMessage.Startup startup = server.awaitMessage(ClientMessage.Startup.class, SOON);
            assertThat(startup.protocolVersion()).isEqualTo(196_608);
            assertThat(startup.parameters())
                    .containsEntry("user", "alice")
                    .containsEntry("database", "db")
                    .containsEntry("client_encoding", "UTF8")
                    .containsEntry("statement_timeout", "5000");
            server.awaitMessage(ClientMessage.Terminate.class, SOON);
            assertThat(server.receivedTypes()).isEqualTo("startup X");
            assertThat(server.connectionCount()).isOne();
        }
    }

    @Test
    @DisplayName("[X35, S2.1.14] a clear-text password leaves over loopback without being allowed")
    void clearTextOverLoopback() {
        opens(script -> script.expectStartup()
                .send(new AuthenticationCleartextPassword())
                .expect(
                        ClientMessage.Authentication.class,
                        answer -> assertThat(answer.password()).isEqualTo("secret"))
                .greet());
    }

    @Test
    @DisplayName("[S2.1.13] MD5: the answer of the test vector")
    void md5() {
        opens(script -> script.expectStartup()
                .send(new AuthenticationMd5Password(new byte[] {1, 2, 3, 4}))
                .expect(
                        ClientMessage.Authentication.class,
                        answer -> assertThat(answer.password()).isEqualTo("md598a0412b9c31436fc53776e863350083"))
                .greet());
    }

    @Test
    @DisplayName("[S2.11.1, S2.11.2, S2.11.4, S2.11.9, S2.11.10] SCRAM: both sides prove that they know the password")
    void scram() {
        ScramServer scram = new ScramServer("secret", 4096);
        opens(script -> script.expectStartup().scram(scram).greet());
        assertThat(scram.isConvinced()).isTrue();
    }

    private static void opens(Consumer<Script> script) {
        try (ScriptedServer server = ScriptedServer.start(script)) {
            PgxcConnection connection = Clients.connect(server);
            assertThat(connection.getMetadata().getDatabaseVersion()).isEqualTo("18.6");
            Clients.close(connection);
        }
    }

    @Test
    @DisplayName("[B9, S2.1.8, SA7] SCRAM with the wrong password: the server's refusal, without the password in it")
    void scramWrongPassword() {
        ScramServer scram = new ScramServer("another", 4096);
        Throwable refusal =
                refusal(script -> script.expectStartup().scram(scram).expectEnd());
        assertThat(scram.isConvinced()).isFalse();
        assertThat(refusal).isInstanceOf(R2dbcPermissionDeniedException.class);
        assertThat(((R2dbcException) refusal).getSqlState()).isEqualTo("28P01");
        assertThat(refusal.toString()).doesNotContain("secret");
    }

    @Test
    @DisplayName("[F2, S2.1.12, S8.27] a server that skips its proof is not believed")
    void scramWithoutServersProof() {
        ScramServer scram = new ScramServer("secret", 4096);
        Throwable refusal = refusal(script -> script.expectStartup()
                .send(ScramServer.offer())
                .expect(ClientMessage.Authentication.class, scram::hearFirst)
                .sendMade(scram::challenge)
                .expect(ClientMessage.Authentication.class, scram::hearProof)
                .send(Greeting.messages())
                .expectEnd());
        Outcomes.assertProto("skipped proof", refusal);
    }

    @Test
    @DisplayName("[F3, S2.11.10] a server whose proof is wrong is not believed")
    void scramWrongServersProof() {
        ScramServer scram = new ScramServer("secret", 4096);
        Throwable refusal = refusal(script -> script.expectStartup()
                .send(ScramServer.offer())
                .expect(ClientMessage.Authentication.class, scram::hearFirst)
                .sendMade(scram::challenge)
                .expect(ClientMessage.Authentication.class, scram::hearProof)
                .send(ScramServer.last("v=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="))
                .send(Greeting.messages())
                .expectEnd());
        assertThat(refusal).isInstanceOf(R2dbcPermissionDeniedException.class).hasMessageContaining("signature");
    }

    @Test
    @DisplayName("[F1, S2.11.7, S8.28] more SCRAM iterations than allowed: refused, no proof sent, the option named")
    void scramIterations() {
        ScramServer scram = new ScramServer("secret", 100_001);
        Throwable refusal = refusal(script -> script.expectStartup()
                .send(ScramServer.offer())
                .expect(ClientMessage.Authentication.class, scram::hearFirst)
                .sendMade(scram::challenge)
                .expectEnd());
        assertThat(refusal)
                .isInstanceOf(R2dbcPermissionDeniedException.class)
                .hasMessageContaining("scramMaxIterations");
    }

    @Test
    @DisplayName("[S1.4.6, S1.4.8, F17] NegotiateProtocolVersion that nothing calls for ends the attempt at once")
    void negotiation() {
        Outcomes.assertProto(
                "negotiation",
                refusal(script -> script.expectStartup()
                        .send(new NegotiateProtocolVersion(196_608, List.of()))
                        .send(Greeting.messages())
                        .expectEnd()));
    }

    @ParameterizedTest(name = "[B9, S2.1.8] {0}")
    @CsvSource({
        "57P03, transient",
        "53300, transient",
        "57P01, transient",
        "28000, permission",
        "28P01, permission",
        "3D000, other",
        "42704, other",
        "0A000, other",
        "22023, other",
        "XX000, other",
        "08P01, other"
    })
    @DisplayName(
            "[B9, S2.1.8, X26] an error in start-up: its class by its SQLSTATE, with all that the server said; no second attempt")
    void serverErrors(String sqlState, String kind) {
        for (boolean authenticated : new boolean[] {false, true}) {
            Throwable refusal = refusal(script -> {
                script.expectStartup();
                if (authenticated) {
                    script.send(new AuthenticationOk());
                }
                script.send(fatal(sqlState, "no")).closeNow();
            });
            assertThat(refusal)
                    .isInstanceOf(
                            switch (kind) {
                                case "transient" -> R2dbcTransientResourceException.class;
                                case "permission" -> R2dbcPermissionDeniedException.class;
                                default -> R2dbcNonTransientResourceException.class;
                            });
            assertThat(((R2dbcException) refusal).getSqlState()).isEqualTo(sqlState);
            assertThat(refusal)
                    .isInstanceOfSatisfying(
                            PgxcException.class,
                            told -> assertThat(told.getErrorDetails()).isNotNull());
        }
    }

    @Test
    @DisplayName("[S6.3, B9] an error of an old server, with a translated severity, is as final in start-up")
    void translatedSeverity() {
        Octets error = BackendEncoder.encode(
                new ErrorResponse(ErrorFields.of(Map.of('S', "FATALE", 'C', "3D000", 'M', "base inconnue"))));
        Throwable refusal = refusal(script -> script.expectStartup().send(error).expectEnd());
        assertThat(refusal)
                .isInstanceOf(R2dbcNonTransientResourceException.class)
                .hasMessageContaining("base inconnue");
    }

    @ParameterizedTest(name = "[A16, S2.1.9] {0}, terminated {1}")
    @CsvSource({
        "could not fork new process for connection: no memory, true, 53300",
        "could not fork new process for connection: no memory, false, 53300",
        "'sorry, too many clients already', true, 53300",
        "'FATAL:  the database system is starting up', false, 57P03",
        "Something else, true, 08004"
    })
    @DisplayName(
            "[A16, S2.1.9, S8.23, S7.3] an error without a frame: its text is in the failure, the connection was never there")
    void unframed(String text, boolean terminated, String sqlState) {
        Octets bytes = Octets.of("E" + text + (terminated ? "\n\0" : "\n"));
        Throwable refusal =
                refusal(script -> script.expectStartup().sendSlices(bytes).closeNow());
        assertThat(Outcomes.isResource(refusal)).isTrue();
        assertThat(refusal).hasMessageContaining(text);
        assertThat(((R2dbcException) refusal).getSqlState()).isEqualTo(sqlState);
    }

    @ParameterizedTest(name = "[S2.1.9, S8.1] {0}")
    @ValueSource(strings = {"48545450", "1503030002", "00", "2E00", "52000000040000"})
    @DisplayName("[S2.1.4, S8.4, S8.5] what is no PostgreSQL server is found out by its first bytes")
    void otherServers(String hex) {
        Throwable refusal =
                refusal(script -> script.expectStartup().send(Octets.hex(hex)).expectEnd());
        Outcomes.assertProto(hex, refusal);
    }

    private static Throwable refusal(Consumer<Script> script) {
        try (ScriptedServer server = ScriptedServer.start(script)) {
            Throwable refusal = Heard.of(Clients.connecting(server)).failure();
            assertThat(server.connectionCount()).isOne();
            return refusal;
        }
    }

    @Test
    @DisplayName("[B1] refused: 08001 that names host and port, with the cause")
    void refused() throws IOException {
        int port = freePort();
        Throwable refusal = Heard.of(Clients.connecting(
                        PgxcConfiguration.builder().host("127.0.0.1").port(port).user("alice")))
                .failure();
        Outcomes.assertLost("refused", refusal, "08001");
        assertThat(refusal).hasMessageContaining("127.0.0.1:" + port).hasCauseInstanceOf(IOException.class);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @Test
    @DisplayName(
            "[F8] user and password are asked for again by every connection; an error of their source is the attempt's")
    void credentialsAreAskedFor() {
        AtomicInteger asked = new AtomicInteger();
        try (ScriptedServer server = ScriptedServer.start(Script::startup, Script::startup)) {
            PgxcConfiguration.Builder configuration =
                    Clients.of(server).user(Mono.fromSupplier(() -> "user" + asked.incrementAndGet()));
            Clients.close(Clients.connect(configuration));
            Clients.close(Clients.connect(configuration));
            assertThat(server.received().stream()
                            .filter(ClientMessage.Startup.class::isInstance)
                            .map(message -> ((ClientMessage.Startup) message)
                                    .parameters()
                                    .get("user")))
                    .containsExactly("user1", "user2");
            Throwable failure = Heard.of(Clients.connecting(
                            Clients.of(server).password(Mono.error(new IllegalStateException("no vault")))))
                    .failure();
            assertThat(failure).isInstanceOf(IllegalStateException.class).hasMessage("no vault");
            assertThat(server.connectionCount()).isEqualTo(2);
        }
    }

    @Test
    @DisplayName("[F16, S1.1.11] a user name with a zero byte is refused before a socket is opened")
    void zeroInUser() {
        try (ScriptedServer server = ScriptedServer.start()) {
            Throwable failure = Heard.of(
                            Clients.connecting(Clients.of(server).user(Mono.just("alice\0database\0other"))))
                    .failure();
            assertThat(failure).isInstanceOf(IllegalArgumentException.class);
            assertThat(server.connectionCount()).isZero();
        }
    }
}
