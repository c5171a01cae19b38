// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import static io.r2dbc.pgxc.Answers.IDLE;
import static io.r2dbc.pgxc.Answers.OPEN;
import static io.r2dbc.pgxc.Answers.TEXT_COLUMN;
import static io.r2dbc.pgxc.Answers.answered;
import static io.r2dbc.pgxc.Answers.firstSelected;
import static io.r2dbc.pgxc.Answers.prepared;
import static io.r2dbc.pgxc.Answers.ran;
import static io.r2dbc.pgxc.Answers.rows;
import static io.r2dbc.pgxc.Answers.selected;
import static io.r2dbc.pgxc.Dialogue.SOON;
import static io.r2dbc.pgxc.Dialogue.begin;
import static io.r2dbc.pgxc.Dialogue.completed;
import static io.r2dbc.pgxc.Dialogue.failed;
import static io.r2dbc.pgxc.testing.ServerMessages.INT4;
import static io.r2dbc.pgxc.testing.ServerMessages.TEXT;
import static io.r2dbc.pgxc.testing.ServerMessages.bindComplete;
import static io.r2dbc.pgxc.testing.ServerMessages.column;
import static io.r2dbc.pgxc.testing.ServerMessages.complete;
import static io.r2dbc.pgxc.testing.ServerMessages.error;
import static io.r2dbc.pgxc.testing.ServerMessages.notice;
import static io.r2dbc.pgxc.testing.ServerMessages.ready;
import static io.r2dbc.pgxc.testing.ServerMessages.rowDescription;
import static io.r2dbc.pgxc.testing.ServerMessages.rowOf;
import static io.r2dbc.pgxc.testing.ServerMessages.suspended;
import static org.assertj.core.api.Assertions.assertThat;

import io.r2dbc.pgxc.wire.ClientMessage.Execute;
import io.r2dbc.pgxc.wire.Octets;
import io.r2dbc.spi.R2dbcRollbackException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.test.subscriber.TestSubscriber;

/** What ends a string of statements, what does not, and what may be said meanwhile. */
class SimpleQueryProtocolTest {

    private static final String TWO = "insert into a select 1; select a from t";

    @ParameterizedTest(name = "[S2.2.2] fails: {0}")
    @ValueSource(booleans = {false, true})
    @DisplayName("[S2.2.2] neither CommandComplete nor an error ends the cycle, but ReadyForQuery alone, once")
    void readyEnds(boolean fails) {
        CountDownLatch marked = new CountDownLatch(1);
        CountDownLatch released = new CountDownLatch(1);
        try (Dialogue dialogue = Dialogue.of(script -> script.expectQuery(TWO)
                .pause(marked)
                .send(complete("INSERT 0 1"), rowDescription(TEXT_COLUMN), rows("x"))
                .send(fails ? error("22012", "division by zero") : complete("SELECT 1"), notice("mark"))
                .pause(released)
                .expectNothing()
                .send(ready())
                .expect("P D B E S")
                .send(firstSelected("y")))) {
            TestSubscriber<String> string = begin(dialogue.select(TWO));
            TestSubscriber<String> behind = begin(dialogue.select("select 'y'"));
            dialogue.untilNotice(marked::countDown);
            dialogue.settle();
            assertThat(string.getReceivedOnNext()).containsExactly("x");
            assertThat(string.isTerminated()).isFalse();
            released.countDown();
            if (fails) {
                assertThat(failed(string)).hasMessageContaining("division by zero");
            } else {
                completed(string);
            }
            assertThat(completed(behind)).containsExactly("y");
        }
    }

