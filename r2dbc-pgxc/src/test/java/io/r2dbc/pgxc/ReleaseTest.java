// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import static io.r2dbc.pgxc.Answers.FAILED;
import static io.r2dbc.pgxc.Answers.IDLE;
import static io.r2dbc.pgxc.Answers.OPEN;
import static io.r2dbc.pgxc.Answers.TEXT_COLUMN;
import static io.r2dbc.pgxc.Answers.answered;
import static io.r2dbc.pgxc.Answers.done;
import static io.r2dbc.pgxc.Answers.firstDone;
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
import static io.r2dbc.pgxc.testing.ServerMessages.bindComplete;
import static io.r2dbc.pgxc.testing.ServerMessages.complete;
import static io.r2dbc.pgxc.testing.ServerMessages.error;
import static io.r2dbc.pgxc.testing.ServerMessages.ready;
import static io.r2dbc.pgxc.testing.ServerMessages.suspended;
import static org.assertj.core.api.Assertions.assertThat;

import io.r2dbc.pgxc.PgxcConfiguration.ResetOnRelease;
import io.r2dbc.pgxc.testing.ScriptedServer;
import io.r2dbc.pgxc.wire.ClientMessage.Sync;
import io.r2dbc.pgxc.wire.Octets;
import io.r2dbc.spi.IsolationLevel;
import io.r2dbc.spi.R2dbcNonTransientResourceException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import reactor.test.subscriber.TestSubscriber;

/** What a pool gets back is as it was. */
class ReleaseTest {

    private static final Octets BEGUN = Octets.join(ran("BEGIN"), prepared(TEXT_COLUMN), selected("x"), ready(OPEN));

    /** Less than the bound of a release that waits in vain. */
    private static final Duration AT_ONCE = Duration.ofSeconds(3);

    private static void release(Dialogue dialogue) {
        dialogue.connection().preRelease().block(SOON);
        assertThat(dialogue.connection().isAutoCommit()).isTrue();
    }

    @Test
    @DisplayName("[X21] nothing is sent where nothing is to be undone, a BEGIN that waited included")
    void nothingToUndo() {
        try (Dialogue dialogue =
                Dialogue.of(script -> script.expect("P D B E S").send(firstSelected("x")))) {
            release(dialogue);
            completed(begin(dialogue.select("select 'x'")));
            release(dialogue);
            dialogue.connection().beginTransaction().block(SOON);
            release(dialogue);
            assertThat(dialogue.said()).isEqualTo("P D B E S");
        }
    }

    @Test
    @DisplayName("[X21] a transaction is rolled back, however it was begun, failed ones too")
    void rollsBack() {
        try (Dialogue dialogue = Dialogue.of(script -> script.expect("P B E P D B E S")
                .send(BEGUN)
                .expectQuery("ROLLBACK")
                .send(answered("ROLLBACK", IDLE))
                .expect("P D B E S")
                .send(prepared(), done("BEGIN"), ready(OPEN))
                .expect("P D B E S")
                .send(error("42P01", "no such table"), ready(FAILED))
                .expectQuery("ROLLBACK")
                .send(answered("ROLLBACK", IDLE)))) {
            dialogue.connection().beginTransaction().block(SOON);
            completed(begin(dialogue.select("select 'x'")));
            release(dialogue);
            completed(begin(dialogue.update("begin")));
            failed(begin(dialogue.update("delete from missing")));
            release(dialogue);
        }
    }

    @Test
    @DisplayName("[X21] what runs is stopped and drained, what waits is not sent, and both are told")
    void stopsWhatRuns() {
        CountDownLatch cancelled = new CountDownLatch(1);
        ScriptedServer server = ScriptedServer.start(started(script -> script.expect("P D B E S")
                        .pause(cancelled)
                        .send(error("57014", "canceling statement due to user request"), ready())))
                .onCancel(cancelled::countDown);
        try (Dialogue dialogue =
                Dialogue.on(server, options -> options.pipelineLimit(1).cancelGrace(Duration.ZERO))) {
            TestSubscriber<String> running = begin(dialogue.select("select a from slow"));
            TestSubscriber<String> waiting = begin(dialogue.select("select 'x'"));
            dialogue.server().awaitMessages(6, SOON);
            release(dialogue);
            assertThat(failed(running))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("released");
            assertThat(failed(waiting))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("released");
            assertThat(dialogue.said()).isEqualTo("P D B E S");
        }
    }

    @Test
    @DisplayName("[X21] a result that is not read is drained")
    void unreadResult() {
        try (Dialogue dialogue = Dialogue.with(
                options -> options.stallBufferBytes(0),
                script -> script.expect("P D B E S")
                        .send(firstSelected("1", "2", "3"))
                        .expect("P D B E S")
                        .send(firstSelected("x")))) {
            TestSubscriber<String> unread = beginWithoutDemand(dialogue.select("select a from t"));
            unread.request(1);
            awaitElements(unread, 1);
            release(dialogue);
            assertThat(failed(unread)).hasMessageContaining("released");
            completed(begin(dialogue.select("select 'x'")));
        }
    }

