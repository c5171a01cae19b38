// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.benchmarks.peers;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/** A result set read slowly; what it has already in memory is the driver's affair. */
final class JdbcSlowScan implements SlowScan {

    private final PreparedStatement statement;
    private final ResultSet rows;
    private long count;

    JdbcSlowScan(PreparedStatement statement, ResultSet rows) {
        this.statement = statement;
        this.rows = rows;
    }

    @Override
    public void request(int more) {
        try {
            for (int i = 0; i < more && rows.next(); i++) {
                JdbcClient.value(rows, Scan.Shape.SIX_COLUMNS);
                count++;
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public long count() {
        return count;
    }

    @Override
    public void cancel() {
        try {
            statement.close();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
