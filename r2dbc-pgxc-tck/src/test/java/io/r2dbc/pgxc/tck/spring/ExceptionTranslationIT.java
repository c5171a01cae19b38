// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.tck.spring;

import static io.r2dbc.pgxc.tck.Sandbox.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.r2dbc.pgxc.PgxcException;
import io.r2dbc.pgxc.tck.Sandbox;
import io.r2dbc.pgxc.testing.StandingAsserts;
import io.r2dbc.spi.ConnectionFactories;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.dao.CannotAcquireLockException;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.dao.PermissionDeniedDataAccessException;
import org.springframework.dao.PessimisticLockingFailureException;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.dao.TransientDataAccessResourceException;
import org.springframework.r2dbc.BadSqlGrammarException;
import org.springframework.r2dbc.UncategorizedR2dbcException;
import org.springframework.r2dbc.core.DatabaseClient;

/** Which of Spring's exceptions the driver's become. */
@ExtendWith(StandingAsserts.class)
class ExceptionTranslationIT {

    @RegisterExtension
    static final Sandbox SANDBOX = new Sandbox("pgxc_translation");

    @BeforeAll
    static void table() {
        SANDBOX.jdbc()
                .execute(
                        "CREATE TABLE item (id int PRIMARY KEY, parent int REFERENCES item); INSERT INTO item VALUES (1)");
    }

    /** A statement that fails. */
    private enum Trouble {
        DUPLICATE(DuplicateKeyException.class, "INSERT INTO item VALUES (1)"),
        FOREIGN_KEY(DataIntegrityViolationException.class, "INSERT INTO item VALUES (2, 3)"),
        DIVISION(DataIntegrityViolationException.class, "SELECT 1 / 0"),
        BAD_NUMBER(DataIntegrityViolationException.class, "SELECT 'x'::int"),
        TWO_ROWS(DataIntegrityViolationException.class, "SELECT (SELECT generate_series(1, 2))"),
        NO_TABLE(BadSqlGrammarException.class, "SELECT * FROM no_such_table"),
        SYNTAX(BadSqlGrammarException.class, "SELEKT"),
        NO_STATEMENT(BadSqlGrammarException.class, "EXECUTE nothing"),
        PERMISSION(PermissionDeniedDataAccessException.class, raise("42501")),
        TIMEOUT(QueryTimeoutException.class, "SET statement_timeout = 20; SELECT pg_sleep(30)"),
        LOCK(QueryTimeoutException.class, raise("55P03")),
        SERIALIZATION(CannotAcquireLockException.class, raise("40001")),
        DEADLOCK(PessimisticLockingFailureException.class, raise("40P01")),
        DISK_FULL(TransientDataAccessResourceException.class, raise("53100")),
        ENDED(TransientDataAccessResourceException.class, "SELECT pg_terminate_backend(pg_backend_pid())"),
        OTHER(UncategorizedR2dbcException.class, raise("0A000"));

        private final Class<? extends DataAccessException> type;
        private final String sql;

        Trouble(Class<? extends DataAccessException> type, String sql) {
            this.type = type;
            this.sql = sql;
        }

        private static String raise(String sqlState) {
            return "DO $$ BEGIN RAISE EXCEPTION 'raised' USING ERRCODE = '" + sqlState + "'; END $$";
        }
    }

    @ParameterizedTest(name = "[X26] {0}")
    @EnumSource
    @DisplayName("[X26] each SQLSTATE comes as the exception that Spring's users handle it by")
    void translated(Trouble trouble) {
        DatabaseClient client = DatabaseClient.create(SANDBOX.factory());

        Throwable thrown = catchThrowable(() -> get(client.sql(trouble.sql).then()));

        assertThat(thrown).isExactlyInstanceOf(trouble.type).cause().isInstanceOf(PgxcException.class);
    }

    @Test
    @DisplayName("[X26] a connection that cannot be had is a failure of the resource")
    void unreachable() {
        DatabaseClient client = DatabaseClient.create(ConnectionFactories.get("r2dbc:pgxc://u@127.0.0.1:1/d"));

        assertThat(catchThrowable(() -> get(client.sql("SELECT 1").then())))
                .isExactlyInstanceOf(DataAccessResourceFailureException.class);
    }
}
