// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.tck.fault;

import static io.r2dbc.pgxc.tck.fault.Live.LIMIT;
import static io.r2dbc.pgxc.tck.fault.Live.await;
import static io.r2dbc.pgxc.tck.fault.Live.get;
import static io.r2dbc.pgxc.tck.fault.Live.one;
import static io.r2dbc.pgxc.tck.fault.Live.pid;
import static io.r2dbc.pgxc.tck.fault.Live.requireOpen;
import static io.r2dbc.pgxc.tck.fault.Live.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.r2dbc.pgxc.PgxcConnection;
import io.r2dbc.pgxc.testing.StandingAsserts;
import io.r2dbc.spi.IsolationLevel;
import io.r2dbc.spi.Option;
import io.r2dbc.spi.R2dbcException;
import io.r2dbc.spi.R2dbcRollbackException;
import io.r2dbc.spi.R2dbcTimeoutException;
import io.r2dbc.spi.TransactionDefinition;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;

/** What a transaction, a time limit, or SQL of the user's own makes of a session, and what of it stays. */
@ExtendWith(StandingAsserts.class)
class SessionStateIT {

    @RegisterExtension
    final Live live = new Live();

    @ParameterizedTest(name = "[D5] \"{0}\"")
    @ValueSource(
            strings = {
                "plain",
                "with \"quotes\"",
                "with spaces; and more",
                "a; create table hacked (i int); --",
                "a\"; create table hacked (i int); --",
                "Größe",
                "seventy-bytes-seventy-bytes-seventy-bytes-seventy-bytes-seventy-bytes-"
            })
    @DisplayName("[D5, X20] a savepoint's name is a name, whatever is in it")
    void savepointNamesAreNames(String name) {
        live.command("create table kept (id int)");
        PgxcConnection connection = live.open();
        await(connection.beginTransaction());
        await(run(connection, "insert into kept values (1)"));
        await(connection.createSavepoint(name));
        await(run(connection, "insert into kept values (2)"));
        await(connection.rollbackTransactionToSavepoint(name));
        await(connection.releaseSavepoint(name));
        await(connection.commitTransaction());

        assertThat(live.ask("select string_agg(id::text, ',') from kept")).isEqualTo("1");
        assertThat(live.ask("select count(*) from pg_class where relname = 'hacked'"))
                .isEqualTo("0");
        requireOpen(connection);
    }

    @Test
    @DisplayName("[D5] an empty savepoint name, and one with NUL, are refused")
    void emptySavepointNameIsRefused() {
        PgxcConnection connection = live.open();
        for (String name : List.of("", "a\0b")) {
            assertThatThrownBy(() -> await(connection.createSavepoint(name)))
                    .isInstanceOf(IllegalArgumentException.class);
        }
        requireOpen(connection);
    }

    /** How a transaction ends. */
    private enum End {
        COMMIT,
        ROLLBACK,
        ERROR,
        CANCEL
    }

    @ParameterizedTest(name = "[D7] {0}")
    @EnumSource
    @DisplayName("[D7, X17] what a transaction was begun with does not outlive it")
    void transactionAttributesEnd(End end) {
        live.command("create table written (id int)");
        PgxcConnection connection = live.open();
        String before = settings(connection);
        await(connection.beginTransaction(new Definition(Map.of(
                TransactionDefinition.ISOLATION_LEVEL,
                IsolationLevel.SERIALIZABLE,
                TransactionDefinition.READ_ONLY,
                true,
                TransactionDefinition.LOCK_WAIT_TIMEOUT,
                Duration.ofSeconds(7)))));

        assertThat(settings(connection)).isEqualTo("serializable/on/7s");
        end(connection, end);

        assertThat(connection.isAutoCommit()).isTrue();
        assertThat(settings(connection)).isEqualTo(before);
        await(run(connection, "insert into written values (1)"));
        await(connection.beginTransaction());
        assertThat(settings(connection)).isEqualTo(before);
        await(run(connection, "insert into written values (2)"));
        await(connection.commitTransaction());
        assertThat(live.ask("select count(*) from written")).isEqualTo("2");
    }

