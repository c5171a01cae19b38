// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import static io.r2dbc.pgxc.Answers.FAILED;
import static io.r2dbc.pgxc.Answers.OPEN;
import static io.r2dbc.pgxc.Answers.TEXT_COLUMN;
import static io.r2dbc.pgxc.Answers.firstDone;
import static io.r2dbc.pgxc.Answers.firstSelected;
import static io.r2dbc.pgxc.Answers.prepared;
import static io.r2dbc.pgxc.Answers.ran;
import static io.r2dbc.pgxc.Answers.selected;
import static io.r2dbc.pgxc.Dialogue.SOON;
import static io.r2dbc.pgxc.Dialogue.begin;
import static io.r2dbc.pgxc.Dialogue.completed;
import static io.r2dbc.pgxc.Dialogue.failed;
import static io.r2dbc.pgxc.Dialogue.texts;
import static io.r2dbc.pgxc.testing.ServerMessages.INT4;
import static io.r2dbc.pgxc.testing.ServerMessages.INT8;
import static io.r2dbc.pgxc.testing.ServerMessages.bindComplete;
import static io.r2dbc.pgxc.testing.ServerMessages.closeComplete;
import static io.r2dbc.pgxc.testing.ServerMessages.column;
import static io.r2dbc.pgxc.testing.ServerMessages.complete;
import static io.r2dbc.pgxc.testing.ServerMessages.error;
import static io.r2dbc.pgxc.testing.ServerMessages.parseComplete;
import static io.r2dbc.pgxc.testing.ServerMessages.ready;
import static io.r2dbc.pgxc.testing.ServerMessages.row;
import static io.r2dbc.pgxc.testing.ServerMessages.rowOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.r2dbc.pgxc.wire.ClientMessage.Bind;
import io.r2dbc.pgxc.wire.ClientMessage.Close;
import io.r2dbc.pgxc.wire.ClientMessage.Parse;
import io.r2dbc.pgxc.wire.Octets;
import io.r2dbc.spi.R2dbcBadGrammarException;
import io.r2dbc.spi.R2dbcNonTransientException;
import io.r2dbc.spi.R2dbcNonTransientResourceException;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.test.subscriber.TestSubscriber;

class StatementCacheTest {

    private static final int UNKNOWN_TYPE = 9_999; // too low to be looked up

    @Test
    @DisplayName(
            "[X8, S5.4.4] the first execution is P D B E S with text results, later ones B E S with binary where the driver reads it")
    void firstTextThenBinary() {
        try (Dialogue dialogue = Dialogue.of(script -> script.expect("P D B E S")
                .send(prepared(column("a", INT4), column("b", UNKNOWN_TYPE)))
                .send(bindComplete(), row("7", "what"), complete("SELECT 1"), ready())
                .expect("B E S")
                .send(
                        bindComplete(),
                        rowOf(Octets.hex("00000008"), Octets.of("ever")),
                        complete("SELECT 1"),
                        ready()))) {
            Flux<String> query = dialogue.connection()
                    .createStatement("select a, b from t")
                    .execute()
                    .concatMap(result -> result.map(row -> row.get(0, Integer.class) + row.get(1, String.class)));
            assertThat(completed(begin(query))).containsExactly("7what");
            assertThat(completed(begin(query))).containsExactly("8ever");
            assertThat(dialogue.said(Bind.class))
                    .extracting(Bind::resultFormats)
                    .containsExactly(List.of(), List.of(1, 0));
            assertThat(dialogue.said(Bind.class)).extracting(Bind::statement).containsOnly(name(dialogue, 0));
        }
    }

    @Test
    @DisplayName("[X8] one code asks for binary in all columns")
    void oneCodeForAllColumns() {
        try (Dialogue dialogue = Dialogue.of(script -> script.expect("P D B E S")
                .send(prepared(column("a", INT4), column("b", INT8)), bindComplete(), complete("SELECT 0"), ready())
                .expect("B E S")
                .send(bindComplete(), complete("SELECT 0"), ready()))) {
            completed(begin(dialogue.select("select a, b from t")));
            completed(begin(dialogue.select("select a, b from t")));
            assertThat(dialogue.said(Bind.class).get(1).resultFormats()).containsExactly(1);
        }
    }

