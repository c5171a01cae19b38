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

import io.r2dbc.pgxc.wire.Octets;
import io.r2dbc.spi.IsolationLevel;
import io.r2dbc.spi.Option;
import io.r2dbc.spi.R2dbcException;
import io.r2dbc.spi.R2dbcNonTransientResourceException;
import io.r2dbc.spi.R2dbcRollbackException;
import io.r2dbc.spi.TransactionDefinition;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.test.subscriber.TestSubscriber;

class TransactionTest {

    /** To the first statement of a transaction, which is a query. */
    private static final Octets BEGUN = Octets.join(ran("BEGIN"), prepared(TEXT_COLUMN), selected("x"), ready(OPEN));

    private static String sqlState(Throwable error) {
        return ((R2dbcException) error).getSqlState();
    }

    @Test
    @DisplayName(
            "[X17] BEGIN rides with the first statement and shares its Sync; nothing is written behind before BEGIN is answered")
    void beginRides() {
        try (Dialogue dialogue = Dialogue.of(script -> script.expect("P B E P D B E S")
                .expectNothing()
                .send(ran("BEGIN"))
                .expect("P D B E S")
                .send(prepared(TEXT_COLUMN), selected("x"), ready(OPEN))
                .send(prepared(), done("INSERT 0 1"), ready(OPEN))
                .expectQuery("COMMIT")
                .send(answered("COMMIT", IDLE)))) {
            PgxcConnection connection = dialogue.connection();
            assertThat(connection.isAutoCommit()).isTrue();
            TestSubscriber<Void> begun = begin(connection.beginTransaction());
            assertThat(connection.isAutoCommit()).isFalse();
            completed(begun);
            TestSubscriber<String> first = begin(dialogue.select("select 'x'"));
            TestSubscriber<Long> second = begin(dialogue.update("insert into t values ('x')"));
            assertThat(completed(first)).containsExactly("x");
            assertThat(completed(second)).containsExactly(1L);
            assertThat(connection.isAutoCommit()).isFalse();
            connection.commitTransaction().block(SOON);
            assertThat(connection.isAutoCommit()).isTrue();
            assertThat(dialogue.sql().get(0)).isEqualTo("BEGIN");
        }
    }

    @Test
    @DisplayName("[X17] the definition's attributes go into BEGIN and SET LOCAL, unknown ones nowhere")
    void attributesOfDefinition() {
        Option<Object> unknown = Option.valueOf("colour");
        TransactionDefinition definition = attributes(Map.of(
                TransactionDefinition.ISOLATION_LEVEL,
                IsolationLevel.SERIALIZABLE,
                TransactionDefinition.READ_ONLY,
                true,
                Option.valueOf("deferrable"),
                true,
                TransactionDefinition.LOCK_WAIT_TIMEOUT,
                Duration.ofSeconds(2),
                unknown,
                "blue"));
        try (Dialogue dialogue = Dialogue.of(script -> script.expect("P B E P B E P D B E S")
                .send(ran("BEGIN"), ran("SET"), prepared(TEXT_COLUMN), selected("x"), ready(OPEN)))) {
            dialogue.connection().beginTransaction(definition).block(SOON);
            completed(begin(dialogue.select("select 'x'")));
            assertThat(dialogue.sql())
                    .containsExactly(
                            "BEGIN ISOLATION LEVEL SERIALIZABLE READ ONLY DEFERRABLE",
                            "SET LOCAL lock_timeout = 2000",
                            "select 'x'");
        }
    }

    @Test
    @DisplayName("[X17] readOnly=false is plain BEGIN")
    void notReadOnly() {
        try (Dialogue dialogue =
                Dialogue.of(script -> script.expect("P B E P D B E S").send(BEGUN))) {
            dialogue.connection()
                    .beginTransaction(attributes(Map.of(TransactionDefinition.READ_ONLY, false)))
                    .block(SOON);
            completed(begin(dialogue.select("select 'x'")));
            assertThat(dialogue.sql().get(0)).isEqualTo("BEGIN");
        }
    }

    @ParameterizedTest(name = "[X17] {0}")
    @ValueSource(strings = {"select 1; select 2", "copy t to stdout"})
    @DisplayName("[X17] ahead of a simple Query BEGIN goes alone, with SET LOCAL, and its ReadyForQuery is awaited")
    void beginAlone(String sql) {
        TransactionDefinition definition =
                attributes(Map.of(TransactionDefinition.LOCK_WAIT_TIMEOUT, Duration.ofMillis(5)));
        try (Dialogue dialogue = Dialogue.of(script -> script.expectQuery("BEGIN;SET LOCAL lock_timeout = 5")
                .expectNothing()
                .send(complete("BEGIN"), complete("SET"))
                .expectNothing()
                .send(ready(OPEN))
                .expectQuery(sql)
                .send(complete("SELECT 0"), complete("SELECT 0"), ready(OPEN)))) {
            dialogue.connection().beginTransaction(definition).block(SOON);
            assertThat(completed(begin(dialogue.update(sql)))).containsExactly(0L, 0L);
        }
    }