    @Test
    @DisplayName("[X21, X6] a flight that is half written is rolled back")
    void halfWrittenFlight() {
        CountDownLatch releasing = new CountDownLatch(1);
        try (Dialogue dialogue =
                Dialogue.of(script -> script.expect("P D B E").pause(releasing).expect("B E"))) {
            PgxcStatement statement = dialogue.connection().createStatement("insert into t values ($1)");
            for (int i = 0; i < 2_000; i++) {
                statement.bind(0, "x".repeat(10_000)).add();
            }
            TestSubscriber<PgxcResult> flight = begin(statement.bind(0, "x").execute());
            dialogue.server().awaitMessages(5, SOON);
            TestSubscriber<Void> release = begin(dialogue.connection().preRelease());
            assertThat(failed(flight)).hasMessageContaining("released");
            releasing.countDown();
            dialogue.server().awaitMessage(Sync.class, SOON);
            assertThat(dialogue.sql()).containsExactly("insert into t values ($1)", "ROLLBACK");
            assertThat(release.isTerminated()).isFalse();
            release.cancel();
        }
    }

    @Test
    @DisplayName("[X21, X11] a result in chunks ends with the transaction, and its reader is told")
    void chunks() {
        try (Dialogue dialogue = Dialogue.of(script -> script.expect("P B E P D B E S")
                .send(ran("BEGIN"), prepared(TEXT_COLUMN), bindComplete(), rows("1", "2"), suspended(), ready(OPEN))
                .expect("E S")
                .send(rows("3", "4"), suspended(), ready(OPEN))
                .expectQuery("ROLLBACK")
                .send(answered("ROLLBACK", IDLE)))) {
            dialogue.connection().beginTransaction().block(SOON);
            TestSubscriber<String> chunked = beginWithoutDemand(Dialogue.texts(
                    dialogue.connection().createStatement("select a from t").fetchSize(2)));
            chunked.request(2);
            awaitElements(chunked, 2);
            dialogue.settle();
            release(dialogue);
            assertThat(failed(chunked)).hasMessageContaining("released");
        }
    }

    @Test
    @DisplayName("[X21] a COMMIT under way is awaited")
    void awaitsCommit() {
        CountDownLatch releasing = new CountDownLatch(1);
        try (Dialogue dialogue = Dialogue.of(script -> script.expect("P B E P D B E S")
                .send(BEGUN)
                .expectQuery("COMMIT")
                .pause(releasing)
                .send(answered("COMMIT", IDLE)))) {
            dialogue.connection().beginTransaction().block(SOON);
            completed(begin(dialogue.select("select 'x'")));
            TestSubscriber<Void> commit = begin(dialogue.connection().commitTransaction());
            dialogue.server().awaitMessages(10, SOON);
            TestSubscriber<Void> released = begin(dialogue.connection().preRelease());
            dialogue.settle();
            releasing.countDown();
            completed(commit);
            completed(released);
        }
    }

    @Test
    @DisplayName("[X21] LISTEN and settings made through R2DBC are undone once")
    void listensAndSettings() {
        try (Dialogue dialogue = Dialogue.of(script -> {
            script.expect("P D B E S").send(firstDone("LISTEN"));
            for (int i = 0; i < 3; i++) {
                script.expect("Q").send(answered("SET", IDLE));
            }
            script.expectQuery("UNLISTEN *").send(answered("UNLISTEN", IDLE));
            for (int i = 0; i < 3; i++) {
                script.expect("Q").send(answered("RESET", IDLE));
            }
        })) {
            PgxcConnection connection = dialogue.connection();
            completed(begin(dialogue.update("listen news")));
            connection.setLockWaitTimeout(Duration.ofSeconds(1)).block(SOON);
            connection.setStatementTimeout(Duration.ofSeconds(2)).block(SOON);
            connection.setTransactionIsolationLevel(IsolationLevel.SERIALIZABLE).block(SOON);
            release(dialogue);
            release(dialogue);
            assertThat(dialogue.sql().subList(1, 4))
                    .containsExactly(
                            "SET lock_timeout = 1000",
                            "SET statement_timeout = 2000",
                            "SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL SERIALIZABLE");
            assertThat(dialogue.sql().subList(5, 8))
                    .containsExactlyInAnyOrder(
                            "RESET lock_timeout", "RESET statement_timeout", "RESET default_transaction_isolation");
            assertThat(connection.getTransactionIsolationLevel()).isEqualTo(IsolationLevel.READ_COMMITTED);
        }
    }

    @Test
    @DisplayName("[X21] resetOnRelease=discard-all discards all, and with it the prepared statements")
    void discardAll() {
        try (Dialogue dialogue = Dialogue.with(
                options -> options.resetOnRelease(ResetOnRelease.DISCARD_ALL),
                script -> script.expect("P D B E S")
                        .send(firstSelected("x"))
                        .expectQuery("DISCARD ALL")
                        .send(answered("DISCARD ALL", IDLE))
                        .expect("P D B E S")
                        .send(firstSelected("y")))) {
            completed(begin(dialogue.select("select 'x'")));
            release(dialogue);
            assertThat(completed(begin(dialogue.select("select 'x'")))).containsExactly("y");
        }
    }