    @Test
    @DisplayName(
            "[X8] a second exchange with the same SQL does not wait for the Parse, and asks for text until the columns are known")
    void doesNotWaitForParse() {
        try (Dialogue dialogue = Dialogue.of(script -> script.expect("P D B E S B E S")
                .expectNothing()
                .send(prepared(TEXT_COLUMN), selected("x"), ready(), selected("y"), ready()))) {
            TestSubscriber<String> first = begin(dialogue.select("select a from t"));
            TestSubscriber<String> second = begin(dialogue.select("select a from t"));
            assertThat(completed(first)).containsExactly("x");
            assertThat(completed(second)).containsExactly("y");
            assertThat(dialogue.said(Bind.class))
                    .extracting(Bind::resultFormats)
                    .containsOnly(List.of());
        }
    }

    @Test
    @DisplayName("[X8] a failed Parse fails those bound to it with its own error, and is forgotten")
    void failedParse() {
        try (Dialogue dialogue = Dialogue.of(script -> script.expect("P D B E S B E S")
                .send(error("42P01", "no such table"), ready(), error("26000", "no such statement"), ready())
                .expect("P D B E S")
                .send(firstSelected("x")))) {
            TestSubscriber<String> first = begin(dialogue.select("select a from t"));
            TestSubscriber<String> second = begin(dialogue.select("select a from t"));
            assertThat(failed(first)).hasMessageContaining("no such table");
            assertThat(failed(second))
                    .isInstanceOf(R2dbcBadGrammarException.class)
                    .hasMessageContaining("no such table");
            assertThat(completed(begin(dialogue.select("select a from t")))).containsExactly("x");
            assertThat(name(dialogue, 1)).isNotEqualTo(name(dialogue, 0));
        }
    }

    @Test
    @DisplayName(
            "[X8, X4] in an aborted transaction those bound to a failed Parse fail with 25P02, its error as their cause")
    void failedParseInTransaction() {
        try (Dialogue dialogue = Dialogue.of(script -> script.expect("P B E P D B E S")
                .send(ran("BEGIN"), prepared(TEXT_COLUMN), selected("x"), ready(OPEN))
                .expect("P D B E S B E S")
                .send(error("42P01", "no such table"), ready(FAILED))
                .send(error("26000", "no such statement"), ready(FAILED)))) {
            dialogue.connection().beginTransaction().block(SOON);
            completed(begin(dialogue.select("select 'x'")));
            TestSubscriber<String> first = begin(dialogue.select("select a from t"));
            TestSubscriber<String> second = begin(dialogue.select("select a from t"));
            assertThat(failed(first)).hasMessageContaining("no such table").hasNoCause();
            assertThat(failed(second))
                    .isInstanceOf(R2dbcNonTransientException.class)
                    .isNotInstanceOf(R2dbcNonTransientResourceException.class)
                    .hasMessageContaining("aborted")
                    .cause()
                    .hasMessageContaining("no such table");
        }
    }

    @Test
    @DisplayName("[X8] a Parse that the server skipped is written again next time")
    void skippedParse() {
        try (Dialogue dialogue = Dialogue.of(script -> script.expect("P D B E P D B E S")
                .send(prepared(), error("42P01", "no such table"), ready())
                .expect("P D B E S")
                .send(firstDone("INSERT 0 1"))
                .expect("B E S")
                .send(error("42P01", "no such table"), ready()))) {
            failed(begin(dialogue.connection()
                    .createBatch()
                    .add("insert into a select 1")
                    .add("insert into b select 1")
                    .execute()
                    .concatMap(PgxcResult::getRowsUpdated)));
            assertThat(completed(begin(dialogue.update("insert into b select 1"))))
                    .containsExactly(1L);
            failed(begin(dialogue.update("insert into a select 1")));
        }
    }

