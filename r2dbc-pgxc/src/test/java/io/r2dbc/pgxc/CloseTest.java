// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import static io.r2dbc.pgxc.Answers.IDLE;
import static io.r2dbc.pgxc.Answers.OPEN;
import static io.r2dbc.pgxc.Answers.TEXT_COLUMN;
import static io.r2dbc.pgxc.Answers.answered;
import static io.r2dbc.pgxc.Answers.done;
import static io.r2dbc.pgxc.Answers.firstDone;
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
import static io.r2dbc.pgxc.testing.ServerMessages.bindComplete;
import static io.r2dbc.pgxc.testing.ServerMessages.notice;
import static io.r2dbc.pgxc.testing.ServerMessages.ready;
import static org.assertj.core.api.Assertions.assertThat;

import io.r2dbc.pgxc.wire.Octets;
import io.r2dbc.spi.R2dbcException;
import io.r2dbc.spi.R2dbcNonTransientResourceException;
import io.r2dbc.spi.ValidationDepth;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;
import reactor.test.subscriber.TestSubscriber;

class CloseTest {

    private static final Duration BOUND = Duration.ofSeconds(1);

    private static final Octets BEGUN = Octets.join(ran("BEGIN"), prepared(TEXT_COLUMN), selected("x"), ready(OPEN));

    private static void assertClosed(TestSubscriber<?> subscriber, String sqlState) {
        Throwable error = failed(subscriber);
        assertThat(error).isInstanceOf(R2dbcNonTransientResourceException.class);
        assertThat(((R2dbcException) error).getSqlState()).isEqualTo(sqlState);
    }

    /** Begins, runs something, and commits; COMMIT is on the wire afterwards. */
    private static TestSubscriber<Void> committing(Dialogue dialogue) {
        dialogue.connection().beginTransaction().block(SOON);
        completed(begin(dialogue.select("select 'x'")));
        TestSubscriber<Void> commit = begin(dialogue.connection().commitTransaction());
        dialogue.server().awaitMessages(10, SOON);
        return commit;
    }

    @Test
    @DisplayName("[X16, B14] close sends Terminate, then ends its output, reads on to the end, and completes")
    void terminates() {
        CountDownLatch ended = new CountDownLatch(1);
        try (Dialogue dialogue = Dialogue.of(
                script -> script.expectGoodbye().send(notice("still talking")).then(ended::countDown))) {
            TestSubscriber<Void> closing = begin(dialogue.connection().close());
            Dialogue.await(ended);
            completed(closing);
            assertThat(dialogue.connection().validate(ValidationDepth.LOCAL).block(SOON))
                    .isFalse();
            assertThat(dialogue.connection().validate(ValidationDepth.REMOTE).block(SOON))
                    .isFalse();
            assertClosed(begin(dialogue.select("select 'x'")), "08003");
            assertThat(dialogue.server().cancelRequests()).isEmpty();
        }
    }

    @Test
    @DisplayName("[X16, B14] close may be called twice at a time, from the event loop, and again afterwards")
    void idempotent() {
        try (Dialogue dialogue = Dialogue.of(script -> script.expectGoodbye())) {
            Mono<Void> close = dialogue.connection().close();
            Mono.when(close, close, close.subscribeOn(dialogue.loop())).block(SOON);
            close.block(SOON);
            assertThat(dialogue.said()).isEqualTo("X");
        }
    }

    @Test
    @DisplayName("[X16, B14] close is done within a second when the peer neither reads nor answers")
    void silentPeer() {
        try (Dialogue dialogue = Dialogue.of(script -> script.hang())) {
            dialogue.connection().close().block(BOUND);
        }
    }

    @Test
    @DisplayName("[X16] close of a connection that is lost already completes")
    void lostAlready() {
        try (Dialogue dialogue =
                Dialogue.of(script -> script.expect("P D B E S").closeNow())) {
            assertClosed(begin(dialogue.select("select 'x'")), "08006");
            dialogue.connection().close().block(BOUND);
            dialogue.connection().close().block(BOUND);
        }
    }

    @Test
    @DisplayName("[X16, B14] a result that is not read does not hold up the close, and its bytes are read away")
    void unreadResult() {
        Octets many = rows("x".repeat(100_000));
        try (Dialogue dialogue = Dialogue.of(script -> script.expect("P D B E S")
                .send(prepared(TEXT_COLUMN), bindComplete(), rows("1"), many, many, many, many, many, many, many, many)
                .expectGoodbye())) {
            TestSubscriber<String> rows = beginWithoutDemand(dialogue.select("select a from t"));
            rows.request(1);
            awaitElements(rows, 1);
            dialogue.connection().close().block(BOUND);
            assertClosed(rows, "08003");
        }
    }

    @Test
    @DisplayName("[X16] close stops what runs at the server, and fails it and what waits")
    void stopsWhatRuns() {
        try (Dialogue dialogue = Dialogue.with(
                options -> options.pipelineLimit(1),
                script -> script.expect("P D B E S").expectGoodbye())) {
            TestSubscriber<String> running = begin(dialogue.select("select a from slow"));
            TestSubscriber<String> waiting = begin(dialogue.select("select 'x'"));
            dialogue.server().awaitMessages(6, SOON);
            dialogue.connection().close().block(BOUND);
            dialogue.server().awaitCancelRequests(1, SOON);
            assertClosed(running, "08003");
            assertClosed(waiting, "08003");
        }
    }

