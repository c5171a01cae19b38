// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import static io.r2dbc.pgxc.Answers.IDLE;
import static io.r2dbc.pgxc.Answers.TEXT_COLUMN;
import static io.r2dbc.pgxc.Answers.firstSelected;
import static io.r2dbc.pgxc.Answers.prepared;
import static io.r2dbc.pgxc.Answers.rows;
import static io.r2dbc.pgxc.Answers.stopped;
import static io.r2dbc.pgxc.Dialogue.SOON;
import static io.r2dbc.pgxc.Dialogue.awaitElements;
import static io.r2dbc.pgxc.Dialogue.begin;
import static io.r2dbc.pgxc.Dialogue.beginWithoutDemand;
import static io.r2dbc.pgxc.Dialogue.completed;
import static io.r2dbc.pgxc.Dialogue.failed;
import static io.r2dbc.pgxc.Dialogue.started;
import static io.r2dbc.pgxc.Dialogue.texts;
import static io.r2dbc.pgxc.testing.ServerMessages.bindComplete;
import static io.r2dbc.pgxc.testing.ServerMessages.complete;
import static io.r2dbc.pgxc.testing.ServerMessages.error;
import static io.r2dbc.pgxc.testing.ServerMessages.ready;
import static org.assertj.core.api.Assertions.assertThat;

import io.r2dbc.pgxc.testing.Greeting;
import io.r2dbc.pgxc.testing.ScriptedServer;
import io.r2dbc.pgxc.wire.ClientMessage.CancelRequest;
import io.r2dbc.pgxc.wire.Octets;
import io.r2dbc.spi.R2dbcException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.subscriber.TestSubscriber;

/** What becomes of a cancelled exchange outside a transaction. */
class CancelTest {

    private static final String SLOW = "select a from slow";

    private static final Octets STOPPED = stopped(IDLE);

    private static void never(PgxcConfiguration.Builder options) {
        options.cancelGrace(Duration.ofHours(1));
    }

    @Test
    @DisplayName(
            "[X14, S2.3.27] a written exchange that is cancelled is drained, and nothing new is written before its ReadyForQuery")
    void drained() {
        CountDownLatch cancelled = new CountDownLatch(1);
        try (Dialogue dialogue = Dialogue.with(
                CancelTest::never,
                script -> script.expect("P D B E S")
                        .pause(cancelled)
                        .send(prepared(TEXT_COLUMN), bindComplete(), rows("1", "2"), complete("SELECT 2"))
                        .expectNothing()
                        .send(ready())
                        .expect("P D B E S")
                        .send(firstSelected("x")))) {
            TestSubscriber<String> slow = begin(dialogue.select(SLOW));
            dialogue.server().awaitMessages(6, SOON);
            slow.cancel();
            TestSubscriber<String> next = begin(dialogue.select("select 'x'"));
            dialogue.settle();
            cancelled.countDown();
            assertThat(completed(next)).containsExactly("x");
            assertThat(slow.getReceivedOnNext()).isEmpty();
            assertThat(dialogue.server().cancelRequests()).isEmpty();
        }
    }

    @Test
    @DisplayName("[X14] a result cancelled within a row callback is drained, and execute() completes")
    void cancelledInCallback() {
        try (Dialogue dialogue = Dialogue.with(
                CancelTest::never,
                script -> script.expect("P D B E S")
                        .send(firstSelected("1", "2", "3"))
                        .expect("P D B E S")
                        .send(firstSelected("x")))) {
            assertThat(completed(begin(dialogue.connection()
                            .createStatement(SLOW)
                            .execute()
                            .concatMap(result ->
                                    result.map(row -> row.get(0, String.class)).take(1)))))
                    .containsExactly("1");
            assertThat(completed(begin(dialogue.select("select 'x'")))).containsExactly("x");
        }
    }

