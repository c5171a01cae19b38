// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.tck;

import static io.r2dbc.pgxc.tck.Sandbox.ask;
import static io.r2dbc.pgxc.tck.Sandbox.column;
import static io.r2dbc.pgxc.tck.Sandbox.get;
import static io.r2dbc.pgxc.tck.Sandbox.run;
import static io.r2dbc.pgxc.tck.Sandbox.until;
import static org.assertj.core.api.Assertions.as;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.r2dbc.pgxc.PgxcConnection;
import io.r2dbc.pgxc.PgxcErrorDetails;
import io.r2dbc.pgxc.PgxcException;
import io.r2dbc.pgxc.tck.server.Endpoint;
import io.r2dbc.pgxc.testing.StandingAsserts;
import io.r2dbc.spi.ConnectionFactories;
import io.r2dbc.spi.ConnectionFactory;
import io.r2dbc.spi.ConnectionFactoryOptions;
import io.r2dbc.spi.IsolationLevel;
import io.r2dbc.spi.R2dbcBadGrammarException;
import io.r2dbc.spi.R2dbcDataIntegrityViolationException;
import io.r2dbc.spi.R2dbcException;
import io.r2dbc.spi.R2dbcNonTransientException;
import io.r2dbc.spi.R2dbcNonTransientResourceException;
import io.r2dbc.spi.R2dbcPermissionDeniedException;
import io.r2dbc.spi.R2dbcRollbackException;
import io.r2dbc.spi.R2dbcTimeoutException;
import io.r2dbc.spi.R2dbcTransientResourceException;
import io.r2dbc.spi.ValidationDepth;
import java.io.IOException;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which exception a caller gets for what a server says, and that the connection goes on where it can. */
@ExtendWith(StandingAsserts.class)
class ExceptionsIT {

    @RegisterExtension
    static final Sandbox SANDBOX = new Sandbox("pgxc_exceptions");

    @BeforeAll
    static void tables() {
        SANDBOX.jdbc().execute("""
                        CREATE TABLE parent (id int PRIMARY KEY, name text NOT NULL CHECK (name <> ''));
                        CREATE TABLE child (id int REFERENCES parent);
                        CREATE VIEW young AS SELECT * FROM parent WHERE id < 10 WITH CHECK OPTION;
                        CREATE TABLE booking (during int4range, EXCLUDE USING gist (during WITH &&));
                        INSERT INTO parent VALUES (1, 'one'), (2, 'two');
                        INSERT INTO booking VALUES ('[1,5)');
                        DO $$ BEGIN CREATE ROLE pgxc_exceptions_nobody; EXCEPTION WHEN duplicate_object THEN END $$;
                        """);
    }

    @AfterAll
    static void dropRole() {
        SANDBOX.jdbc().execute("DROP ROLE pgxc_exceptions_nobody");
    }

