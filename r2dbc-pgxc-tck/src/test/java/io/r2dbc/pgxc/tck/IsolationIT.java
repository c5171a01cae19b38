// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.tck;

import static io.r2dbc.pgxc.tck.Sandbox.ask;
import static io.r2dbc.pgxc.tck.Sandbox.get;
import static org.assertj.core.api.Assertions.assertThat;

import io.r2dbc.pgxc.PgxcConnection;
import io.r2dbc.pgxc.testing.StandingAsserts;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.IsolationLevel;
import io.r2dbc.spi.Wrapped;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Isolation levels: what the driver says is what the server does. */
@ExtendWith(StandingAsserts.class)
class IsolationIT {

    private static final String SHOWN = "SELECT upper(current_setting('transaction_isolation'))";

    @RegisterExtension
    static final Sandbox SANDBOX = new Sandbox("pgxc_isolation");

    private static void assertLevel(Connection connection, IsolationLevel level) {
        assertThat(connection.getTransactionIsolationLevel()).isEqualTo(level);
        assertThat(ask(connection, SHOWN)).isEqualTo(level.asSql());
    }

    @Test
    @DisplayName("[X17, D7] the level of one transaction is reported while it is open, and gone with it")
    void ofOneTransaction() {
        PgxcConnection connection = SANDBOX.open();
        assertLevel(connection, IsolationLevel.READ_COMMITTED);

        get(connection.beginTransaction(IsolationLevel.SERIALIZABLE));
        assertLevel(connection, IsolationLevel.SERIALIZABLE);
        get(connection.beginTransaction(IsolationLevel.REPEATABLE_READ));
        assertLevel(connection, IsolationLevel.SERIALIZABLE);
        get(connection.commitTransaction());
        assertLevel(connection, IsolationLevel.READ_COMMITTED);

        get(connection.beginTransaction());
        assertLevel(connection, IsolationLevel.READ_COMMITTED);
        get(connection.setTransactionIsolationLevel(IsolationLevel.READ_COMMITTED));
        get(connection.rollbackTransaction());
        get(connection.beginTransaction());
        get(connection.setTransactionIsolationLevel(IsolationLevel.REPEATABLE_READ));
        assertLevel(connection, IsolationLevel.REPEATABLE_READ);
        get(connection.rollbackTransaction());
        assertLevel(connection, IsolationLevel.READ_COMMITTED);
    }

    @ParameterizedTest(name = "[X17] {0}")
    @ValueSource(strings = {"READ UNCOMMITTED", "READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE"})
    @DisplayName("[X17] the level of transactions to come, also as seen by those who have unwrapped the connection")
    void ofTransactionsToCome(String sql) {
        IsolationLevel level = IsolationLevel.valueOf(sql);
        Connection connection = SANDBOX.open();
        Connection inner = (Connection) ((Wrapped<?>) connection).unwrap();
        get(connection.setTransactionIsolationLevel(level));

        assertLevel(inner, level);
        get(inner.beginTransaction());
        assertLevel(connection, level);
        get(connection.rollbackTransaction());
        assertLevel(connection, level);
    }
}
