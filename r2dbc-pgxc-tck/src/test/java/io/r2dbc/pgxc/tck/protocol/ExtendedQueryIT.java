// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.tck.protocol;

import static io.r2dbc.pgxc.tck.Sandbox.all;
import static io.r2dbc.pgxc.tck.Sandbox.ask;
import static io.r2dbc.pgxc.tck.Sandbox.column;
import static io.r2dbc.pgxc.tck.Sandbox.get;
import static io.r2dbc.pgxc.tck.Sandbox.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.r2dbc.pgxc.PgxcConnection;
import io.r2dbc.pgxc.PgxcResult;
import io.r2dbc.pgxc.PgxcStatement;
import io.r2dbc.pgxc.codec.PgType;
import io.r2dbc.pgxc.tck.Sandbox;
import io.r2dbc.pgxc.tck.WireTap;
import io.r2dbc.pgxc.testing.StandingAsserts;
import io.r2dbc.pgxc.wire.BackendMessage.Column;
import io.r2dbc.pgxc.wire.BackendMessage.ParameterDescription;
import io.r2dbc.pgxc.wire.BackendMessage.RowDescription;
import io.r2dbc.pgxc.wire.ClientMessage.Bind;
import io.r2dbc.pgxc.wire.ClientMessage.Close;
import io.r2dbc.pgxc.wire.ClientMessage.Describe;
import io.r2dbc.pgxc.wire.ClientMessage.Parse;
import io.r2dbc.spi.Parameters;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;

/** Parse, Bind, Describe and Close at a real server: names, types and formats. */
@ExtendWith(StandingAsserts.class)
class ExtendedQueryIT {

    @RegisterExtension
    static final Sandbox SANDBOX = new Sandbox("pgxc_extended_query");

    @BeforeAll
    static void tables() {
        SANDBOX.jdbc().execute("""
                        CREATE TABLE numbers (i int PRIMARY KEY, t text);
                        INSERT INTO numbers VALUES (1, 'one'), (2, 'two'), (3, 'three');
                        CREATE PROCEDURE doubled(a int, OUT b int) LANGUAGE plpgsql AS 'BEGIN b = 2 * a; END';
                        """);
    }

    private static <T> List<T> first(PgxcStatement statement, Class<T> type) {
        return all(Flux.from(statement.execute()).concatMap(result -> result.map(row -> row.get(0, type))));
    }

    @Test
    @DisplayName(
            "[S2.3.1] Parse has name, text and types; the type that is 0 is the server's to find, and void is an OUT parameter's")
    void parse() {
        String sql = "SELECT t FROM numbers WHERE i = $1 AND t = $2";
        try (Overheard dialogue = Overheard.in(SANDBOX)) {
            PgxcConnection connection = dialogue.connection();
            assertThat(first(connection.createStatement(sql).bind(0, 2).bind(1, "two"), String.class))
                    .containsExactly("two");
            Parse parse = dialogue.said(Parse.class).get(0);
            assertThat(parse.statement()).isNotEmpty();
            assertThat(parse.sql()).isEqualTo(sql);
            assertThat(parse.parameterTypes()).containsExactly(23, 0);
            assertThat(dialogue.heard(ParameterDescription.class).get(0).typeOids())
                    .containsExactly(23, 25);

            assertThat(first(
                            connection
                                    .createStatement("CALL doubled($1, $2)")
                                    .bind(0, 21)
                                    .bind(1, Parameters.in(PgType.of(2278))),
                            Integer.class))
                    .containsExactly(42);
            assertThat(dialogue.said(Parse.class).get(1).parameterTypes()).containsExactly(23, 2278);
            assertThat(dialogue.said(Bind.class).get(1).values().get(1)).isNull();
        }
    }

