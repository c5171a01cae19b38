// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import static io.r2dbc.pgxc.Answers.FAILED;
import static io.r2dbc.pgxc.Answers.OPEN;
import static io.r2dbc.pgxc.Answers.done;
import static io.r2dbc.pgxc.Answers.prepared;
import static io.r2dbc.pgxc.Answers.ran;
import static io.r2dbc.pgxc.Dialogue.SOON;
import static io.r2dbc.pgxc.Dialogue.begin;
import static io.r2dbc.pgxc.Dialogue.completed;
import static io.r2dbc.pgxc.Dialogue.counts;
import static io.r2dbc.pgxc.Dialogue.failed;
import static io.r2dbc.pgxc.testing.ServerMessages.bindComplete;
import static io.r2dbc.pgxc.testing.ServerMessages.closeComplete;
import static io.r2dbc.pgxc.testing.ServerMessages.error;
import static io.r2dbc.pgxc.testing.ServerMessages.ready;
import static org.assertj.core.api.Assertions.assertThat;

import io.r2dbc.pgxc.wire.ClientMessage.Close;
import io.r2dbc.pgxc.wire.ClientMessage.Parse;
import io.r2dbc.pgxc.wire.Octets;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Bindings of one flight that have values of different classes, a String not in the first of them. */
class MixedTypesTest {

    private static final int INT4 = 23;
    private static final int TEXT = 25;
    private static final String INSERT = "insert into t select concat($1)";
    private static final Octets UNDEDUCED = error("42P18", "could not determine data type");
    private static final Octets OF_INT = prepared(new int[] {INT4});
    private static final Octets OF_TEXT = prepared(new int[] {TEXT});

    private static List<Long> inserted(Dialogue dialogue, Object... values) {
        PgxcStatement statement = dialogue.connection().createStatement(INSERT).bind(0, values[0]);
        for (int i = 1; i < values.length; i++) {
            statement.add().bind(0, values[i]);
        }
        return completed(begin(counts(statement.execute())));
    }

    @Test
    @DisplayName("[X10, X6] the server is asked for the type of a later binding's String before anything is executed")
    void parsedAhead() {
        try (Dialogue dialogue = Dialogue.of(script -> script.expect("P D P D B E B E B E B E S")
                .send(OF_TEXT, OF_INT, done("INSERT 0 1"), done("INSERT 0 2"), done("INSERT 0 3"))
                .send(done("INSERT 0 4"), ready())
                .expect("B E B E S")
                .send(done("INSERT 0 1"), done("INSERT 0 1"), ready()))) {
            assertThat(inserted(dialogue, 1, "b", 3, "d")).containsExactly(1L, 2L, 3L, 4L);
            assertThat(inserted(dialogue, 1, "b")).containsExactly(1L, 1L);
            assertThat(dialogue.parameterTypes(INSERT)).containsExactly(List.of(0), List.of(INT4));
        }
    }

    @Test
    @DisplayName("[X10, X6] where it cannot be deduced the flight is sent again with text, and nobody notices")
    void sentAgain() {
        try (Dialogue dialogue = Dialogue.of(script -> script.expect("P D P D B E B E S")
                .send(UNDEDUCED, ready())
                .expect("P D B E P D B E S")
                .send(OF_INT, done("INSERT 0 1"), OF_TEXT, done("INSERT 0 2"), ready()))) {
            assertThat(inserted(dialogue, 1, "b")).containsExactly(1L, 2L);
            assertThat(dialogue.parameterTypes(INSERT))
                    .containsExactly(List.of(0), List.of(INT4), List.of(INT4), List.of(TEXT));
        }
    }

    @Test
    @DisplayName("[X10, X6] inside a transaction a savepoint stands around that Parse")
    void behindSavepoint() {
        try (Dialogue dialogue = Dialogue.of(script -> script.expect("P B E P B E P D P B E C P D B E B E S")
                .send(ran("BEGIN"), ran("SAVEPOINT"), UNDEDUCED, ready(FAILED))
                .expect("P B E P B E P D B E P D B E S")
                .send(ran("ROLLBACK"), ran("RELEASE"), OF_INT, done("INSERT 0 1"), OF_TEXT, done("INSERT 0 2"))
                .send(ready(OPEN))
                .expect("B E B E S")
                .send(done("INSERT 0 1"), done("INSERT 0 1"), ready(OPEN)))) {
            dialogue.connection().beginTransaction().block(SOON);
            assertThat(inserted(dialogue, 1, "b")).containsExactly(1L, 2L);
            assertThat(inserted(dialogue, 5, "f")).containsExactly(1L, 1L);
        }
    }

