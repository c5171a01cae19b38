// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import static io.r2dbc.pgxc.Answers.TEXT_COLUMN;
import static io.r2dbc.pgxc.Answers.done;
import static io.r2dbc.pgxc.Answers.firstDone;
import static io.r2dbc.pgxc.Answers.firstSelected;
import static io.r2dbc.pgxc.Answers.prepared;
import static io.r2dbc.pgxc.Answers.rows;
import static io.r2dbc.pgxc.Answers.selected;
import static io.r2dbc.pgxc.Dialogue.SOON;
import static io.r2dbc.pgxc.Dialogue.begin;
import static io.r2dbc.pgxc.Dialogue.beginWithoutDemand;
import static io.r2dbc.pgxc.Dialogue.completed;
import static io.r2dbc.pgxc.Dialogue.counts;
import static io.r2dbc.pgxc.Dialogue.failed;
import static io.r2dbc.pgxc.Dialogue.texts;
import static io.r2dbc.pgxc.testing.ServerMessages.bindComplete;
import static io.r2dbc.pgxc.testing.ServerMessages.complete;
import static io.r2dbc.pgxc.testing.ServerMessages.emptyQuery;
import static io.r2dbc.pgxc.testing.ServerMessages.error;
import static io.r2dbc.pgxc.testing.ServerMessages.notice;
import static io.r2dbc.pgxc.testing.ServerMessages.ready;
import static io.r2dbc.pgxc.testing.ServerMessages.rowDescription;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.r2dbc.spi.R2dbcBadGrammarException;
import io.r2dbc.spi.R2dbcDataIntegrityViolationException;
import io.r2dbc.spi.R2dbcException;
import io.r2dbc.spi.R2dbcNonTransientResourceException;
import io.r2dbc.spi.Result;
import io.r2dbc.spi.Row;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.subscriber.TestSubscriber;

class ResultTest {

    /** The ways to consume a Result. */
    private enum Form {
        ROWS,
        SEGMENTS,
        COUNT;

        Flux<?> of(PgxcResult result) {
            return switch (this) {
                case ROWS -> result.map(row -> row.get(0, String.class));
                case SEGMENTS ->
                    result.flatMap(segment -> Mono.just(segment.getClass().getSimpleName()));
                case COUNT -> result.getRowsUpdated();
            };
        }
    }

    @ParameterizedTest(name = "[X5, S2.3.19] {0}")
    @EnumSource(Form.class)
    @DisplayName(
            "[X5, S2.3.19] rows flow at once, but the Result and execute() complete with ReadyForQuery, not with CommandComplete")
    void lastResultWaitsForReady(Form form) {
        CountDownLatch first = new CountDownLatch(1);
        CountDownLatch last = new CountDownLatch(1);
        try (Dialogue dialogue = Dialogue.of(script -> script.expect("P D B E S")
                .pause(first)
                .send(prepared(TEXT_COLUMN), selected("x"), notice("mark"))
                .pause(last)
                .send(ready()))) {
            TestSubscriber<PgxcResult> results = TestSubscriber.create();
            AtomicReference<TestSubscriber<Object>> elements = new AtomicReference<>();
            dialogue.connection()
                    .createStatement("insert into t values ('x') returning a")
                    .execute()
                    .doOnNext(result -> elements.set(begin(form.of(result).cast(Object.class))))
                    .subscribe(results);
            dialogue.untilNotice(first::countDown);
            assertThat(elements.get().isTerminated()).isFalse();
            assertThat(results.isTerminated()).isFalse();
            assertThat(elements.get().getReceivedOnNext()).doesNotContain(1L, "Counted");
            assertThat(elements.get().getReceivedOnNext().isEmpty()).isEqualTo(form == Form.COUNT);
            last.countDown();
            assertThat(completed(elements.get())).isNotEmpty();
            assertThat(completed(results)).hasSize(1);
        }
    }

