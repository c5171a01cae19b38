// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import static io.r2dbc.pgxc.Answers.FAILED;
import static io.r2dbc.pgxc.Answers.OPEN;
import static io.r2dbc.pgxc.Answers.TEXT_COLUMN;
import static io.r2dbc.pgxc.Answers.done;
import static io.r2dbc.pgxc.Answers.firstSelected;
import static io.r2dbc.pgxc.Answers.prepared;
import static io.r2dbc.pgxc.Answers.ran;
import static io.r2dbc.pgxc.Answers.rows;
import static io.r2dbc.pgxc.Dialogue.SOON;
import static io.r2dbc.pgxc.Dialogue.begin;
import static io.r2dbc.pgxc.Dialogue.completed;
import static io.r2dbc.pgxc.Dialogue.counts;
import static io.r2dbc.pgxc.Dialogue.failed;
import static io.r2dbc.pgxc.Dialogue.texts;
import static io.r2dbc.pgxc.testing.ServerMessages.TEXT;
import static io.r2dbc.pgxc.testing.ServerMessages.bindComplete;
import static io.r2dbc.pgxc.testing.ServerMessages.closeComplete;
import static io.r2dbc.pgxc.testing.ServerMessages.complete;
import static io.r2dbc.pgxc.testing.ServerMessages.error;
import static io.r2dbc.pgxc.testing.ServerMessages.ready;
import static io.r2dbc.pgxc.testing.ServerMessages.suspended;
import static org.assertj.core.api.Assertions.assertThat;

import io.r2dbc.pgxc.wire.ClientMessage.Bind;
import io.r2dbc.pgxc.wire.ClientMessage.Execute;
import io.r2dbc.pgxc.wire.Octets;
import io.r2dbc.spi.R2dbcDataIntegrityViolationException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import reactor.test.subscriber.TestSubscriber;

/** Flights that are written once more because the server could not deduce the type of a String. */
class DeducedFlightTest {

    private static final String INSERT = "insert into t select concat($1)";
    private static final Octets UNDEDUCED = error("42P18", "could not determine data type");
    private static final Octets AS_TEXT = prepared(new int[] {TEXT});

    @Test
    @DisplayName("[X10, X6] all bindings are sent again, with the type of the one Parse")
    void allBindingsAgain() {
        try (Dialogue dialogue = Dialogue.of(script -> script.expect("P D B E B E S")
                .send(UNDEDUCED, ready())
                .expect("P D B E B E S")
                .send(AS_TEXT, done("INSERT 0 1"), done("INSERT 0 2"), ready()))) {
            PgxcStatement statement = dialogue.connection()
                    .createStatement(INSERT)
                    .bind(0, "a")
                    .add()
                    .bind(0, "b");
            assertThat(completed(begin(counts(statement.execute())))).containsExactly(1L, 2L);
            assertThat(dialogue.parameterTypes(INSERT)).containsExactly(List.of(0), List.of(TEXT));
        }
    }

    @Test
    @DisplayName(
            "[X10, X6] a binding that cannot be encoded is told after the flight was sent again, and nothing commits either time")
    void unsendableBinding() {
        try (Dialogue dialogue = Dialogue.of(script -> script.expect("P D B E P B E S")
                .send(UNDEDUCED, ready())
                .expect("P D B E P B E S")
                .send(AS_TEXT, done("INSERT 0 1"), ran("ROLLBACK"), ready()))) {
            PgxcStatement statement = dialogue.connection()
                    .createStatement(INSERT)
                    .bind(0, "a")
                    .add()
                    .bind(0, "b\0");
            TestSubscriber<Long> counts = begin(counts(statement.execute()));
            assertThat(failed(counts))
                    .isInstanceOf(R2dbcDataIntegrityViolationException.class)
                    .hasMessageContaining("binding 1");
            assertThat(dialogue.sql()).containsExactly(INSERT, "ROLLBACK", INSERT, "ROLLBACK");
        }
    }

