// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import static io.r2dbc.pgxc.Answers.IDLE;
import static io.r2dbc.pgxc.Answers.TEXT_COLUMN;
import static io.r2dbc.pgxc.Answers.done;
import static io.r2dbc.pgxc.Answers.firstSelected;
import static io.r2dbc.pgxc.Answers.prepared;
import static io.r2dbc.pgxc.Answers.rows;
import static io.r2dbc.pgxc.Answers.stopped;
import static io.r2dbc.pgxc.Dialogue.SOON;
import static io.r2dbc.pgxc.Dialogue.awaitElements;
import static io.r2dbc.pgxc.Dialogue.begin;
import static io.r2dbc.pgxc.Dialogue.completed;
import static io.r2dbc.pgxc.Dialogue.failed;
import static io.r2dbc.pgxc.Dialogue.texts;
import static io.r2dbc.pgxc.testing.ServerMessages.authenticationOk;
import static io.r2dbc.pgxc.testing.ServerMessages.bindComplete;
import static io.r2dbc.pgxc.testing.ServerMessages.complete;
import static io.r2dbc.pgxc.testing.ServerMessages.error;
import static io.r2dbc.pgxc.testing.ServerMessages.notice;
import static io.r2dbc.pgxc.testing.ServerMessages.ready;
import static io.r2dbc.pgxc.testing.ServerMessages.rowDescription;
import static org.assertj.core.api.Assertions.assertThat;

import io.r2dbc.pgxc.testing.ScriptedServer;
import io.r2dbc.pgxc.wire.Octets;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.test.subscriber.TestSubscriber;

/** Which cancelled exchanges may be stopped at the server at all, outside a transaction. */
class StopTest {

    private static final String SLOW = "select a from slow";

    private static final Octets STOPPED = stopped(IDLE);

    @Test
    @DisplayName("[X14] a non-SELECT that has answered, be it with a row, is never stopped at the server")
    void answeredWriteIsNotStopped() {
        for (boolean row : new boolean[] {true, false}) {
            CountDownLatch cancelled = new CountDownLatch(1);
            CountDownLatch first = new CountDownLatch(1);
            try (Dialogue dialogue = Dialogue.with(
                    Dialogue::stopAtOnce,
                    script -> script.expect("P D B E S")
                            .pause(first)
                            .send(row ? prepared(TEXT_COLUMN) : prepared())
                            .send(row ? Octets.join(bindComplete(), rows("1")) : done("INSERT 0 1"))
                            .send(notice("mark"))
                            .pause(cancelled)
                            .send(row ? complete("INSERT 0 1") : Octets.NONE, ready())
                            .expect("P D B E S")
                            .send(firstSelected("x")))) {
                TestSubscriber<Object> insert = begin(dialogue.connection()
                        .createStatement("insert into t values ('1') returning a")
                        .execute()
                        .concatMap(result -> row ? result.map(r -> r.get(0)) : result.getRowsUpdated()));
                dialogue.untilNotice(first::countDown);
                insert.cancel();
                dialogue.letTimersFire();
                cancelled.countDown();
                assertThat(completed(begin(dialogue.select("select 'x'")))).containsExactly("x");
                assertThat(dialogue.server().cancelRequests()).isEmpty();
            }
        }
    }

    @Test
    @DisplayName("[X14] a non-SELECT that has not answered is stopped")
    void unansweredWriteIsStopped() {
        CountDownLatch cancelled = new CountDownLatch(1);
        try (Dialogue dialogue = Dialogue.cancellable(
                Dialogue::stopAtOnce,
                cancelled,
                script -> script.expect("P D B E S")
                        .send(prepared())
                        .pause(cancelled)
                        .send(STOPPED)
                        .expect("P D B E S")
                        .send(firstSelected("x")))) {
            TestSubscriber<Long> slow = begin(dialogue.update("update t set a = slow(a)"));
            dialogue.server().awaitMessages(6, SOON);
            slow.cancel();
            assertThat(completed(begin(dialogue.select("select 'x'")))).containsExactly("x");
        }
    }