    /** A statement that a server refuses. */
    private enum Refusal {
        NO_TABLE("42P01", R2dbcBadGrammarException.class, "SELECT * FROM no_such_table"),
        NO_COLUMN("42703", R2dbcBadGrammarException.class, "SELECT no_such_column FROM parent"),
        SYNTAX("42601", R2dbcBadGrammarException.class, "SELEKT 1"),
        NO_STATEMENT("26000", R2dbcBadGrammarException.class, "EXECUTE no_such_statement"),
        NO_CURSOR("34000", R2dbcBadGrammarException.class, "CLOSE no_such_cursor"),
        NOT_PERMITTED(
                "42501",
                R2dbcPermissionDeniedException.class,
                "SET ROLE pgxc_exceptions_nobody; TABLE pgxc_exceptions.parent"),
        TWO_ROWS("21000", R2dbcDataIntegrityViolationException.class, "SELECT (SELECT generate_series(1, 2))"),
        DIVISION("22012", R2dbcDataIntegrityViolationException.class, "SELECT 1 / 0"),
        NO_NUMBER("22P02", R2dbcDataIntegrityViolationException.class, "SELECT 'x'::int"),
        UNIQUE("23505", R2dbcDataIntegrityViolationException.class, "INSERT INTO parent VALUES (1, 'uno')"),
        FOREIGN_KEY("23503", R2dbcDataIntegrityViolationException.class, "INSERT INTO child VALUES (9)"),
        NOT_NULL("23502", R2dbcDataIntegrityViolationException.class, "INSERT INTO parent VALUES (3)"),
        CHECK("23514", R2dbcDataIntegrityViolationException.class, "INSERT INTO parent VALUES (3, '')"),
        EXCLUSION("23P01", R2dbcDataIntegrityViolationException.class, "INSERT INTO booking VALUES ('[2,3)')"),
        VIEW("44000", R2dbcDataIntegrityViolationException.class, "INSERT INTO young VALUES (11, 'old')"),
        TIMEOUT("57014", R2dbcTimeoutException.class, "SET statement_timeout = 20; SELECT pg_sleep(30)"),
        NOT_SUPPORTED("0A000", R2dbcNonTransientException.class, "SELECT count(*) FROM parent FOR UPDATE"),
        READ_ONLY("25006", R2dbcNonTransientException.class, "START TRANSACTION READ ONLY; DELETE FROM child");

        private final String sqlState;
        private final Class<? extends R2dbcException> type;
        private final String sql;

        Refusal(String sqlState, Class<? extends R2dbcException> type, String sql) {
            this.sqlState = sqlState;
            this.type = type;
            this.sql = sql;
        }
    }

    @ParameterizedTest(name = "[X26] {0}")
    @EnumSource
    @DisplayName("[X26] what a server refuses is an exception by its SQLSTATE, with all it said and the SQL at hand")
    void refusals(Refusal refusal) {
        PgxcConnection connection = SANDBOX.open();

        Throwable thrown = catchThrowable(() -> run(connection, refusal.sql));

        assertThat(thrown).isInstanceOf(refusal.type).isInstanceOf(PgxcException.class);
        R2dbcException error = (R2dbcException) thrown;
        assertThat(error.getSqlState()).isEqualTo(refusal.sqlState);
        assertThat(error.getSql()).isEqualTo(refusal.sql);
        PgxcErrorDetails details = ((PgxcException) thrown).getErrorDetails();
        assertThat(details).isNotNull();
        assertThat(details.sqlState()).isEqualTo(refusal.sqlState);
        assertThat(details.severity()).isEqualTo("ERROR");
        assertThat(error).hasMessageContaining(details.message());
        assertThat(ask(connection, "ROLLBACK; SELECT 'goes on'")).isEqualTo("goes on");
    }

    @ParameterizedTest(name = "[X26] {0} raised by a function")
    @CsvSource({
        "03000, R2dbcBadGrammarException",
        "21000, R2dbcDataIntegrityViolationException",
        "27000, R2dbcDataIntegrityViolationException",
        "28000, R2dbcPermissionDeniedException",
        "40000, R2dbcRollbackException",
        "40001, R2dbcRollbackException",
        "40003, R2dbcRollbackException",
        "40P01, R2dbcRollbackException",
        "42501, R2dbcPermissionDeniedException",
        "53100, R2dbcTransientResourceException",
        "53300, R2dbcTransientResourceException",
        "55P03, R2dbcTimeoutException",
        "57014, R2dbcTimeoutException",
        "57P01, R2dbcNonTransientException",
        "08006, R2dbcNonTransientException",
        "XX000, R2dbcNonTransientException",
        "P0001, R2dbcNonTransientException"
    })
    @DisplayName(
            "[X26] SQLSTATE alone decides while the connection is open, and no class then speaks of a lost resource")
    void raised(String sqlState, String type) {
        PgxcConnection connection = SANDBOX.open();
        String sql = "DO $$ BEGIN RAISE EXCEPTION 'raised' USING ERRCODE = '" + sqlState + "'; END $$";

        Throwable thrown = catchThrowable(() -> run(connection, sql));

        assertThat(thrown.getClass().getSuperclass().getSimpleName()).isEqualTo(type);
        assertThat(thrown).hasMessage("raised").isNotInstanceOf(R2dbcNonTransientResourceException.class);
        assertThat(ask(connection, "SELECT 'goes on'")).isEqualTo("goes on");
    }

