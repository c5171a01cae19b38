// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.testing;

import io.r2dbc.pgxc.wire.BackendMessage.Column;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * What a server answers to one statement: rows, a bare command tag, or an error.
 *
 * <p>Values are given as text; a column that is asked for in binary is converted, for the types that {@link
 * ServerMessages} names. Immutable.
 */
public final class CannedResult {

    private final List<Column> columns;
    private final int rowCount;
    private final IntFunction<List<@Nullable String>> rows;
    private final String tag;
    private final @Nullable String sqlState;
    private final int @Nullable [] parameterTypes;

    private CannedResult(
            List<Column> columns,
            int rowCount,
            IntFunction<List<@Nullable String>> rows,
            String tag,
            @Nullable String sqlState,
            int @Nullable [] parameterTypes) {
        this.columns = columns;
        this.rowCount = rowCount;
        this.rows = rows;
        this.tag = tag;
        this.sqlState = sqlState;
        this.parameterTypes = parameterTypes;
    }

    /** A result with these columns and no row yet. */
    public static CannedResult columns(Column... columns) {
        return new CannedResult(List.of(columns), 0, i -> List.of(), "SELECT 0", null, null);
    }

    /** A statement that returns no rows, not even none. */
    public static CannedResult command(String tag) {
        return new CannedResult(List.of(), 0, i -> List.of(), tag, null, null);
    }

    /** A statement that fails when it is executed. */
    public static CannedResult error(String sqlState, String message) {
        return new CannedResult(List.of(), 0, i -> List.of(), message, sqlState, null);
    }

    /** One row more. */
    public CannedResult row(@Nullable String... values) {
        List<List<@Nullable String>> all = new ArrayList<>();
        for (int i = 0; i < rowCount; i++) {
            all.add(rows.apply(i));
        }
        all.add(Arrays.asList(values));
        return rows(all.size(), all::get);
    }

    /** So many rows, made when they are sent, from their number counted from 0. */
    public CannedResult rows(int count, IntFunction<List<@Nullable String>> row) {
        return new CannedResult(columns, count, row, "SELECT " + count, sqlState, parameterTypes);
    }

    /** The same with another tag, such as {@code INSERT 0 1} for INSERT ... RETURNING. */
    public CannedResult tag(String other) {
        return new CannedResult(columns, rowCount, rows, other, sqlState, parameterTypes);
    }

    /** The same with the types of its parameters; without, all that the statement names are text. */
    public CannedResult parameters(int... typeOids) {
        return new CannedResult(columns, rowCount, rows, tag, sqlState, typeOids.clone());
    }

    List<Column> columns() {
        return columns;
    }

    int rowCount() {
        return rowCount;
    }

    List<@Nullable String> row(int number) {
        return rows.apply(number);
    }

    /** The command tag, or the message of an error. */
    String tag() {
        return tag;
    }

    /** The SQLSTATE if this is an error. */
    @Nullable
    String sqlState() {
        return sqlState;
    }

    int @Nullable [] parameterTypes() {
        return parameterTypes;
    }
}
