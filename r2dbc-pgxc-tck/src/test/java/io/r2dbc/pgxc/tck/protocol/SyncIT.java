// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.tck.protocol;

import static io.r2dbc.pgxc.tck.Sandbox.LIMIT;
import static io.r2dbc.pgxc.tck.Sandbox.all;
import static io.r2dbc.pgxc.tck.Sandbox.ask;
import static io.r2dbc.pgxc.tck.Sandbox.column;
import static io.r2dbc.pgxc.tck.Sandbox.get;
import static io.r2dbc.pgxc.tck.Sandbox.run;
import static org.assertj.core.api.Assertions.assertThat;

import io.r2dbc.pgxc.PgxcBatch;
import io.r2dbc.pgxc.PgxcConnection;
import io.r2dbc.pgxc.PgxcNotice;
import io.r2dbc.pgxc.PgxcResult;
import io.r2dbc.pgxc.PgxcStatement;
import io.r2dbc.pgxc.tck.Sandbox;
import io.r2dbc.pgxc.testing.StandingAsserts;
import io.r2dbc.pgxc.wire.BackendMessage.ErrorResponse;
import io.r2dbc.pgxc.wire.BackendMessage.ReadyForQuery;
import io.r2dbc.pgxc.wire.ClientMessage.Sync;
import io.r2dbc.pgxc.wire.TransactionStatus;
import io.r2dbc.spi.IsolationLevel;
import io.r2dbc.spi.R2dbcException;
import io.r2dbc.spi.ValidationDepth;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** Sync and Flush at a real server: what is waited for, what belongs together, and what an error takes along. */
@ExtendWith(StandingAsserts.class)
class SyncIT {

    private static final String DUPLICATE = "INSERT INTO late VALUES (1), (1)";

    @RegisterExtension
    static final Sandbox SANDBOX = new Sandbox("pgxc_sync");

    @BeforeEach
    void tables() {
        SANDBOX.jdbc().execute("""
                        DROP TABLE IF EXISTS kept, late;
                        CREATE TABLE kept (i int, t text);
                        CREATE TABLE late (i int UNIQUE DEFERRABLE INITIALLY DEFERRED)
                        """);
    }

    /** What others see of a table. */
    private static List<Integer> seen(String table) {
        return SANDBOX.jdbc().queryForList("SELECT i FROM " + table + " ORDER BY i", Integer.class);
    }

    private static Flux<Long> counts(PgxcStatement statement) {
        return Flux.from(statement.execute()).concatMap(PgxcResult::getRowsUpdated);
    }

    private static Flux<Long> batch(PgxcConnection connection, String... commands) {
        PgxcBatch batch = connection.createBatch();
        List.of(commands).forEach(batch::add);
        return Flux.from(batch.execute()).concatMap(PgxcResult::getRowsUpdated);
    }

    private static boolean hasState(Throwable error, String sqlState) {
        return error instanceof R2dbcException said && sqlState.equals(said.getSqlState());
    }

    /** What waits for answers. */
    @SuppressWarnings("ImmutableEnumChecker") // the actions are lambdas that capture nothing
    private enum Work {
        STATEMENT(c -> ask(c, "SELECT 1")),
        NO_ROWS(c -> run(c, "INSERT INTO kept VALUES (1)")),
        ERROR(c -> Overheard.state(c.createStatement("SELEKT").execute())),
        BINDINGS(c -> all(counts(c.createStatement("INSERT INTO kept VALUES ($1)")
                .bind(0, 1)
                .add()
                .bind(0, 2)))),
        STRING(c ->
                all(counts(c.createStatement("INSERT INTO kept VALUES (1, $1)").bind(0, "x")))),
        BATCH(c -> all(batch(c, "INSERT INTO kept VALUES (1)", "SELECT 1"))),
        STEPS(c -> all(counts(c.createStatement("SELECT generate_series(1, 9)").fetchSize(2)))),
        SEVERAL(c -> run(c, "SELECT 1; SELECT 2")),
        TRANSACTION(c -> {
            get(c.beginTransaction());
            get(c.createSavepoint("s"));
            ask(c, "SELECT 1");
            all(counts(c.createStatement("INSERT INTO kept VALUES (1, $1)").bind(0, "x")));
            all(counts(c.createStatement("SELECT generate_series(1, 9)").fetchSize(2)));
            get(c.rollbackTransactionToSavepoint("s"));
            get(c.commitTransaction());
        }),
        VALIDATION(c -> get(c.validate(ValidationDepth.REMOTE))),
        LEVEL(c -> get(c.setTransactionIsolationLevel(IsolationLevel.SERIALIZABLE)));