    @Test
    @DisplayName(
            "[X5] the count of an earlier Result comes with its CommandComplete, that of the last with ReadyForQuery")
    void earlierCountsComeEarlier() {
        CountDownLatch first = new CountDownLatch(1);
        CountDownLatch last = new CountDownLatch(1);
        try (Dialogue dialogue = Dialogue.of(script -> script.expect("P D B E P D B E S")
                .pause(first)
                .send(prepared(), done("INSERT 0 3"), prepared(), done("DELETE 2"), notice("mark"))
                .pause(last)
                .send(ready()))) {
            TestSubscriber<Long> counts = begin(counts(dialogue.connection()
                    .createBatch()
                    .add("insert into t select 1")
                    .add("delete from t")
                    .execute()));
            dialogue.untilNotice(first::countDown);
            assertThat(counts.getReceivedOnNext()).containsExactly(3L);
            last.countDown();
            assertThat(completed(counts)).containsExactly(3L, 2L);
        }
    }

    @Test
    @DisplayName(
            "[X5] of several statements in one string the tag of the next message tells which was the last, without demand")
    void lastOfStringIsToldByTag() {
        CountDownLatch first = new CountDownLatch(1);
        CountDownLatch second = new CountDownLatch(1);
        CountDownLatch last = new CountDownLatch(1);
        try (Dialogue dialogue = Dialogue.of(script -> script.expect("Q")
                .pause(first)
                .send(complete("INSERT 0 3"), notice("mark"))
                .pause(second)
                .send(rowDescription(TEXT_COLUMN), rows("x"), notice("never read before the row"))
                .pause(last)
                .send(complete("SELECT 1"), ready()))) {
            TestSubscriber<PgxcResult> results = beginWithoutDemand(dialogue.connection()
                    .createStatement("insert into t select 1; select 'x'")
                    .execute());
            results.request(1);
            dialogue.server().awaitMessages(2, SOON);
            TestSubscriber<Long> count = TestSubscriber.create();
            dialogue.untilNotice(first::countDown);
            results.getReceivedOnNext().get(0).getRowsUpdated().subscribe(count);
            dialogue.settle();
            assertThat(count.isTerminated()).isFalse();
            second.countDown();
            assertThat(completed(count)).containsExactly(3L);
            assertThat(results.getReceivedOnNext()).hasSize(1);
            last.countDown();
            results.request(1);
            assertThat(completed(results)).hasSize(2);
            assertThat(completed(
                            begin(texts(Flux.just(results.getReceivedOnNext().get(1))))))
                    .containsExactly("x");
        }
    }

    @ParameterizedTest(name = "[X5, X33, S2.3.18, S2.3.19] {0}")
    @EnumSource(Form.class)
    @DisplayName("[X5, X33, S2.3.18, S2.3.19] an error at Sync is the last Result's, and execute() completes")
    void errorAtSync(Form form) {
        try (Dialogue dialogue = Dialogue.of(script -> script.expect("P D B E S")
                .send(prepared(TEXT_COLUMN), selected("x"), error("23503", "deferred constraint"), ready()))) {
            AtomicReference<TestSubscriber<Object>> elements = new AtomicReference<>();
            TestSubscriber<PgxcResult> results = begin(dialogue.connection()
                    .createStatement("insert into t values ('x') returning a")
                    .execute()
                    .doOnNext(result -> elements.set(begin(form.of(result).cast(Object.class)))));
            assertThat(completed(results)).hasSize(1);
            if (form == Form.SEGMENTS) {
                assertThat(completed(elements.get())).containsExactly("PgxcRowSegment", "ErrorMessage");
            } else {
                assertThat(failed(elements.get()))
                        .isInstanceOf(R2dbcDataIntegrityViolationException.class)
                        .hasMessageContaining("deferred constraint");
            }
        }
    }

