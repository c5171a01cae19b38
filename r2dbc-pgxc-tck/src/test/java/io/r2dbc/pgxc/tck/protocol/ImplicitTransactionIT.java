// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.tck.protocol;

import static io.r2dbc.pgxc.tck.Sandbox.all;
import static io.r2dbc.pgxc.tck.Sandbox.get;
import static org.assertj.core.api.Assertions.assertThat;

import io.r2dbc.pgxc.PgxcResult;
import io.r2dbc.pgxc.tck.Sandbox;
import io.r2dbc.pgxc.testing.StandingAsserts;
import io.r2dbc.pgxc.wire.BackendMessage.NoticeResponse;
import io.r2dbc.pgxc.wire.BackendMessage.ReadyForQuery;
import io.r2dbc.pgxc.wire.ClientMessage.Query;
import io.r2dbc.pgxc.wire.TransactionStatus;
import java.time.LocalDateTime;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import reactor.core.publisher.Flux;

/** What the server makes of several statements in one string, which the driver leaves as they are. */
@ExtendWith(StandingAsserts.class)
class ImplicitTransactionIT {

    @RegisterExtension
    static final Sandbox SANDBOX = new Sandbox("pgxc_implicit_transaction");

    @BeforeEach
    void table() {
        SANDBOX.jdbc().execute("DROP TABLE IF EXISTS kept; CREATE TABLE kept (i int UNIQUE DEFERRABLE)");
    }

    /** What others see of the table. */
    private static List<Integer> kept() {
        return SANDBOX.jdbc().queryForList("SELECT i FROM kept ORDER BY i", Integer.class);
    }

    /** Runs the string, which leaves as it is, alone, and is answered with one ReadyForQuery; answers the SQLSTATE. */
    private static String run(Overheard dialogue, String sql) {
        dialogue.forget();
        String state = dialogue.state(sql);
        assertThat(dialogue.said()).as(sql).isEqualTo("Q");
        assertThat(dialogue.said(Query.class)).containsExactly(new Query(sql));
        assertThat(dialogue.heard(ReadyForQuery.class)).as(sql).hasSize(1);
        return state;
    }

    private static void assertStatus(Overheard dialogue, TransactionStatus status) {
        assertThat(dialogue.heard(ReadyForQuery.class)).containsExactly(ReadyForQuery.of(status));
        assertThat(dialogue.connection().isAutoCommit()).isEqualTo(status == TransactionStatus.IDLE);
    }

    @Test
    @DisplayName("[S2.2.9] several statements are one transaction: an error at the end undoes the first")
    void oneTransaction() {
        try (Overheard dialogue = Overheard.in(SANDBOX)) {
            assertThat(run(dialogue, "INSERT INTO kept VALUES (1); INSERT INTO kept VALUES (2)"))
                    .isEmpty();
            assertThat(run(dialogue, "INSERT INTO kept VALUES (3); SELECT 1 / 0"))
                    .isEqualTo("22012");

            assertStatus(dialogue, TransactionStatus.IDLE);
            assertThat(kept()).containsExactly(1, 2);
        }
    }

    @Test
    @DisplayName("[S2.2.9] COMMIT within the string keeps what was before it; what follows is a transaction of its own")
    void commitWithin() {
        try (Overheard dialogue = Overheard.in(SANDBOX)) {
            assertThat(run(
                            dialogue,
                            "BEGIN; INSERT INTO kept VALUES (1); COMMIT; INSERT INTO kept VALUES (2); SELECT 1 / 0"))
                    .isEqualTo("22012");

            assertStatus(dialogue, TransactionStatus.IDLE);
            assertThat(kept()).containsExactly(1);
        }
    }

    @Test
    @DisplayName("[S2.2.9] BEGIN behind statements takes them into its transaction, which stays open behind the string")
    void beginBehind() {
        try (Overheard dialogue = Overheard.in(SANDBOX)) {
            assertThat(run(dialogue, "INSERT INTO kept VALUES (1); BEGIN; INSERT INTO kept VALUES (2)"))
                    .isEmpty();
            assertStatus(dialogue, TransactionStatus.IN_TRANSACTION);
            assertThat(kept()).isEmpty();

            get(dialogue.connection().rollbackTransaction());
            assertThat(kept()).isEmpty();
        }
    }

