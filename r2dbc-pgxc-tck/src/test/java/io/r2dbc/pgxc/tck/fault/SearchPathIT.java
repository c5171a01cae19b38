// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.tck.fault;

import static io.r2dbc.pgxc.tck.fault.Live.SOON;
import static io.r2dbc.pgxc.tck.fault.Live.await;
import static io.r2dbc.pgxc.tck.fault.Live.get;
import static io.r2dbc.pgxc.tck.fault.Live.one;
import static io.r2dbc.pgxc.tck.fault.Live.requireOpen;
import static io.r2dbc.pgxc.tck.fault.Live.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.r2dbc.pgxc.PgxcConnection;
import io.r2dbc.pgxc.testing.StandingAsserts;
import io.r2dbc.spi.R2dbcException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Statements that are in the cache when search_path changes: the name in them means another table then. */
@ExtendWith(StandingAsserts.class)
class SearchPathIT {

    private static final String SQL = "select v from d12";

    @RegisterExtension
    final Live live = new Live();

    private String other(String columns) {
        live.command("create table d12 (v int)", "insert into d12 values (1)");
        String home = live.ask("select current_schema()");
        String other = home + "_other";
        live.command(
                "create schema " + other,
                "create table " + other + ".d12 (" + columns + ")",
                "insert into " + other + ".d12 values ('2')");
        return other;
    }

    private void drop(String schema) {
        live.command("drop schema " + schema + " cascade");
    }

    private PgxcConnection warm() {
        PgxcConnection connection = live.open();
        for (int i = 0; i < 7; i++) {
            assertThat(get(one(connection, SQL, Integer.class))).isEqualTo(1);
        }
        return connection;
    }

    @Test
    @DisplayName(
            "[D12] a cached statement reads the table that its name means now, also after a rollback of the change")
    void sameColumns() {
        String other = other("v int");
        PgxcConnection connection = warm();
        await(run(connection, "set search_path = " + other));
        assertThat(get(one(connection, SQL, Integer.class))).isEqualTo(2);
        await(run(connection, "reset search_path"));
        assertThat(get(one(connection, SQL, Integer.class))).isEqualTo(1);
        await(connection.beginTransaction());
        await(run(connection, "set local search_path = " + other));
        assertThat(get(one(connection, SQL, Integer.class))).isEqualTo(2);
        await(connection.rollbackTransaction());
        assertThat(get(one(connection, SQL, Integer.class))).isEqualTo(1);
        drop(other);
    }

    @Test
    @DisplayName("[D12, X9] where the other table has another type the statement is prepared anew, and nobody notices")
    void otherType() {
        String other = other("v text");
        PgxcConnection connection = warm();
        await(run(connection, "set search_path = " + other));
        assertThat(get(one(connection, SQL, String.class))).isEqualTo("2");
        assertThat(get(one(connection, SQL, String.class))).isEqualTo("2");
        drop(other);
    }

    @Test
    @DisplayName(
            "[D12, X9] in a transaction that is an error, never the old table's row, and the next transaction works")
    void otherTypeInTransaction() {
        String other = other("v text");
        PgxcConnection connection = warm();
        await(connection.beginTransaction());
        await(run(connection, "set local search_path = " + other));
        R2dbcException failure = catchThrowableOfType(
                R2dbcException.class, () -> one(connection, SQL, String.class).block(SOON));
        assertThat(failure.getSqlState()).isEqualTo("0A000");
        await(connection.rollbackTransaction());
        await(connection.beginTransaction());
        await(run(connection, "set local search_path = " + other));
        assertThat(get(one(connection, SQL, String.class))).isEqualTo("2");
        await(connection.commitTransaction());
        requireOpen(connection);
        drop(other);
    }
}