    @Test
    @DisplayName(
            "[X14, S2.7.1] an exchange that is not over after the grace is stopped by a CancelRequest with the session's key")
    void stoppedAfterGrace() {
        CountDownLatch cancelled = new CountDownLatch(1);
        try (Dialogue dialogue = Dialogue.cancellable(
                Dialogue::stopAtOnce,
                cancelled,
                script -> script.expect("P D B E S")
                        .pause(cancelled)
                        .send(STOPPED)
                        .expect("P D B E S")
                        .send(firstSelected("x")))) {
            TestSubscriber<String> slow = begin(dialogue.select(SLOW));
            dialogue.server().awaitMessages(6, SOON);
            slow.cancel();
            assertThat(completed(begin(dialogue.select("select 'x'")))).containsExactly("x");
            assertThat(dialogue.server().cancelRequests())
                    .containsExactly(new CancelRequest(Greeting.PROCESS_ID, Greeting.SECRET_KEY));
            assertThat(dialogue.server().connectionCount()).isOne();
            assertThat(slow.isTerminated()).isFalse();
        }
    }

    @Test
    @DisplayName("[X14] an exchange that is over within the grace is not")
    void overWithinGrace() {
        try (Dialogue dialogue = Dialogue.with(
                options -> options.cancelGrace(Duration.ofMillis(20)),
                script -> script.expect("P D B E S")
                        .send(firstSelected("1"))
                        .expect("P D B E S")
                        .send(firstSelected("x")))) {
            TestSubscriber<String> slow = beginWithoutDemand(dialogue.select(SLOW));
            slow.request(1);
            awaitElements(slow, 1);
            slow.cancel();
            assertThat(completed(begin(dialogue.select("select 'x'")))).containsExactly("x");
            dialogue.letTimersFire();
            assertThat(dialogue.server().cancelRequests()).isEmpty();
        }
    }

    @Test
    @DisplayName(
            "[X14, S2.7.6] nothing new is written before the CancelRequest's connection has ended, though ReadyForQuery has come")
    void cancelConnectionIsAwaited() {
        CountDownLatch requested = new CountDownLatch(1);
        CountDownLatch looked = new CountDownLatch(1);
        CountDownLatch subscribed = new CountDownLatch(1);
        ScriptedServer server = ScriptedServer.start(started(script -> script.expect("P D B E S")
                        .pause(requested)
                        .send(STOPPED)
                        .pause(subscribed)
                        .expectNothing()
                        .then(looked::countDown)
                        .expect("P D B E S")
                        .send(firstSelected("x"))))
                .onCancel(() -> {
                    requested.countDown();
                    Dialogue.await(looked);
                });
        try (Dialogue dialogue = Dialogue.on(server, Dialogue::stopAtOnce)) {
            TestSubscriber<String> slow = begin(dialogue.select(SLOW));
            dialogue.server().awaitMessages(6, SOON);
            slow.cancel();
            TestSubscriber<String> next = begin(dialogue.select("select 'x'"));
            Dialogue.await(requested);
            dialogue.letTimersFire();
            subscribed.countDown();
            assertThat(completed(next)).containsExactly("x");
        }
    }

    @Test
    @DisplayName("[X14] a CancelRequest whose connection neither ends nor fails within 2 s closes the session")
    void hangingCancelConnection() {
        CountDownLatch cancelled = new CountDownLatch(1);
        ScriptedServer server = ScriptedServer.start(started(script -> script.expect("P D B E S")
                        .pause(cancelled)
                        .send(STOPPED)
                        .expectEnd()))
                .onCancel(cancelled::countDown)
                .hangOnCancel();
        try (Dialogue dialogue = Dialogue.on(server, Dialogue::stopAtOnce)) {
            TestSubscriber<String> slow = begin(dialogue.select(SLOW));
            dialogue.server().awaitMessages(6, SOON);
            slow.cancel();
            Throwable error = failed(begin(dialogue.select("select 'x'")));
            assertThat(error).hasMessageContaining("CancelRequest");
            assertThat(((R2dbcException) error).getSqlState()).isEqualTo("08006");
        }
    }

    @Test
    @DisplayName("[X14, S2.7.7] with something written behind it before the cancel an exchange is only drained")
    void somethingBehind() {
        CountDownLatch cancelled = new CountDownLatch(1);
        try (Dialogue dialogue = Dialogue.with(
                Dialogue::stopAtOnce,
                script -> script.expect("P D B E S P D B E S")
                        .pause(cancelled)
                        .send(firstSelected("1"), firstSelected("x")))) {
            TestSubscriber<String> slow = begin(dialogue.select(SLOW));
            TestSubscriber<String> behind = begin(dialogue.select("select 'x'"));
            dialogue.server().awaitMessages(11, SOON);
            slow.cancel();
            dialogue.letTimersFire();
            cancelled.countDown();
            assertThat(completed(behind)).containsExactly("x");
            assertThat(dialogue.server().cancelRequests()).isEmpty();
        }
    }

