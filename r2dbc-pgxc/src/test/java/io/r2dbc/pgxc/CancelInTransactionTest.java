// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import static io.r2dbc.pgxc.Answers.FAILED;
import static io.r2dbc.pgxc.Answers.IDLE;
import static io.r2dbc.pgxc.Answers.OPEN;
import static io.r2dbc.pgxc.Answers.TEXT_COLUMN;
import static io.r2dbc.pgxc.Answers.answered;
import static io.r2dbc.pgxc.Answers.firstSelected;
import static io.r2dbc.pgxc.Answers.prepared;
import static io.r2dbc.pgxc.Answers.ran;
import static io.r2dbc.pgxc.Answers.selected;
import static io.r2dbc.pgxc.Answers.stopped;
import static io.r2dbc.pgxc.Dialogue.SOON;
import static io.r2dbc.pgxc.Dialogue.begin;
import static io.r2dbc.pgxc.Dialogue.completed;
import static io.r2dbc.pgxc.Dialogue.failed;
import static io.r2dbc.pgxc.Dialogue.started;
import static io.r2dbc.pgxc.testing.ServerMessages.complete;
import static io.r2dbc.pgxc.testing.ServerMessages.error;
import static io.r2dbc.pgxc.testing.ServerMessages.ready;
import static org.assertj.core.api.Assertions.assertThat;

import io.r2dbc.pgxc.testing.Script;
import io.r2dbc.pgxc.testing.ScriptedServer;
import io.r2dbc.pgxc.wire.Octets;
import io.r2dbc.spi.R2dbcTimeoutException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import reactor.test.subscriber.TestSubscriber;

/** A cancel must not cost the transaction, unless that is over anyway; and what ends it is never stopped. */
class CancelInTransactionTest {

    private static final String SLOW = "select a from slow";

    private static final Octets BEGUN = Octets.join(ran("BEGIN"), prepared(TEXT_COLUMN), selected("x"), ready(OPEN));
    private static final Octets STOPPED = stopped(FAILED);

    private static Dialogue dialogue(CountDownLatch cancelled, Consumer<Script> script) {
        ScriptedServer server = ScriptedServer.start(started(begun -> {
                    begun.expect("P B E P D B E S").send(BEGUN).expect("P D B E S");
                    script.accept(begun);
                }))
                .onCancel(cancelled::countDown);
        return Dialogue.on(server, options -> options.cancelGrace(Duration.ZERO));
    }

    /** Begins, runs something, and then the slow query, which is on the wire afterwards. */
    private static TestSubscriber<String> slow(Dialogue dialogue) {
        dialogue.connection().beginTransaction().block(SOON);
        completed(begin(dialogue.select("select 'x'")));
        TestSubscriber<String> slow = begin(dialogue.select(SLOW));
        dialogue.server().awaitMessages(14, SOON);
        dialogue.settle();
        return slow;
    }

    @Test
    @DisplayName(
            "[X14] inside a transaction a cancelled exchange is drained and not stopped, also with another statement or COMMIT next")
    void drained() {
        CountDownLatch fired = new CountDownLatch(1);
        try (Dialogue dialogue = dialogue(
                new CountDownLatch(1),
                script -> script.pause(fired)
                        .expectNothing()
                        .send(prepared(TEXT_COLUMN), selected("1"), ready(OPEN))
                        .expect("B E S")
                        .send(selected("y"), ready(OPEN))
                        .expectQuery("COMMIT")
                        .send(answered("COMMIT", IDLE)))) {
            TestSubscriber<String> slow = slow(dialogue);
            slow.cancel();
            TestSubscriber<String> next = begin(dialogue.select("select 'x'"));
            TestSubscriber<Void> commit = begin(dialogue.connection().commitTransaction());
            dialogue.letTimersFire();
            fired.countDown();
            assertThat(completed(next)).containsExactly("y");
            completed(commit);
            assertThat(dialogue.server().cancelRequests()).isEmpty();
        }
    }

    @Test
    @DisplayName("[X14] with COMMIT next it is not stopped either")
    void commitNext() {
        CountDownLatch fired = new CountDownLatch(1);
        try (Dialogue dialogue = dialogue(
                new CountDownLatch(1),
                script -> script.pause(fired)
                        .send(prepared(TEXT_COLUMN), selected("1"), ready(OPEN))
                        .expectQuery("COMMIT")
                        .send(answered("COMMIT", IDLE)))) {
            TestSubscriber<String> slow = slow(dialogue);
            slow.cancel();
            TestSubscriber<Void> commit = begin(dialogue.connection().commitTransaction());
            dialogue.letTimersFire();
            fired.countDown();
            completed(commit);
            assertThat(dialogue.server().cancelRequests()).isEmpty();
        }
    }

    @Test
    @DisplayName("[X14] with ROLLBACK next it is stopped")
    void rollbackNext() {
        CountDownLatch cancelled = new CountDownLatch(1);
        try (Dialogue dialogue = dialogue(
                cancelled,
                script -> script.pause(cancelled)
                        .send(STOPPED)
                        .expectQuery("ROLLBACK")
                        .send(answered("ROLLBACK", IDLE)))) {
            TestSubscriber<String> slow = slow(dialogue);
            slow.cancel();
            dialogue.letTimersFire();
            assertThat(dialogue.server().cancelRequests()).isEmpty();
            dialogue.connection().rollbackTransaction().block(SOON);
            assertThat(dialogue.server().cancelRequests()).hasSize(1);
            assertThat(dialogue.connection().isAutoCommit()).isTrue();
        }
    }