    @Test
    @DisplayName("[S2.2.9] COMMIT and ROLLBACK without BEGIN work, and warn")
    void endWithoutBegin() {
        try (Overheard dialogue = Overheard.in(SANDBOX)) {
            assertThat(run(dialogue, "INSERT INTO kept VALUES (1); COMMIT; SELECT 1"))
                    .isEmpty();
            assertThat(dialogue.heard(NoticeResponse.class)).hasSize(1);
            assertThat(run(dialogue, "INSERT INTO kept VALUES (2); ROLLBACK; SELECT 1"))
                    .isEmpty();
            assertThat(dialogue.heard(NoticeResponse.class)).hasSize(1);
            assertThat(dialogue.heard(NoticeResponse.class).get(0).fields().sqlState())
                    .isEqualTo("25P01");

            assertThat(kept()).containsExactly(1);
        }
    }

    @Test
    @DisplayName("[S2.2.9] SAVEPOINT without BEGIN is an error, and the string is undone")
    void savepointWithoutBegin() {
        try (Overheard dialogue = Overheard.in(SANDBOX)) {
            assertThat(run(dialogue, "INSERT INTO kept VALUES (1); SAVEPOINT s; SELECT 1"))
                    .isEqualTo("25P01");

            assertStatus(dialogue, TransactionStatus.IDLE);
            assertThat(kept()).isEmpty();
        }
    }

    @Test
    @DisplayName(
            "[S2.2.9] behind an error nothing runs, not even the ROLLBACK: the session is left in the failed transaction")
    void rollbackIsNotReached() {
        try (Overheard dialogue = Overheard.in(SANDBOX)) {
            assertThat(run(dialogue, "BEGIN; SELECT 1 / 0; ROLLBACK")).isEqualTo("22012");
            assertStatus(dialogue, TransactionStatus.FAILED);
            assertThat(dialogue.state("SELECT 1")).isEqualTo("25P02");

            get(dialogue.connection().rollbackTransaction());
            assertThat(dialogue.connection().isAutoCommit()).isTrue();
            assertThat(dialogue.state("SELECT 1")).isEmpty();
        }
    }

    @Test
    @DisplayName("[S2.2.9] a syntax error anywhere prevents all of it, an unknown table only what follows")
    void syntaxErrorPreventsAll() {
        try (Overheard dialogue = Overheard.in(SANDBOX)) {
            assertThat(run(dialogue, "INSERT INTO kept VALUES (1); COMMIT; SELEKT 2"))
                    .isEqualTo("42601");
            assertThat(dialogue.heard()).isEqualTo("E Z");
            assertThat(kept()).isEmpty();

            assertThat(run(dialogue, "BEGIN; INSERT INTO kept VALUES (1); COMMIT; SELECT * FROM missing"))
                    .isEqualTo("42P01");
            assertThat(dialogue.heard()).isEqualTo("C C C E Z");
            assertThat(kept()).containsExactly(1);
        }
    }

    @Test
    @DisplayName("[S2.2.9] all statements of a string see the same statement_timestamp, but not the same clock")
    void sameTimestamp() {
        String stamp = "SELECT statement_timestamp()::timestamp, clock_timestamp()::timestamp";
        try (Overheard dialogue = Overheard.in(SANDBOX)) {
            List<List<LocalDateTime>> stamps = all(Flux.from(dialogue.connection()
                            .createStatement(stamp + "; DO $$ BEGIN PERFORM pg_sleep(0.002); END $$; " + stamp)
                            .execute())
                    .concatMap(result -> result.map(
                            row -> List.of(row.get(0, LocalDateTime.class), row.get(1, LocalDateTime.class)))));

            assertThat(stamps).hasSize(2);
            assertThat(stamps.get(0).get(0)).isEqualTo(stamps.get(1).get(0));
            assertThat(stamps.get(0).get(1)).isBefore(stamps.get(1).get(1));
        }
    }

    @Test
    @DisplayName("[S2.2.9] what is checked at the end of the implicit transaction fails there: nothing is kept")
    void deferred() {
        try (Overheard dialogue = Overheard.in(SANDBOX)) {
            Flux<Long> counts = Flux.from(dialogue.connection()
                            .createStatement("SET CONSTRAINTS ALL DEFERRED; INSERT INTO kept VALUES (1);"
                                    + " INSERT INTO kept VALUES (1)")
                            .execute())
                    .concatMap(PgxcResult::getRowsUpdated);

            assertThat(Overheard.state(counts)).isEqualTo("23505");
            assertThat(kept()).isEmpty();
        }
    }
}
