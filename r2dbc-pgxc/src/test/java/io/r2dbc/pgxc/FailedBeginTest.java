// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import static io.r2dbc.pgxc.Answers.FAILED;
import static io.r2dbc.pgxc.Answers.IDLE;
import static io.r2dbc.pgxc.Answers.OPEN;
import static io.r2dbc.pgxc.Answers.answered;
import static io.r2dbc.pgxc.Answers.firstSelected;
import static io.r2dbc.pgxc.Answers.ran;
import static io.r2dbc.pgxc.Dialogue.SOON;
import static io.r2dbc.pgxc.Dialogue.begin;
import static io.r2dbc.pgxc.Dialogue.completed;
import static io.r2dbc.pgxc.Dialogue.failed;
import static io.r2dbc.pgxc.testing.ServerMessages.complete;
import static io.r2dbc.pgxc.testing.ServerMessages.error;
import static io.r2dbc.pgxc.testing.ServerMessages.ready;
import static org.assertj.core.api.Assertions.assertThat;

import io.r2dbc.pgxc.wire.Octets;
import io.r2dbc.spi.TransactionDefinition;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.test.subscriber.TestSubscriber;

/** No statement ever commits by itself because its BEGIN has failed. */
class FailedBeginTest {

    private static final Octets REFUSED = Octets.join(error("0A000", "no BEGIN today"), ready());

    private static void assertRefused(TestSubscriber<?> subscriber) {
        assertThat(failed(subscriber)).hasMessageContaining("no BEGIN today");
    }

    @Test
    @DisplayName(
            "[X17] a BEGIN that fails with its carrier fails everything locally until ROLLBACK, which sends nothing")
    void untilRollback() {
        try (Dialogue dialogue = Dialogue.of(script -> script.expect("P B E P D B E S")
                .send(REFUSED)
                .expect("P D B E S")
                .send(firstSelected("x")))) {
            PgxcConnection connection = dialogue.connection();
            connection.beginTransaction().block(SOON);
            assertRefused(begin(dialogue.update("insert into t values (1)")));
            assertThat(connection.isAutoCommit()).isFalse();
            assertRefused(begin(dialogue.update("insert into t values (2)")));
            assertRefused(begin(dialogue.update("insert into t values (3); insert into t values (4)")));
            assertRefused(begin(connection.createSavepoint("s")));
            connection.rollbackTransaction().block(SOON);
            assertThat(connection.isAutoCommit()).isTrue();
            assertThat(completed(begin(dialogue.select("select 'x'")))).containsExactly("x");
        }
    }

    @Test
    @DisplayName("[X17] COMMIT after a BEGIN that failed fails too, sends nothing, and ends it")
    void untilCommit() {
        try (Dialogue dialogue = Dialogue.of(script -> script.expect("P B E P D B E S")
                .send(REFUSED)
                .expect("P D B E S")
                .send(firstSelected("x")))) {
            PgxcConnection connection = dialogue.connection();
            connection.beginTransaction().block(SOON);
            assertRefused(begin(dialogue.update("insert into t values (1)")));
            assertRefused(begin(connection.commitTransaction()));
            assertThat(connection.isAutoCommit()).isTrue();
            assertThat(completed(begin(dialogue.select("select 'x'")))).containsExactly("x");
        }
    }

    @Test
    @DisplayName(
            "[X17] the same where everything was subscribed before BEGIN was answered: nothing more is sent, COMMIT does not succeed")
    void pipelined() {
        CountDownLatch subscribed = new CountDownLatch(1);
        try (Dialogue dialogue = Dialogue.of(script -> script.expect("P B E P D B E S")
                .pause(subscribed)
                .send(error("0A000", "no BEGIN today"))
                .expectNothing()
                .send(ready())
                .expect("P D B E S")
                .send(firstSelected("x")))) {
            PgxcConnection connection = dialogue.connection();
            TestSubscriber<Void> begun = begin(connection.beginTransaction());
            TestSubscriber<Long> carrier = begin(dialogue.update("insert into t values (1)"));
            TestSubscriber<Long> follower = begin(dialogue.update("insert into t values (2)"));
            TestSubscriber<Void> commit = begin(connection.commitTransaction());
            TestSubscriber<String> next = begin(dialogue.select("select 'x'"));
            dialogue.settle();
            subscribed.countDown();
            completed(begun);
            assertRefused(carrier);
            assertRefused(follower);
            assertRefused(commit);
            assertThat(completed(next)).containsExactly("x");
        }
    }

    @Test
    @DisplayName("[X17] a SET LOCAL that fails leaves a transaction, and COMMIT or ROLLBACK rolls it back")
    void setLocalFails() {
        try (Dialogue dialogue = Dialogue.of(script -> script.expect("P B E P B E P D B E S")
                .send(ran("BEGIN"), error("0A000", "no BEGIN today"), ready(FAILED))
                .expectQuery("ROLLBACK")
                .send(answered("ROLLBACK", IDLE))
                .expect("P D B E S")
                .send(firstSelected("x")))) {
            PgxcConnection connection = dialogue.connection();
            connection
                    .beginTransaction(TransactionTest.attributes(
                            Map.of(TransactionDefinition.LOCK_WAIT_TIMEOUT, Duration.ofSeconds(1))))
                    .block(SOON);
            assertRefused(begin(dialogue.update("insert into t values (1)")));
            assertRefused(begin(dialogue.update("insert into t values (2)")));
            connection.rollbackTransaction().block(SOON);
            assertThat(completed(begin(dialogue.select("select 'x'")))).containsExactly("x");
        }
    }

    @Test
    @DisplayName("[X17] a BEGIN that goes alone and fails keeps what it went ahead of from being sent")
    void beginAloneFails() {
        try (Dialogue dialogue = Dialogue.of(script -> script.expectQuery("BEGIN")
                .send(REFUSED)
                .expectQuery("BEGIN")
                .send(complete("BEGIN"), ready(OPEN))
                .expectQuery("SAVEPOINT \"s\"")
                .send(complete("SAVEPOINT"), ready(OPEN)))) {
            PgxcConnection connection = dialogue.connection();
            connection.beginTransaction().block(SOON);
            assertRefused(begin(dialogue.update("insert into t values (1); insert into t values (2)")));
            connection.rollbackTransaction().block(SOON);
            connection.createSavepoint("s").block(SOON);
            assertThat(connection.isAutoCommit()).isFalse();
        }
    }

    @Test
    @DisplayName("[X17] an undeferred BEGIN that fails says so itself")
    void undeferred() {
        try (Dialogue dialogue = Dialogue.with(
                options -> options.deferBegin(false),
                script -> script.expectQuery("BEGIN").send(REFUSED))) {
            PgxcConnection connection = dialogue.connection();
            Mono<Void> begun = connection.beginTransaction();
            assertRefused(begin(begun));
            assertRefused(begin(dialogue.update("insert into t values (1)")));
        }
    }
}
