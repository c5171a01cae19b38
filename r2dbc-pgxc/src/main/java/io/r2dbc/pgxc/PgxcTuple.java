// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import io.r2dbc.pgxc.replication.Tuple;
import io.r2dbc.spi.Row;
import org.jspecify.annotations.Nullable;

/**
 * A row of a logical replication stream, read by the same codecs as a query's rows. It owns its bytes, may be kept, and may be read by one
 * thread at a time.
 */
public final class PgxcTuple implements Row {

    private final Tuple tuple;
    private final PgxcRow row;

    PgxcTuple(Tuple tuple, RowShape shape, String table) {
        this.tuple = tuple;
        this.row = new PgxcRow(shape, table);
        row.enter(tuple.toDataRow());
    }

    /** The values as they were sent. */
    public Tuple raw() {
        return tuple;
    }

    @Override
    public PgxcRowMetadata getMetadata() {
        return row.getMetadata();
    }

    /**
     * Whether a column holds a large value that the change did not touch and the server did not send (TOAST): it is neither NULL nor known
     * here, and reading it is an {@link IllegalStateException}.
     *
     * @param index from 0
     * @throws IndexOutOfBoundsException if there is no such column
     */
    public boolean isUnchanged(int index) {
        return tuple.kind(index) == Tuple.Kind.UNCHANGED;
    }

    /**
     * The same by name.
     *
     * @throws java.util.NoSuchElementException if there is no such column
     */
    public boolean isUnchanged(String name) {
        return isUnchanged(getMetadata().indexOf(name));
    }

    /**
     * Reads a column as {@link PgxcRow#get(int, Class)} does.
     *
     * @throws IllegalStateException if the value was not sent, see {@link #isUnchanged(int)}
     */
    @Override
    public <T> @Nullable T get(int index, Class<T> type) {
        if (index >= 0 && index < tuple.size() && isUnchanged(index)) {
            throw new IllegalStateException("The value of column \""
                    + getMetadata().getColumnMetadata(index).getName()
                    + "\" was not sent, because the change did not touch it; ask isUnchanged first");
        }
        return row.get(index, type);
    }

    @Override
    public @Nullable Object get(int index) {
        return get(index, Object.class);
    }

    @Override
    public <T> @Nullable T get(String name, Class<T> type) {
        return get(getMetadata().indexOf(name), type);
    }

    @Override
    public @Nullable Object get(String name) {
        return get(name, Object.class);
    }

    /** Kinds and lengths of the values, not the values. */
    @Override
    public String toString() {
        return tuple.toString();
    }
}