    @Test
    @DisplayName("[X26] message, detail and hint are one line, and control characters in it are escaped")
    void message() {
        PgxcConnection connection = SANDBOX.open();
        String sql = "DO $$ BEGIN RAISE EXCEPTION E'two\\nlines\\x1b[31m' USING DETAIL = 'why', HINT = 'how'; END $$";

        Throwable thrown = catchThrowable(() -> run(connection, sql));

        assertThat(thrown).hasMessage("two\\nlines\\u001b[31m Detail: why Hint: how");
        assertThat(((PgxcException) thrown).getErrorDetails().message()).isEqualTo("two\nlines\u001b[31m");
    }

    @Test
    @DisplayName("[X26] the fields of a constraint's error name schema, table, column and constraint")
    void fields() {
        PgxcConnection connection = SANDBOX.open();

        PgxcErrorDetails unique = details(connection, Refusal.UNIQUE.sql);
        PgxcErrorDetails notNull = details(connection, Refusal.NOT_NULL.sql);
        PgxcErrorDetails syntax = details(connection, Refusal.SYNTAX.sql);

        assertThat(List.of(unique.schema(), unique.table(), unique.constraint()))
                .containsExactly("pgxc_exceptions", "parent", "parent_pkey");
        assertThat(unique.detail()).contains("(id)=(1)");
        assertThat(notNull.column()).isEqualTo("name");
        assertThat(syntax.position()).isEqualTo(1);
        assertThat(List.of(syntax.file(), syntax.line(), syntax.routine())).doesNotContainNull();
    }

    private static PgxcErrorDetails details(PgxcConnection connection, String sql) {
        return ((PgxcException) catchThrowable(() -> run(connection, sql))).getErrorDetails();
    }

    @Test
    @DisplayName("[X26, D14] a lock that is not to be had in time is a timeout, and one that is refused at once too")
    void locks() {
        PgxcConnection owner = SANDBOX.open();
        PgxcConnection other = SANDBOX.open();
        get(owner.beginTransaction());
        run(owner, "LOCK TABLE parent");
        get(other.setLockWaitTimeout(Duration.ofMillis(20)));

        assertThat(catchThrowable(() -> run(other, "SELECT * FROM parent")))
                .isInstanceOf(R2dbcTimeoutException.class)
                .extracting("sqlState")
                .isEqualTo("55P03");
        assertThat(catchThrowable(() -> run(other, "SELECT * FROM parent FOR UPDATE NOWAIT")))
                .isInstanceOf(R2dbcTimeoutException.class);
        get(owner.rollbackTransaction());
        assertThat(column(other, "SELECT id FROM parent", Integer.class)).hasSize(2);
    }

    @Test
    @DisplayName("[X26, D14] a deadlock rolls one of the two back, and the other goes on")
    void deadlock() {
        PgxcConnection one = SANDBOX.open("options=deadlock_timeout%3D50");
        PgxcConnection two = SANDBOX.open("options=deadlock_timeout%3D50");
        get(one.beginTransaction());
        get(two.beginTransaction());
        run(one, "UPDATE parent SET name = 'one' WHERE id = 1");
        run(two, "UPDATE parent SET name = 'two' WHERE id = 2");
        CompletableFuture<Throwable> first = CompletableFuture.supplyAsync(
                () -> catchThrowable(() -> run(one, "UPDATE parent SET name = 'two' WHERE id = 2")));
        Throwable second = catchThrowable(() -> run(two, "UPDATE parent SET name = 'one' WHERE id = 1"));
        if (second != null) {
            get(two.rollbackTransaction());
        }
        Throwable loser = second == null ? first.join() : second;

        assertThat(loser)
                .isInstanceOf(R2dbcRollbackException.class)
                .extracting("sqlState")
                .isEqualTo("40P01");
        assertThat(second == null || first.join() == null).isTrue();
        get(one.rollbackTransaction());
        get(two.rollbackTransaction());
    }