    @Test
    @DisplayName("[X5] an error behind the last statement of a string is that one's, not a further Result's")
    void errorAtTheEndOfString() {
        try (Dialogue dialogue = Dialogue.of(script -> script.expect("Q")
                .send(complete("INSERT 0 1"), complete("INSERT 0 2"), error("23503", "deferred"), ready()))) {
            TestSubscriber<Long> counts = begin(dialogue.update("insert into a select 1; insert into b select 2"));
            assertThat(failed(counts)).isInstanceOf(R2dbcDataIntegrityViolationException.class);
            assertThat(counts.getReceivedOnNext()).containsExactly(1L);
        }
    }

    @Test
    @DisplayName("[X33] an error between the statements of a string is a Result of its own")
    void errorWithinString() {
        try (Dialogue dialogue = Dialogue.of(
                script -> script.expect("Q").send(complete("INSERT 0 1"), error("42P01", "no such table"), ready()))) {
            TestSubscriber<PgxcResult> results = TestSubscriber.create();
            TestSubscriber<Long> first = TestSubscriber.create();
            TestSubscriber<Long> second = TestSubscriber.create();
            dialogue.connection()
                    .createStatement("insert into a select 1; insert into missing select 2; select 3")
                    .execute()
                    .index((index, result) -> {
                        result.getRowsUpdated().subscribe(index == 0 ? first : second);
                        return result;
                    })
                    .subscribe(results);
            assertThat(completed(results)).hasSize(2);
            assertThat(completed(first)).containsExactly(1L);
            assertThat(failed(second)).isInstanceOf(R2dbcBadGrammarException.class);
        }
    }

    @Test
    @DisplayName("[X33] a Result is emitted at its first DataRow, CommandComplete, EmptyQueryResponse or ErrorResponse")
    void emittedAtFirstMessage() {
        CountDownLatch row = new CountDownLatch(1);
        try (Dialogue dialogue = Dialogue.of(script -> script.expect("P D B E S")
                .send(prepared(TEXT_COLUMN), bindComplete(), rows("x"))
                .pause(row)
                .send(complete("SELECT 1"), ready())
                .expect("P D B E S")
                .send(firstDone("INSERT 0 1"))
                .expect("Q")
                .send(emptyQuery(), ready())
                .expect("P D B E S")
                .send(error("42601", "syntax"), ready()))) {
            PgxcConnection connection = dialogue.connection();
            PgxcResult first =
                    connection.createStatement("select 'x'").execute().blockFirst(SOON);
            row.countDown();
            assertThat(completed(begin(texts(Flux.just(first))))).containsExactly("x");
            for (String sql : List.of("insert into t values (1)", "", "selekt")) {
                assertThat(completed(begin(connection
                                .createStatement(sql)
                                .execute()
                                .concatMap(result ->
                                        result.flatMap(segment -> Mono.empty()).then(Mono.just("one"))))))
                        .as(sql)
                        .containsExactly("one");
            }
        }
    }

    @Test
    @DisplayName("[X33] an error is its Result's last segment, behind the rows, and execute() completes")
    void errorBehindRows() {
        try (Dialogue dialogue = Dialogue.of(script -> script.expect("P D B E S")
                .send(prepared(TEXT_COLUMN), bindComplete(), rows("x"), error("22012", "division by zero"), ready()))) {
            TestSubscriber<String> rows = TestSubscriber.create();
            TestSubscriber<PgxcResult> results = begin(dialogue.connection()
                    .createStatement("select 1 / a from t")
                    .execute()
                    .doOnNext(result ->
                            result.map(row -> row.get(0, String.class)).subscribe(rows)));
            assertThat(completed(results)).hasSize(1);
            assertThat(failed(rows)).isInstanceOf(R2dbcDataIntegrityViolationException.class);
            assertThat(rows.getReceivedOnNext()).containsExactly("x");
        }
    }