    private static void end(PgxcConnection connection, End end) {
        switch (end) {
            case COMMIT -> await(connection.commitTransaction());
            case ROLLBACK -> await(connection.rollbackTransaction());
            case ERROR -> {
                assertThat(sqlState(() -> await(run(connection, "insert into written values (0)"))))
                        .isEqualTo("25006");
                assertThat(sqlState(() -> requireOpen(connection))).isEqualTo("25P02");
                await(connection.rollbackTransaction());
            }
            case CANCEL -> {
                assertThatThrownBy(() -> one(connection, "select 1 from pg_sleep(10)", Integer.class)
                                .timeout(Duration.ofMillis(200))
                                .block(LIMIT))
                        .hasMessageContaining("200ms");
                await(connection.rollbackTransaction());
            }
        }
    }

    private static String settings(PgxcConnection connection) {
        return get(one(
                connection,
                "select current_setting('transaction_isolation') || '/' || current_setting('transaction_read_only') ||"
                        + " '/' || current_setting('lock_timeout')",
                String.class));
    }

    private record Definition(Map<Option<?>, Object> attributes) implements TransactionDefinition {

        @Override
        public <T> @Nullable T getAttribute(Option<T> option) {
            return option.cast(attributes.get(option));
        }
    }

    private static String sqlState(Runnable action) {
        return String.valueOf(
                catchThrowableOfType(R2dbcException.class, action::run).getSqlState());
    }

    @Test
    @DisplayName("[D8, X18] transactions by plain SQL: the driver follows what ReadyForQuery says")
    void transactionsByPlainSql() {
        live.command("create table plain (id int)");
        PgxcConnection connection = live.open();
        int pid = pid(connection);
        follow(connection, pid, "BEGIN", false);
        follow(connection, pid, "insert into plain values (1)", false);
        follow(connection, pid, "COMMIT AND CHAIN", false);
        follow(connection, pid, "insert into plain values (2)", false);
        follow(connection, pid, "ROLLBACK AND CHAIN", false);
        follow(connection, pid, "SAVEPOINT here", false);
        follow(connection, pid, "insert into plain values (3)", false);
        follow(connection, pid, "ROLLBACK TO here", false);
        follow(connection, pid, "END", true);
        follow(connection, pid, "begin; insert into plain values (4)", false);
        follow(connection, pid, "commit; begin", false);
        follow(connection, pid, "abort", true);
        follow(connection, pid, "start transaction read only", false);
        await(connection.commitTransaction());
        follow(connection, pid, "select 1", true);
        await(connection.beginTransaction());
        follow(connection, pid, "insert into plain values (5)", false);
        follow(connection, pid, "/* a comment first */ commit", true);
        await(connection.commitTransaction());
        assertThat(live.ask("select string_agg(id::text, ',' order by id) from plain"))
                .isEqualTo("1,4,5");
    }

    private void follow(PgxcConnection connection, int pid, String sql, boolean autoCommit) {
        await(run(connection, sql));
        assertThat(connection.isAutoCommit()).as(sql).isEqualTo(autoCommit);
        assertThat(live.ask("select state = 'idle' from pg_stat_activity where pid = " + pid))
                .as(sql)
                .isEqualTo(autoCommit ? "t" : "f");
    }

    @ParameterizedTest(name = "[D14] in a transaction: {0}")
    @ValueSource(booleans = {false, true})
    @DisplayName("[D14, X26] statement_timeout is a timeout, and its setting stays as it was")
    void statementTimeout(boolean inTransaction) {
        PgxcConnection connection = live.open();
        await(connection.setStatementTimeout(Duration.ofMillis(100)));
        if (inTransaction) {
            await(connection.beginTransaction());
        }
        assertTimeout(connection, "select 1 from pg_sleep(10)", "57014");
        leave(connection, inTransaction);
        assertThat(get(one(connection, "show statement_timeout", String.class))).isEqualTo("100ms");
        await(connection.setStatementTimeout(Duration.ZERO));
        requireOpen(connection);
    }

