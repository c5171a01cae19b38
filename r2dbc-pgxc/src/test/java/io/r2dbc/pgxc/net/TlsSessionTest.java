// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.net;

import static io.r2dbc.pgxc.net.Clients.SOON;
import static io.r2dbc.pgxc.net.Clients.await;
import static io.r2dbc.pgxc.testing.ServerMessages.error;
import static io.r2dbc.pgxc.testing.ServerMessages.ready;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.pkitesting.X509Bundle;
import io.r2dbc.pgxc.ChannelBinding;
import io.r2dbc.pgxc.PgxcConfiguration;
import io.r2dbc.pgxc.PgxcConnection;
import io.r2dbc.pgxc.SslMode;
import io.r2dbc.pgxc.testing.Authority;
import io.r2dbc.pgxc.testing.Greeting;
import io.r2dbc.pgxc.testing.ScramServer;
import io.r2dbc.pgxc.testing.Script;
import io.r2dbc.pgxc.testing.ScriptedServer;
import io.r2dbc.pgxc.testing.StandingAsserts;
import io.r2dbc.pgxc.wire.BackendMessage.AuthenticationCleartextPassword;
import io.r2dbc.pgxc.wire.ClientMessage;
import io.r2dbc.pgxc.wire.Octets;
import io.r2dbc.spi.ValidationDepth;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.reactivestreams.Publisher;

/** Sessions over TLS: how they log in, cancel, are cancelled, and end. */
@ExtendWith(StandingAsserts.class)
final class TlsSessionTest {

    private static final Authority AUTHORITY = Authority.create("authority");
    private static final X509Bundle IDENTITY = AUTHORITY.signLoopback();
    private static final SSLContext SERVER = AUTHORITY.server(IDENTITY);
    private static final String QUERY = "P D B E S";

    @TempDir
    static Path folder;

    private static PgxcConfiguration.Builder client(ScriptedServer server) {
        return Clients.of(server).sslMode(SslMode.VERIFY_FULL).sslRootCert(AUTHORITY.rootFile(folder));
    }

    @ParameterizedTest(name = "[S2.11.3, S2.11.8] {0}")
    @EnumSource
    @DisplayName(
            "[S2.11.3, S2.11.6, S2.11.8] SCRAM over TLS, bound to the very certificate of the connection if that is"
                    + " wanted")
    void scram(ChannelBinding binding) throws Exception {
        byte[] hash = MessageDigest.getInstance("SHA-256")
                .digest(IDENTITY.getCertificate().getEncoded());
        ScramServer scram = new ScramServer("secret", 4096);
        if (binding != ChannelBinding.DISABLE) {
            scram.boundTo(hash);
        }
        try (ScriptedServer server = ScriptedServer.start(script -> script.acceptTls(SERVER)
                .expectStartup()
                .send(ScramServer.offer("SCRAM-SHA-256-PLUS", "SCRAM-SHA-256"))
                .expect(ClientMessage.Authentication.class, scram::hearFirst)
                .sendMade(scram::challenge)
                .expect(ClientMessage.Authentication.class, scram::hearProof)
                .sendMade(scram::verdict)
                .greet()
                .expectGoodbye())) {
            Clients.close(Clients.connect(client(server).channelBinding(binding)));
        }
        assertThat(scram.isConvinced()).isTrue();
    }

    @Test
    @DisplayName("[F14, X14, S2.7.3, S2.9.8] a request to cancel is encrypted as its session is")
    void cancel() {
        CountDownLatch cancelled = new CountDownLatch(1);
        try (ScriptedServer server = ScriptedServer.start(
                        script -> slow(script.startup(), cancelled).expectGoodbye())
                .negotiatedTls(SERVER)
                .onCancel(cancelled::countDown)) {
            PgxcConnection connection = Clients.connect(client(server).cancelGrace(Duration.ZERO));
            Heard slow = Heard.of(sleep(connection));
            assertThat(server.awaitCancelRequests(1, SOON))
                    .containsExactly(new ClientMessage.CancelRequest(Greeting.PROCESS_ID, Greeting.SECRET_KEY));
            assertThat(slow.failure()).isNotNull();
            Clients.close(connection);
        }
    }

    /** What may stand where the server was, when the second connection comes. */
    @SuppressWarnings("ImmutableEnumChecker") // functions without state
    private enum Impostor {
        WITHOUT_TLS(script -> script.expectSslRequest().sendRaw((byte) 'N').expectEnd()),
        WITH_AN_ERROR(
                script -> script.expectSslRequest().send(Octets.of("Eno\0")).expectEnd()),
        WITH_MORE_THAN_A_BYTE(
                script -> script.expectSslRequest().send(Octets.of("S!")).expectEnd()),
        OF_ANOTHER_AUTHORITY(script -> {
            Authority other = Authority.create("other");
            script.clientMayLeave()
                    .acceptTls(other.server(other.signLoopback()))
                    .expectEnd();
        }),
        OF_ANOTHER_HOST(script -> script.clientMayLeave()
                .acceptTls(AUTHORITY.server(AUTHORITY.sign(builder -> builder.addSanDnsName("elsewhere.example"))))
                .expectEnd());

