// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.net;

import static io.r2dbc.pgxc.net.Clients.SOON;
import static io.r2dbc.pgxc.net.Clients.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.r2dbc.pgxc.GssEncMode;
import io.r2dbc.pgxc.PgxcConfiguration;
import io.r2dbc.pgxc.ToyFactory;
import io.r2dbc.pgxc.testing.GssSteps;
import io.r2dbc.pgxc.testing.Script;
import io.r2dbc.pgxc.testing.ScriptedServer;
import io.r2dbc.pgxc.testing.StandingAsserts;
import io.r2dbc.pgxc.testing.ToyGss;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** One deadline over all of encryption by GSSAPI, and nothing left of an attempt that failed or that nobody wants any more. */
@ExtendWith(StandingAsserts.class)
final class GssLimitsTest {

    private final ToyGss gss = new ToyGss(1);

    /** Long enough to get as far as each test wants to, also where all has yet to be loaded. */
    private static final Duration LIMIT = Duration.ofSeconds(1);

    @AfterEach
    void nothingIsLeft() {
        GssAuthenticationTest.assertNothingIsLeft(gss);
    }

    private static PgxcConfiguration.Builder client(ScriptedServer server) {
        return Clients.of(server).gssEncMode(GssEncMode.REQUIRE);
    }

    /** Where an attempt may be when its subscriber leaves, or its time is over. */
    private enum Phase {
        BEFORE_THE_ANSWER {
            @Override
            void play(Script script, ToyGss gss) {
                GssSteps.request(script);
            }
        },
        BEFORE_A_TOKEN {
            @Override
            void play(Script script, ToyGss gss) {
                GssSteps.token(GssSteps.agree(script), 1);
            }
        },
        IN_A_TOKEN {
            @Override
            void play(Script script, ToyGss gss) {
                GssSteps.token(GssSteps.agree(script), 1).send(GssSteps.length(100));
            }
        },
        BEFORE_A_QUESTION {
            @Override
            void play(Script script, ToyGss gss) {
                GssSteps.accept(script, gss).expectStartup();
            }
        };

        abstract void play(Script script, ToyGss gss);
    }

    @ParameterizedTest(name = "[H1] {0}")
    @EnumSource
    @DisplayName("[H1, S2.1.11] cancelling create() in any phase closes the connection, and begins no other")
    void cancelled(Phase phase) {
        CountDownLatch reached = new CountDownLatch(1);
        Heard attempt;
        try (ScriptedServer server = ScriptedServer.start(script -> {
            phase.play(script, gss);
            script.then(reached::countDown).expectEndUnread();
        })) {
            attempt = Heard.of(ToyFactory.of(client(server).gssEncMode(GssEncMode.PREFER), gss)
                    .create());
            await(reached);
            attempt.cancel();
        }
        assertThat(attempt.signals()).isEmpty();
    }

    @ParameterizedTest(name = "[B3] {0}")
    @EnumSource
    @DisplayName(
            "[B3, S2.10.2] a server that falls silent in any phase: the deadline ends the attempt, and no other begins")
    void silent(Phase phase) {
        try (ScriptedServer server = ScriptedServer.start(script -> {
            phase.play(script, gss);
            script.expectEndUnread();
        })) {
            Throwable failure = Heard.of(ToyFactory.of(
                                    client(server).gssEncMode(GssEncMode.PREFER).connectTimeout(LIMIT), gss)
                            .create())
                    .failure();
            Outcomes.assertLost("silence", failure, "08001");
            assertThat(failure).hasMessageContaining("connectTimeout");
            assertThat(server.connectionCount()).isOne();
        }
    }

    @ParameterizedTest(name = "while {0}")
    @ValueSource(strings = {"looking for a ticket", "making a token"})
    @DisplayName(
            "[B3, H1, S2.1.11] Kerberos that does not answer: the deadline ends the attempt, and so does cancelling it")
    void slowKerberos(String where) {
        for (boolean cancels : new boolean[] {true, false}) {
            CountDownLatch reached = new CountDownLatch(1);
            CountDownLatch released = new CountDownLatch(1);
            Runnable block = () -> {
                reached.countDown();
                await(released);
            };
            boolean early = where.startsWith("looking");
            gss.onBegin(early ? block : () -> {});
            gss.onNext(early ? () -> {} : block);
            try (ScriptedServer server = early
                    ? ScriptedServer.start()
                    : ScriptedServer.start(script -> GssSteps.agree(script).expectEndOfBytes())) {
                Heard attempt = Heard.of(ToyFactory.of(client(server).connectTimeout(cancels ? SOON : LIMIT), gss)
                        .create());
                await(reached);
                if (cancels) {
                    attempt.cancel();
                } else {
                    assertThat(attempt.failure()).hasMessageContaining("connectTimeout");
                }
            } finally {
                released.countDown();
            }
            nothingIsLeft();
        }
    }
}
