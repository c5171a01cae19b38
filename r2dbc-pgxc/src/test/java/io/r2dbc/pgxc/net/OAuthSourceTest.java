// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.net;

import static io.r2dbc.pgxc.net.Clients.SOON;
import static io.r2dbc.pgxc.testing.ServerMessages.authenticationOk;
import static io.r2dbc.pgxc.testing.ServerMessages.error;
import static io.r2dbc.pgxc.testing.ServerMessages.ready;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.r2dbc.pgxc.PgxcConfiguration;
import io.r2dbc.pgxc.PgxcConnection;
import io.r2dbc.pgxc.SslMode;
import io.r2dbc.pgxc.testing.Authority;
import io.r2dbc.pgxc.testing.Greeting;
import io.r2dbc.pgxc.testing.ScramServer;
import io.r2dbc.pgxc.testing.Script;
import io.r2dbc.pgxc.testing.ScriptedServer;
import io.r2dbc.pgxc.testing.StandingAsserts;
import io.r2dbc.pgxc.testing.UnixDoor;
import io.r2dbc.pgxc.wire.BackendEncoder;
import io.r2dbc.pgxc.wire.BackendMessage.AuthenticationSaslContinue;
import io.r2dbc.pgxc.wire.ClientMessage;
import io.r2dbc.pgxc.wire.Octets;
import io.r2dbc.spi.R2dbcPermissionDeniedException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
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
import reactor.core.publisher.Mono;

/** Where tokens come from and where they do not go, and what is left of a login by token that nobody wants any more. */
@ExtendWith(StandingAsserts.class)
final class OAuthSourceTest {

    private static final Authority AUTHORITY = Authority.create("authority");
    private static final SSLContext SERVER = AUTHORITY.server(AUTHORITY.signLoopback());
    private static final Octets OFFER = ScramServer.offer("OAUTHBEARER");
    private static final Octets REFUSAL =
            BackendEncoder.encode(new AuthenticationSaslContinue("{\"status\":\"invalid_token\"}".getBytes(UTF_8)));
    private static final ClientMessage ACKNOWLEDGED = new ClientMessage.Authentication(Octets.of((byte) 1));

    @TempDir
    static Path folder;

    private static PgxcConfiguration.Builder client(ScriptedServer server) {
        return Clients.of(server)
                .sslMode(SslMode.VERIFY_FULL)
                .sslRootCert(AUTHORITY.rootFile(folder))
                .oauthToken(() -> "s3cret.token");
    }

    private static Script asking(Script script) {
        return script.acceptTls(SERVER).expectStartup().send(OFFER);
    }

    @Test
    @DisplayName("[S2.11.11] by a Unix socket no token is sent, and the error says over what it would be")
    void unixSocket(@TempDir Path sockets) {
        try (ScriptedServer server = ScriptedServer.start(
                        script -> script.expectStartup().send(OFFER).expectEnd());
                UnixDoor door = UnixDoor.to(server, sockets.resolve("s"))) {
            assertThat(Heard.of(Clients.connecting(
                                    client(server).socket(sockets.resolve("s").toString())))
                            .failure())
                    .isInstanceOf(R2dbcPermissionDeniedException.class)
                    .hasMessageContaining("sslMode=verify-full");
            assertThat(door.connectionCount()).isEqualTo(1);
            assertThat(server.received()).noneMatch(ClientMessage.Authentication.class::isInstance);
        }
    }

    @Test
    @DisplayName("[S2.11.11, F12] a server whose certificate is somebody else's is not even asked for a session")
    void impostor() {
        Authority other = Authority.create("other");
        try (ScriptedServer server = ScriptedServer.start(script -> script.clientMayLeave()
                .acceptTls(other.server(other.signLoopback()))
                .expectEnd())) {
            Outcomes.assertLost(
                    "impostor", Heard.of(Clients.connecting(client(server))).failure(), "08001");
        }
    }

    @Test
    @DisplayName("[S2.11.11, F8] a source of tokens that fails, has none, or has something else: no connection is made")
    void badSources() {
        try (ScriptedServer server = ScriptedServer.start()) {
            assertThat(Heard.of(Clients.connecting(
                                    client(server).oauthToken(Mono.error(new IllegalStateException("issuer is down")))))
                            .failure())
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("issuer is down");
            assertThat(Heard.of(Clients.connecting(client(server).oauthToken(Mono.<String>empty())))
                            .failure())
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("option oauthToken");
            assertThat(Heard.of(Clients.connecting(client(server).oauthToken(() -> "Bearer s3cret")))
                            .failure())
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("option oauthToken")
                    .hasMessageNotContaining("s3cret");
            assertThat(server.connectionCount()).isZero();
        }
    }

