// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import static io.r2dbc.pgxc.Answers.FAILED;
import static io.r2dbc.pgxc.Answers.IDLE;
import static io.r2dbc.pgxc.Answers.TEXT_COLUMN;
import static io.r2dbc.pgxc.Answers.answered;
import static io.r2dbc.pgxc.Answers.done;
import static io.r2dbc.pgxc.Answers.firstDone;
import static io.r2dbc.pgxc.Answers.firstSelected;
import static io.r2dbc.pgxc.Answers.prepared;
import static io.r2dbc.pgxc.Answers.ran;
import static io.r2dbc.pgxc.Answers.rows;
import static io.r2dbc.pgxc.Dialogue.SOON;
import static io.r2dbc.pgxc.Dialogue.begin;
import static io.r2dbc.pgxc.Dialogue.completed;
import static io.r2dbc.pgxc.Dialogue.failed;
import static io.r2dbc.pgxc.testing.ServerMessages.bindComplete;
import static io.r2dbc.pgxc.testing.ServerMessages.closeComplete;
import static io.r2dbc.pgxc.testing.ServerMessages.complete;
import static io.r2dbc.pgxc.testing.ServerMessages.error;
import static io.r2dbc.pgxc.testing.ServerMessages.ready;
import static org.assertj.core.api.Assertions.assertThat;

import io.r2dbc.pgxc.wire.ClientMessage.Parse;
import io.r2dbc.spi.R2dbcException;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.test.subscriber.TestSubscriber;

class StaleStatementTest {

    private static final String QUERY = "select a from t";

    private static String sqlState(Throwable error) {
        return ((R2dbcException) error).getSqlState();
    }

    @ParameterizedTest(name = "[X9, S2.3.13] {0}")
    @ValueSource(strings = {"26000", "0A000"})
    @DisplayName(
            "[X9, S2.3.13] a cached statement that the server no longer has is parsed and run again, once and unseen")
    void repeatedUnseen(String sqlState) {
        try (Dialogue dialogue = Dialogue.of(script -> script.expect("P D B E S")
                .send(firstSelected("x"))
                .expect("B E S")
                .send(error(sqlState, "stale"), ready())
                .expect("C P D B E S")
                .send(closeComplete(), firstSelected("y")))) {
            assertThat(completed(begin(dialogue.select(QUERY)))).containsExactly("x");
            assertThat(completed(begin(dialogue.select(QUERY)))).containsExactly("y");
            assertThat(dialogue.said(Parse.class)).extracting(Parse::statement).doesNotHaveDuplicates();
        }
    }

    @Test
    @DisplayName("[X9, S9.12] a name that the server has already, 42P05, is given up for another")
    void duplicateName() {
        try (Dialogue dialogue = Dialogue.of(script -> script.expect("P D B E S")
                .send(error("42P05", "already exists"), ready())
                .expect("P D B E S")
                .send(firstSelected("x")))) {
            assertThat(completed(begin(dialogue.select(QUERY)))).containsExactly("x");
            assertThat(dialogue.said(Parse.class)).extracting(Parse::statement).doesNotHaveDuplicates();
        }
    }

    @Test
    @DisplayName("[X9] the second time the server's own error surfaces, and the statement is forgotten")
    void onlyOnce() {
        try (Dialogue dialogue = Dialogue.of(script -> script.expect("P D B E S")
                .send(firstSelected("x"))
                .expect("B E S")
                .send(error("26000", "gone"), ready())
                .expect("C P D B E S")
                .send(closeComplete(), prepared(TEXT_COLUMN), error("26000", "gone again"), ready())
                .expect("C P D B E S")
                .send(closeComplete(), firstSelected("y")))) {
            completed(begin(dialogue.select(QUERY)));
            assertThat(failed(begin(dialogue.select(QUERY)))).hasMessageContaining("gone again");
            assertThat(completed(begin(dialogue.select(QUERY)))).containsExactly("y");
        }
    }

    @Test
    @DisplayName("[X9, S2.3.13] inside a transaction the error surfaces and the statement is forgotten")
    void insideTransaction() {
        try (Dialogue dialogue = Dialogue.of(script -> script.expect("P D B E S")
                .send(firstSelected("x"))
                .expect("P B E B E S")
                .send(ran("BEGIN"), error("0A000", "cached plan must not change result type"), ready(FAILED))
                .expectQuery("ROLLBACK")
                .send(answered("ROLLBACK", IDLE))
                .expect("C P D B E S")
                .send(closeComplete(), firstSelected("y")))) {
            completed(begin(dialogue.select(QUERY)));
            dialogue.connection().beginTransaction().block(SOON);
            assertThat(sqlState(failed(begin(dialogue.select(QUERY))))).isEqualTo("0A000");
            dialogue.connection().rollbackTransaction().block(SOON);
            assertThat(completed(begin(dialogue.select(QUERY)))).containsExactly("y");
        }
    }

