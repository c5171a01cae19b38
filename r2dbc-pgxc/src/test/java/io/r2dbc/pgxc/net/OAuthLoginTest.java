// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.net;

import static io.r2dbc.pgxc.testing.ServerMessages.authenticationOk;
import static io.r2dbc.pgxc.testing.ServerMessages.error;
import static io.r2dbc.pgxc.testing.ServerMessages.fatal;
import static io.r2dbc.pgxc.testing.ServerMessages.ready;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.r2dbc.pgxc.AuthenticationMethod;
import io.r2dbc.pgxc.PgxcConfiguration;
import io.r2dbc.pgxc.PgxcException;
import io.r2dbc.pgxc.SslMode;
import io.r2dbc.pgxc.testing.Authority;
import io.r2dbc.pgxc.testing.ScramServer;
import io.r2dbc.pgxc.testing.Script;
import io.r2dbc.pgxc.testing.ScriptedServer;
import io.r2dbc.pgxc.testing.StandingAsserts;
import io.r2dbc.pgxc.wire.BackendEncoder;
import io.r2dbc.pgxc.wire.BackendMessage.AuthenticationCleartextPassword;
import io.r2dbc.pgxc.wire.BackendMessage.AuthenticationSaslContinue;
import io.r2dbc.pgxc.wire.BackendMessage.AuthenticationSaslFinal;
import io.r2dbc.pgxc.wire.ClientMessage;
import io.r2dbc.pgxc.wire.Octets;
import io.r2dbc.spi.R2dbcException;
import io.r2dbc.spi.R2dbcPermissionDeniedException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Sessions that log in by OAuth token, over real sockets and TLS. */
@ExtendWith(StandingAsserts.class)
final class OAuthLoginTest {

    private static final Authority AUTHORITY = Authority.create("authority");
    private static final SSLContext SERVER = AUTHORITY.server(AUTHORITY.signLoopback());
    private static final Octets OFFER = ScramServer.offer("OAUTHBEARER");
    private static final Octets OTHER_ISSUER = refusing("{\"status\":\"invalid_token\",\"scope\":\"db\","
            + "\"openid-configuration\":\"https://other.example/.well-known/openid-configuration\"}");
    private static final ClientMessage ACKNOWLEDGED = new ClientMessage.Authentication(Octets.of((byte) 1));

    @TempDir
    static Path folder;

    private static PgxcConfiguration.Builder client(ScriptedServer server) {
        return Clients.of(server)
                .sslMode(SslMode.VERIFY_FULL)
                .sslRootCert(AUTHORITY.rootFile(folder))
                .oauthToken(() -> "s3cret.token")
                .oauthIssuer("https://issuer.example");
    }

    private static Octets refusing(String json) {
        return BackendEncoder.encode(new AuthenticationSaslContinue(json.getBytes(UTF_8)));
    }

    private static Script asking(Script script) {
        return script.acceptTls(SERVER).expectStartup().send(OFFER);
    }

    private static ClientMessage shown(String token) {
        String data = "n,,\1auth=Bearer " + token + "\1\1";
        byte[] length = {0, 0, 0, (byte) data.length()};
        return new ClientMessage.Authentication(
                Octets.join(Octets.of("OAUTHBEARER\0"), Octets.of(length), Octets.of(data)));
    }

    @ParameterizedTest(name = "[S2.11.11] sslMode={0}")
    @EnumSource(names = {"VERIFY_CA", "VERIFY_FULL"})
    @DisplayName("[S2.11.11, F8] each connection shows a token of its own, over verified TLS, and is let in")
    void success(SslMode mode) {
        AtomicInteger asked = new AtomicInteger();
        Supplier<String> renewed = () -> "token-" + asked.incrementAndGet();
        try (ScriptedServer server = ScriptedServer.start(
                script -> asking(script).expect(shown("token-1")).greet().expectGoodbye(),
                script -> asking(script).expect(shown("token-2")).greet().expectGoodbye())) {
            PgxcConfiguration.Builder client = client(server).sslMode(mode).oauthToken(renewed);
            Clients.close(Clients.connect(client));
            Clients.close(Clients.connect(client));
        }
        assertThat(asked).hasValue(2);
    }

    @Test
    @DisplayName(
            "[S2.11.11] a refusal is acknowledged, and the server's error says besides what it has against the token")
    void refusal() {
        Throwable failure = failure(script -> asking(script)
                .expect(shown("s3cret.token"))
                .send(OTHER_ISSUER)
                .expect(ACKNOWLEDGED)
                .send(fatal("28000", "OAuth bearer authentication failed for user \"alice\""))
                .expectEnd());
        assertThat(failure)
                .isInstanceOf(R2dbcPermissionDeniedException.class)
                .hasMessage(
                        "OAuth bearer authentication failed for user \"alice\" (the server's reason to refuse the OAuth"
                                + " token: invalid_token; the scope it wants: db; its openid-configuration:"
                                + " https://other.example/.well-known/openid-configuration, which is not that of oauthIssuer"
                                + " https://issuer.example)");
        assertThat(((R2dbcException) failure).getSqlState()).isEqualTo("28000");
        assertThat(((PgxcException) failure).getErrorDetails().message())
                .isEqualTo("OAuth bearer authentication failed for user \"alice\"");
    }

