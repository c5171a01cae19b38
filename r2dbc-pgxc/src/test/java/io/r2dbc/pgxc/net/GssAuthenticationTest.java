// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.net;

import static io.r2dbc.pgxc.net.Clients.SOON;
import static io.r2dbc.pgxc.net.Clients.await;
import static io.r2dbc.pgxc.testing.ServerMessages.fatal;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.concurrent.FastThreadLocalThread;
import io.r2dbc.pgxc.AuthenticationMethod;
import io.r2dbc.pgxc.PgxcConfiguration;
import io.r2dbc.pgxc.PgxcConnection;
import io.r2dbc.pgxc.ToyFactory;
import io.r2dbc.pgxc.testing.Greeting;
import io.r2dbc.pgxc.testing.Script;
import io.r2dbc.pgxc.testing.ScriptedServer;
import io.r2dbc.pgxc.testing.StandingAsserts;
import io.r2dbc.pgxc.testing.ToyGss;
import io.r2dbc.pgxc.wire.BackendEncoder;
import io.r2dbc.pgxc.wire.BackendMessage.AuthenticationGss;
import io.r2dbc.pgxc.wire.BackendMessage.AuthenticationGssContinue;
import io.r2dbc.pgxc.wire.BackendMessage.AuthenticationSspi;
import io.r2dbc.pgxc.wire.ClientMessage;
import io.r2dbc.pgxc.wire.Octets;
import io.r2dbc.spi.R2dbcPermissionDeniedException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;

/** Logins by GSSAPI over a socket: off the event loop, in time, in any pieces, and without a rest. */
@ExtendWith(StandingAsserts.class)
final class GssAuthenticationTest {

    private final ToyGss gss = new ToyGss(1);

    @AfterEach
    void nothingIsLeft() {
        assertNothingIsLeft(gss);
    }

    /** Whoever is at work when nobody wants it any more comes to its end a little later. */
    static void assertNothingIsLeft(ToyGss gss) {
        long deadline = System.nanoTime() + SOON.toNanos();
        while (gss.open() > 0 && System.nanoTime() < deadline) {
            Thread.onSpinWait();
        }
        assertThat(gss.open()).isZero();
    }

    private Mono<PgxcConnection> connecting(PgxcConfiguration.Builder configuration) {
        return ToyFactory.of(configuration, gss).create();
    }

    private PgxcConnection connect(ScriptedServer server) {
        return Objects.requireNonNull(connecting(Clients.of(server)).block(SOON));
    }

    private static Script asking(Script script) {
        return script.expectStartup().send(new AuthenticationGss()).expect(clientToken(1));
    }

    private static ClientMessage clientToken(int round) {
        return new ClientMessage.Authentication(Octets.of(ToyGss.clientToken(round)));
    }

    private static Octets token(int round) {
        return BackendEncoder.encode(new AuthenticationGssContinue(ToyGss.serverToken(round)));
    }

    @ParameterizedTest(name = "byte by byte: {0}")
    @ValueSource(booleans = {false, true})
    @DisplayName(
            "[S2.1.14] the server's last token, Ok and all that follows it at once: nothing is read before the token is"
                    + " understood")
    void allAtOnce(boolean sliced) {
        Octets rest = Octets.join(token(1), Octets.join(Greeting.messages()));
        try (ScriptedServer server = ScriptedServer.start(script -> {
            asking(script);
            (sliced ? script.sendSlices(rest) : script.send(rest)).expectGoodbye();
        })) {
            Clients.close(connect(server));
            assertThat(server.receivedTypes()).isEqualTo("startup p X");
        }
    }

    @Test
    @DisplayName("[B3] what goes wrong with GSSAPI ends the attempt at once, be it an Error")
    void error() {
        gss.onNext(() -> {
            throw new AssertionError("planted");
        });
        try (ScriptedServer server = ScriptedServer.start(
                script -> script.expectStartup().send(new AuthenticationGss()).expectEndOfBytes())) {
            assertThat(Heard.of(connecting(Clients.of(server))).failure())
                    .isInstanceOf(R2dbcPermissionDeniedException.class)
                    .hasMessageContaining("planted");
        }
    }

    @Test
    @DisplayName("[X15] while Kerberos is asked the server owes no word, whatever responseTimeout says")
    void slow() {
        gss.onNext(() -> LockSupport.parkNanos(Duration.ofMillis(150).toNanos()));
        try (ScriptedServer server = ScriptedServer.start(
                script -> asking(script).send(token(1)).greet().expectGoodbye())) {
            Clients.close(Objects.requireNonNull(connecting(Clients.of(server).responseTimeout(Duration.ofMillis(30)))
                    .block(SOON)));
        }
    }

