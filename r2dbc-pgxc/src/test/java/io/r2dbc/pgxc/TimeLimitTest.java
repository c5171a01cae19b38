// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import static io.r2dbc.pgxc.Answers.OPEN;
import static io.r2dbc.pgxc.Answers.TEXT_COLUMN;
import static io.r2dbc.pgxc.Answers.firstSelected;
import static io.r2dbc.pgxc.Answers.prepared;
import static io.r2dbc.pgxc.Answers.ran;
import static io.r2dbc.pgxc.Answers.rows;
import static io.r2dbc.pgxc.Answers.selected;
import static io.r2dbc.pgxc.Dialogue.SOON;
import static io.r2dbc.pgxc.Dialogue.awaitElements;
import static io.r2dbc.pgxc.Dialogue.begin;
import static io.r2dbc.pgxc.Dialogue.beginWithoutDemand;
import static io.r2dbc.pgxc.Dialogue.completed;
import static io.r2dbc.pgxc.Dialogue.failed;
import static io.r2dbc.pgxc.Dialogue.started;
import static io.r2dbc.pgxc.Dialogue.texts;
import static io.r2dbc.pgxc.testing.ServerMessages.bindComplete;
import static io.r2dbc.pgxc.testing.ServerMessages.closeComplete;
import static io.r2dbc.pgxc.testing.ServerMessages.error;
import static io.r2dbc.pgxc.testing.ServerMessages.ready;
import static io.r2dbc.pgxc.testing.ServerMessages.suspended;
import static org.assertj.core.api.Assertions.assertThat;

import io.r2dbc.pgxc.testing.ScriptedServer;
import io.r2dbc.pgxc.testing.StandingAsserts;
import io.r2dbc.pgxc.wire.ClientMessage.Startup;
import io.r2dbc.spi.R2dbcException;
import io.r2dbc.spi.R2dbcNonTransientResourceException;
import io.r2dbc.spi.R2dbcTimeoutException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.subscriber.TestSubscriber;

@ExtendWith(StandingAsserts.class)
class TimeLimitTest {

    private static final String SLOW = "select a from slow";
    private static final Duration SHORT = Duration.ofMillis(60);

    private static Flux<String> limited(Dialogue dialogue) {
        return texts(dialogue.connection().createStatement(SLOW).timeout(SHORT));
    }

    private static void assertSilent(TestSubscriber<?> subscriber) {
        Throwable error = failed(subscriber);
        assertThat(error)
                .isInstanceOf(R2dbcNonTransientResourceException.class)
                .hasMessageContaining("responseTimeout");
        assertThat(((R2dbcException) error).getSqlState()).isEqualTo("08006");
    }

    @Test
    @DisplayName("[X15] statementTimeout and lockWaitTimeout are the server's settings, in its milliseconds")
    void serverSettings() {
        try (Dialogue dialogue = Dialogue.with(
                options -> options.statementTimeout(Duration.ofSeconds(3)).lockWaitTimeout(Duration.ofMillis(250)),
                script -> {})) {
            Startup startup = dialogue.server().awaitMessage(Startup.class, SOON);
            assertThat(startup.parameters())
                    .containsEntry("statement_timeout", "3000")
                    .containsEntry("lock_timeout", "250");
        }
    }

    @Test
    @DisplayName("[X15] a statement's own limit fails it with its SQL, stops it at the server, and nobody else is hurt")
    void ownLimit() {
        CountDownLatch cancelled = new CountDownLatch(1);
        ScriptedServer server = ScriptedServer.start(started(script -> script.expect("P D B E S")
                        .pause(cancelled)
                        .send(error("57014", "canceling statement due to user request"), ready())
                        .expect("P D B E S")
                        .send(firstSelected("x"))))
                .onCancel(cancelled::countDown);
        try (Dialogue dialogue = Dialogue.on(server, options -> options.cancelGrace(Duration.ZERO))) {
            TestSubscriber<String> slow = begin(limited(dialogue));
            assertThat(failed(slow)).isInstanceOf(R2dbcTimeoutException.class).hasMessageContaining(SLOW);
            assertThat(completed(begin(dialogue.select("select 'x'")))).containsExactly("x");
        }
    }

    @Test
    @DisplayName("[X15] a limit that passes in line keeps the statement from being sent")
    void limitInLine() {
        CountDownLatch told = new CountDownLatch(1);
        try (Dialogue dialogue = Dialogue.with(
                options -> options.pipelineLimit(1),
                script -> script.expect("P D B E S")
                        .pause(told)
                        .send(firstSelected("x"))
                        .expect("B E S")
                        .send(selected("y"), ready()))) {
            TestSubscriber<String> head = begin(dialogue.select("select 'x'"));
            assertThat(failed(begin(limited(dialogue)))).isInstanceOf(R2dbcTimeoutException.class);
            told.countDown();
            assertThat(completed(head)).containsExactly("x");
            assertThat(completed(begin(dialogue.select("select 'x'")))).containsExactly("y");
            assertThat(dialogue.sql()).containsExactly("select 'x'");
        }
    }

