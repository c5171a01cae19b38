// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import static io.r2dbc.pgxc.Answers.FAILED;
import static io.r2dbc.pgxc.Answers.IDLE;
import static io.r2dbc.pgxc.Answers.OPEN;
import static io.r2dbc.pgxc.Answers.TEXT_COLUMN;
import static io.r2dbc.pgxc.Answers.answered;
import static io.r2dbc.pgxc.Answers.done;
import static io.r2dbc.pgxc.Answers.firstSelected;
import static io.r2dbc.pgxc.Answers.prepared;
import static io.r2dbc.pgxc.Answers.ran;
import static io.r2dbc.pgxc.Answers.selected;
import static io.r2dbc.pgxc.Dialogue.SOON;
import static io.r2dbc.pgxc.Dialogue.begin;
import static io.r2dbc.pgxc.Dialogue.completed;
import static io.r2dbc.pgxc.Dialogue.failed;
import static io.r2dbc.pgxc.testing.ServerMessages.complete;
import static io.r2dbc.pgxc.testing.ServerMessages.error;
import static io.r2dbc.pgxc.testing.ServerMessages.ready;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.r2dbc.pgxc.exchange.ServerProfile;
import io.r2dbc.pgxc.wire.TransactionStatus;
import io.r2dbc.spi.ValidationDepth;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.test.subscriber.TestSubscriber;

/** The transaction's state as the server reports it, and as it is projected; and savepoints. */
class TransactionStateTest {

    @ParameterizedTest(name = "[X18] {0}")
    @ValueSource(
            strings = {
                "begin",
                "START TRANSACTION",
                "commit",
                "end",
                "ROLLBACK",
                "abort",
                "savepoint s",
                "release s",
                "/* ! */ prepare transaction 'x'",
                "commit prepared 'x'"
            })
    @DisplayName("[X18] SQL that begins with a transaction keyword is a fence to its ReadyForQuery")
    void keywordIsFence(String sql) {
        CountDownLatch subscribed = new CountDownLatch(1);
        try (Dialogue dialogue = Dialogue.of(script -> script.expect("P D B E S")
                .pause(subscribed)
                .send(prepared(), done(sql.toUpperCase(Locale.ROOT)))
                .expectNothing()
                .send(ready())
                .expect("P D B E S")
                .send(firstSelected("x")))) {
            TestSubscriber<Long> control = begin(dialogue.update(sql));
            TestSubscriber<String> behind = begin(dialogue.select("select 'x'"));
            dialogue.settle();
            subscribed.countDown();
            completed(control);
            assertThat(completed(behind)).containsExactly("x");
        }
    }

    @Test
    @DisplayName("[S2.3.22, X18] the state is what ReadyForQuery says, whatever was asked for")
    void followsTheServer() {
        try (Dialogue dialogue = Dialogue.of(script -> script.expect("P D B E S")
                .send(prepared(), done("CALL"), ready(TransactionStatus.IN_TRANSACTION))
                .expect("B E S")
                .send(done("CALL"), ready(TransactionStatus.FAILED))
                .expect("B E S")
                .send(done("CALL"), ready()))) {
            for (boolean autoCommit : new boolean[] {false, false, true}) {
                completed(begin(dialogue.update("call strange()")));
                dialogue.settle();
                assertThat(dialogue.connection().isAutoCommit()).isEqualTo(autoCommit);
            }
        }
    }

    @Test
    @DisplayName("[X18] several statements in one string are a fence to their ReadyForQuery")
    void stringIsFence() {
        CountDownLatch subscribed = new CountDownLatch(1);
        try (Dialogue dialogue = Dialogue.of(script -> script.expect("Q")
                .pause(subscribed)
                .send(complete("INSERT 0 1"), complete("INSERT 0 2"))
                .expectNothing()
                .send(ready())
                .expect("P D B E S")
                .send(firstSelected("x")))) {
            TestSubscriber<Long> string = begin(dialogue.update("insert into a select 1; insert into b select 2"));
            TestSubscriber<String> behind = begin(dialogue.select("select 'x'"));
            dialogue.settle();
            subscribed.countDown();
            assertThat(completed(string)).containsExactly(1L, 2L);
            assertThat(completed(behind)).containsExactly("x");
        }
    }

