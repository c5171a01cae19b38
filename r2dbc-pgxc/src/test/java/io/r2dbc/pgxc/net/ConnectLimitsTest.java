// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.net;

import static io.r2dbc.pgxc.net.Clients.SOON;
import static io.r2dbc.pgxc.testing.ServerMessages.authenticationOk;
import static io.r2dbc.pgxc.testing.ServerMessages.keyData;
import static io.r2dbc.pgxc.testing.ServerMessages.notice;
import static io.r2dbc.pgxc.testing.ServerMessages.parameter;
import static org.assertj.core.api.Assertions.assertThat;

import io.r2dbc.pgxc.PgxcConfiguration;
import io.r2dbc.pgxc.PgxcConnection;
import io.r2dbc.pgxc.testing.Greeting;
import io.r2dbc.pgxc.testing.ScramServer;
import io.r2dbc.pgxc.testing.Script;
import io.r2dbc.pgxc.testing.ScriptedServer;
import io.r2dbc.pgxc.testing.StandingAsserts;
import io.r2dbc.pgxc.wire.BackendMessage.AuthenticationCleartextPassword;
import io.r2dbc.pgxc.wire.ClientMessage;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Mono;

/** One deadline over the whole of connecting, and nothing left of an attempt that failed or that nobody wants any more. */
@ExtendWith(StandingAsserts.class)
final class ConnectLimitsTest {

    private static final Duration LIMIT = Duration.ofMillis(300);

    /** How far a server goes before it falls silent. */
    enum Phase {
        BEFORE_THE_FIRST_REQUEST {
            @Override
            void play(Script script) {
                script.expectStartup();
            }
        },
        AFTER_THE_PASSWORD {
            @Override
            void play(Script script) {
                script.expectStartup()
                        .send(new AuthenticationCleartextPassword())
                        .expect("p");
            }
        },
        AFTER_THE_SCRAM_OFFER {
            @Override
            void play(Script script) {
                script.expectStartup().send(ScramServer.offer()).expect("p");
            }
        },
        AFTER_THE_SCRAM_CHALLENGE {
            @Override
            void play(Script script) {
                ScramServer scram = new ScramServer("secret", 4096);
                script.expectStartup()
                        .send(ScramServer.offer())
                        .expect(ClientMessage.Authentication.class, scram::hearFirst)
                        .sendMade(scram::challenge)
                        .expect("p");
            }
        },
        AFTER_OK {
            @Override
            void play(Script script) {
                script.expectStartup().send(authenticationOk());
            }
        },
        BEFORE_READY {
            @Override
            void play(Script script) {
                script.expectStartup()
                        .send(
                                authenticationOk(),
                                parameter("TimeZone", "UTC"),
                                keyData(Greeting.PROCESS_ID, Greeting.SECRET_KEY));
            }
        },
        IN_THE_MIDDLE_OF_A_MESSAGE {
            @Override
            void play(Script script) {
                script.expectStartup().send(authenticationOk().slice(0, 7));
            }
        };

        abstract void play(Script script);
    }

    @ParameterizedTest(name = "[B3, S2.1.11] {0}")
    @EnumSource
    @DisplayName(
            "[B3, S2.1.11, S8.35] a server that falls silent in any phase: the deadline ends the attempt and the socket")
    void silence(Phase phase) {
        try (ScriptedServer server = ScriptedServer.start(script -> {
            phase.play(script);
            script.expectEnd();
        })) {
            assertTooLate(Heard.of(Clients.connecting(Clients.of(server).connectTimeout(LIMIT))));
        }
    }