    @Test
    @DisplayName("[X8] a statement that was parsed and not described, because an error came between, is parsed anew")
    void neverDescribed() {
        try (Dialogue dialogue = Dialogue.of(script -> script.expect("P D B E S")
                .send(parseComplete(), error("55P03", "lock timeout"), ready())
                .expect("C P D B E S")
                .send(closeComplete(), firstSelected("x")))) {
            failed(begin(dialogue.select("select a from t")));
            assertThat(completed(begin(dialogue.select("select a from t")))).containsExactly("x");
            assertThat(dialogue.said(Close.class)).containsExactly(new Close('S', name(dialogue, 0)));
        }
    }

    @Test
    @DisplayName("[X8] the least recently used statement is closed, and Close rides with the next flight")
    void eviction() {
        try (Dialogue dialogue = Dialogue.with(
                options -> options.preparedStatementCacheQueries(2),
                script -> script.expect("P D B E S P D B E S")
                        .send(firstSelected("1"), firstSelected("2"))
                        .expect("B E S")
                        .send(selected("1"), ready())
                        .expect("C P D B E S")
                        .send(closeComplete(), firstSelected("3"))
                        .expect("C P D B E S")
                        .send(closeComplete(), firstSelected("2")))) {
            TestSubscriber<String> one = begin(dialogue.select("select 1"));
            TestSubscriber<String> two = begin(dialogue.select("select 2"));
            completed(one);
            completed(two);
            completed(begin(dialogue.select("select 1")));
            assertThat(completed(begin(dialogue.select("select 3")))).containsExactly("3");
            assertThat(completed(begin(dialogue.select("select 2")))).containsExactly("2");
            assertThat(dialogue.said(Close.class))
                    .containsExactly(new Close('S', name(dialogue, 1)), new Close('S', name(dialogue, 0)));
        }
    }

    @Test
    @DisplayName("[X8, S9.12, H7] without a cache every execution parses the unnamed statement")
    void noCache() {
        try (Dialogue dialogue = Dialogue.with(
                options -> options.preparedStatementCacheQueries(0),
                script -> script.expect("P D B E S P D B E S").send(firstSelected("x"), firstSelected("y")))) {
            TestSubscriber<String> first = begin(dialogue.select("select a from t"));
            TestSubscriber<String> second = begin(dialogue.select("select a from t"));
            assertThat(completed(first)).containsExactly("x");
            assertThat(completed(second)).containsExactly("y");
            assertThat(dialogue.said(Parse.class)).extracting(Parse::statement).containsOnly("");
            assertThat(dialogue.said(Bind.class)).extracting(Bind::statement).containsOnly("");
        }
    }

    @Test
    @DisplayName("[X8] a statement is known by its SQL and the types of its parameters")
    void keyedByTypes() {
        try (Dialogue dialogue = Dialogue.of(script -> script.expect("P D B E S")
                .send(prepared(new int[] {INT4}, TEXT_COLUMN), selected("x"), ready())
                .expect("P D B E S")
                .send(prepared(new int[] {INT8}, TEXT_COLUMN), selected("y"), ready())
                .expect("B E S")
                .send(selected("z"), ready()))) {
            for (Number value : new Number[] {1, 2L, 3}) {
                completed(begin(texts(dialogue.connection()
                        .createStatement("select a from t where b = $1")
                        .bind(0, value))));
            }
            assertThat(dialogue.said(Parse.class))
                    .extracting(Parse::parameterTypes)
                    .containsExactly(List.of(INT4), List.of(INT8));
            assertThat(dialogue.said(Bind.class).get(2).statement()).isEqualTo(name(dialogue, 0));
        }
    }

    @Test
    @DisplayName("[X8, S9.12] names of two sessions differ by a random part")
    void namesAreRandom() {
        try (Dialogue one = Dialogue.of(script -> script.expect("P D B E S").send(firstSelected("x")));
                Dialogue other =
                        Dialogue.of(script -> script.expect("P D B E S").send(firstSelected("x")))) {
            completed(begin(one.select("select 'x'")));
            completed(begin(other.select("select 'x'")));
            assertThat(name(one, 0)).startsWith("pgxc_").isNotEqualTo(name(other, 0));
        }
    }

    /** The name that a Parse, counted from 0, has given. */
    private static String name(Dialogue dialogue, int parse) {
        return dialogue.said(Parse.class).get(parse).statement();
    }
}