    @Test
    @DisplayName(
            "[S2.3.3] a named statement lives until Close, its name is never parsed twice, and Close of one that is gone is no error")
    void namedStatements() {
        String names = "SELECT string_agg(name, ' ' ORDER BY prepare_time, name) FROM pg_prepared_statements";
        try (Overheard dialogue = Overheard.in(SANDBOX, "preparedStatementCacheQueries=2")) {
            PgxcConnection connection = dialogue.connection();
            IntStream.range(0, 6).forEach(i -> ask(connection, "SELECT " + i));
            List<String> parsed =
                    dialogue.said(Parse.class).stream().map(Parse::statement).toList();
            assertThat(parsed).hasSize(6).doesNotHaveDuplicates();
            assertThat(dialogue.said(Close.class))
                    .containsExactlyElementsOf(parsed.subList(0, 4).stream()
                            .map(name -> new Close('S', name))
                            .toList());
            assertThat(dialogue.heard()).endsWith("3 1 t T 2 D C Z");

            assertThat(ask(connection, names))
                    .contains(parsed.get(5))
                    .doesNotContain(parsed.get(0), parsed.get(1), parsed.get(2), parsed.get(3));
            run(connection, "DEALLOCATE ALL; SELECT 1");
            dialogue.forget();
            assertThat(ask(connection, "SELECT 5")).isEqualTo("5");
            assertThat(dialogue.said(Parse.class)).hasSize(1);
            assertThat(dialogue.said(Parse.class).get(0).statement()).isNotIn(parsed);
        }
    }

    @Test
    @DisplayName(
            "[S2.3.3] SQL's PREPARE, EXECUTE and DEALLOCATE share the names: 42P05 for one of the driver's, EXECUTE runs it")
    void sharedNames() {
        try (Overheard dialogue = Overheard.in(SANDBOX)) {
            PgxcConnection connection = dialogue.connection();
            assertThat(ask(connection, "SELECT 'mine'")).isEqualTo("mine");
            String name = "\"" + dialogue.said(Parse.class).get(0).statement() + "\"";

            assertThat(ask(connection, "EXECUTE " + name)).isEqualTo("mine");
            assertThat(dialogue.state("PREPARE " + name + " AS SELECT 'theirs'"))
                    .isEqualTo("42P05");
            run(connection, "DEALLOCATE " + name);
            dialogue.forget();
            assertThat(ask(connection, "SELECT 'mine'")).isEqualTo("mine");
            assertThat(dialogue.said()).isEqualTo("P D B E S");
        }
    }

    @Test
    @DisplayName("[S2.3.3] the unnamed statement lives until the next Parse: each one has its own, also pipelined")
    void unnamedStatement() {
        try (Overheard dialogue = Overheard.in(SANDBOX, "preparedStatementCacheQueries=0")) {
            List<String> answers = all(Flux.range(0, 20)
                    .flatMapSequential(i -> Flux.from(dialogue.connection()
                                    .createStatement(i % 2 == 0 ? "SELECT 'even'" : "SELECT 'odd'")
                                    .execute())
                            .concatMap(result -> result.map(row -> row.get(0, String.class)))));

            assertThat(answers).hasSize(20);
            assertThat(IntStream.range(0, 20).filter(i -> answers.get(i).equals(i % 2 == 0 ? "even" : "odd")))
                    .hasSize(20);
            assertThat(dialogue.said(Parse.class))
                    .hasSize(20)
                    .allMatch(parse -> parse.statement().isEmpty());
        }
    }

    @Test
    @DisplayName(
            "[S2.3.6] formats: none before the columns are known, then one for all or one each; a value for each parameter")
    void bindCounts() {
        String sql = "SELECT i, t, i FROM numbers WHERE i IN ($1, $2, $3) AND t <> $4 ORDER BY i";
        try (Overheard dialogue = Overheard.in(SANDBOX)) {
            for (int round = 0; round < 2; round++) {
                assertThat(first(
                                dialogue.connection()
                                        .createStatement(sql)
                                        .bind(0, 1)
                                        .bind(1, 2)
                                        .bindNull(2, Integer.class)
                                        .bind(3, "x"),
                                Integer.class))
                        .containsExactly(1, 2);
                assertThat(column(dialogue.connection(), "SELECT i, NULL::money FROM numbers", Integer.class))
                        .hasSize(3);
            }

            assertThat(dialogue.heard(ParameterDescription.class).get(0).typeOids())
                    .hasSize(4);
            assertThat(dialogue.said(Bind.class))
                    .extracting(bind -> bind.values().size())
                    .containsExactly(4, 0, 4, 0);
            assertThat(dialogue.said(Bind.class))
                    .allMatch(bind -> bind.formats().size() <= 1
                            || bind.formats().size() == bind.values().size());
            assertThat(dialogue.said(Bind.class))
                    .extracting(Bind::resultFormats)
                    .containsExactly(List.of(), List.of(), List.of(1), List.of(1, 0));
        }
    }