    @Test
    @DisplayName(
            "[S2.11.11, B3, F8] a token that never comes: the deadline ends the attempt and its source, and no socket is opened")
    void never() throws InterruptedException {
        CountDownLatch cancelled = new CountDownLatch(1);
        try (ScriptedServer server = ScriptedServer.start()) {
            Throwable failure = Heard.of(Clients.connecting(client(server)
                            .oauthToken(Mono.<String>never().doOnCancel(cancelled::countDown))
                            .connectTimeout(Duration.ofMillis(300))))
                    .failure();
            Outcomes.assertLost("never", failure, "08001");
            assertThat(failure).hasMessageContaining("connectTimeout");
            assertThat(cancelled.await(SOON.toMillis(), TimeUnit.MILLISECONDS)).isTrue();
            assertThat(server.connectionCount()).isZero();
        }
    }

    @Test
    @DisplayName("[S2.11.11, H1] cancelling create() cancels the source of tokens, and nobody hears anything")
    void cancelled() throws InterruptedException {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch cancelled = new CountDownLatch(1);
        try (ScriptedServer server = ScriptedServer.start()) {
            Heard attempt = Heard.of(Clients.connecting(client(server)
                    .oauthToken(Mono.<String>never()
                            .doOnSubscribe(subscription -> asked.countDown())
                            .doOnCancel(cancelled::countDown))));
            assertThat(asked.await(SOON.toMillis(), TimeUnit.MILLISECONDS)).isTrue();
            attempt.cancel();
            assertThat(cancelled.await(SOON.toMillis(), TimeUnit.MILLISECONDS)).isTrue();
            assertThat(attempt.signals()).isEmpty();
            assertThat(server.connectionCount()).isZero();
        }
    }

    /** How far a server goes before it falls silent. */
    @SuppressWarnings("ImmutableEnumChecker") // functions without state
    private enum Phase {
        AFTER_THE_TOKEN(script -> asking(script).expect("p")),
        AFTER_THE_REFUSAL(script -> asking(script).expect("p").send(REFUSAL).expect(ACKNOWLEDGED)),
        AFTER_OK(script -> asking(script).expect("p").send(authenticationOk()));

        private final Consumer<Script> script;

        Phase(Consumer<Script> script) {
            this.script = script;
        }
    }

    @ParameterizedTest(name = "[B3, H1] {0}")
    @EnumSource
    @DisplayName(
            "[B3, H1, S2.1.11] a server that falls silent: the deadline, or cancelling, ends the attempt and the socket")
    void silence(Phase phase) throws InterruptedException {
        CountDownLatch reached = new CountDownLatch(1);
        Heard abandoned;
        try (ScriptedServer server = ScriptedServer.start(
                script -> {
                    phase.script.accept(script);
                    script.expectEndOfBytes();
                },
                script -> {
                    phase.script.accept(script);
                    script.then(reached::countDown).expectEndOfBytes();
                })) {
            Throwable late = Heard.of(Clients.connecting(client(server).connectTimeout(Duration.ofMillis(700))))
                    .failure();
            Outcomes.assertLost(phase.name(), late, "08001");
            assertThat(late).hasMessageContaining("connectTimeout");
            abandoned = Heard.of(Clients.connecting(client(server)));
            assertThat(reached.await(SOON.toMillis(), TimeUnit.MILLISECONDS)).isTrue();
            abandoned.cancel();
        }
        assertThat(abandoned.signals()).isEmpty();
    }

    @Test
    @DisplayName("[S2.11.11, S2.7.3] a request to cancel needs no token, and asks for none")
    void cancelRequest() {
        AtomicInteger asked = new AtomicInteger();
        CountDownLatch cancelled = new CountDownLatch(1);
        Supplier<String> source = () -> "token-" + asked.incrementAndGet();
        try (ScriptedServer server = ScriptedServer.start(script -> script.expectStartup()
                        .send(OFFER)
                        .expect("p")
                        .greet()
                        .expect("P D B E S")
                        .pause(cancelled)
                        .send(error("57014", "canceled"), ready())
                        .expectGoodbye())
                .negotiatedTls(SERVER)
                .onCancel(cancelled::countDown)) {
            PgxcConnection connection =
                    Clients.connect(client(server).oauthToken(source).cancelGrace(Duration.ZERO));
            Heard slow = Heard.of(connection
                    .createStatement("SELECT pg_sleep(60)")
                    .timeout(Duration.ofMillis(50))
                    .execute());
            assertThat(server.awaitCancelRequests(1, SOON))
                    .containsExactly(new ClientMessage.CancelRequest(Greeting.PROCESS_ID, Greeting.SECRET_KEY));
            assertThat(slow.failure()).isNotNull();
            Clients.close(connection);
        }
        assertThat(asked).hasValue(1);
    }
}
