// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.tck.protocol;

import static io.r2dbc.pgxc.tck.Sandbox.all;
import static io.r2dbc.pgxc.tck.Sandbox.ask;
import static io.r2dbc.pgxc.tck.Sandbox.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.r2dbc.pgxc.PgxcResult;
import io.r2dbc.pgxc.tck.Sandbox;
import io.r2dbc.pgxc.testing.StandingAsserts;
import io.r2dbc.pgxc.wire.BackendMessage.Column;
import io.r2dbc.pgxc.wire.BackendMessage.RowDescription;
import io.r2dbc.pgxc.wire.ClientMessage.Query;
import io.r2dbc.spi.R2dbcRollbackException;
import io.r2dbc.spi.Result;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import reactor.core.publisher.Flux;
import reactor.core.publisher.SignalType;

/** One text message, any number of answers, and one ReadyForQuery. */
@ExtendWith(StandingAsserts.class)
class SimpleQueryIT {

    @RegisterExtension
    static final Sandbox SANDBOX = new Sandbox("pgxc_simple_query");

    @Test
    @DisplayName(
            "[S2.2.1, S2.2.2, S2.3.2, S2.3.23] several statements are one Query as it was written: T D C, C, and one Z; never 1 2 3 n")
    void severalStatements() {
        String sql = "SELECT 1 AS a; CREATE TEMP TABLE s (i int);INSERT INTO s VALUES (1), (2);SELECT i FROM s ; ";
        try (Overheard dialogue = Overheard.in(SANDBOX)) {
            List<Object> results =
                    all(Flux.from(dialogue.connection().createStatement(sql).execute())
                            .concatMap(result -> result.flatMap(segment -> Flux.just(
                                            segment instanceof Result.RowSegment row
                                                    ? row.row().get(0, Integer.class)
                                                    : ((Result.UpdateCount) segment).value()))
                                    .collectList()));

            assertThat(results).containsExactly(List.of(1, 1L), List.of(), List.of(2L), List.of(1, 2, 2L));
            assertThat(dialogue.said(Query.class)).containsExactly(new Query(sql));
            assertThat(dialogue.said()).isEqualTo("Q");
            assertThat(dialogue.heard()).isEqualTo("T D C C C T D D C Z");
        }
    }

    @Test
    @DisplayName("[S2.2.1] what has parameters is no simple Query: several statements with them are refused, unsent")
    void noParameters() {
        try (Overheard dialogue = Overheard.in(SANDBOX)) {
            assertThatThrownBy(() -> dialogue.connection()
                            .createStatement("SELECT $1; SELECT 2")
                            .bind(0, 1)
                            .execute())
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("parameters");
            assertThat(dialogue.said()).isEmpty();
        }
    }

    @Test
    @DisplayName(
            "[S2.2.3, S2.2.2] an error ends the string: rows before it, an error signal, one Z, nothing of the rest")
    void errorAbandonsTheRest() {
        SANDBOX.jdbc().execute("CREATE TABLE abandoned (i int)");
        try (Overheard dialogue = Overheard.in(SANDBOX)) {
            Flux<Integer> rows = Flux.from(dialogue.connection()
                            .createStatement("SELECT 6 / i FROM (VALUES (1), (2), (0), (3)) AS v (i);"
                                    + " INSERT INTO abandoned VALUES (1)")
                            .execute())
                    .concatMap(result -> result.map(row -> row.get(0, Integer.class)));

            assertThat(all(rows.materialize().map(signal -> signal.isOnNext() ? signal.get() : signal.getType())))
                    .containsExactly(6, 3, SignalType.ON_ERROR);
            assertThat(dialogue.heard()).isEqualTo("T D D E Z");
            assertThat(ask(dialogue.connection(), "SELECT count(*) FROM abandoned"))
                    .isEqualTo("0");
        }
    }

    @Test
    @DisplayName(
            "[S2.2.4] a string without a statement is EmptyQueryResponse and ReadyForQuery, and has no rows and no count")
    void emptyString() {
        try (Overheard dialogue = Overheard.in(SANDBOX)) {
            for (String sql : List.of("", " ", ";", " ; ;", "-- nothing", "/* nothing */ ;")) {
                dialogue.forget();
                List<Long> counts =
                        all(Flux.from(dialogue.connection().createStatement(sql).execute())
                                .concatMap(PgxcResult::getRowsUpdated));

                assertThat(counts).as(sql).isEmpty();
                assertThat(dialogue.heard()).as(sql).isEqualTo("I Z");
            }
        }
    }