    @Test
    @DisplayName("[X10, X6] two Strings in different places are both tried behind one savepoint")
    void severalBehindOneSavepoint() {
        try (Dialogue dialogue = Dialogue.of(script -> script.expect("P B E P B E P D P D P B E C B E B E S")
                .send(ran("BEGIN"), ran("SAVEPOINT"), OF_TEXT, OF_INT, ran("RELEASE"), closeComplete())
                .send(done("INSERT 0 1"), done("INSERT 0 2"), ready(OPEN)))) {
            dialogue.connection().beginTransaction().block(SOON);
            PgxcStatement statement = dialogue.connection()
                    .createStatement("insert into t select concat($1), concat($2)")
                    .bind(0, "a")
                    .bind(1, 1)
                    .add()
                    .bind(0, 2)
                    .bind(1, "b");
            assertThat(completed(begin(counts(statement.execute())))).containsExactly(1L, 2L);
        }
    }

    @Test
    @DisplayName("[X10, X8] without names the Parse ahead is a question only: each is parsed again when it is its turn")
    void unnamed() {
        try (Dialogue dialogue = Dialogue.with(
                options -> options.preparedStatementCacheQueries(0),
                script -> script.expect("P D P D B E P D B E S")
                        .send(UNDEDUCED, ready())
                        .expect("P D B E P D B E S")
                        .send(OF_INT, done("INSERT 0 1"), OF_TEXT, done("INSERT 0 2"), ready())
                        .expect("P D B E P D B E S")
                        .send(OF_INT, done("INSERT 0 1"), OF_TEXT, done("INSERT 0 2"), ready()))) {
            assertThat(inserted(dialogue, 1, "b")).containsExactly(1L, 2L);
            assertThat(inserted(dialogue, 1, "b")).containsExactly(1L, 2L);
        }
    }

    @Test
    @DisplayName(
            "[X8, X10] a statement that goes for one that is parsed ahead is closed behind the flight that still uses it")
    void closedBehind() {
        try (Dialogue dialogue = Dialogue.with(
                options -> options.preparedStatementCacheQueries(1),
                script -> script.expect("P D B E S")
                        .send(OF_INT, done("INSERT 0 1"), ready())
                        .expect("P D B E B E S")
                        .send(OF_TEXT, done("INSERT 0 1"), done("INSERT 0 2"), ready())
                        .expect("C B E S")
                        .send(closeComplete(), done("INSERT 0 3"), ready()))) {
            assertThat(inserted(dialogue, 1)).containsExactly(1L);
            assertThat(inserted(dialogue, 1, "b")).containsExactly(1L, 2L);
            assertThat(inserted(dialogue, "c")).containsExactly(3L);
            String ofInt = dialogue.said(Parse.class).get(0).statement();
            assertThat(dialogue.said(Close.class)).extracting(Close::name).containsExactly(ofInt);
        }
    }

    @Test
    @DisplayName("[X10] what a statement raises when it runs is no want of a type, also where it is parsed again then")
    void raisedByExecution() {
        try (Dialogue dialogue = Dialogue.with(
                options -> options.preparedStatementCacheQueries(0),
                script -> script.expect("P B E P B E P D P B E C P D B E P D B E S")
                        .send(ran("BEGIN"), ran("SAVEPOINT"), OF_TEXT, ran("RELEASE"), closeComplete())
                        .send(OF_INT, bindComplete(), error("42883", "no such function in it"), ready(FAILED)))) {
            dialogue.connection().beginTransaction().block(SOON);
            PgxcStatement statement = dialogue.connection()
                    .createStatement(INSERT)
                    .bind(0, 1)
                    .add()
                    .bind(0, "b");
            assertThat(failed(begin(counts(statement.execute())))).hasMessageContaining("no such function in it");
        }
    }
}
