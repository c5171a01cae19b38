// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import static io.r2dbc.pgxc.Answers.TEXT_COLUMN;
import static io.r2dbc.pgxc.Answers.done;
import static io.r2dbc.pgxc.Answers.firstSelected;
import static io.r2dbc.pgxc.Answers.prepared;
import static io.r2dbc.pgxc.Answers.rows;
import static io.r2dbc.pgxc.Answers.selected;
import static io.r2dbc.pgxc.Dialogue.SOON;
import static io.r2dbc.pgxc.Dialogue.begin;
import static io.r2dbc.pgxc.Dialogue.completed;
import static io.r2dbc.pgxc.Dialogue.failed;
import static io.r2dbc.pgxc.Dialogue.texts;
import static io.r2dbc.pgxc.testing.ServerMessages.bindComplete;
import static io.r2dbc.pgxc.testing.ServerMessages.complete;
import static io.r2dbc.pgxc.testing.ServerMessages.error;
import static io.r2dbc.pgxc.testing.ServerMessages.notice;
import static io.r2dbc.pgxc.testing.ServerMessages.ready;
import static io.r2dbc.pgxc.testing.ServerMessages.row;
import static io.r2dbc.pgxc.testing.ServerMessages.rowDescription;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.r2dbc.pgxc.wire.Octets;
import io.r2dbc.spi.R2dbcBadGrammarException;
import io.r2dbc.spi.R2dbcDataIntegrityViolationException;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.test.subscriber.TestSubscriber;

/** Who hears what when the readers of Results leave early or come late. */
class ReaderTest {

    private static final String RETURNING = "insert into t values ('1'), ('2') returning a";

    /** Takes one row of each Result and leaves it. */
    private static Flux<String> firstRows(Flux<PgxcResult> results) {
        return results.concatMap(
                result -> result.map(row -> row.get(0, String.class)).take(1));
    }

    @Test
    @DisplayName("[X33] whoever leaves one Result of several still gets the others, of a string and of a flight")
    void leavesOneOfSeveral() {
        try (Dialogue dialogue = Dialogue.of(script -> script.expect("Q")
                .send(rowDescription(TEXT_COLUMN), rows("1", "2"), complete("SELECT 2"))
                .send(rowDescription(TEXT_COLUMN), rows("3", "4"), complete("SELECT 2"), ready())
                .expect("P D B E P D B E S")
                .send(prepared(TEXT_COLUMN), selected("5", "6"), prepared(TEXT_COLUMN), selected("7", "8"), ready()))) {
            PgxcConnection connection = dialogue.connection();
            assertThat(completed(begin(firstRows(
                            connection.createStatement("select a; select b").execute()))))
                    .containsExactly("1", "3");
            assertThat(completed(begin(firstRows(connection
                            .createBatch()
                            .add("select a")
                            .add("select b")
                            .execute()))))
                    .containsExactly("5", "7");
        }
    }

    @Test
    @DisplayName("[X14] whoever takes the first Result of a string and leaves with its end does not spoil what follows")
    void leavesWithTheEndOfAResult() {
        try (Dialogue dialogue = Dialogue.of(script -> script.expect("Q")
                .send(rowDescription(TEXT_COLUMN), rows("1"), complete("SELECT 1"))
                .send(rowDescription(TEXT_COLUMN), rows("2"), complete("SELECT 1"), ready())
                .expect("P D B E S")
                .send(firstSelected("x")))) {
            Flux<PgxcResult> results =
                    dialogue.connection().createStatement("select a; select b").execute();
            assertThat(completed(begin(
                            results.concatMap(result -> texts(Flux.just(result)).collectList(), 1)
                                    .take(1)
                                    .concatMapIterable(all -> all))))
                    .containsExactly("1");
            assertThat(completed(begin(dialogue.select("select 'x'")))).containsExactly("x");
        }
    }

    @Test
    @DisplayName("[X33] an error behind the rows of a Result whose reader has left is signalled by execute()")
    void errorOfLeftResult() {
        try (Dialogue dialogue = Dialogue.of(script -> script.expect("P D B E P D B E S")
                .send(prepared(TEXT_COLUMN), bindComplete(), rows("1"), error("22012", "division by zero"), ready()))) {
            TestSubscriber<String> rows = begin(firstRows(dialogue.connection()
                    .createBatch()
                    .add("select 1 / a from t")
                    .add("delete from t")
                    .execute()));
            assertThat(failed(rows))
                    .isInstanceOf(R2dbcDataIntegrityViolationException.class)
                    .hasMessageContaining("division by zero");
            assertThat(rows.getReceivedOnNext()).containsExactly("1");
        }
    }

