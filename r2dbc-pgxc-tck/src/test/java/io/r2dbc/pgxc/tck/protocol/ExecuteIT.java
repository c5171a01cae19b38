// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.tck.protocol;

import static io.r2dbc.pgxc.tck.Sandbox.all;
import static io.r2dbc.pgxc.tck.Sandbox.ask;
import static io.r2dbc.pgxc.tck.Sandbox.get;
import static io.r2dbc.pgxc.tck.Sandbox.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.r2dbc.pgxc.PgxcConnection;
import io.r2dbc.pgxc.PgxcResult;
import io.r2dbc.pgxc.PgxcStatement;
import io.r2dbc.pgxc.tck.Sandbox;
import io.r2dbc.pgxc.testing.StandingAsserts;
import io.r2dbc.pgxc.wire.ClientMessage.Bind;
import io.r2dbc.pgxc.wire.ClientMessage.Close;
import io.r2dbc.pgxc.wire.ClientMessage.Execute;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

/** Portals at a real server: how long they live, and what Execute with a limit answers. */
@ExtendWith(StandingAsserts.class)
class ExecuteIT {

    private static final String FOUR = "SELECT generate_series(1, 4)";

    @RegisterExtension
    static final Sandbox SANDBOX = new Sandbox("pgxc_execute");

    @BeforeEach
    void table() {
        SANDBOX.jdbc().execute("DROP TABLE IF EXISTS kept; CREATE TABLE kept (i int)");
    }

    private static Flux<Integer> rows(PgxcStatement statement) {
        return Flux.from(statement.execute()).concatMap(result -> result.map(row -> row.get(0, Integer.class)));
    }

    private static List<Long> counts(PgxcStatement statement) {
        return all(Flux.from(statement.execute()).concatMap(PgxcResult::getRowsUpdated));
    }

    @Test
    @DisplayName("[S2.3.4] a named portal lives over several Sync until Close, and its name is not bound again")
    void namedPortal() {
        try (Overheard dialogue = Overheard.in(SANDBOX)) {
            PgxcConnection connection = dialogue.connection();
            get(connection.beginTransaction());
            for (int round = 0; round < 2; round++) {
                List<String> portals = all(rows(connection.createStatement(FOUR).fetchSize(1))
                        .concatMap(i -> connection
                                .createStatement("SELECT name FROM pg_cursors WHERE name <> ''")
                                .execute()
                                .concatMap(result -> result.map(row -> row.get(0, String.class)))));
                assertThat(portals).hasSizeGreaterThanOrEqualTo(3).containsOnly(portals.get(0));
            }
            assertThat(ask(connection, "SELECT count(*) FROM pg_cursors WHERE name <> ''"))
                    .isEqualTo("0");
            get(connection.commitTransaction());

            List<String> bound = dialogue.said(Bind.class).stream()
                    .map(Bind::portal)
                    .filter(name -> !name.isEmpty())
                    .toList();
            assertThat(bound).hasSize(2).doesNotHaveDuplicates();
            assertThat(dialogue.said(Close.class))
                    .extracting(Close::target, Close::name)
                    .containsExactly(tuple('P', bound.get(0)), tuple('P', bound.get(1)));
        }
    }

    @Test
    @DisplayName(
            "[S2.3.4] a named portal ends with its transaction, and so does, with an error, a result that is read on")
    void portalEndsWithTransaction() {
        try (Overheard dialogue = Overheard.in(SANDBOX)) {
            PgxcConnection connection = dialogue.connection();
            get(connection.beginTransaction());
            StepVerifier.create(
                            rows(connection
                                    .createStatement("SELECT generate_series(1, 1000)")
                                    .fetchSize(2)),
                            1)
                    .expectNext(1)
                    .then(() -> get(connection.commitTransaction()))
                    .thenRequest(Long.MAX_VALUE)
                    .thenConsumeWhile(i -> i < 10)
                    .expectErrorMatches(e -> e.getMessage().contains("transaction"))
                    .verify(Sandbox.LIMIT);
            assertThat(ask(connection, "SELECT 42")).isEqualTo("42");
        }
    }

    @Test
    @DisplayName("[S2.3.4] the unnamed portal lives until the next Bind: many bindings have one after the other")
    void unnamedPortal() {
        try (Overheard dialogue = Overheard.in(SANDBOX)) {
            PgxcStatement insert = dialogue.connection().createStatement("INSERT INTO kept VALUES ($1)");
            for (int i = 0; i < 9; i++) {
                insert.bind(0, i).add();
            }
            assertThat(counts(insert.bind(0, 9))).hasSize(10).containsOnly(1L);

            assertThat(dialogue.said(Bind.class))
                    .hasSize(10)
                    .allMatch(bind -> bind.portal().isEmpty());
            assertThat(dialogue.said(Close.class)).isEmpty();
            assertThat(dialogue.heard()).isEqualTo("1 t n" + " 2 C".repeat(10) + " Z");
        }
    }