    @Test
    @DisplayName(
            "[S2.2.5] values are text, but those that are fetched from a binary cursor; both are read by their format code")
    void binaryCursor() {
        String sql =
                "BEGIN; DECLARE c BINARY CURSOR FOR SELECT 258 AS i, 'ü'::text AS t; SELECT 258 AS i, 'ü'::text AS t;"
                        + " FETCH c; COMMIT";
        try (Overheard dialogue = Overheard.in(SANDBOX)) {
            List<String> rows = all(Flux.from(
                            dialogue.connection().createStatement(sql).execute())
                    .concatMap(result -> result.map(row -> row.get(0, Integer.class) + row.get("t", String.class))));

            assertThat(rows).containsExactly("258ü", "258ü");
            assertThat(dialogue.heard(RowDescription.class))
                    .extracting(description ->
                            description.columns().stream().map(Column::format).toList())
                    .containsExactly(List.of((short) 0, (short) 0), List.of((short) 1, (short) 1));
            assertThat(dialogue.tap().rows().get(1).values().get(0).bytes()).containsExactly(0, 0, 1, 2);
        }
    }

    @Test
    @DisplayName("[S2.2.6] notices within a statement, and between two, end neither")
    void notices() {
        String notice = "DO $$ BEGIN RAISE NOTICE 'one'; RAISE WARNING 'two'; END $$";
        try (Overheard dialogue = Overheard.in(SANDBOX)) {
            SANDBOX.jdbc().execute("""
                            CREATE FUNCTION told(i int) RETURNS int LANGUAGE plpgsql AS
                            'BEGIN RAISE NOTICE ''row %'', i; RETURN i; END'""");
            List<Integer> rows = all(Flux.from(dialogue.connection()
                            .createStatement(notice + "; SELECT told(i) FROM generate_series(1, 2) i; " + notice)
                            .execute())
                    .concatMap(result -> result.map(row -> row.get(0, Integer.class))));

            assertThat(rows).containsExactly(1, 2);
            assertThat(dialogue.heard()).isEqualTo("N N C T N D N D C N N C Z");
        }
    }

    @Test
    @DisplayName("[S2.2.8] behind a simple Query the unnamed statement is not used, but parsed again")
    void unnamedStatement() {
        try (Overheard dialogue = Overheard.in(SANDBOX, "preparedStatementCacheQueries=0")) {
            assertThat(ask(dialogue.connection(), "SELECT 'unnamed'")).isEqualTo("unnamed");
            assertThat(dialogue.state("SELECT 1; SELECT 2")).isEmpty();
            assertThat(ask(dialogue.connection(), "SELECT 'unnamed'")).isEqualTo("unnamed");

            assertThat(dialogue.said()).isEqualTo("P D B E S Q P D B E S");
            assertThat(dialogue.heard()).isEqualTo("1 t T 2 D C Z T D C T D C Z 1 t T 2 D C Z");
        }
    }

    @Test
    @DisplayName("[S2.2.10] COMMIT of a failed transaction is answered ROLLBACK without an error, and made one")
    void commitOfFailed() {
        try (Overheard dialogue = Overheard.in(SANDBOX)) {
            get(dialogue.connection().beginTransaction());
            assertThat(dialogue.state("SELECT 1 / 0")).isEqualTo("22012");
            dialogue.forget();

            assertThat(catchThrowableOfType(
                                    R2dbcRollbackException.class,
                                    () -> get(dialogue.connection().commitTransaction()))
                            .getSqlState())
                    .isEqualTo("25P02");
            assertThat(dialogue.heard()).isEqualTo("C Z");
            assertThat(dialogue.tags()).containsExactly("ROLLBACK");
        }
    }

    @Test
    @DisplayName("[S2.2.11] a result without columns has its rows all the same, in both protocols")
    void noColumns() {
        for (String sql : List.of("SELECT; SELECT FROM (VALUES (1), (2)) v", "SELECT FROM (VALUES (1), (2), (3)) v")) {
            try (Overheard dialogue = Overheard.in(SANDBOX)) {
                List<Integer> widths =
                        all(Flux.from(dialogue.connection().createStatement(sql).execute())
                                .concatMap(result -> result.map((row, columns) ->
                                        columns.getColumnMetadatas().size())));

                assertThat(widths).as(sql).containsExactly(0, 0, 0);
                assertThat(dialogue.heard(RowDescription.class))
                        .isNotEmpty()
                        .allMatch(description -> description.columns().isEmpty());
                assertThat(dialogue.tap().rows())
                        .hasSize(3)
                        .allMatch(row -> row.values().isEmpty());
            }
        }
    }
}