    @Test
    @DisplayName(
            "[X5] whoever leaves the Result of a statement that writes hears of its success from execute(), with ReadyForQuery")
    void leavesAWrite() {
        CountDownLatch first = new CountDownLatch(1);
        CountDownLatch last = new CountDownLatch(1);
        try (Dialogue dialogue = Dialogue.of(script -> script.expect("P D B E S")
                .pause(first)
                .send(prepared(TEXT_COLUMN), bindComplete(), rows("1", "2"), complete("INSERT 0 2"), notice("mark"))
                .pause(last)
                .send(ready()))) {
            TestSubscriber<String> rows = begin(
                    firstRows(dialogue.connection().createStatement(RETURNING).execute()));
            dialogue.untilNotice(first::countDown);
            assertThat(rows.getReceivedOnNext()).containsExactly("1");
            assertThat(rows.isTerminated()).isFalse();
            last.countDown();
            completed(rows);
        }
    }

    @Test
    @DisplayName("[X5, X33] and of its failure at Sync")
    void leavesAWriteThatFails() {
        try (Dialogue dialogue = Dialogue.of(script -> script.expect("P D B E S")
                .send(prepared(TEXT_COLUMN), bindComplete(), rows("1", "2"), complete("INSERT 0 2"))
                .send(error("23503", "deferred constraint"), ready()))) {
            TestSubscriber<String> rows = begin(
                    firstRows(dialogue.connection().createStatement(RETURNING).execute()));
            assertThat(failed(rows)).isInstanceOf(R2dbcDataIntegrityViolationException.class);
            assertThat(rows.getReceivedOnNext()).containsExactly("1");
        }
    }

    @Test
    @DisplayName("[X33, X14] Mono.from(execute()) gets an error through the Result that it passes on")
    void monoFromGetsError() {
        try (Dialogue dialogue = Dialogue.of(script -> script.expect("P D B E S")
                .send(error("42P01", "no such table"), ready())
                .expect("P D B E S")
                .send(error("42P01", "no such table"), ready()))) {
            PgxcStatement statement = dialogue.connection().createStatement("delete from missing");
            assertThatThrownBy(() -> Mono.from(statement.execute())
                            .flatMapMany(PgxcResult::getRowsUpdated)
                            .blockLast(SOON))
                    .isInstanceOf(R2dbcBadGrammarException.class);
            assertThatThrownBy(() -> Mono.from(statement.execute())
                            .publishOn(Schedulers.parallel())
                            .flatMapMany(PgxcResult::getRowsUpdated)
                            .blockLast(SOON))
                    .isInstanceOf(R2dbcBadGrammarException.class);
        }
    }

    @Test
    @DisplayName(
            "[X33] a reader that comes after its error was signalled by execute() is told so, with the error as cause")
    void lateReader() {
        try (Dialogue dialogue =
                Dialogue.of(script -> script.expect("P D B E S").send(error("42P01", "no such table"), ready()))) {
            Flux<Long> late = dialogue.connection()
                    .createStatement("delete from missing")
                    .execute()
                    .publishOn(Schedulers.parallel())
                    .concatMap(PgxcResult::getRowsUpdated);
            assertThat(failed(begin(late)))
                    .satisfiesAnyOf(
                            error -> assertThat(error).isInstanceOf(R2dbcBadGrammarException.class),
                            error -> assertThat(error).hasCauseInstanceOf(R2dbcBadGrammarException.class));
        }
    }

    @Test
    @DisplayName("[X33] of a flight whose later Results nobody asked for the counts are kept until somebody does")
    void laterDemand() {
        try (Dialogue dialogue = Dialogue.of(script -> script.expect("P D B E P D B E S P D B E S")
                .send(prepared(), done("INSERT 0 1"), prepared(), done("DELETE 2"), ready(), firstSelected("x")))) {
            TestSubscriber<PgxcResult> results = Dialogue.beginWithoutDemand(dialogue.connection()
                    .createBatch()
                    .add("insert into t select 1")
                    .add("delete from t")
                    .execute());
            results.request(1);
            assertThat(completed(begin(dialogue.select("select 'x'")))).containsExactly("x");
            assertThat(results.isTerminated()).isFalse();
            results.request(1);
            assertThat(completed(begin(Dialogue.counts(Flux.fromIterable(completed(results))))))
                    .containsExactly(1L, 2L);
        }
    }

    @Test
    @DisplayName("[X33] rows of no column and values of NULL are rows like others")
    void emptyRows() {
        try (Dialogue dialogue = Dialogue.of(script -> script.expect("P D B E S")
                .send(
                        Octets.join(prepared(TEXT_COLUMN), bindComplete()),
                        row((String) null),
                        complete("SELECT 1"),
                        ready())
                .expect("Q")
                .send(rowDescription(), row(), row(), complete("SELECT 2"), complete("SET"), ready()))) {
            assertThat(completed(begin(dialogue.connection()
                            .createStatement("select null")
                            .execute()
                            .concatMap(result -> result.map(row -> "" + row.get(0))))))
                    .containsExactly("null");
            assertThat(completed(begin(dialogue.update("select; set a.b = 1")))).containsExactly(2L);
        }
    }
}