    @Test
    @DisplayName("[X15] a limit that has not passed when the statement ends does nothing, and zero is none")
    void limitKept() {
        try (Dialogue dialogue = Dialogue.of(script -> script.expect("P D B E S")
                .send(firstSelected("x"))
                .expect("B E S")
                .send(selected("y"), ready()))) {
            assertThat(completed(begin(limited(dialogue)))).containsExactly("x");
            PgxcStatement unlimited =
                    dialogue.connection().createStatement(SLOW).timeout(SHORT).timeout(Duration.ZERO);
            assertThat(completed(begin(texts(unlimited)))).containsExactly("y");
            Mono.delay(SHORT.multipliedBy(2), dialogue.loop()).block(SOON);
            assertThat(dialogue.server().cancelRequests()).isEmpty();
        }
    }

    @ParameterizedTest(name = "[X15] {0} s")
    @ValueSource(longs = {Long.MAX_VALUE, Long.MAX_VALUE / 1_000, Long.MAX_VALUE / 1_000_000_000 + 1})
    @DisplayName("[X15] a limit beyond what a clock counts is none")
    void endless(long seconds) {
        CountDownLatch watched = new CountDownLatch(1);
        try (Dialogue dialogue =
                Dialogue.of(script -> script.expect("P D B E S").pause(watched).send(firstSelected("x")))) {
            TestSubscriber<String> unlimited =
                    begin(texts(dialogue.connection().createStatement(SLOW).timeout(Duration.ofSeconds(seconds))));
            dialogue.settle();
            watched.countDown();
            assertThat(completed(unlimited)).containsExactly("x");
        }
    }

    @Test
    @DisplayName("[X15, X11] the limit holds for a result in chunks, whichever chunk is under way or waited for")
    void limitOfChunks() {
        try (Dialogue dialogue = Dialogue.of(script -> script.expect("P B E P D B E S")
                .send(ran("BEGIN"), prepared(TEXT_COLUMN), bindComplete(), rows("1", "2"), suspended(), ready(OPEN))
                .expect("E S")
                .send(rows("3", "4"), suspended(), ready(OPEN))
                .expect("C P D B E S")
                .send(closeComplete(), prepared(TEXT_COLUMN), selected("x"), ready(OPEN)))) {
            dialogue.connection().beginTransaction().block(SOON);
            TestSubscriber<String> chunked = beginWithoutDemand(texts(
                    dialogue.connection().createStatement(SLOW).fetchSize(2).timeout(SHORT)));
            chunked.request(2);
            assertThat(failed(chunked))
                    .isInstanceOf(R2dbcTimeoutException.class)
                    .hasMessageContaining(SLOW);
            assertThat(chunked.getReceivedOnNext()).containsExactly("1", "2");
            assertThat(completed(begin(dialogue.select("select 'x'")))).containsExactly("x");
        }
    }

    @Test
    @DisplayName("[X15, A15] responseTimeout closes a connection whose server says nothing while an answer is due")
    void silentServer() {
        try (Dialogue dialogue = Dialogue.with(
                options -> options.responseTimeout(SHORT),
                script -> script.expect("P D B E S").expectEnd())) {
            assertSilent(begin(dialogue.select(SLOW)));
            assertThat(((R2dbcException) failed(begin(dialogue.select("select 'x'")))).getSqlState())
                    .isEqualTo("08006");
        }
    }

    @Test
    @DisplayName("[A15] an answer without its ReadyForQuery is not finished: responseTimeout ends it")
    void neverReady() {
        try (Dialogue dialogue = Dialogue.with(
                options -> options.responseTimeout(SHORT),
                script -> script.expect("P D B E S")
                        .send(prepared(TEXT_COLUMN), selected("1"))
                        .expectEnd())) {
            TestSubscriber<String> rows = begin(dialogue.select(SLOW));
            assertSilent(rows);
            assertThat(rows.getReceivedOnNext()).containsExactly("1");
        }
    }

    @Test
    @DisplayName("[A15] without responseTimeout such an exchange can be cancelled, and the connection closed, at once")
    void neverReadyWithoutTimeout() {
        try (Dialogue dialogue = Dialogue.of(script -> script.expect("P D B E S")
                .send(prepared(TEXT_COLUMN), selected("1"))
                .expectEnd())) {
            TestSubscriber<String> rows = begin(dialogue.select(SLOW));
            awaitElements(rows, 1);
            assertThat(rows.isTerminated()).isFalse();
            rows.cancel();
            dialogue.connection().close().block(Duration.ofSeconds(1));
        }
    }

    @Test
    @DisplayName(
            "[X15] responseTimeout is off while nothing is due, and while the reader does not ask for what is there")
    void silenceOfTheReader() {
        CountDownLatch waited = new CountDownLatch(1);
        try (Dialogue dialogue = Dialogue.with(
                options -> options.responseTimeout(SHORT),
                script -> script.expect("P D B E S")
                        .send(firstSelected("1", "2"))
                        .pause(waited)
                        .expect("B E S")
                        .send(selected("3"), ready()))) {
            TestSubscriber<String> slowly = beginWithoutDemand(dialogue.select(SLOW));
            slowly.request(1);
            awaitElements(slowly, 1);
            Mono.delay(SHORT.multipliedBy(3), dialogue.loop()).block(SOON);
            slowly.request(9);
            assertThat(completed(slowly)).containsExactly("1", "2");
            Mono.delay(SHORT.multipliedBy(3), dialogue.loop()).block(SOON);
            waited.countDown();
            assertThat(completed(begin(dialogue.select(SLOW)))).containsExactly("3");
        }
    }
}