    @Test
    @DisplayName("[X16, X14] close does not stop a non-SELECT that has answered")
    void doesNotStopAnsweredWrite() {
        CountDownLatch first = new CountDownLatch(1);
        try (Dialogue dialogue = Dialogue.of(script -> script.expect("P D B E S")
                .pause(first)
                .send(prepared(), done("INSERT 0 1"), notice("mark"))
                .expectGoodbye())) {
            TestSubscriber<Long> insert = begin(dialogue.update("insert into t values ('1')"));
            dialogue.untilNotice(first::countDown);
            dialogue.connection().close().block(BOUND);
            assertClosed(insert, "08003");
            assertThat(dialogue.server().cancelRequests()).isEmpty();
        }
    }

    @Test
    @DisplayName("[X16] close awaits a written COMMIT")
    void awaitsCommit() {
        CountDownLatch closing = new CountDownLatch(1);
        try (Dialogue dialogue = Dialogue.of(script -> script.expect("P B E P D B E S")
                .send(BEGUN)
                .expectQuery("COMMIT")
                .pause(closing)
                .expectNothing()
                .send(answered("COMMIT", IDLE))
                .expectGoodbye())) {
            TestSubscriber<Void> commit = committing(dialogue);
            TestSubscriber<Void> close = begin(dialogue.connection().close());
            dialogue.settle();
            assertClosed(begin(dialogue.select("select 'x'")), "08003");
            closing.countDown();
            completed(commit);
            completed(close);
            assertThat(dialogue.server().cancelRequests()).isEmpty();
        }
    }

    @Test
    @DisplayName(
            "[X16, X14, X19] a COMMIT that is not answered within the bound is not stopped; its outcome is unknown")
    void commitUnanswered() {
        try (Dialogue dialogue = Dialogue.of(script -> script.expect("P B E P D B E S")
                .send(BEGUN)
                .expectQuery("COMMIT")
                .expectGoodbye())) {
            TestSubscriber<Void> commit = committing(dialogue);
            dialogue.connection().close().block(Duration.ofSeconds(2));
            assertClosed(commit, "08007");
            assertThat(dialogue.server().cancelRequests()).isEmpty();
        }
    }

    @ParameterizedTest(name = "[X16, X14] {0} behind a running statement")
    @ValueSource(strings = {"COMMIT", "ROLLBACK"})
    @DisplayName("[X16, X14] what runs ahead of a written COMMIT or ROLLBACK is not stopped either: that could undo it")
    void commitBehindRunning(String end) {
        CountDownLatch closing = new CountDownLatch(1);
        try (Dialogue dialogue = Dialogue.of(script -> script.expect("P B E P D B E S")
                .send(BEGUN)
                .expect("P D B E S")
                .expectQuery(end)
                .pause(closing)
                .expectNothing()
                .send(prepared(TEXT_COLUMN), selected("y"), ready(OPEN), answered(end, IDLE))
                .expectGoodbye())) {
            PgxcConnection connection = dialogue.connection();
            connection.beginTransaction().block(SOON);
            completed(begin(dialogue.select("select 'x'")));
            TestSubscriber<String> running = begin(dialogue.select("select a from slow"));
            TestSubscriber<Void> ending =
                    begin(end.equals("COMMIT") ? connection.commitTransaction() : connection.rollbackTransaction());
            dialogue.server().awaitMessages(15, SOON);
            TestSubscriber<Void> close = begin(connection.close());
            dialogue.settle();
            closing.countDown();
            assertThat(completed(running)).containsExactly("y");
            completed(ending);
            completed(close);
            assertThat(dialogue.server().cancelRequests()).isEmpty();
        }
    }

    @ParameterizedTest(name = "[X16, X14] {0}")
    @ValueSource(strings = {"COMMIT", "rollback", "end", "abort"})
    @DisplayName("[X16, X14] the same written as a statement of the user's own is awaited as well, and never stopped")
    void ownCommit(String sql) {
        CountDownLatch closing = new CountDownLatch(1);
        try (Dialogue dialogue = Dialogue.of(script -> script.expect("P B E P D B E S")
                .send(BEGUN)
                .expect("P D B E S")
                .pause(closing)
                .expectNothing()
                .send(firstDone("COMMIT"))
                .expectGoodbye())) {
            dialogue.connection().beginTransaction().block(SOON);
            completed(begin(dialogue.select("select 'x'")));
            TestSubscriber<Long> ending = begin(dialogue.update(sql));
            dialogue.server().awaitMessages(14, SOON);
            TestSubscriber<Void> close = begin(dialogue.connection().close());
            dialogue.settle();
            closing.countDown();
            completed(ending);
            completed(close);
            assertThat(dialogue.server().cancelRequests()).isEmpty();
        }
    }
}