    private static void assertTooLate(Heard attempt) {
        long begun = System.nanoTime();
        Throwable failure = attempt.failure();
        Outcomes.assertLost("too late", failure, "08001");
        assertThat(failure).hasMessageContaining("connectTimeout");
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(5));
    }

    @Test
    @DisplayName("[B3, E8] messages without end do not put the deadline off")
    void flood() {
        for (var endless : List.of(notice("busy"), parameter("TimeZone", "UTC"))) {
            try (ScriptedServer server = ScriptedServer.start(
                    script -> script.expectStartup().send(authenticationOk()).flood(endless))) {
                assertTooLate(Heard.of(Clients.connecting(Clients.of(server).connectTimeout(LIMIT))));
            }
        }
    }

    @Test
    @DisplayName("[B3] a server that greets too late finds nobody, and nobody is told of success")
    void lateSuccess() {
        CountDownLatch late = new CountDownLatch(1);
        try (ScriptedServer server = ScriptedServer.start(script ->
                script.expectStartup().pause(late).clientMayLeave().greet().expectEnd())) {
            Heard attempt = Heard.of(Clients.connecting(Clients.of(server).connectTimeout(LIMIT)));
            assertTooLate(attempt);
            late.countDown();
            assertThat(attempt.signals()).hasSize(1);
        }
    }

    @Test
    @DisplayName("[F8, B3] credentials that never come are within the deadline too, and no socket is opened for them")
    void credentialsNeverCome() {
        try (ScriptedServer server = ScriptedServer.start()) {
            assertTooLate(Heard.of(
                    Clients.connecting(Clients.of(server).password(Mono.never()).connectTimeout(LIMIT))));
            assertThat(server.connectionCount()).isZero();
        }
    }

    @Test
    @DisplayName(
            "[B2] a host that takes no connections, or takes them and never says a word: the deadline ends the attempt in time")
    void deaf() throws IOException {
        try (ServerSocket deaf = new ServerSocket()) {
            deaf.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1);
            List<SocketChannel> fillers = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                SocketChannel filler = SocketChannel.open();
                filler.configureBlocking(false);
                filler.connect(deaf.getLocalSocketAddress());
                fillers.add(filler);
            }
            long begun = System.nanoTime();
            Throwable failure = Heard.of(Clients.connecting(PgxcConfiguration.builder()
                            .host(deaf.getInetAddress().getHostAddress())
                            .port(deaf.getLocalPort())
                            .user("alice")
                            .connectTimeout(LIMIT)))
                    .failure();
            Duration taken = Duration.ofNanos(System.nanoTime() - begun);
            Outcomes.assertLost("deaf", failure, "08001");
            assertThat(taken).isBetween(LIMIT.multipliedBy(8).dividedBy(10), Duration.ofSeconds(5));
            for (SocketChannel filler : fillers) {
                filler.close();
            }
        }
    }

    @ParameterizedTest(name = "[H1] {0}")
    @EnumSource
    @DisplayName("[H1, S2.1.11] cancelling create() in any phase closes the socket, and nobody hears anything")
    void cancelled(Phase phase) throws InterruptedException {
        CountDownLatch reached = new CountDownLatch(1);
        Heard attempt;
        try (ScriptedServer server = ScriptedServer.start(script -> {
            phase.play(script);
            script.then(reached::countDown).expectEnd();
        })) {
            attempt = Heard.of(Clients.connecting(server));
            assertThat(reached.await(SOON.toSeconds(), TimeUnit.SECONDS)).isTrue();
            attempt.cancel();
        }
        assertThat(attempt.signals()).isEmpty();
    }

    @Test
    @DisplayName("[H1] create() cancelled at 300 random instants: no socket is left, also of those that came too late")
    void cancelledAtRandom() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        AtomicInteger arrived = new AtomicInteger();
        try (ScriptedServer server = ScriptedServer.start()) {
            for (int i = 0; i < 300; i++) {
                Taker taker = new Taker(arrived);
                Clients.connecting(server).subscribe(taker);
                LockSupport.parkNanos(random.nextInt(4_000_000));
                taker.cancel();
            }
            System.out.println(
                    "[H1] seed " + seed + ": " + arrived + " of 300 connections came before they were cancelled");
        }
    }

    /** Takes a connection whenever it comes, as a subscriber has to that cancels in another thread, and closes it. */
    private static final class Taker extends BaseSubscriber<PgxcConnection> {

        private final AtomicInteger arrived;

        Taker(AtomicInteger arrived) {
            this.arrived = arrived;
        }

        @Override
        protected void hookOnNext(PgxcConnection connection) {
            arrived.incrementAndGet();
            connection.close().subscribe();
        }

        @Override
        protected void hookOnError(Throwable error) {
            throw new AssertionError("an attempt failed", error);
        }
    }
}