        private final Consumer<PgxcConnection> doing;

        Work(Consumer<PgxcConnection> doing) {
            this.doing = doing;
        }
    }

    @ParameterizedTest(name = "[S2.3.16, S2.3.18, S2.3.21, S2.3.26, S2.3.27] {0}")
    @EnumSource
    @DisplayName(
            "[S2.3.16, S2.3.18, S2.3.21, S2.3.26, S2.3.27] nothing is awaited without Flush, Sync or Query; each Sync and Query is one Z")
    void nothingWaitsUnflushed(Work work) {
        try (Overheard dialogue = Overheard.in(SANDBOX)) {
            for (int round = 0; round < 2; round++) {
                work.doing.accept(dialogue.connection());
                assertThat(dialogue.said())
                        .matches("(([PDBEC] )*[HS]|Q)( ([PDBEC] )*[HS]| Q)*")
                        .doesNotContain("H Q");
                assertThat(dialogue.heard(ReadyForQuery.class))
                        .hasSize(dialogue.said().replaceAll("[^SQ]", "").length());
            }
        }
    }

    @Test
    @DisplayName("[S2.3.16] a notice is heard when it is said, while its statement goes on")
    void noticeIsFlushed() throws SQLException {
        try (java.sql.Connection witness =
                        DriverManager.getConnection(SANDBOX.endpoint().jdbcUrl());
                Statement lock = witness.createStatement();
                Overheard dialogue = Overheard.in(SANDBOX)) {
            lock.execute("SELECT pg_advisory_lock(4711)");
            Mono<PgxcNotice> notice = dialogue.connection().notices().next().cache();
            notice.subscribe();
            Mono<Void> waiting = dialogue.connection()
                    .createStatement(
                            "DO $$ BEGIN RAISE NOTICE 'waits'; PERFORM pg_advisory_xact_lock_shared(4711); END $$")
                    .execute()
                    .concatMap(PgxcResult::getRowsUpdated)
                    .then()
                    .cache();
            waiting.subscribe();

            assertThat(get(notice).message()).isEqualTo("waits");
            assertThat(dialogue.heard()).isEqualTo("1 t n 2 N");
            lock.execute("SELECT pg_advisory_unlock(4711)");
            get(waiting);
            assertThat(dialogue.heard()).isEqualTo("1 t n 2 N C Z");
        }
    }

    @Test
    @DisplayName(
            "[S2.3.18] outside BEGIN Sync commits what went well and rolls back what did not; inside it leaves the block open")
    void syncEnds() {
        try (Overheard dialogue = Overheard.in(SANDBOX)) {
            PgxcConnection connection = dialogue.connection();
            run(connection, "INSERT INTO kept VALUES (1)");
            assertThat(seen("kept")).containsExactly(1);
            assertThat(Overheard.state(batch(connection, "INSERT INTO kept VALUES (2)", "SELECT 1 / 0")))
                    .isEqualTo("22012");
            assertThat(seen("kept")).containsExactly(1);

            get(connection.beginTransaction());
            run(connection, "INSERT INTO kept VALUES (3)");
            assertThat(dialogue.heard(ReadyForQuery.class))
                    .last()
                    .isEqualTo(ReadyForQuery.of(TransactionStatus.IN_TRANSACTION));
            assertThat(seen("kept")).containsExactly(1);
            get(connection.commitTransaction());
            assertThat(seen("kept")).containsExactly(1, 3);
        }
    }

    @Test
    @DisplayName(
            "[S2.3.18, S2.3.19] an error at Sync comes behind CommandComplete and ahead of the one Z: no success is told")
    void errorAtSync() {
        try (Overheard dialogue = Overheard.in(SANDBOX)) {
            StepVerifier.create(counts(dialogue.connection().createStatement(DUPLICATE)))
                    .expectErrorMatches(e -> hasState(e, "23505"))
                    .verify(LIMIT);

            assertThat(dialogue.heard()).isEqualTo("1 t n 2 C E Z");
            assertThat(dialogue.tags()).containsExactly("INSERT 0 2");
            assertThat(seen("late")).isEmpty();
        }
    }

    @Test
    @DisplayName(
            "[S2.3.20, S2.3.26] one error, then nothing up to the Sync: what is behind it in the flight is not done, and not told as done")
    void skipping() {
        try (Overheard dialogue = Overheard.in(SANDBOX)) {
            StepVerifier.create(batch(
                            dialogue.connection(),
                            "INSERT INTO kept VALUES (1)",
                            "SELECT 1 / 0",
                            "INSERT INTO kept VALUES (2)",
                            "SELEKT"))
                    .expectNext(1L)
                    .expectErrorMatches(e -> hasState(e, "22012"))
                    .verify(LIMIT);

            assertThat(dialogue.said()).isEqualTo("P D B E P D B E P D B E P D B E S");
            assertThat(dialogue.heard()).isEqualTo("1 t n 2 C 1 t T E Z");
            assertThat(seen("kept")).isEmpty();
        }
    }