    @Test
    @DisplayName("GSSAPI may block: it works on no event loop")
    void offTheLoop() {
        AtomicReference<Thread> began = new AtomicReference<>();
        AtomicReference<Thread> went = new AtomicReference<>();
        gss.onBegin(() -> began.set(Thread.currentThread()));
        gss.onNext(() -> went.set(Thread.currentThread()));
        try (ScriptedServer server = ScriptedServer.start(script -> script.expectStartup()
                .send(new AuthenticationSspi())
                .expect("p")
                .send(token(1))
                .greet()
                .expectGoodbye())) {
            Clients.close(connect(server));
        }
        for (AtomicReference<Thread> thread : List.of(began, went)) {
            assertThat(thread.get()).isNotInstanceOf(FastThreadLocalThread.class);
            assertThat(thread.get().getName()).startsWith("pgxc-gss");
        }
    }

    @Test
    @DisplayName("[S2.1.8] the server's refusal after a token is shown as it is")
    void refused() {
        try (ScriptedServer server = ScriptedServer.start(script -> asking(script)
                .send(fatal("28000", "GSSAPI authentication failed"))
                .closeNow())) {
            assertThat(Heard.of(connecting(Clients.of(server))).failure())
                    .hasMessageContaining("GSSAPI authentication failed");
        }
    }

    @Test
    @DisplayName("[S2.1.12] Ok before the server has proved itself breaks the session")
    void okTooEarly() {
        try (ScriptedServer server = ScriptedServer.start(
                script -> asking(script).clientMayLeave().greet().expectEnd())) {
            Outcomes.assertProto(
                    "too early", Heard.of(connecting(Clients.of(server))).failure());
        }
    }

    @Test
    @DisplayName("[S8.26] what requireAuth does not allow is refused, and not a token leaves")
    void notAllowed() {
        try (ScriptedServer server = ScriptedServer.start(
                script -> script.expectStartup().send(new AuthenticationGss()).expectEnd())) {
            assertThat(Heard.of(connecting(Clients.of(server).requireAuth(AuthenticationMethod.SCRAM_SHA_256)))
                            .failure())
                    .hasMessageContaining("requireAuth");
        }
        assertThat(gss.begun()).isEmpty();
    }

    @Test
    @DisplayName("[S2.1.10] no ticket: the attempt fails with what Kerberos says, and not a token leaves")
    void noTicket() {
        gss.onBegin(() -> {
            throw new IllegalStateException("there is no ticket");
        });
        try (ScriptedServer server = ScriptedServer.start(
                script -> script.expectStartup().send(new AuthenticationGss()).expectEnd())) {
            assertThat(Heard.of(connecting(Clients.of(server))).failure()).hasMessageContaining("there is no ticket");
        }
    }

    @Test
    @DisplayName(
            "[S2.1.11] Kerberos that does not answer is within the deadline, and what it answers then is thrown away")
    void tooSlow() {
        CountDownLatch released = new CountDownLatch(1);
        gss.onNext(() -> await(released));
        try (ScriptedServer server = ScriptedServer.start(
                script -> script.expectStartup().send(new AuthenticationGss()).expectEnd())) {
            Throwable failure = Heard.of(connecting(Clients.of(server).connectTimeout(Duration.ofMillis(300))))
                    .failure();
            assertThat(failure).hasMessageContaining("connectTimeout");
        }
        released.countDown();
    }

    @ParameterizedTest(name = "while Kerberos is asked: {0}")
    @ValueSource(booleans = {false, true})
    @DisplayName("[H1, S2.1.11] cancelled while Kerberos is asked, or the server: nothing is left, and nobody hears"
            + " anything")
    void cancelled(boolean atWork) {
        CountDownLatch reached = new CountDownLatch(1);
        CountDownLatch released = new CountDownLatch(1);
        Heard attempt;
        try (ScriptedServer server = ScriptedServer.start(script -> {
            script.expectStartup().send(new AuthenticationGss());
            if (atWork) {
                gss.onNext(() -> {
                    reached.countDown();
                    await(released);
                });
                script.expectEnd();
            } else {
                script.expect("p").then(reached::countDown).expectEnd();
            }
        })) {
            attempt = Heard.of(connecting(Clients.of(server)));
            await(reached);
            attempt.cancel();
        }
        released.countDown();
        assertThat(attempt.signals()).isEmpty();
    }
}
