// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.exchange;

import java.util.Arrays;

/** What makes two executions share one prepared statement: the SQL and the parameter types it was parsed with. */
final class StatementKey {

    private final String sql;
    private final int[] parameterTypes;
    private final int hash;

    StatementKey(String sql, int[] parameterTypes) {
        this.sql = sql;
        this.parameterTypes = parameterTypes;
        this.hash = 31 * sql.hashCode() + Arrays.hashCode(parameterTypes);
    }

    String sql() {
        return sql;
    }

    int[] parameterTypes() {
        return parameterTypes;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof StatementKey key
                && hash == key.hash
                && sql.equals(key.sql)
                && Arrays.equals(parameterTypes, key.parameterTypes);
    }

    @Override
    public int hashCode() {
        return hash;
    }
}