    @Test
    @DisplayName("[X21] a connection that is lost fails its release at once, before or while it waits")
    void lost() {
        for (boolean before : new boolean[] {true, false}) {
            CountDownLatch releasing = new CountDownLatch(1);
            try (Dialogue dialogue = Dialogue.of(
                    script -> script.expect("P D B E S").pause(releasing).closeNow())) {
                TestSubscriber<String> running = begin(dialogue.select("select a from slow"));
                dialogue.server().awaitMessages(6, SOON);
                if (before) {
                    releasing.countDown();
                    failed(running);
                }
                TestSubscriber<Void> release = begin(dialogue.connection().preRelease());
                dialogue.settle();
                releasing.countDown();
                release.block(Duration.ofSeconds(3));
                assertThat(release.expectTerminalError()).isNotNull();
            }
        }
    }

    @Test
    @DisplayName("[X21] a connection that is not idle after 5 s fails its release, so that the pool lets go of it")
    void neverIdle() {
        try (Dialogue dialogue = Dialogue.of(script -> script.expect("P D B E S"))) {
            begin(dialogue.select("select a from slow"));
            dialogue.server().awaitMessages(6, SOON);
            assertThat(failed(begin(dialogue.connection().preRelease())))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("5 s");
        }
    }

    @Test
    @DisplayName("[X21, X17] a BEGIN that failed is forgotten")
    void failedBegin() {
        try (Dialogue dialogue = Dialogue.of(script -> script.expect("P B E P D B E S")
                .send(error("0A000", "no BEGIN today"), ready())
                .expect("P D B E S")
                .send(prepared(TEXT_COLUMN), bindComplete(), rows("x"), complete("SELECT 1"), ready()))) {
            dialogue.connection().beginTransaction().block(SOON);
            failed(begin(dialogue.select("select 'x'")));
            release(dialogue);
            assertThat(completed(begin(dialogue.select("select 'x'")))).containsExactly("x");
        }
    }

    @Test
    @DisplayName("[X21] a pool that asks for a dead connection hears at once that it is none, or finds nothing to do")
    void deadConnection() {
        for (boolean closed : new boolean[] {true, false}) {
            try (Dialogue dialogue =
                    Dialogue.of(script -> script.expect("P D B E S").closeNow())) {
                failed(begin(dialogue.select("select 'x'")));
                if (closed) {
                    dialogue.connection().close().block(SOON);
                }
                for (int i = 0; i < 2; i++) {
                    assertThat(failedAtOnce(begin(dialogue.connection().preRelease())))
                            .isInstanceOf(R2dbcNonTransientResourceException.class);
                    begin(dialogue.connection().postAllocate()).block(AT_ONCE);
                }
            }
        }
    }

    @Test
    @DisplayName("[X21, X16] a release that still waits is told when the connection is closed, and hinders nobody")
    void closedMeanwhile() {
        CountDownLatch closing = new CountDownLatch(1);
        try (Dialogue dialogue = Dialogue.of(script -> script.expect("P B E P D B E S")
                .send(BEGUN)
                .expectQuery("COMMIT")
                .pause(closing)
                .send(answered("COMMIT", IDLE))
                .expectGoodbye())) {
            dialogue.connection().beginTransaction().block(SOON);
            completed(begin(dialogue.select("select 'x'")));
            TestSubscriber<Void> commit = begin(dialogue.connection().commitTransaction());
            dialogue.server().awaitMessages(10, SOON);
            TestSubscriber<Void> first = begin(dialogue.connection().preRelease());
            TestSubscriber<Void> second = begin(dialogue.connection().preRelease());
            TestSubscriber<Void> close = begin(dialogue.connection().close());
            dialogue.settle();
            closing.countDown();
            completed(commit);
            completed(close);
            assertThat(failedAtOnce(first)).isInstanceOf(R2dbcNonTransientResourceException.class);
            assertThat(failedAtOnce(second)).isInstanceOf(R2dbcNonTransientResourceException.class);
        }
    }

    @Test
    @DisplayName("[X21] two releases at a time both complete")
    void twice() {
        CountDownLatch releasing = new CountDownLatch(1);
        try (Dialogue dialogue = Dialogue.of(
                script -> script.expect("P D B E S").pause(releasing).send(firstSelected("x")))) {
            TestSubscriber<String> running = begin(dialogue.select("select 'x'"));
            dialogue.server().awaitMessages(6, SOON);
            TestSubscriber<Void> first = begin(dialogue.connection().preRelease());
            TestSubscriber<Void> second = begin(dialogue.connection().preRelease());
            assertThat(failed(running)).hasMessageContaining("released");
            releasing.countDown();
            first.block(AT_ONCE);
            second.block(AT_ONCE);
            assertThat(first.isTerminatedComplete()).isTrue();
            assertThat(second.isTerminatedComplete()).isTrue();
        }
    }

    private static Throwable failedAtOnce(TestSubscriber<?> subscriber) {
        subscriber.block(AT_ONCE);
        return subscriber.expectTerminalError();
    }
}