    @Test
    @DisplayName("[X17] nothing executed, nothing sent")
    void nothingExecuted() {
        try (Dialogue dialogue =
                Dialogue.of(script -> script.expect("P D B E S").send(firstSelected("x")))) {
            PgxcConnection connection = dialogue.connection();
            connection.beginTransaction().then(connection.commitTransaction()).block(SOON);
            connection.beginTransaction().then(connection.rollbackTransaction()).block(SOON);
            connection
                    .commitTransaction()
                    .then(connection.rollbackTransaction())
                    .block(SOON);
            assertThat(connection.isAutoCommit()).isTrue();
            assertThat(completed(begin(dialogue.select("select 'x'")))).containsExactly("x");
            assertThat(dialogue.sql()).containsExactly("select 'x'");
        }
    }

    @Test
    @DisplayName("[X17, X18] begin within a transaction is nothing")
    void beginTwice() {
        try (Dialogue dialogue = Dialogue.of(script ->
                script.expect("P B E P D B E S").send(BEGUN).expect("B E S").send(selected("y"), ready(OPEN)))) {
            PgxcConnection connection = dialogue.connection();
            connection.beginTransaction().then(connection.beginTransaction()).block(SOON);
            completed(begin(dialogue.select("select 'x'")));
            connection.beginTransaction().block(SOON);
            assertThat(completed(begin(dialogue.select("select 'x'")))).containsExactly("y");
        }
    }

    @Test
    @DisplayName("[X17] deferBegin=false sends BEGIN at once and waits for it")
    void notDeferred() {
        CountDownLatch looked = new CountDownLatch(1);
        try (Dialogue dialogue = Dialogue.with(
                options -> options.deferBegin(false),
                script -> script.expectQuery("BEGIN")
                        .pause(looked)
                        .send(answered("BEGIN", OPEN))
                        .expectQuery("ROLLBACK")
                        .send(answered("ROLLBACK", IDLE)))) {
            TestSubscriber<Void> begun = begin(dialogue.connection().beginTransaction());
            dialogue.server().awaitMessages(2, SOON);
            dialogue.settle();
            assertThat(begun.isTerminated()).isFalse();
            looked.countDown();
            completed(begun);
            dialogue.connection().rollbackTransaction().block(SOON);
        }
    }

    @Test
    @DisplayName("[X17] a waiting BEGIN outlives the cancelled statement that would have carried it")
    void carrierCancelled() {
        CountDownLatch cancelled = new CountDownLatch(1);
        try (Dialogue dialogue = Dialogue.with(
                options -> options.pipelineLimit(1),
                script -> script.expect("P D B E S")
                        .pause(cancelled)
                        .send(firstSelected("head"))
                        .expect("P B E P D B E S")
                        .send(BEGUN))) {
            TestSubscriber<String> head = begin(dialogue.select("select 'head'"));
            TestSubscriber<Void> begun = begin(dialogue.connection().beginTransaction());
            TestSubscriber<String> carrier = begin(dialogue.select("select 'never'"));
            TestSubscriber<String> next = begin(dialogue.select("select 'x'"));
            carrier.cancel();
            dialogue.settle();
            cancelled.countDown();
            completed(head);
            completed(begun);
            assertThat(completed(next)).containsExactly("x");
            assertThat(dialogue.sql()).containsExactly("select 'head'", "BEGIN", "select 'x'");
        }
    }

    @Test
    @DisplayName(
            "[X19, D3, S2.2.10] COMMIT answered with ROLLBACK is a rollback exception, 25P02, with the first error as cause")
    void commitOfFailedTransaction() {
        try (Dialogue dialogue = Dialogue.of(script -> script.expect("P B E P D B E S")
                .send(ran("BEGIN"), prepared(), error("23505", "duplicate key"), ready(FAILED))
                .expect("P D B E S")
                .send(error("25P02", "current transaction is aborted"), ready(FAILED))
                .expectQuery("COMMIT")
                .send(answered("ROLLBACK", IDLE)))) {
            PgxcConnection connection = dialogue.connection();
            connection.beginTransaction().block(SOON);
            failed(begin(dialogue.update("insert into t values (1)")));
            failed(begin(dialogue.update("insert into t values (2)")));
            Throwable error = failed(begin(connection.commitTransaction()));
            assertThat(error).isInstanceOf(R2dbcRollbackException.class).cause().hasMessageContaining("duplicate key");
            assertThat(sqlState(error)).isEqualTo("25P02");
            assertThat(connection.isAutoCommit()).isTrue();
        }
    }

