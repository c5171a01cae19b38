// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.replication;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/**
 * Holds the values of one row as {@code pgoutput} sends them (TupleData), not decoded yet. Immutable; it owns its bytes.
 */
public final class Tuple {

    /** What stands for the value of a column. */
    public enum Kind {
        /** SQL NULL; also every column outside of the replica identity in an old row that is only a key. */
        NULL('n'),
        /** A large value (TOAST) that the change did not touch and the server did not send. */
        UNCHANGED('u'),
        /** The type's text form. */
        TEXT('t'),
        /** The type's binary form, which the subscriber has asked for by {@code binary}. */
        BINARY('b');

        private final char code;

        Kind(char code) {
            this.code = code;
        }

        boolean hasValue() {
            return this == TEXT || this == BINARY;
        }

        private static Kind of(byte code, Fields fields) {
            return switch (code) {
                case 'n' -> NULL;
                case 'u' -> UNCHANGED;
                case 't' -> TEXT;
                case 'b' -> BINARY;
                default -> throw fields.malformed("unknown kind of value " + (code & 0xFF));
            };
        }
    }

    private static final int NO_VALUE = -1;

    private final Kind[] kinds;

    /** Laid out as the body of a DataRow: a count, then for each column its length and its bytes. */
    private final byte[] row;

    private Tuple(Kind[] kinds, byte[] row) {
        this.kinds = kinds;
        this.row = row;
    }

    /** The number of columns is that of the relation, or the message is refused. */
    static Tuple read(Fields fields, ByteBuf in, int columns) {
        int count = fields.plausible(fields.uint16(), 1);
        if (count != columns) {
            throw fields.malformed("a row has " + count + " columns where its relation has " + columns);
        }
        Kind[] kinds = new Kind[count];
        int[] starts = new int[count];
        int bytes = 2;
        for (int i = 0; i < count; i++) {
            Kind kind = Kind.of(fields.int8(), fields);
            kinds[i] = kind;
            starts[i] = fields.position();
            bytes += 4 + (kind.hasValue() ? fields.skipSized() : 0);
        }
        byte[] row = new byte[bytes];
        row[0] = (byte) (count >>> 8);
        row[1] = (byte) count;
        int at = 2;
        for (int i = 0; i < count; i++) {
            at = place(row, at, in, starts[i], kinds[i].hasValue());
        }
        return new Tuple(kinds, row);
    }

    private static int place(byte[] row, int at, ByteBuf in, int start, boolean hasValue) {
        int length = hasValue ? in.getInt(start) : NO_VALUE;
        for (int i = 0; i < 4; i++) {
            row[at + i] = (byte) (length >>> (24 - 8 * i));
        }
        if (length > 0) {
            in.getBytes(start + 4, row, at + 4, length);
        }
        return at + 4 + Math.max(0, length);
    }

    /** Returns the number of columns: as many as the relation has. */
    public int size() {
        return kinds.length;
    }

    /**
     * What stands for the value of a column.
     *
     * @param column from 0
     * @return its kind
     * @throws IndexOutOfBoundsException if there is no such column
     */
    public Kind kind(int column) {
        return kinds[checked(column)];
    }

    /**
     * Copies the bytes of a value.
     *
     * @param column from 0
     * @return null unless the kind is {@link Kind#TEXT} or {@link Kind#BINARY}
     * @throws IndexOutOfBoundsException if there is no such column
     */
    public byte @Nullable [] bytes(int column) {
        checked(column);
        int at = 2;
        for (int i = 0; i < column; i++) {
            at += 4 + Math.max(0, length(at));
        }
        int length = length(at);
        return length == NO_VALUE ? null : Arrays.copyOfRange(row, at + 4, at + 4 + length);
    }

    private int length(int at) {
        return (row[at] & 0xFF) << 24 | (row[at + 1] & 0xFF) << 16 | (row[at + 2] & 0xFF) << 8 | (row[at + 3] & 0xFF);
    }

    /**
     * The values laid out as the body of a DataRow message: a count of two bytes, then for each column its length in four, -1 where it has
     * no value, and its bytes.
     *
     * @return a copy
     */
    public byte[] toDataRow() {
        return row.clone();
    }

    private int checked(int column) {
        if (column < 0 || column >= kinds.length) {
            throw new IndexOutOfBoundsException("column " + column + " of " + kinds.length);
        }
        return column;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Tuple tuple && Arrays.equals(kinds, tuple.kinds) && Arrays.equals(row, tuple.row);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(kinds) + Arrays.hashCode(row);
    }

    /** Kinds and lengths, not the values: those may be anybody's secrets. */
    @Override
    public String toString() {
        StringJoiner columns = new StringJoiner(", ", "Tuple[", "]");
        int at = 2;
        for (Kind kind : kinds) {
            int length = length(at);
            columns.add(kind.code + (length < 0 ? "" : ":" + length));
            at += 4 + Math.max(0, length);
        }
        return columns.toString();
    }
}