    @Test
    @DisplayName("[X10, X11] a result in chunks is opened anew, with a portal of another name")
    void portalAnew() {
        try (Dialogue dialogue = Dialogue.of(script -> script.expect("P B E P B E P D P B E C B E S")
                .send(ran("BEGIN"), ran("SAVEPOINT"), UNDEDUCED, ready(FAILED))
                .expect("P B E P B E P D B E S")
                .send(ran("ROLLBACK"), ran("RELEASE"), prepared(new int[] {TEXT}, TEXT_COLUMN))
                .send(bindComplete(), rows("1", "2"), suspended(), ready(OPEN))
                .expect("E S")
                .send(rows("3"), complete("SELECT 1"), ready(OPEN)))) {
            dialogue.connection().beginTransaction().block(SOON);
            PgxcStatement statement = dialogue.connection()
                    .createStatement("select a from t where b = concat($1)")
                    .bind(0, "b")
                    .fetchSize(2);
            assertThat(completed(begin(texts(statement)))).containsExactly("1", "2", "3");
            List<String> portals = dialogue.said(Bind.class).stream()
                    .map(Bind::portal)
                    .filter(name -> !name.isEmpty())
                    .toList();
            assertThat(portals).hasSize(2).doesNotHaveDuplicates();
            assertThat(dialogue.said(Execute.class)).endsWith(new Execute(portals.get(1), 2));
        }
    }

    @Test
    @DisplayName(
            "[X10, X14] a flight cancelled before its Parse was answered is not sent again, and what waits goes on")
    void cancelled() {
        CountDownLatch cancelled = new CountDownLatch(1);
        try (Dialogue dialogue = Dialogue.of(script -> script.expect("P D B E S")
                .pause(cancelled)
                .send(UNDEDUCED)
                .expectNothing()
                .send(ready())
                .expect("P D B E S")
                .send(firstSelected("x")))) {
            TestSubscriber<Long> counts = begin(counts(
                    dialogue.connection().createStatement(INSERT).bind(0, "a").execute()));
            dialogue.server().awaitMessages(6, SOON);
            counts.cancel();
            TestSubscriber<String> next = begin(dialogue.select("select 'x'"));
            dialogue.settle();
            cancelled.countDown();
            assertThat(completed(next)).containsExactly("x");
        }
    }

    @Test
    @DisplayName("[X10, X4] an error of the statement itself, behind its savepoint, aborts the transaction as always")
    void errorBehindSavepoint() {
        try (Dialogue dialogue = Dialogue.of(script -> script.expect("P B E P B E P D P B E C B E S")
                .send(ran("BEGIN"), ran("SAVEPOINT"), prepared(new int[] {TEXT}), ran("RELEASE"), closeComplete())
                .send(bindComplete(), error("23505", "duplicate key"), ready(FAILED))
                .expect("P D B E S")
                .send(error("25P02", "current transaction is aborted"), ready(FAILED)))) {
            dialogue.connection().beginTransaction().block(SOON);
            assertThat(failed(begin(counts(dialogue.connection()
                            .createStatement(INSERT)
                            .bind(0, "a")
                            .execute()))))
                    .hasMessageContaining("duplicate key");
            assertThat(failed(begin(dialogue.select("select 'x'")))).cause().hasMessageContaining("duplicate key");
        }
    }

    @Test
    @DisplayName("[X10, X14] a flight that is cancelled while the server is asked does not cost the transaction")
    void cancelledWhileAsked() {
        CountDownLatch cancelled = new CountDownLatch(1);
        try (Dialogue dialogue = Dialogue.of(script -> script.expect("P B E P B E P D P B E C B E S")
                .pause(cancelled)
                .send(ran("BEGIN"), ran("SAVEPOINT"), UNDEDUCED, ready(FAILED))
                .expectQuery("ROLLBACK TO SAVEPOINT \"pgxc_deduction\";RELEASE SAVEPOINT \"pgxc_deduction\"")
                .expect("P D B E S")
                .send(complete("ROLLBACK"), complete("RELEASE"), ready(OPEN))
                .send(prepared(TEXT_COLUMN), bindComplete(), rows("x"), complete("SELECT 1"), ready(OPEN)))) {
            dialogue.connection().beginTransaction().block(SOON);
            PgxcStatement statement =
                    dialogue.connection().createStatement(INSERT).bind(0, "a");
            TestSubscriber<Long> asking = begin(counts(statement.execute()));
            dialogue.server().awaitMessages(16, SOON);
            TestSubscriber<String> behind = begin(dialogue.select("select 'x'"));
            asking.cancel();
            dialogue.settle();
            cancelled.countDown();
            assertThat(completed(behind)).containsExactly("x");
        }
    }
}