    @Test
    @DisplayName("[S2.3.20, S2.3.24] an error that Sync itself raises takes nothing along of what is behind it")
    void noSkippingBehindSync() {
        try (Overheard dialogue = Overheard.in(SANDBOX)) {
            PgxcConnection connection = dialogue.connection();
            List<String> states = all(Flux.just(DUPLICATE, "INSERT INTO kept VALUES (1)")
                    .flatMapSequential(sql -> counts(connection.createStatement(sql))
                            .then(Mono.just("done"))
                            .onErrorReturn("failed")));

            assertThat(states).containsExactly("failed", "done");
            assertThat(dialogue.heard()).isEqualTo("1 t n 2 C E Z 1 t n 2 C Z");
            assertThat(seen("kept")).containsExactly(1);
        }
    }

    @Test
    @DisplayName("[S2.3.24] statements sent without waiting are error domains of their own, with a Sync each")
    void errorDomains() {
        try (Overheard dialogue = Overheard.in(SANDBOX)) {
            PgxcConnection connection = dialogue.connection();
            List<String> states = all(Flux.range(1, 9)
                    .flatMapSequential(i -> counts(connection.createStatement(
                                    i % 3 == 0 ? "SELECT 1 / 0" : "INSERT INTO kept VALUES (" + i + ")"))
                            .then(Mono.just("done"))
                            .onErrorReturn("failed")));

            assertThat(states)
                    .containsExactly("done", "done", "failed", "done", "done", "failed", "done", "done", "failed");
            assertThat(seen("kept")).containsExactly(1, 2, 4, 5, 7, 8);
            assertThat(dialogue.said(Sync.class)).hasSize(9);
            assertThat(dialogue.heard(ErrorResponse.class)).hasSize(3);
        }
    }

    @Test
    @DisplayName("[S2.3.25] what is between two Sync is one transaction")
    void implicitTransaction() {
        try (Overheard dialogue = Overheard.in(SANDBOX)) {
            PgxcConnection connection = dialogue.connection();
            String id = "SELECT pg_current_xact_id()::text::bigint";
            List<Long> together =
                    all(Flux.from(connection.createBatch().add(id).add(id).execute())
                            .concatMap(result -> result.map(row -> row.get(0, Long.class))));
            assertThat(together).hasSize(2).containsOnly(together.get(0));
            assertThat(dialogue.said(Sync.class)).hasSize(1);
            assertThat(column(connection, id, Long.class)).doesNotContain(together.get(0));
        }
    }

    @Test
    @DisplayName(
            "[S2.3.25] VACUUM works behind a Sync, also of a pipelined statement, but not behind another command without one")
    void noBlock() {
        try (Overheard dialogue = Overheard.in(SANDBOX)) {
            PgxcConnection connection = dialogue.connection();
            List<String> states =
                    all(Flux.just("INSERT INTO kept VALUES (1)", "VACUUM kept", "INSERT INTO kept VALUES (2)")
                            .flatMapSequential(sql -> counts(connection.createStatement(sql))
                                    .then(Mono.just("done"))
                                    .onErrorReturn("failed")));
            assertThat(states).containsExactly("done", "done", "done");
            assertThat(Overheard.state(batch(connection, "INSERT INTO kept VALUES (3)", "VACUUM kept")))
                    .isEqualTo("25001");
            assertThat(seen("kept")).containsExactly(1, 2);
        }
    }

    @Test
    @DisplayName("[S2.3.21] behind a flight that fails without Sync the Query waits for the Sync, and is not lost")
    void queryBehindFailure() {
        try (Overheard dialogue = Overheard.in(SANDBOX)) {
            PgxcConnection connection = dialogue.connection();
            List<String> states = all(Flux.just("SELECT 6 / (3 - i) FROM generate_series(1, 5) i", "SELECT 1; SELECT 2")
                    .flatMapSequential(
                            sql -> counts(connection.createStatement(sql).fetchSize(sql.contains(";") ? 0 : 1))
                                    .then(Mono.just("done"))
                                    .onErrorReturn("failed")));

            assertThat(states).containsExactly("failed", "done");
            assertThat(dialogue.said()).isEqualTo("P D B E H E H E H S Q");
            assertThat(dialogue.heard()).isEqualTo("1 t T 2 D s D s E Z T D C T D C Z");
        }
    }
}