    @Test
    @DisplayName("[X14, X21] with a release next it is stopped and rolled back")
    void releaseNext() {
        CountDownLatch cancelled = new CountDownLatch(1);
        try (Dialogue dialogue = dialogue(
                cancelled,
                script -> script.pause(cancelled)
                        .send(STOPPED)
                        .expectQuery("ROLLBACK")
                        .send(answered("ROLLBACK", IDLE)))) {
            TestSubscriber<String> slow = slow(dialogue);
            slow.cancel();
            dialogue.connection().preRelease().block(SOON);
            assertThat(dialogue.server().cancelRequests()).hasSize(1);
        }
    }

    @Test
    @DisplayName("[X14, X16] with the connection's close next it is stopped")
    void closeNext() {
        CountDownLatch cancelled = new CountDownLatch(1);
        try (Dialogue dialogue =
                dialogue(cancelled, script -> script.clientMayLeave().expectEnd())) {
            TestSubscriber<String> slow = slow(dialogue);
            slow.cancel();
            dialogue.connection().close().block(SOON);
            dialogue.server().awaitCancelRequests(1, SOON);
        }
    }

    @Test
    @DisplayName(
            "[X14, X15] a statement whose own time is over is stopped inside a transaction too, and its caller told at once")
    void ownTimeOver() {
        CountDownLatch cancelled = new CountDownLatch(1);
        ScriptedServer server = ScriptedServer.start(started(script -> script.expect("P B E P D B E S")
                        .send(BEGUN)
                        .expect("P D B E S")
                        .pause(cancelled)
                        .send(STOPPED)
                        .expect("B E S")
                        .send(error("25P02", "current transaction is aborted"), ready(FAILED))))
                .onCancel(cancelled::countDown);
        try (Dialogue dialogue = Dialogue.on(server, options -> options.cancelGrace(Duration.ZERO))) {
            dialogue.connection().beginTransaction().block(SOON);
            completed(begin(dialogue.select("select 'x'")));
            TestSubscriber<String> slow = begin(
                    Dialogue.texts(dialogue.connection().createStatement(SLOW).timeout(Duration.ofMillis(20))));
            assertThat(failed(slow)).isInstanceOf(R2dbcTimeoutException.class).hasMessageContaining(SLOW);
            assertThat(failed(begin(dialogue.select("select 'x'"))))
                    .hasMessageContaining("aborted")
                    .cause()
                    .isInstanceOf(R2dbcTimeoutException.class);
        }
    }

    @Test
    @DisplayName("[X14] a written COMMIT is never cancelled, and is awaited by what comes behind")
    void commitIsNeverCancelled() {
        CountDownLatch fired = new CountDownLatch(1);
        try (Dialogue dialogue = Dialogue.with(
                options -> options.cancelGrace(Duration.ZERO),
                script -> script.expect("P B E P D B E S")
                        .send(BEGUN)
                        .expectQuery("COMMIT")
                        .pause(fired)
                        .send(answered("COMMIT", IDLE))
                        .expect("B E S")
                        .send(selected("y"), ready()))) {
            dialogue.connection().beginTransaction().block(SOON);
            completed(begin(dialogue.select("select 'x'")));
            TestSubscriber<Void> commit = begin(dialogue.connection().commitTransaction());
            dialogue.server().awaitMessages(10, SOON);
            commit.cancel();
            dialogue.letTimersFire();
            fired.countDown();
            assertThat(completed(begin(dialogue.select("select 'x'")))).containsExactly("y");
            assertThat(dialogue.server().cancelRequests()).isEmpty();
        }
    }

    @Test
    @DisplayName("[X14, X17] a cancelled carrier of BEGIN leaves the transaction open")
    void carrierOfBegin() {
        CountDownLatch fired = new CountDownLatch(1);
        try (Dialogue dialogue = Dialogue.with(
                options -> options.cancelGrace(Duration.ZERO),
                script -> script.expect("P B E P D B E S")
                        .pause(fired)
                        .send(BEGUN)
                        .expectQuery("ROLLBACK")
                        .send(answered("ROLLBACK", IDLE))
                        .expect("B E S")
                        .send(selected("y"), ready()))) {
            dialogue.connection().beginTransaction().block(SOON);
            TestSubscriber<String> carrier = begin(dialogue.select("select 'x'"));
            dialogue.server().awaitMessages(9, SOON);
            carrier.cancel();
            dialogue.letTimersFire();
            assertThat(dialogue.connection().isAutoCommit()).isFalse();
            fired.countDown();
            dialogue.connection().rollbackTransaction().block(SOON);
            assertThat(completed(begin(dialogue.select("select 'x'")))).containsExactly("y");
        }
    }

    @Test
    @DisplayName(
            "[X14] a transaction begun and ended within one string is nobody's to cost, but it is not stopped once it has answered")
    void insideString() {
        CountDownLatch fired = new CountDownLatch(1);
        try (Dialogue dialogue = Dialogue.with(
                options -> options.cancelGrace(Duration.ZERO),
                script -> script.expect("Q")
                        .send(complete("BEGIN"))
                        .pause(fired)
                        .send(answered("COMMIT", IDLE))
                        .expect("P D B E S")
                        .send(firstSelected("x")))) {
            TestSubscriber<PgxcResult> string = begin(dialogue.connection()
                    .createStatement("begin; update t set a = 1; commit")
                    .execute());
            Dialogue.awaitElements(string, 1);
            string.cancel();
            dialogue.letTimersFire();
            fired.countDown();
            assertThat(completed(begin(dialogue.select("select 'x'")))).containsExactly("x");
            assertThat(dialogue.server().cancelRequests()).isEmpty();
        }
    }
}