        private final Consumer<Script> script;

        Impostor(Consumer<Script> script) {
            this.script = script;
        }
    }

    @ParameterizedTest(name = "[F14, S2.7.3] {0}")
    @EnumSource
    @DisplayName(
            "[F14, S2.7.3, S2.7.8] whoever stands where the server was gets no key, and the statement goes on as if"
                    + " nothing had been")
    void impostor(Impostor impostor) {
        CountDownLatch seen = new CountDownLatch(1);
        try (ScriptedServer server = ScriptedServer.start(
                script -> slow(script.acceptTls(SERVER).startup(), seen)
                        .expect("S")
                        .send(ready())
                        .expectGoodbye(),
                script -> impostor.script.accept(script.then(seen::countDown)))) {
            PgxcConnection connection = Clients.connect(client(server).cancelGrace(Duration.ZERO));
            Heard slow = Heard.of(sleep(connection));
            assertThat(slow.failure()).isNotNull();
            await(seen);
            assertThat(Heard.of(connection.validate(ValidationDepth.REMOTE)).all(SOON))
                    .containsExactly("true", "complete");
            Clients.close(connection);
            assertThat(server.cancelRequests()).isEmpty();
        }
    }

    private static Script slow(Script script, CountDownLatch end) {
        return script.expect(QUERY).pause(end).send(error("57014", "canceled"), ready());
    }

    private static Publisher<?> sleep(PgxcConnection connection) {
        return connection
                .createStatement("SELECT pg_sleep(60)")
                .timeout(Duration.ofMillis(50))
                .execute();
    }

    @ParameterizedTest(name = "[X16] {0}")
    @ValueSource(booleans = {false, true})
    @DisplayName("[X16, S2.8.1] close() is done within a second if the peer has gone deaf over TLS, in the middle of a"
            + " result or not")
    void deafPeer(boolean busy) {
        CountDownLatch asked = new CountDownLatch(1);
        try (ScriptedServer server = ScriptedServer.start(script -> {
                    script.startup();
                    if (busy) {
                        script.expect(QUERY);
                    }
                    script.then(asked::countDown).hang();
                })
                .negotiatedTls(SERVER)) {
            PgxcConnection connection = Clients.connect(client(server));
            if (busy) {
                Heard.of(connection.createStatement("SELECT 1").execute());
            }
            await(asked);
            assertThat(Heard.of(connection.close()).all(Duration.ofSeconds(1))).containsExactly("complete");
        }
    }

    /** Where an attempt over TLS may be when its subscriber leaves. */
    @SuppressWarnings("ImmutableEnumChecker") // functions without state
    private enum Phase {
        BEFORE_THE_ANSWER(script -> script.expectSslRequest()),
        IN_THE_HANDSHAKE(script -> script.expectSslRequest().sendRaw((byte) 'S')),
        BEFORE_A_QUESTION(script -> script.acceptTls(SERVER).expectStartup()),
        AFTER_A_QUESTION(script -> script.acceptTls(SERVER)
                .expectStartup()
                .send(new AuthenticationCleartextPassword())
                .expect("p"));

        private final Consumer<Script> script;

        Phase(Consumer<Script> script) {
            this.script = script;
        }
    }

    @ParameterizedTest(name = "[H1] {0}")
    @EnumSource
    @DisplayName("[H1, S2.1.11] cancelling create() in any phase closes the connection, and begins no other")
    void cancelled(Phase phase) {
        CountDownLatch reached = new CountDownLatch(1);
        Heard attempt;
        try (ScriptedServer server = ScriptedServer.start(script -> {
            phase.script.accept(script);
            script.then(reached::countDown).expectEndOfBytes();
        })) {
            attempt = Heard.of(Clients.connecting(client(server).sslMode(SslMode.PREFER)));
            await(reached);
            attempt.cancel();
        }
        assertThat(attempt.signals()).isEmpty();
    }

    @ParameterizedTest(name = "[S2.9.10] sslSni={0}")
    @ValueSource(booleans = {true, false})
    @DisplayName(
            "[X29] the name of the host is told in the handshake, unless that is switched off; addresses never are")
    void serverName(boolean sni) {
        for (String host : new String[] {"localhost", "127.0.0.1"}) {
            AtomicReference<List<String>> names = new AtomicReference<>();
            try (ScriptedServer server = ScriptedServer.start(script -> script.expectSslRequest()
                    .sendRaw((byte) 'S')
                    .startNamedTls(SERVER, names::set)
                    .startup()
                    .expectGoodbye())) {
                Clients.close(Clients.connect(client(server).host(host).sslSni(sni)));
            }
            assertThat(names).hasValue(sni && host.equals("localhost") ? List.of(host) : List.of());
        }
    }
}