    @Test
    @DisplayName(
            "[S2.3.7] a binary cursor fetched by Bind has the format that Bind asks for: text, as FETCH is parsed each time")
    void binaryCursor() {
        try (Overheard dialogue = Overheard.in(SANDBOX)) {
            PgxcConnection connection = dialogue.connection();
            get(connection.beginTransaction());
            run(connection, "DECLARE c BINARY CURSOR FOR SELECT 258 UNION ALL SELECT 259");
            dialogue.forget();
            for (int expected = 258; expected < 260; expected++) {
                assertThat(column(connection, "FETCH c", Integer.class)).containsExactly(expected);
            }

            List<WireTap.Row> rows = dialogue.tap().rows();
            assertThat(dialogue.said(Bind.class))
                    .extracting(Bind::resultFormats)
                    .containsExactly(List.of(), List.of());
            assertThat(rows.get(0).values().get(0).text()).isEqualTo("258");
            assertThat(rows.get(1).values().get(0).text()).isEqualTo("259");
        }
    }

    @ParameterizedTest(name = "[S2.3.8] {0} of {1}: {2}")
    @CsvSource({"SELECT $1::int + 1, x, 22P02", "SELECT 6 / (i - $1::int) FROM numbers, 1, 22012"})
    @DisplayName(
            "[S2.3.8] what cannot be read as the parameter's type fails at Bind, what fails later fails at Execute")
    void conversionAtBind(String sql, String value, String state) {
        boolean atBind = state.equals("22P02");
        try (Overheard dialogue = Overheard.in(SANDBOX)) {
            PgxcStatement statement = dialogue.connection().createStatement(sql).bind(0, value);
            assertThat(Overheard.state(Flux.from(statement.execute()).concatMap(PgxcResult::getRowsUpdated)))
                    .isEqualTo(state);

            assertThat(dialogue.heard()).isEqualTo(atBind ? "1 t T E Z" : "1 t T 2 E Z");
            assertThat(ask(dialogue.connection(), "SELECT 42")).isEqualTo("42");
        }
    }

    @Test
    @DisplayName("[S2.3.8] an error of planning comes in place of BindComplete")
    void planningAtBind() {
        try (Overheard dialogue = Overheard.in(SANDBOX)) {
            assertThat(dialogue.state("SELECT 1 / 0")).isEqualTo("22012");
            assertThat(dialogue.heard()).isEqualTo("1 t T E Z");
            assertThat(ask(dialogue.connection(), "SELECT 42")).isEqualTo("42");
        }
    }

    @Test
    @DisplayName(
            "[S2.3.13] Execute describes nothing: rows are read by the Describe of the first time, and anew when that is stale")
    void describedOnce() {
        SANDBOX.jdbc().execute("CREATE TABLE altered (a int); INSERT INTO altered VALUES (7)");
        String sql = "SELECT * FROM altered";
        try (Overheard dialogue = Overheard.in(SANDBOX)) {
            for (int round = 0; round < 3; round++) {
                assertThat(column(dialogue.connection(), sql, Integer.class)).containsExactly(7);
            }
            assertThat(dialogue.said(Describe.class)).hasSize(1);
            assertThat(dialogue.heard()).isEqualTo("1 t T 2 D C Z 2 D C Z 2 D C Z");

            SANDBOX.jdbc().execute("ALTER TABLE altered ALTER a TYPE text USING 'seven'");
            dialogue.forget();
            assertThat(column(dialogue.connection(), sql, String.class)).containsExactly("seven");
            assertThat(dialogue.heard()).isEqualTo("E Z 3 1 t T 2 D C Z");

            SANDBOX.jdbc().execute("ALTER TABLE altered ALTER a TYPE int USING 8");
            get(dialogue.connection().beginTransaction());
            assertThat(dialogue.state(sql)).isEqualTo("0A000");
            get(dialogue.connection().rollbackTransaction());
            assertThat(column(dialogue.connection(), sql, Integer.class)).containsExactly(8);
        }
    }