    @Test
    @DisplayName("[X9] with something written behind it the error surfaces, because order would change")
    void somethingBehind() {
        try (Dialogue dialogue = Dialogue.of(script -> script.expect("P D B E S")
                .send(firstSelected("x"))
                .expect("B E S P D B E S")
                .send(error("26000", "gone"), ready(), firstDone("INSERT 0 1"))
                .expect("C P D B E S")
                .send(closeComplete(), firstSelected("y")))) {
            completed(begin(dialogue.select(QUERY)));
            TestSubscriber<String> stale = begin(dialogue.select(QUERY));
            TestSubscriber<Long> behind = begin(dialogue.update("insert into t values ('y')"));
            assertThat(sqlState(failed(stale))).isEqualTo("26000");
            assertThat(completed(behind)).containsExactly(1L);
            assertThat(completed(begin(dialogue.select(QUERY)))).containsExactly("y");
        }
    }

    @Test
    @DisplayName("[X9] with a row emitted the error surfaces")
    void somethingEmitted() {
        try (Dialogue dialogue = Dialogue.of(script -> script.expect("P D B E S")
                .send(firstSelected("x"))
                .expect("B E S")
                .send(bindComplete(), rows("y"), error("0A000", "cached plan must not change result type"), ready()))) {
            completed(begin(dialogue.select(QUERY)));
            TestSubscriber<String> second = begin(dialogue.select(QUERY));
            assertThat(sqlState(failed(second))).isEqualTo("0A000");
            assertThat(second.getReceivedOnNext()).containsExactly("y");
        }
    }

    @ParameterizedTest(name = "[X9] {0}")
    @ValueSource(strings = {"DISCARD ALL", "deallocate all", "/* one */ deallocate s1"})
    @DisplayName(
            "[X9] DISCARD ALL and DEALLOCATE empty the cache, and nothing is written behind them before they are answered")
    void emptied(String sql) {
        String tag = sql.startsWith("DISCARD") ? "DISCARD ALL" : sql.contains("all") ? "DEALLOCATE ALL" : "DEALLOCATE";
        try (Dialogue dialogue = Dialogue.of(script -> script.expect("P D B E S")
                .send(firstSelected("x"))
                .expect("P D B E S")
                .expectNothing()
                .send(prepared(), done(tag))
                .expectNothing()
                .send(ready())
                .expect("P D B E S")
                .send(firstSelected("y")))) {
            completed(begin(dialogue.select(QUERY)));
            TestSubscriber<Long> reset = begin(dialogue.update(sql));
            TestSubscriber<String> behind = begin(dialogue.select(QUERY));
            completed(reset);
            assertThat(completed(behind)).containsExactly("y");
        }
    }

    @Test
    @DisplayName("[X9] the same within several statements of one string")
    void emptiedBySimpleQuery() {
        try (Dialogue dialogue = Dialogue.of(script -> script.expect("P D B E S")
                .send(firstSelected("x"))
                .expect("Q")
                .send(complete("SET"), complete("DEALLOCATE ALL"), ready())
                .expect("P D B E S")
                .send(firstSelected("y")))) {
            completed(begin(dialogue.select(QUERY)));
            completed(begin(dialogue.update("set x.y = 1; deallocate all")));
            assertThat(completed(begin(dialogue.select(QUERY)))).containsExactly("y");
        }
    }

    @Test
    @DisplayName("[X9] of a flight all statements are parsed again, because what took one has taken all")
    void wholeFlight() {
        try (Dialogue dialogue = Dialogue.of(script -> script.expect("P D B E P D B E S")
                .send(prepared(), done("INSERT 0 1"), prepared(), done("DELETE 1"), ready())
                .expect("B E B E S")
                .send(error("26000", "gone"), ready())
                .expect("C C P D B E P D B E S")
                .send(closeComplete(), closeComplete())
                .send(prepared(), done("INSERT 0 2"), prepared(), done("DELETE 2"), ready()))) {
            for (long count : List.of(1L, 2L)) {
                assertThat(completed(begin(dialogue.connection()
                                .createBatch()
                                .add("insert into t select 1")
                                .add("delete from t")
                                .execute()
                                .concatMap(PgxcResult::getRowsUpdated))))
                        .containsExactly(count, count);
            }
        }
    }

    @Test
    @DisplayName("[X9] a stale statement further back in a flight surfaces, and is parsed again next time")
    void secondOfFlight() {
        try (Dialogue dialogue = Dialogue.of(script -> script.expect("P D B E S")
                .send(firstSelected("x"))
                .expect("P D B E B E S")
                .send(prepared(), done("INSERT 0 1"), error("26000", "gone"), ready())
                .expect("C P D B E S")
                .send(closeComplete(), firstSelected("y")))) {
            completed(begin(dialogue.select(QUERY)));
            assertThat(sqlState(failed(begin(dialogue.connection()
                            .createBatch()
                            .add("insert into t select 1")
                            .add(QUERY)
                            .execute()
                            .concatMap(PgxcResult::getRowsUpdated)))))
                    .isEqualTo("26000");
            assertThat(completed(begin(dialogue.select(QUERY)))).containsExactly("y");
        }
    }
}