    @Test
    @DisplayName(
            "[X18] a transaction begun by SQL is one: begin is nothing, COMMIT is sent, and the status byte decides")
    void begunBySql() {
        try (Dialogue dialogue = Dialogue.of(script -> script.expect("P D B E S")
                .send(prepared(), done("BEGIN"), ready(OPEN))
                .expect("P D B E S")
                .send(prepared(TEXT_COLUMN), selected("x"), ready(OPEN))
                .expectQuery("COMMIT")
                .send(answered("COMMIT", IDLE)))) {
            PgxcConnection connection = dialogue.connection();
            completed(begin(dialogue.update("begin")));
            assertThat(connection.isAutoCommit()).isFalse();
            connection.beginTransaction().block(SOON);
            completed(begin(dialogue.select("select 'x'")));
            connection.commitTransaction().block(SOON);
            assertThat(connection.isAutoCommit()).isTrue();
        }
    }

    @ParameterizedTest(name = "[X18, S7.4] {0} leaves auto-commit {2}")
    @CsvSource({"commit, COMMIT, true", "commit and chain, COMMIT, false", "rollback, ROLLBACK, true"})
    @DisplayName("[X18, S7.4] after SQL that ends a transaction the status byte says whether there is one")
    void endedBySql(String sql, String tag, boolean autoCommit) {
        try (Dialogue dialogue = Dialogue.of(script -> {
            script.expect("P B E P D B E S")
                    .send(ran("BEGIN"), prepared(TEXT_COLUMN), selected("x"), ready(OPEN))
                    .expect("P D B E S")
                    .send(prepared(), done(tag), ready(autoCommit ? IDLE : OPEN));
            if (!autoCommit) {
                script.expectQuery("ROLLBACK").send(answered("ROLLBACK", IDLE));
            }
            script.expect("B E S").send(selected("y"), ready());
        })) {
            PgxcConnection connection = dialogue.connection();
            connection.beginTransaction().block(SOON);
            completed(begin(dialogue.select("select 'x'")));
            completed(begin(dialogue.update(sql)));
            assertThat(connection.isAutoCommit()).isEqualTo(autoCommit);
            connection.rollbackTransaction().block(SOON);
            assertThat(connection.isAutoCommit()).isTrue();
            assertThat(completed(begin(dialogue.select("select 'x'")))).containsExactly("y");
        }
    }

    @Test
    @DisplayName("[X18] whether COMMIT is needed is decided when its turn comes: behind a written BEGIN it is sent")
    void decidedAtItsTurn() {
        CountDownLatch subscribed = new CountDownLatch(1);
        try (Dialogue dialogue = Dialogue.of(script -> script.expect("P B E P D B E S")
                .pause(subscribed)
                .send(ran("BEGIN"))
                .expect("Q P D B E S")
                .send(prepared(), done("INSERT 0 1"), ready(OPEN), answered("COMMIT", IDLE))
                .send(firstSelected("x")))) {
            PgxcConnection connection = dialogue.connection();
            TestSubscriber<Void> begun = begin(connection.beginTransaction());
            TestSubscriber<Long> insert = begin(dialogue.update("insert into t values (1)"));
            TestSubscriber<Void> commit = begin(connection.commitTransaction());
            TestSubscriber<String> next = begin(dialogue.select("select 'x'"));
            dialogue.settle();
            subscribed.countDown();
            completed(begun);
            completed(insert);
            completed(commit);
            assertThat(completed(next)).containsExactly("x");
        }
    }

    @Test
    @DisplayName("[X16] validate(REMOTE) is a bare Sync in any transaction state, and leaves a waiting BEGIN alone")
    void pingLeavesBeginAlone() {
        try (Dialogue dialogue = Dialogue.of(script -> script.expect("S")
                .send(ready())
                .expect("P B E P D B E S")
                .send(ran("BEGIN"), error("42P01", "no such table"), ready(FAILED))
                .expect("S")
                .send(ready(FAILED)))) {
            PgxcConnection connection = dialogue.connection();
            connection.beginTransaction().block(SOON);
            assertThat(connection.validate(ValidationDepth.REMOTE).block(SOON)).isTrue();
            assertThat(connection.isAutoCommit()).isFalse();
            failed(begin(dialogue.select("select a from missing")));
            assertThat(connection.validate(ValidationDepth.REMOTE).block(SOON)).isTrue();
        }
    }