    @ParameterizedTest(name = "[S2.3.15, S2.3.14] {0}")
    @ValueSource(
            strings = {
                "SELECT 1",
                "VALUES (1)",
                "TABLE numbers",
                "SHOW search_path",
                "EXPLAIN SELECT 1",
                "FETCH c",
                "EXECUTE p",
                "CALL doubled(1, NULL)",
                "INSERT INTO numbers VALUES (-1, '') RETURNING i",
                "UPDATE numbers SET t = t RETURNING t",
                "DELETE FROM numbers RETURNING i, t"
            })
    @DisplayName("[S2.3.15, S2.3.14] what returns rows is described by t and T")
    void returnsRows(String sql) {
        assertThat(described(sql)).startsWith("1 t T 2 D").endsWith("C Z");
    }

    @ParameterizedTest(name = "[S2.3.15, S2.3.14] {0}")
    @ValueSource(
            strings = {
                "INSERT INTO numbers VALUES (-1, '')",
                "UPDATE numbers SET t = t",
                "DELETE FROM numbers",
                "CREATE TABLE described (i int)",
                "SET LOCAL work_mem = '1MB'",
                "DO 'BEGIN END'",
                "MOVE c",
                "LOCK TABLE numbers",
                "PREPARE q AS SELECT 1"
            })
    @DisplayName("[S2.3.15, S2.3.14] what returns none is described by t and n")
    void returnsNone(String sql) {
        assertThat(described(sql)).isEqualTo("1 t n 2 C Z");
    }

    /** What the server says to a statement, which runs in a transaction that is rolled back. */
    private static String described(String sql) {
        try (Overheard dialogue = Overheard.in(SANDBOX)) {
            PgxcConnection connection = dialogue.connection();
            get(connection.beginTransaction());
            run(connection, "DECLARE c CURSOR FOR SELECT 1");
            run(connection, "PREPARE p AS SELECT 1");
            dialogue.forget();
            assertThat(dialogue.state(sql)).isEmpty();
            assertThat(dialogue.said()).isEqualTo("P D B E S");
            String heard = dialogue.heard();
            get(connection.rollbackTransaction());
            return heard;
        }
    }

    @Test
    @DisplayName("[S2.3.15] COPY in the extended protocol, as pgjdbc asks for it, is described by NoData")
    void copyReturnsNone() throws SQLException {
        try (WireTap tap = WireTap.before(SANDBOX.endpoint());
                java.sql.Connection connection =
                        DriverManager.getConnection(tap.endpoint().jdbcUrl() + "&sslmode=disable&gssEncMode=disable");
                Statement statement = connection.createStatement()) {
            tap.forget();
            assertThat(catchThrowable(() -> statement.execute("COPY (SELECT 1) TO STDOUT")))
                    .satisfiesAnyOf(
                            failure -> assertThat(failure).isNull(),
                            failure -> assertThat(failure).isInstanceOf(SQLException.class));
            assertThat(tap.clientTypes()).startsWith("P B D E");
            assertThat(tap.answers().stream().limit(4).map(Overheard::type)).containsExactly("1", "2", "n", "H");
        }
    }

    @Test
    @DisplayName(
            "[S7.10, S2.3.14] RowDescription names table, column number and format; a computed column has neither table nor number")
    void rowDescription() {
        try (Overheard dialogue = Overheard.in(SANDBOX)) {
            assertThat(column(dialogue.connection(), "SELECT t, i, i + 1 AS c FROM numbers", String.class))
                    .hasSize(3);
            int table = Integer.parseInt(ask(dialogue.connection(), "SELECT 'numbers'::regclass::int"));

            assertThat(dialogue.heard(RowDescription.class).get(0).columns())
                    .containsExactly(
                            new Column("t", table, 2, 25, -1, -1, (short) 0),
                            new Column("i", table, 1, 23, 4, -1, (short) 0),
                            new Column("c", 0, 0, 23, 4, -1, (short) 0));
        }
    }
}
