// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.benchmarks.peers;

/**
 * A query of many rows.
 *
 * @param sql the query
 * @param shape what its columns are
 * @param fetchSize how many rows to ask for at a time; 0 for all at once
 */
public record Scan(String sql, Shape shape, int fetchSize) {

    /** The columns of a scan. */
    public enum Shape {
        /** Those of {@link Tables#SIX_COLUMNS}. */
        SIX_COLUMNS,
        /** That of {@link Tables#ONE_TEXT}. */
        ONE_TEXT
    }

    /** The same with a text that no server has seen: a first execution. */
    public Scan anew(long number) {
        return new Scan(sql + " /* " + number + " */", shape, fetchSize);
    }
}
