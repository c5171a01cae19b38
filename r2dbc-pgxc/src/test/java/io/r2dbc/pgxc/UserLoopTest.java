// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import static io.r2dbc.pgxc.Answers.firstSelected;
import static io.r2dbc.pgxc.Dialogue.SOON;
import static io.r2dbc.pgxc.Dialogue.begin;
import static io.r2dbc.pgxc.Dialogue.beginWithoutDemand;
import static io.r2dbc.pgxc.Dialogue.completed;
import static io.r2dbc.pgxc.Dialogue.failed;
import static org.assertj.core.api.Assertions.assertThat;

import io.r2dbc.pgxc.testing.ScriptedServer;
import io.r2dbc.pgxc.testing.StandingAsserts;
import io.r2dbc.pgxc.wire.ClientMessage;
import io.r2dbc.spi.R2dbcException;
import io.r2dbc.spi.R2dbcNonTransientResourceException;
import io.r2dbc.spi.ValidationDepth;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.publisher.Mono;
import reactor.netty.resources.LoopResources;
import reactor.test.subscriber.TestSubscriber;

/** Event loops that the user has given, and what becomes of connections when the user ends them. */
@ExtendWith(StandingAsserts.class)
class UserLoopTest {

    private final LoopResources loops = LoopResources.create("users-loop", 1, true);

    @AfterEach
    void endLoops() {
        loops.disposeLater(Duration.ZERO, Duration.ofSeconds(5)).block(SOON);
    }

    @Test
    @DisplayName("[X12] results are delivered on the user's own loop")
    void deliversThere() {
        try (Dialogue dialogue = Dialogue.with(
                options -> options.loopResources(loops),
                script -> script.expect("P D B E S").send(firstSelected("x")))) {
            assertThat(completed(begin(dialogue.select("select 'x'")
                            .map(value -> Thread.currentThread().getName()))))
                    .singleElement()
                    .asString()
                    .startsWith("users-loop");
        }
    }

    @Test
    @DisplayName("[X12] after the user's loops have been ended everything fails or completes, and nothing hangs")
    void loopsEnded() {
        try (ScriptedServer server = ScriptedServer.start(
                Dialogue.started(script -> script.expect("P D B E S").expectEnd()))) {
            PgxcConnectionFactory factory = factory(server);
            PgxcConnection connection = factory.create().block(SOON);
            assertThat(connection).isNotNull();
            TestSubscriber<PgxcResult> running =
                    begin(connection.createStatement("select 1").execute());
            TestSubscriber<PgxcNotification> listener = begin(connection.notifications());
            server.awaitMessage(ClientMessage.Sync.class, SOON);
            // at once, without a quiet period, Netty may end a loop before it has closed the loop's channels
            loops.disposeLater(Duration.ofMillis(100), Duration.ofSeconds(5)).block(SOON);

            assertThat(failed(running)).isInstanceOf(R2dbcNonTransientResourceException.class);
            assertThat(failed(listener)).isInstanceOf(R2dbcNonTransientResourceException.class);
            assertThat(failed(begin(connection.createStatement("select 2").execute())))
                    .isInstanceOf(R2dbcNonTransientResourceException.class);
            assertThat(failed(begin(Mono.from(connection.beginTransaction())))).isInstanceOf(R2dbcException.class);
            beginWithoutDemand(connection.createStatement("select 3").execute()).cancel();
            assertThat(completed(begin(Mono.from(connection.validate(ValidationDepth.REMOTE)))))
                    .containsExactly(false);
            completed(begin(Mono.from(connection.close())));
            assertThat(failed(begin(factory.create()))).isInstanceOf(R2dbcException.class);
        }
    }

    private PgxcConnectionFactory factory(ScriptedServer server) {
        return new PgxcConnectionFactory(PgxcConfiguration.builder()
                .host(server.host())
                .port(server.port())
                .user("alice")
                .loopResources(loops)
                .build());
    }
}