    @Test
    @DisplayName("[X20] savepoint names are quoted wherever they go into SQL, and a savepoint begins a transaction")
    void savepointsAreQuoted() {
        String quoted = "\"a\"\"; drop table t; --\"";
        try (Dialogue dialogue = Dialogue.of(script -> script.expectQuery("BEGIN")
                .send(answered("BEGIN", OPEN))
                .expectQuery("SAVEPOINT " + quoted)
                .send(answered("SAVEPOINT", OPEN))
                .expectQuery("ROLLBACK TO SAVEPOINT " + quoted)
                .send(answered("ROLLBACK", OPEN))
                .expectQuery("RELEASE SAVEPOINT " + quoted)
                .send(answered("RELEASE", OPEN)))) {
            PgxcConnection connection = dialogue.connection();
            String name = "a\"; drop table t; --";
            connection.createSavepoint(name).block(SOON);
            connection.rollbackTransactionToSavepoint(name).block(SOON);
            connection.releaseSavepoint(name).block(SOON);
            assertThat(connection.isAutoCommit()).isFalse();
        }
    }

    @Test
    @DisplayName("[X20, S9.11, D6] on a server without savepoints they are refused before anything is sent")
    void withoutSavepoints() {
        try (Dialogue dialogue =
                Dialogue.of(script -> script.expect("P D B E S").send(firstSelected("x")))) {
            PgxcConnection connection = dialogue.connection();
            connection.core().session().state().profile(new ServerProfile(true, false, false, true));
            assertThatThrownBy(() -> connection.createSavepoint("s")).isInstanceOf(UnsupportedOperationException.class);
            assertThatThrownBy(() -> connection.releaseSavepoint("s"))
                    .isInstanceOf(UnsupportedOperationException.class);
            assertThatThrownBy(() -> connection.rollbackTransactionToSavepoint("s"))
                    .isInstanceOf(UnsupportedOperationException.class);
            assertThat(completed(begin(dialogue.select("select 'x'")))).containsExactly("x");
        }
    }

    @Test
    @DisplayName("[D6] a server that turns out to have no savepoints: its own error, and the transaction is as it says")
    void savepointsRefused() {
        try (Dialogue dialogue = Dialogue.of(script -> script.expectQuery("BEGIN")
                .send(answered("BEGIN", OPEN))
                .expectQuery("SAVEPOINT \"s\"")
                .send(error("54001", "SAVEPOINT is not yet supported."), ready(FAILED))
                .expectQuery("ROLLBACK")
                .send(answered("ROLLBACK", TransactionStatus.IDLE)))) {
            PgxcConnection connection = dialogue.connection();
            assertThat(failed(begin(connection.createSavepoint("s")))).hasMessageContaining("not yet supported");
            assertThat(connection.isAutoCommit()).isFalse();
            connection.rollbackTransaction().block(SOON);
            assertThat(connection.isAutoCommit()).isTrue();
        }
    }

    @Test
    @DisplayName("[X4] going back to a savepoint forgets the error that led there")
    void savepointForgetsError() {
        try (Dialogue dialogue = Dialogue.of(script -> script.expectQuery("BEGIN")
                .send(answered("BEGIN", OPEN))
                .expectQuery("SAVEPOINT \"s\"")
                .send(answered("SAVEPOINT", OPEN))
                .expect("P D B E S")
                .send(error("42P01", "no such table"), ready(FAILED))
                .expectQuery("ROLLBACK TO SAVEPOINT \"s\"")
                .send(answered("ROLLBACK", OPEN))
                .expect("P D B E S P D B E S")
                .send(error("42703", "no such column"), ready(FAILED))
                .send(error("25P02", "current transaction is aborted"), ready(FAILED)))) {
            PgxcConnection connection = dialogue.connection();
            connection.createSavepoint("s").block(SOON);
            failed(begin(dialogue.select("select a from missing")));
            connection.rollbackTransactionToSavepoint("s").block(SOON);
            TestSubscriber<String> first = begin(dialogue.select("select missing from t"));
            TestSubscriber<String> second = begin(dialogue.select("select a from t"));
            assertThat(failed(first)).hasMessageContaining("no such column").hasNoCause();
            assertThat(failed(second)).cause().hasMessageContaining("no such column");
        }
    }
}