    @Test
    @DisplayName("[X14] the last of several written ones is stopped when it is its turn to be answered, not before")
    void lastOfSeveral() {
        CountDownLatch fired = new CountDownLatch(1);
        CountDownLatch cancelled = new CountDownLatch(1);
        try (Dialogue dialogue = Dialogue.cancellable(
                Dialogue::stopAtOnce,
                cancelled,
                script -> script.expect("P D B E S P D B E S")
                        .pause(fired)
                        .send(firstSelected("x"))
                        .pause(cancelled)
                        .send(STOPPED))) {
            TestSubscriber<String> head = begin(dialogue.select("select 'x'"));
            TestSubscriber<String> slow = begin(dialogue.select(SLOW));
            dialogue.server().awaitMessages(11, SOON);
            slow.cancel();
            dialogue.letTimersFire();
            assertThat(dialogue.server().cancelRequests()).isEmpty();
            fired.countDown();
            assertThat(completed(head)).containsExactly("x");
            dialogue.server().awaitCancelRequests(1, SOON);
        }
    }

    @Test
    @DisplayName("[X14] a megabyte drained ends the grace")
    void megabyteEndsGrace() {
        CountDownLatch cancelled = new CountDownLatch(1);
        CountDownLatch told = new CountDownLatch(1);
        Octets many = rows("x".repeat(100_000), "x".repeat(100_000), "x".repeat(100_000));
        try (Dialogue dialogue = Dialogue.cancellable(
                CancelTest::never,
                told,
                script -> script.expect("P D B E S")
                        .send(prepared(TEXT_COLUMN), bindComplete(), rows("1"))
                        .pause(cancelled)
                        .send(many, many, many)
                        .expectNothing()
                        .send(many)
                        .pause(told)
                        .send(STOPPED)
                        .expect("P D B E S")
                        .send(firstSelected("x")))) {
            TestSubscriber<String> slow = begin(dialogue.select(SLOW));
            awaitElements(slow, 1);
            slow.cancel();
            dialogue.settle();
            cancelled.countDown();
            assertThat(completed(begin(dialogue.select("select 'x'")))).containsExactly("x");
            assertThat(dialogue.server().cancelRequests()).hasSize(1);
        }
    }

    @Test
    @DisplayName("[X14] Mono.from(execute()) cancels before it passes the Result on, and the Result is read to its end")
    void monoFrom() {
        CountDownLatch fired = new CountDownLatch(1);
        try (Dialogue dialogue = Dialogue.with(
                Dialogue::stopAtOnce,
                script -> script.expect("P D B E S")
                        .send(prepared(TEXT_COLUMN), bindComplete(), rows("1"))
                        .pause(fired)
                        .send(rows("2"), complete("SELECT 2"), ready()))) {
            TestSubscriber<String> rows =
                    begin(Mono.from(dialogue.connection().createStatement(SLOW).execute())
                            .flatMapMany(result -> result.map(row -> row.get(0, String.class))));
            awaitElements(rows, 1);
            dialogue.letTimersFire();
            fired.countDown();
            assertThat(completed(rows)).containsExactly("1", "2");
            assertThat(dialogue.server().cancelRequests()).isEmpty();
        }
    }

    @Test
    @DisplayName("[X14] the Result that such a cancel left alone is stopped when it is cancelled itself")
    void monoFromThenCancel() {
        CountDownLatch cancelled = new CountDownLatch(1);
        try (Dialogue dialogue = Dialogue.cancellable(
                Dialogue::stopAtOnce,
                cancelled,
                script -> script.expect("P D B E S")
                        .send(prepared(TEXT_COLUMN), bindComplete(), rows("1"))
                        .pause(cancelled)
                        .send(STOPPED)
                        .expect("P D B E S")
                        .send(firstSelected("x")))) {
            PgxcStatement slow = dialogue.connection().createStatement(SLOW);
            assertThat(Mono.from(slow.execute())
                            .flatMap(result -> texts(Flux.just(result)).next())
                            .block(SOON))
                    .isEqualTo("1");
            assertThat(completed(begin(dialogue.select("select 'x'")))).containsExactly("x");
        }
    }
}
