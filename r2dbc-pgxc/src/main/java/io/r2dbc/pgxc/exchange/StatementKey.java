// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.exchange;

import java.util.Arrays;

/** What makes two executions share one prepared statement: the SQL and the parameter types it was parsed with. Immutable. */
public final class StatementKey {

    private final String sql;
    private final int[] parameterTypes;
    private final int hash;
    private final boolean kept;

    /**
     * Names a statement that may be kept.
     *
     * @param parameterTypes OIDs, 0 where the server is to deduce the type; not to be changed any more
     */
    public StatementKey(String sql, int[] parameterTypes) {
        this(sql, parameterTypes, true);
    }

    /**
     * Names a statement.
     *
     * @param parameterTypes OIDs, 0 where the server is to deduce the type; not to be changed any more
     * @param kept whether it means the same from one execution to the next, so that it needs to be parsed once only
     */
    public StatementKey(String sql, int[] parameterTypes, boolean kept) {
        this.sql = sql;
        this.parameterTypes = parameterTypes;
        this.kept = kept;
        this.hash = 31 * sql.hashCode() + Arrays.hashCode(parameterTypes);
    }

    boolean isKept() {
        return kept;
    }

    String sql() {
        return sql;
    }

    /** Not to be changed. */
    public int[] parameterTypes() {
        return parameterTypes;
    }

    @Override
    public boolean equals(Object other) {
        if (other == this) {
            return true;
        }
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