    @ParameterizedTest(name = "[D14] in a transaction: {0}")
    @ValueSource(booleans = {false, true})
    @DisplayName("[D14, X26] lock_timeout is a timeout")
    void lockTimeout(boolean inTransaction) {
        live.command("create table locked (id int)", "insert into locked values (1)");
        PgxcConnection holder = live.open();
        await(holder.beginTransaction());
        await(run(holder, "lock table locked"));
        PgxcConnection connection = live.open();
        await(connection.setLockWaitTimeout(Duration.ofMillis(100)));
        if (inTransaction) {
            await(connection.beginTransaction());
        }
        assertTimeout(connection, "select id from locked", "55P03");
        leave(connection, inTransaction);
        await(holder.rollbackTransaction());
    }

    private static void assertTimeout(PgxcConnection connection, String sql, String sqlState) {
        R2dbcTimeoutException met = catchThrowableOfType(
                R2dbcTimeoutException.class,
                () -> one(connection, sql, Integer.class).block(LIMIT));
        assertThat(met).isNotNull();
        assertThat(met.getSqlState()).isEqualTo(sqlState);
    }

    private static void leave(PgxcConnection connection, boolean inTransaction) {
        if (inTransaction) {
            assertThat(connection.isAutoCommit()).isFalse();
            assertThat(sqlState(() -> requireOpen(connection))).isEqualTo("25P02");
            await(connection.rollbackTransaction());
        }
        assertThat(connection.isAutoCommit()).isTrue();
        requireOpen(connection);
    }

    @Test
    @DisplayName("[D14, X26] a deadlock rolls back one of the two, who is told so")
    void deadlock() {
        live.command("create table first (id int)", "create table second (id int)");
        PgxcConnection one = live.open(options -> options.options(Map.of("deadlock_timeout", "50ms")));
        PgxcConnection other = live.open(options -> options.options(Map.of("deadlock_timeout", "10s")));
        await(one.beginTransaction());
        await(other.beginTransaction());
        await(run(one, "lock table first"));
        await(run(other, "lock table second"));
        Mono<Void> waiting = run(other, "lock table first").cache();
        waiting.subscribe();

        R2dbcRollbackException met =
                catchThrowableOfType(R2dbcRollbackException.class, () -> await(run(one, "lock table second")));

        assertThat(met).isNotNull();
        assertThat(met.getSqlState()).isEqualTo("40P01");
        leave(one, true);
        await(waiting);
        await(other.commitTransaction());
    }

    @Test
    @DisplayName("[D14, X19, X26] a serialization failure at COMMIT is a rollback, and the session is idle")
    void serializationFailureAtCommit() {
        live.command("create table sums (kind int, value int)", "insert into sums values (1, 10), (2, 20)");
        PgxcConnection one = live.open();
        PgxcConnection other = live.open();
        Definition serializable =
                new Definition(Map.of(TransactionDefinition.ISOLATION_LEVEL, IsolationLevel.SERIALIZABLE));
        await(one.beginTransaction(serializable));
        await(other.beginTransaction(serializable));
        await(run(one, "insert into sums select 2, sum(value) from sums where kind = 1"));
        await(run(other, "insert into sums select 1, sum(value) from sums where kind = 2"));
        await(one.commitTransaction());

        R2dbcRollbackException met =
                catchThrowableOfType(R2dbcRollbackException.class, () -> await(other.commitTransaction()));

        assertThat(met).isNotNull();
        assertThat(met.getSqlState()).isEqualTo("40001");
        assertThat(other.isAutoCommit()).isTrue();
        requireOpen(other);
        assertThat(live.ask("select count(*) from sums")).isEqualTo("3");
    }
}