    @Test
    @DisplayName("[X19] COMMIT that fails says what the server said")
    void commitFails() {
        try (Dialogue dialogue = Dialogue.of(script -> script.expect("P B E P D B E S")
                .send(BEGUN)
                .expectQuery("COMMIT")
                .send(error("40001", "could not serialize access"), ready())
                .expect("B E S")
                .send(selected("y"), ready()))) {
            PgxcConnection connection = dialogue.connection();
            connection.beginTransaction().block(SOON);
            completed(begin(dialogue.select("select 'x'")));
            assertThat(failed(begin(connection.commitTransaction())))
                    .isInstanceOf(R2dbcRollbackException.class)
                    .hasMessageContaining("could not serialize");
            assertThat(connection.isAutoCommit()).isTrue();
            completed(begin(dialogue.select("select 'x'")));
        }
    }

    @Test
    @DisplayName(
            "[X19, D4] a COMMIT whose answer is lost is 08007, also behind an unanswered statement, and is not sent again")
    void commitLost() {
        try (Dialogue dialogue = Dialogue.of(script -> script.expect("P B E P D B E S")
                .send(BEGUN)
                .expect("P D B E S Q")
                .closeNow())) {
            PgxcConnection connection = dialogue.connection();
            connection.beginTransaction().block(SOON);
            completed(begin(dialogue.select("select 'x'")));
            TestSubscriber<Long> insert = begin(dialogue.update("insert into t values ('y')"));
            TestSubscriber<Void> commit = begin(connection.commitTransaction());
            assertThat(sqlState(failed(insert))).isEqualTo("08006");
            Throwable error = failed(commit);
            assertThat(error).isInstanceOf(R2dbcNonTransientResourceException.class);
            assertThat(sqlState(error)).isEqualTo("08007");
            assertThat(dialogue.server().connectionCount()).isOne();
        }
    }

    @Test
    @DisplayName("[X19] a ROLLBACK whose answer is lost leaves nothing in doubt: 08006")
    void rollbackLost() {
        try (Dialogue dialogue = Dialogue.of(script -> script.expect("P B E P D B E S")
                .send(BEGUN)
                .expectQuery("ROLLBACK")
                .closeNow())) {
            dialogue.connection().beginTransaction().block(SOON);
            completed(begin(dialogue.select("select 'x'")));
            assertThat(sqlState(failed(begin(dialogue.connection().rollbackTransaction()))))
                    .isEqualTo("08006");
        }
    }

    @Test
    @DisplayName(
            "[X4] in a transaction the followers of an error fail with 25P02, and each has the first error as its cause")
    void followersOfError() {
        Octets aborted = Octets.join(error("25P02", "current transaction is aborted"), ready(FAILED));
        try (Dialogue dialogue = Dialogue.of(script -> script.expect("P B E P D B E S")
                .send(BEGUN)
                .expect("P D B E S P D B E S P D B E S")
                .send(error("42P01", "no such table"), ready(FAILED), aborted, aborted)
                .expectQuery("ROLLBACK")
                .send(answered("ROLLBACK", IDLE))
                .expect("P B E P D B E S")
                .send(ran("BEGIN"), error("42703", "no such column"), ready(FAILED))
                .expect("P D B E S")
                .send(aborted))) {
            PgxcConnection connection = dialogue.connection();
            connection.beginTransaction().block(SOON);
            completed(begin(dialogue.select("select 'x'")));
            TestSubscriber<String> first = begin(dialogue.select("select a from missing"));
            TestSubscriber<String> second = begin(dialogue.select("select 2"));
            TestSubscriber<String> third = begin(dialogue.select("select 3"));
            assertThat(failed(first)).hasMessageContaining("no such table").hasNoCause();
            for (TestSubscriber<String> follower : List.of(second, third)) {
                assertThat(failed(follower))
                        .satisfies(error -> assertThat(sqlState(error)).isEqualTo("25P02"))
                        .cause()
                        .hasMessageContaining("no such table");
            }
            connection.rollbackTransaction().then(connection.beginTransaction()).block(SOON);
            failed(begin(dialogue.select("select missing from t")));
            assertThat(failed(begin(dialogue.select("select 2")))).cause().hasMessageContaining("no such column");
        }
    }

    static TransactionDefinition attributes(Map<Option<?>, Object> attributes) {
        return new TransactionDefinition() {
            @Override
            @SuppressWarnings("unchecked") // the maps here hold values of the options' types
            public <T> @Nullable T getAttribute(Option<T> option) {
                return (T) attributes.get(option);
            }
        };
    }
}
