// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.r2dbc.pgxc.codec.PgType;
import io.r2dbc.pgxc.codec.ValueException;
import io.r2dbc.pgxc.wire.DataRow;
import io.r2dbc.spi.Blob;
import io.r2dbc.spi.Clob;
import io.r2dbc.spi.Result;
import io.r2dbc.spi.Row;
import org.jspecify.annotations.Nullable;

/**
 * The row that is being mapped: one reused cursor per result.
 *
 * <p>R2DBC says that a row lives only inside the mapping function. Used later, or on another thread at another time, it throws
 * {@link IllegalStateException}: the bytes it looked at are another row's by then. Segments of {@code Result.flatMap} hold a detached copy,
 * which lives as long as it is referenced.
 */
public final class PgxcRow implements Row {

    private final RowShape shape;
    private final String sql;
    private @Nullable DataRow row;
    private @Nullable DataRow replayed;

    PgxcRow(RowShape shape, String sql) {
        this.shape = shape;
        this.sql = sql;
    }

    /** As {@link #enter(DataRow)}, for a row that was set aside as heap bytes. */
    void enter(byte[] setAside) {
        enter(Unpooled.wrappedBuffer(setAside), 0, setAside.length);
    }

    /** As {@link #enter(DataRow)}, for a row that came otherwise than as a message, but has the form of one. */
    void enter(ByteBuf in, int offset, int length) {
        DataRow view = replayed == null ? new DataRow() : replayed;
        view.moveTo(in, offset, length);
        replayed = view;
        enter(view);
    }

    /** Whether it is still to be learnt what types the columns are of. */
    boolean awaitsTypes() {
        return shape.awaitsTypes();
    }

    void whenTypesAreThere(Runnable action) {
        shape.whenTypesAreThere(action);
    }

    /** The cursor stands on this row until {@link #leave}. */
    void enter(DataRow current) {
        shape.refresh();
        row = current;
    }

    void leave() {
        row = null;
    }

    PgxcRow detached() {
        PgxcRow detached = new PgxcRow(shape.copy(), sql);
        detached.enter(live().copyBody());
        return detached;
    }

    @Override
    public PgxcRowMetadata getMetadata() {
        return shape.metadata();
    }

    /**
     * Reads a column in its default Java type.
     *
     * @param index from 0
     * @return null for SQL NULL
     * @throws IndexOutOfBoundsException if there is no such column
     */
    @Override
    public @Nullable Object get(int index) {
        return get(index, Object.class);
    }

    @Override
    public @Nullable Object get(String name) {
        return get(shape.metadata().indexOf(name), Object.class);
    }

    @Override
    public <T> @Nullable T get(String name, Class<T> type) {
        return get(shape.metadata().indexOf(name), type);
    }

    /**
     * Reads a column.
     *
     * @param index from 0
     * @param type the class wanted; which ones a column can be read as is the codecs' matter
     * @return null for SQL NULL
     * @throws IndexOutOfBoundsException if there is no such column
     * @throws io.r2dbc.spi.R2dbcException if the value cannot be read as this class
     * @throws IllegalStateException outside the mapping function
     */
    @Override
    public <T> @Nullable T get(int index, Class<T> type) {
        DataRow current = live(index);
        Require.nonNull(type, "type");
        int length = current.length(index);
        if (length < 0) {
            return null;
        }
        try {
            if (type == Blob.class || type == Clob.class || type == Result.class) {
                return type.cast(large(current.buffer(), current.offset(index), length, index, type));
            }
            return shape.decoder(index, type).decode(current.buffer(), current.offset(index), length);
        } catch (ValueException e) {
            throw error(e, index);
        }
    }

    /**
     * Whether a column is SQL NULL.
     *
     * @param index from 0
     * @throws IndexOutOfBoundsException if there is no such column
     * @throws IllegalStateException outside the mapping function
     */
    public boolean isNull(int index) {
        return live(index).isNull(index);
    }

    /**
     * Reads a column as a primitive, without an object; what {@code get(index, Integer.class)} converts is converted here too.
     *
     * @param index from 0
     * @throws IndexOutOfBoundsException if there is no such column
     * @throws io.r2dbc.spi.R2dbcException if the value is NULL or no {@code int}
     * @throws IllegalStateException outside the mapping function
     */
    public int getInt(int index) {
        long value = getLong(index);
        if (value != (int) value) {
            throw error(new ValueException(value + " has no place in int"), index);
        }
        return (int) value;
    }

    /**
     * Reads a column as a primitive, without an object for the types that are integers.
     *
     * @param index from 0
     * @throws IndexOutOfBoundsException if there is no such column
     * @throws io.r2dbc.spi.R2dbcException if the value is NULL or no {@code long}
     * @throws IllegalStateException outside the mapping function
     */
    public long getLong(int index) {
        DataRow current = present(index);
        try {
            return shape.longs(index).read(current.buffer(), current.offset(index), current.length(index));
        } catch (ValueException e) {
            throw error(e, index);
        }
    }

    /**
     * Reads a column as a primitive, without an object for the types that are floats.
     *
     * @param index from 0
     * @throws IndexOutOfBoundsException if there is no such column
     * @throws io.r2dbc.spi.R2dbcException if the value is NULL or has no place in a {@code double}
     * @throws IllegalStateException outside the mapping function
     */
    public double getDouble(int index) {
        DataRow current = present(index);
        try {
            return shape.doubles(index).read(current.buffer(), current.offset(index), current.length(index));
        } catch (ValueException e) {
            throw error(e, index);
        }
    }

    /**
     * Reads a column as a primitive.
     *
     * @param index from 0
     * @throws IndexOutOfBoundsException if there is no such column
     * @throws io.r2dbc.spi.R2dbcException if the value is NULL or no truth value
     * @throws IllegalStateException outside the mapping function
     */
    public boolean getBoolean(int index) {
        DataRow current = present(index);
        try {
            return shape.decoder(index, Boolean.class)
                    .decode(current.buffer(), current.offset(index), current.length(index));
        } catch (ValueException e) {
            throw error(e, index);
        }
    }

    private DataRow present(int index) {
        DataRow current = live(index);
        if (current.isNull(index)) {
            throw error(new ValueException("NULL has no place in a primitive; ask isNull first"), index);
        }
        return current;
    }

    private RuntimeException error(ValueException value, int index) {
        if (value.outdatedType() != 0) {
            shape.doubt(value.outdatedType());
        }
        return Errors.of(value, where(index), sql);
    }

    private DataRow live(int index) {
        DataRow current = live();
        if (index < 0 || index >= shape.size()) {
            throw new IndexOutOfBoundsException(
                    "Column " + index + " is not one of the " + shape.size() + " columns, counted from 0");
        }
        return current;
    }

    private Object large(ByteBuf buffer, int offset, int length, int index, Class<?> type) {
        if (type == Blob.class) {
            return LargeValues.blob(shape.decoder(index, byte[].class).decode(buffer, offset, length));
        }
        if (type == Result.class && !shape.type(index).equals(PgType.REFCURSOR)) {
            throw new ValueException(shape.type(index) + ": only a refcursor is read as a Result");
        }
        String text = shape.decoder(index, String.class).decode(buffer, offset, length);
        return type == Clob.class ? LargeValues.clob(text) : shape.cursor(text);
    }

    private String where(int index) {
        return "column " + index + " \"" + shape.column(index).name() + "\" of type " + shape.type(index) + ": ";
    }

    private DataRow live() {
        if (row == null) {
            throw new IllegalStateException(
                    "A row lives only inside the mapping function; read what you need there, or map to an object of"
                            + " your own");
        }
        return row;
    }
}
