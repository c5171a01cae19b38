// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import static io.r2dbc.pgxc.Answers.IDLE;
import static io.r2dbc.pgxc.Answers.firstSelected;
import static io.r2dbc.pgxc.Answers.stopped;
import static io.r2dbc.pgxc.Dialogue.SOON;
import static io.r2dbc.pgxc.Dialogue.begin;
import static io.r2dbc.pgxc.Dialogue.completed;
import static io.r2dbc.pgxc.Dialogue.failed;
import static io.r2dbc.pgxc.Dialogue.started;
import static org.assertj.core.api.Assertions.assertThat;

import io.r2dbc.pgxc.testing.ScriptedServer;
import io.r2dbc.spi.R2dbcException;
import io.r2dbc.spi.ValidationDepth;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.test.subscriber.TestSubscriber;

@DisplayName("A CancelRequest that the user asks for")
class AskedCancelTest {

    private static final String SLOW = "select a from slow";

    private static String sqlState(Throwable failure) {
        assertThat(failure).isInstanceOf(R2dbcException.class);
        return ((R2dbcException) failure).getSqlState();
    }

    @Test
    @DisplayName("[S2.7.1, X14] stops what was submitted just before, even in the same turn of the event loop")
    void inTheSameTurn() {
        CountDownLatch cancelled = new CountDownLatch(1);
        try (Dialogue dialogue = Dialogue.cancellable(
                options -> {},
                cancelled,
                script -> script.expect("P D B E S").pause(cancelled).send(stopped(IDLE)))) {
            TestSubscriber<String> slow = TestSubscriber.create();
            TestSubscriber<Void> request = TestSubscriber.create();
            Mono.fromRunnable(() -> {
                        dialogue.select(SLOW).subscribe(slow);
                        dialogue.connection().cancelRequest().subscribe(request);
                    })
                    .subscribeOn(dialogue.loop())
                    .block(SOON);
            assertThat(sqlState(failed(slow))).isEqualTo("57014");
            completed(request);
            assertThat(dialogue.server().cancelRequests()).hasSize(1);
        }
    }

    @Test
    @DisplayName("[S2.7.1] where nothing runs nothing is sent")
    void nothingRuns() {
        try (Dialogue dialogue = Dialogue.of(script -> {})) {
            completed(begin(dialogue.connection().cancelRequest()));
            assertThat(dialogue.server().cancelRequests()).isEmpty();
        }
    }

    @Test
    @DisplayName("[S2.7.1, X14] that cannot be handed over is an error, and the connection goes on")
    void refused() {
        CountDownLatch refused = new CountDownLatch(1);
        try (Dialogue dialogue =
                Dialogue.of(script -> script.expect("P D B E S").pause(refused).send(firstSelected("x")))) {
            TestSubscriber<String> slow = begin(dialogue.select(SLOW));
            dialogue.server().awaitMessages(6, SOON);
            dialogue.server().refuseConnections();
            assertThat(sqlState(failed(begin(dialogue.connection().cancelRequest()))))
                    .isEqualTo("08001");
            refused.countDown();
            assertThat(completed(slow)).containsExactly("x");
            assertThat(dialogue.connection().validate(ValidationDepth.LOCAL).block(SOON))
                    .isTrue();
        }
    }

    @Test
    @DisplayName("[X14] of which it is not known whether the server has it closes the connection, and says so")
    void unknown() {
        ScriptedServer server = ScriptedServer.start(started(
                        script -> script.expect("P D B E S").clientMayLeave().hang()))
                .hangOnCancel();
        try (Dialogue dialogue = Dialogue.on(server, options -> {})) {
            TestSubscriber<String> slow = begin(dialogue.select(SLOW));
            dialogue.server().awaitMessages(6, SOON);
            assertThat(sqlState(failed(begin(dialogue.connection().cancelRequest()))))
                    .isEqualTo("08006");
            assertThat(sqlState(failed(slow))).isEqualTo("08006");
        }
    }
}