    @Test
    @DisplayName("[X26, D14] two serializable transactions in each other's way: one is rolled back")
    void serialization() {
        PgxcConnection one = SANDBOX.open();
        PgxcConnection two = SANDBOX.open();
        get(one.beginTransaction(IsolationLevel.SERIALIZABLE));
        get(two.beginTransaction(IsolationLevel.SERIALIZABLE));
        ask(one, "SELECT count(*) FROM child");
        ask(two, "SELECT count(*) FROM child");
        run(one, "INSERT INTO child VALUES (1)");
        run(two, "INSERT INTO child VALUES (2)");
        get(one.commitTransaction());

        Throwable thrown = catchThrowable(() -> get(two.commitTransaction()));

        assertThat(thrown)
                .isInstanceOf(R2dbcRollbackException.class)
                .extracting("sqlState")
                .isEqualTo("40001");
        assertThat(two.isAutoCommit()).isTrue();
        assertThat(column(two, "DELETE FROM child RETURNING id", Integer.class)).containsExactly(1);
    }

    @Test
    @DisplayName("[X26] an ended backend is a transient resource, and so it is for those who come later")
    void terminated() {
        PgxcConnection connection = SANDBOX.open();
        String pid = ask(connection, "SELECT pg_backend_pid()");

        Throwable thrown = catchThrowable(() -> run(connection, "SELECT pg_terminate_backend(" + pid + ")"));

        assertThat(thrown)
                .isInstanceOf(R2dbcTransientResourceException.class)
                .extracting("sqlState")
                .isEqualTo("57P01");
        until("the connection is known to be lost", () -> !get(connection.validate(ValidationDepth.LOCAL)));
        assertThat(catchThrowable(() -> run(connection, "SELECT 1"))).isInstanceOf(R2dbcException.class);
    }

    @ParameterizedTest(name = "[X26] {0}")
    @ValueSource(strings = {"no_such_role", "pgxc_exceptions_nobody"})
    @DisplayName("[X26] a refused login is a matter of permission")
    void refusedLogin(String user) {
        ConnectionFactory factory = factory(
                SANDBOX.endpoint().as(user, "secret"), SANDBOX.endpoint().database());

        assertThat(catchThrowable(() -> get(factory.create())))
                .isInstanceOf(R2dbcPermissionDeniedException.class)
                .extracting("sqlState", as(InstanceOfAssertFactories.STRING))
                .startsWith("28");
    }

    @Test
    @DisplayName("[X26] what else keeps one out is a matter of the resource")
    void noDatabase() {
        ConnectionFactory factory = factory(SANDBOX.endpoint(), "no_such_database");

        assertThat(catchThrowable(() -> get(factory.create())))
                .isInstanceOf(R2dbcNonTransientResourceException.class)
                .extracting("sqlState")
                .isEqualTo("3D000");
    }

    private static ConnectionFactory factory(Endpoint server, String database) {
        return ConnectionFactories.get(ConnectionFactoryOptions.parse(server.r2dbcUrl())
                .mutate()
                .option(ConnectionFactoryOptions.DATABASE, database)
                .build());
    }

    @Test
    @DisplayName("[X26] nobody listening at the address is a non-transient resource")
    void unreachable() throws IOException {
        int port;
        try (ServerSocket closed = new ServerSocket(0)) {
            port = closed.getLocalPort();
        }
        ConnectionFactory factory = ConnectionFactories.get("r2dbc:pgxc://u@127.0.0.1:" + port + "/d");

        assertThat(catchThrowable(() -> get(factory.create())))
                .isInstanceOf(R2dbcNonTransientResourceException.class)
                .hasMessageContaining(String.valueOf(port));
    }
}