    @Test
    @DisplayName(
            "[X14] whether the Result or execute() is cancelled first, with the last reader the exchange is stopped")
    void eitherOrder() {
        for (boolean resultFirst : new boolean[] {true, false}) {
            CountDownLatch cancelled = new CountDownLatch(1);
            try (Dialogue dialogue = Dialogue.cancellable(
                    Dialogue::stopAtOnce,
                    cancelled,
                    script -> script.expect("Q")
                            .send(rowDescription(TEXT_COLUMN), rows("1"))
                            .pause(cancelled)
                            .send(STOPPED))) {
                TestSubscriber<PgxcResult> results = begin(dialogue.connection()
                        .createStatement("select '1'; " + SLOW)
                        .execute());
                awaitElements(results, 1);
                TestSubscriber<String> rows =
                        begin(texts(Flux.just(results.getReceivedOnNext().get(0))));
                awaitElements(rows, 1);
                for (TestSubscriber<?> one : resultFirst ? List.of(rows, results) : List.of(results, rows)) {
                    one.cancel();
                    dialogue.settle();
                }
                dialogue.server().awaitCancelRequests(1, SOON);
            }
        }
    }

    @Test
    @DisplayName("[X14] several statements in one string are stopped while they only read")
    void simpleQuery() {
        CountDownLatch cancelled = new CountDownLatch(1);
        try (Dialogue dialogue = Dialogue.cancellable(
                Dialogue::stopAtOnce,
                cancelled,
                script -> script.expect("Q")
                        .send(rowDescription(TEXT_COLUMN), rows("1"))
                        .pause(cancelled)
                        .send(STOPPED)
                        .expect("P D B E S")
                        .send(firstSelected("x")))) {
            TestSubscriber<String> slow = begin(dialogue.select("select '1'; " + SLOW));
            awaitElements(slow, 1);
            slow.cancel();
            assertThat(completed(begin(dialogue.select("select 'x'")))).containsExactly("x");
        }
    }

    @Test
    @DisplayName("[X14] a statement with a fetch size that has not answered yet has no portal to close, and is stopped")
    void fetchSizeUnanswered() {
        CountDownLatch cancelled = new CountDownLatch(1);
        try (Dialogue dialogue = Dialogue.cancellable(
                Dialogue::stopAtOnce,
                cancelled,
                script -> script.expect("P D B E H")
                        .send(prepared(TEXT_COLUMN), bindComplete())
                        .pause(cancelled)
                        .send(error("57014", "canceling statement due to user request"))
                        .expect("S")
                        .send(ready())
                        .expect("P D B E S")
                        .send(firstSelected("x")))) {
            TestSubscriber<String> slow =
                    begin(texts(dialogue.connection().createStatement(SLOW).fetchSize(10)));
            dialogue.server().awaitMessages(6, SOON);
            slow.cancel();
            assertThat(completed(begin(dialogue.select("select 'x'")))).containsExactly("x");
        }
    }

    @Test
    @DisplayName("[S2.1.6, X14] a server that gave no key cannot be asked to stop, so the exchange is drained")
    void withoutKey() {
        CountDownLatch cancelled = new CountDownLatch(1);
        ScriptedServer server = ScriptedServer.start(script -> script.expectStartup()
                .send(authenticationOk(), ready())
                .expect("P D B E S")
                .pause(cancelled)
                .send(firstSelected("1"))
                .expect("P D B E S")
                .send(firstSelected("x")));
        try (Dialogue dialogue = Dialogue.on(server, Dialogue::stopAtOnce)) {
            TestSubscriber<String> slow = begin(dialogue.select(SLOW));
            dialogue.server().awaitMessages(6, SOON);
            slow.cancel();
            dialogue.letTimersFire();
            assertThat(failed(begin(dialogue.connection().cancelRequest())))
                    .isInstanceOf(UnsupportedOperationException.class)
                    .hasMessageContaining("BackendKeyData");
            cancelled.countDown();
            assertThat(completed(begin(dialogue.select("select 'x'")))).containsExactly("x");
            assertThat(dialogue.server().cancelRequests()).isEmpty();
        }
    }
}