    @ParameterizedTest(name = "[S2.3.5] in a transaction: {0}")
    @ValueSource(booleans = {false, true})
    @DisplayName(
            "[S2.3.5] fetching in steps: with Sync between them in a transaction, with Flush and one Sync at the end outside")
    void steps(boolean transaction) {
        try (Overheard dialogue = Overheard.in(SANDBOX)) {
            PgxcConnection connection = dialogue.connection();
            if (transaction) {
                get(connection.beginTransaction());
            }
            assertThat(all(rows(connection.createStatement(FOUR).fetchSize(3)))).containsExactly(1, 2, 3, 4);

            assertThat(dialogue.said()).isEqualTo(transaction ? "P B E P D B E S E S" : "P D B E H E H S");
            assertThat(dialogue.heard())
                    .isEqualTo(transaction ? "1 2 C 1 t T 2 D D D s Z D C Z" : "1 t T 2 D D D s D C Z");
        }
    }

    @ParameterizedTest(name = "[S2.3.9] {0}")
    @ValueSource(ints = {0, 1, Integer.MAX_VALUE})
    @DisplayName("[S2.3.9] a limit from 0 to 2^31-1 is sent as it is; what returns no rows runs to its end with any")
    void limits(int limit) {
        try (Overheard dialogue = Overheard.in(SANDBOX)) {
            PgxcConnection connection = dialogue.connection();
            assertThat(counts(connection
                            .createStatement("INSERT INTO kept SELECT generate_series(1, 5)")
                            .fetchSize(limit)))
                    .containsExactly(5L);
            assertThat(all(rows(connection.createStatement(FOUR).fetchSize(limit))))
                    .containsExactly(1, 2, 3, 4);

            assertThat(dialogue.said(Execute.class))
                    .extracting(Execute::maxRows)
                    .containsOnly(limit);
            assertThat(dialogue.heard()).startsWith("1 t n 2 C Z 1 t T 2 D");
        }
    }

    @Test
    @DisplayName("[S2.3.9] a negative limit is refused, and never sent")
    void negativeLimit() {
        try (Overheard dialogue = Overheard.in(SANDBOX)) {
            for (int limit : new int[] {-1, Integer.MIN_VALUE}) {
                assertThatThrownBy(() ->
                                dialogue.connection().createStatement(FOUR).fetchSize(limit))
                        .isInstanceOf(IllegalArgumentException.class);
            }
            assertThat(dialogue.said()).isEmpty();
        }
    }

    @ParameterizedTest(name = "[S2.3.10, S2.3.11] limit {0}: {1}")
    @CsvSource({
        "1, D s D s D s D s C, SELECT 0",
        "2, D D s D D s C, SELECT 0",
        "3, D D D s D C, SELECT 1",
        "4, D D D D s C, SELECT 0",
        "5, D D D D C, SELECT 4",
        "0, D D D D C, SELECT 4"
    })
    @DisplayName(
            "[S2.3.10, S2.3.11] each Execute ends once, with s or C; the tag is that of the last one, the count that of all rows")
    void ends(int limit, String heard, String tag) {
        try (Overheard dialogue = Overheard.in(SANDBOX)) {
            assertThat(counts(dialogue.connection().createStatement(FOUR).fetchSize(limit)))
                    .containsExactly(4L);

            assertThat(dialogue.heard()).isEqualTo("1 t T 2 " + heard + " Z");
            assertThat(dialogue.tags()).containsExactly(tag);
            assertThat(dialogue.said(Execute.class))
                    .hasSize(heard.replaceAll("[^sC]", "").length());
        }
    }

    @Test
    @DisplayName(
            "[S2.3.12] INSERT RETURNING is done with the first Execute: its rows come in steps, all have been inserted")
    void returningRunsAtOnce() {
        try (Overheard dialogue = Overheard.in(SANDBOX)) {
            PgxcConnection connection = dialogue.connection();
            get(connection.beginTransaction());
            List<String> seen = all(rows(connection
                            .createStatement("INSERT INTO kept SELECT generate_series(1, 3) RETURNING i")
                            .fetchSize(1))
                    .concatMap(i -> connection
                            .createStatement("SELECT count(*) FROM kept")
                            .execute()
                            .concatMap(result -> result.map(row -> row.get(0, String.class)))));
            assertThat(seen).containsExactly("3", "3", "3");

            assertThat(all(rows(connection
                                    .createStatement("INSERT INTO kept SELECT generate_series(1, 3) RETURNING i")
                                    .fetchSize(1))
                            .take(1)))
                    .containsExactly(1);
            get(connection.commitTransaction());
            assertThat(ask(connection, "SELECT count(*) FROM kept")).isEqualTo("6");
            run(connection, "TRUNCATE kept");
        }
    }
}