    @Test
    @DisplayName("[S2.2.5] formats are those of each column of each description")
    void formatPerColumn() {
        Octets binary = Octets.hex("00000007");
        try (Dialogue dialogue = Dialogue.of(script -> script.expect("Q")
                .send(rowDescription(column("a", INT4, 1), column("b", INT4, 0), column("c", TEXT, 0)))
                .send(rowOf(binary, Octets.of("8"), Octets.of("ü")), complete("FETCH 1"))
                .send(rowDescription(column("a", INT4, 0), column("b", INT4, 1), column("c", TEXT, 1)))
                .send(rowOf(Octets.of("9"), binary, Octets.of("ä")), complete("FETCH 1"), ready()))) {
            Flux<List<Object>> rows = dialogue.connection()
                    .createStatement("fetch from c; fetch from d")
                    .execute()
                    .concatMap(result -> result.map(row ->
                            List.of(row.get(0, Integer.class), row.get(1, Integer.class), row.get(2, String.class))));
            assertThat(completed(begin(rows))).containsExactly(List.of(7, 8, "ü"), List.of(9, 7, "ä"));
        }
    }

    @Test
    @DisplayName("[S2.2.6] notices between any two messages end no statement")
    void noticesEverywhere() {
        Octets n = notice("by the way");
        try (Dialogue dialogue = Dialogue.of(script -> script.expect("Q")
                .send(n, complete("INSERT 0 3"), n, rowDescription(TEXT_COLUMN), n, rows("x"), n, rows("y"), n)
                .send(complete("SELECT 2"), n, n, ready()))) {
            TestSubscriber<List<String>> parts = begin(dialogue.connection()
                    .createStatement(TWO)
                    .execute()
                    .concatMap(result -> result.filter(segment -> !(segment instanceof PgxcNotice))
                            .flatMap(segment -> Flux.just(segment.getClass().getSimpleName()))
                            .collectList()));
            assertThat(completed(parts))
                    .containsExactly(List.of("Counted"), List.of("PgxcRowSegment", "PgxcRowSegment", "Counted"));
        }
    }

    @Test
    @DisplayName(
            "[S2.2.7] a Query that is known to run alone is followed before its ReadyForQuery; its failure is its own")
    void nextBeforeReady() {
        try (Dialogue dialogue = Dialogue.of(script -> script.expect("P B E P D B E S")
                .send(ran("BEGIN"), prepared(TEXT_COLUMN), selected("x"), ready(OPEN))
                .expectQuery("COMMIT")
                .expect("P D B E S")
                .send(error("40001", "could not serialize access"), ready(), firstSelected("y")))) {
            dialogue.connection().beginTransaction().block(SOON);
            completed(begin(dialogue.select("select 'x'")));
            TestSubscriber<Void> commit = begin(dialogue.connection().commitTransaction());
            TestSubscriber<String> next = begin(dialogue.select("select 'y'"));
            assertThat(failed(commit)).isInstanceOf(R2dbcRollbackException.class);
            assertThat(completed(next)).containsExactly("y");
            assertThat(dialogue.connection().isAutoCommit()).isTrue();
        }
    }

    @Test
    @DisplayName(
            "[S2.2.8, S2.3.4] a Query is not said while an unnamed portal is being read, and finds none that is needed later")
    void unnamedPortal() {
        CountDownLatch subscribed = new CountDownLatch(1);
        try (Dialogue dialogue = Dialogue.of(script -> script.expect("P D B")
                .expect(new Execute("", 1))
                .expect("H")
                .pause(subscribed)
                .send(prepared(TEXT_COLUMN), selectedFirst())
                .expect("E H")
                .expectNothing()
                .send(complete("SELECT 0"))
                .expect("S")
                .expectNothing()
                .send(ready())
                .expectQuery(TWO)
                .send(complete("INSERT 0 1"), rowDescription(TEXT_COLUMN), answered("SELECT 0", IDLE)))) {
            TestSubscriber<String> portal = begin(Dialogue.texts(
                    dialogue.connection().createStatement("select a from t").fetchSize(1)));
            TestSubscriber<String> string = begin(dialogue.select(TWO));
            dialogue.settle();
            subscribed.countDown();
            assertThat(completed(portal)).containsExactly("1");
            assertThat(completed(string)).isEmpty();
        }
    }

    private static Octets selectedFirst() {
        return Octets.join(bindComplete(), rows("1"), suspended());
    }
}