    @Test
    @DisplayName(
            "[S2.11.11, S2.11.2] an error that is not fatal, or the end instead of one, ends the login with the same reasons")
    void otherEnds() {
        assertThat(failure(script -> asking(script)
                        .expect("p")
                        .send(OTHER_ISSUER)
                        .expect(ACKNOWLEDGED)
                        .send(error("28000", "no"))
                        .expectEnd()))
                .isInstanceOf(R2dbcPermissionDeniedException.class)
                .hasMessageContainingAll("no", "invalid_token");
        Throwable lost = failure(script -> asking(script)
                .expect("p")
                .send(OTHER_ISSUER)
                .expect(ACKNOWLEDGED)
                .closeNow());
        assertThat(Outcomes.isResource(lost)).isTrue();
        assertThat(lost).hasMessageContaining("invalid_token");
        assertThat(failure(script ->
                        asking(script).expect("p").send(fatal("28000", "no")).expectEnd()))
                .isInstanceOf(R2dbcPermissionDeniedException.class)
                .hasMessage("no");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "{\"status\":",
                "{\"status\":\"\\u001b[2J\\r\\nFATAL: s3cret.token\"}",
                "{\"status\":\"s3cret.\\u0000token\",\"openid-configuration\":\"https://e/\\u202e\"}"
            })
    @DisplayName(
            "[S2.11.11, F16] whatever the reasons look like, the error is the server's, in one line, without the token")
    void hostileReasons(String json) {
        assertThat(failure(script -> asking(script)
                        .expect("p")
                        .send(refusing(json))
                        .expect(ACKNOWLEDGED)
                        .send(fatal("28000", "no"))
                        .expectEnd()))
                .isInstanceOf(R2dbcPermissionDeniedException.class)
                .hasMessageStartingWith("no (the server's reason to refuse the OAuth token: ")
                .message()
                .matches("[ -~]+")
                .doesNotContain("s3cret.token");
    }

    /** What no server says after it has been shown a token. */
    @SuppressWarnings("ImmutableEnumChecker") // messages, which do not change
    private enum Nonsense {
        A_PROOF(BackendEncoder.encode(new AuthenticationSaslFinal("v=AAAA".getBytes(UTF_8)))),
        ANOTHER_OFFER(OFFER),
        ANOTHER_METHOD(BackendEncoder.encode(new AuthenticationCleartextPassword())),
        READY_TOO_EARLY(ready()),
        OK_TWICE(Octets.join(authenticationOk(), authenticationOk())),
        A_REFUSAL_AFTER_OK(Octets.join(authenticationOk(), OTHER_ISSUER)),
        A_PROOF_AFTER_OK(
                Octets.join(authenticationOk(), BackendEncoder.encode(new AuthenticationSaslFinal(new byte[0])))),
        OK_AFTER_A_REFUSAL(Octets.join(OTHER_ISSUER, authenticationOk())),
        TWO_REFUSALS(Octets.join(OTHER_ISSUER, OTHER_ISSUER)),
        A_PROOF_AFTER_A_REFUSAL(
                Octets.join(OTHER_ISSUER, BackendEncoder.encode(new AuthenticationSaslFinal(new byte[0])))),
        REFUSALS_WITHOUT_END(Octets.join(
                OTHER_ISSUER, OTHER_ISSUER, OTHER_ISSUER, OTHER_ISSUER, OTHER_ISSUER, OTHER_ISSUER, OTHER_ISSUER));

        private final Octets said;

        Nonsense(Octets said) {
            this.said = said;
        }
    }

    @ParameterizedTest(name = "[S2.11.11, S2.1.15] {0}")
    @EnumSource
    @DisplayName("[S2.11.11, S2.11.10, S2.1.12, S2.1.15] what no server says breaks the connection")
    void hostileOrder(Nonsense nonsense) {
        Throwable failure = failure(script -> asking(script)
                .expect(shown("s3cret.token"))
                .send(nonsense.said)
                .clientMayLeave()
                .expectEnd());
        Outcomes.assertProto(nonsense.name(), failure);
        assertThat(failure.getMessage()).doesNotContain("s3cret");
    }

    @ParameterizedTest
    @ValueSource(strings = {"NEW", "OAUTHBEARER", "SCRAM-SHA-256"})
    @DisplayName("[S2.11.11, F4] what requireAuth does not allow, and what nobody knows, is refused with nothing said")
    void requireAuth(String mechanism) {
        try (ScriptedServer server = ScriptedServer.start(script -> script.acceptTls(SERVER)
                .expectStartup()
                .send(ScramServer.offer(mechanism))
                .expectEnd())) {
            PgxcConfiguration.Builder client = client(server);
            client.requireAuth(
                    mechanism.equals("SCRAM-SHA-256")
                            ? AuthenticationMethod.OAUTH
                            : AuthenticationMethod.SCRAM_SHA_256);
            assertThat(Heard.of(Clients.connecting(client)).failure())
                    .isInstanceOf(R2dbcPermissionDeniedException.class)
                    .hasMessageContaining(mechanism.equals("NEW") ? "NEW" : "requireAuth");
            assertThat(server.received()).noneMatch(ClientMessage.Authentication.class::isInstance);
        }
    }

    @Test
    @DisplayName(
            "[S2.11.11] a server that wants a token and nothing else, and there is none: the error names the option")
    void noToken() {
        try (ScriptedServer server = ScriptedServer.start(
                script -> script.expectStartup().send(OFFER).expectEnd())) {
            assertThat(Heard.of(Clients.connecting(server)).failure())
                    .isInstanceOf(R2dbcPermissionDeniedException.class)
                    .hasMessageContaining("option oauthToken");
        }
    }

    private static Throwable failure(Consumer<Script> script) {
        try (ScriptedServer server = ScriptedServer.start(script)) {
            return Heard.of(Clients.connecting(client(server))).failure();
        }
    }
}