    @Test
    @DisplayName("[X33] without demand for the failed Result execute() signals the error")
    void errorWithoutResultDemand() {
        try (Dialogue dialogue = Dialogue.of(script -> script.expect("P D B E P D B E S")
                .send(prepared(), done("INSERT 0 1"), error("42P01", "no such table"), ready()))) {
            TestSubscriber<PgxcResult> results = beginWithoutDemand(dialogue.connection()
                    .createBatch()
                    .add("insert into a select 1")
                    .add("insert into missing select 1")
                    .execute());
            results.request(1);
            assertThat(failed(results))
                    .isInstanceOf(R2dbcBadGrammarException.class)
                    .hasMessageContaining("binding 1");
            assertThat(results.getReceivedOnNext()).hasSize(1);
            assertThat(completed(begin(results.getReceivedOnNext().get(0).getRowsUpdated())))
                    .containsExactly(1L);
        }
    }

    @Test
    @DisplayName(
            "[X33] without a subscriber to the Result when ReadyForQuery comes execute() signals the error, and nobody else")
    void errorWithoutReader() {
        try (Dialogue dialogue = Dialogue.of(script -> script.expect("P D B E S")
                .send(prepared(TEXT_COLUMN), bindComplete(), rows("x"), error("22012", "division by zero"), ready()))) {
            TestSubscriber<PgxcResult> results = begin(
                    dialogue.connection().createStatement("select 1 / a from t").execute());
            assertThat(failed(results)).isInstanceOf(R2dbcDataIntegrityViolationException.class);
            assertThat(failed(begin(texts(Flux.just(results.getReceivedOnNext().get(0))))))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("execute()");
        }
    }

    @Test
    @DisplayName(
            "[X33] a connection lost before the first answer is signalled by execute(), afterwards by the open Result")
    void lostConnection() {
        for (boolean answered : new boolean[] {false, true}) {
            try (Dialogue dialogue = Dialogue.of(script -> {
                script.expect("P D B E S");
                if (answered) {
                    script.send(prepared(TEXT_COLUMN), bindComplete(), rows("x"));
                }
                script.closeNow();
            })) {
                TestSubscriber<String> rows = TestSubscriber.create();
                TestSubscriber<PgxcResult> results = begin(dialogue.connection()
                        .createStatement("select a from t")
                        .execute()
                        .doOnNext(result ->
                                result.map(row -> row.get(0, String.class)).subscribe(rows)));
                TestSubscriber<?> told = answered ? rows : results;
                assertThat(failed(told))
                        .isInstanceOf(R2dbcNonTransientResourceException.class)
                        .extracting(e -> ((R2dbcException) e).getSqlState())
                        .isEqualTo("08006");
                assertThat(results.getReceivedOnNext()).hasSize(answered ? 1 : 0);
                if (answered) {
                    completed(results);
                }
            }
        }
    }

    @Test
    @DisplayName(
            "[C15] a row used after its callback, and a Result consumed twice, are an IllegalStateException; a segment's row lives on")
    void usedTooLate() {
        try (Dialogue dialogue = Dialogue.of(script -> script.expect("P D B E S")
                .send(firstSelected("x", "y"))
                .expect("B E S")
                .send(bindComplete(), rows("x", "y"), complete("SELECT 2"), ready()))) {
            PgxcStatement statement = dialogue.connection().createStatement("select a from t");
            AtomicReference<PgxcResult> consumed = new AtomicReference<>();
            List<Row> rows = completed(begin(statement
                    .execute()
                    .doOnNext(consumed::set)
                    .concatMap(result -> result.map((row, metadata) -> row))));
            assertThatThrownBy(() -> rows.get(0).get(0))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("row");
            assertThat(failed(begin(consumed.get().getRowsUpdated())))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("once");

            List<Result.RowSegment> segments = completed(begin(statement
                    .execute()
                    .concatMap(result -> result.filter(Result.RowSegment.class::isInstance)
                            .flatMap(segment -> Mono.just((Result.RowSegment) segment)))));
            assertThat(segments).extracting(segment -> segment.row().get(0)).containsExactly("x", "y");
        }
    }
}
