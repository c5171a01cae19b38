// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Arrays;

/**
 * Shows where in the inbound buffer the columns of one row lie.
 *
 * <p>Mutable and reused, so that a row costs nothing: {@link BackendDecoder} moves its only instance from row to row,
 * and what it shows is valid during {@link BackendSink#onRow} alone. Who needs a row for longer takes
 * {@link #copyBody()} and moves an instance of its own over the copy. Owns no buffer and releases none.
 */
public final class DataRow {

    /** The length that stands for SQL NULL. */
    public static final int NULL = -1;

    private ByteBuf buffer = Unpooled.EMPTY_BUFFER;
    private int start;
    private int length;
    private int columnCount;
    // Column i lies at bounds[2 * i] and has length bounds[2 * i + 1]; one array, so that a column is one cache line.
    private int[] bounds = new int[32];

    public int columnCount() {
        return columnCount;
    }

    /** The buffer that {@link #offset} refers to; to be read with absolute getters only. */
    public ByteBuf buffer() {
        return buffer;
    }

    public int offset(int column) {
        return bounds[2 * checked(column)];
    }

    /** Length of the value in bytes, 0 if empty, {@link #NULL} if there is no value. */
    public int length(int column) {
        return bounds[2 * checked(column) + 1];
    }

    public boolean isNull(int column) {
        return length(column) == NULL;
    }

    /** The body of the message, fit for {@link #moveTo} once the inbound buffer has moved on. */
    public byte[] copyBody() {
        byte[] body = new byte[length];
        buffer.getBytes(start, body);
        return body;
    }

    /**
     * Shows the row whose message body lies at the given place.
     *
     * @throws ProtocolException if the columns do not fill the body exactly; the row then shows nothing
     */
    public void moveTo(ByteBuf buffer, int start, int length) {
        this.columnCount = 0;
        if (length < 2) {
            throw malformed("the body ends inside a field");
        }
        int count = buffer.getUnsignedShort(start);
        int end = start + length;
        int position = start + 2;
        if (count * 4 > end - position) {
            throw malformed("count " + count + " does not fit the " + (end - position) + " bytes that follow");
        }
        makeRoomFor(count);
        for (int i = 0; i < count; i++) {
            position = place(i, buffer, position, end);
        }
        if (position != end) {
            throw malformed((end - position) + " bytes are left over");
        }
        this.buffer = buffer;
        this.start = start;
        this.length = length;
        this.columnCount = count;
    }

    /** Notes one column and answers where the next one begins. */
    private int place(int column, ByteBuf buffer, int position, int end) {
        if (end - position < 4) {
            throw malformed("the body ends inside a field");
        }
        int size = buffer.getInt(position);
        int offset = position + 4;
        if (size < NULL || size > end - offset) {
            throw malformed("column " + column + " has length " + size + " with " + (end - offset) + " bytes left");
        }
        bounds[2 * column] = offset;
        bounds[2 * column + 1] = size;
        return size == NULL ? offset : offset + size;
    }

    private void makeRoomFor(int count) {
        if (bounds.length < 2 * count) {
            bounds = Arrays.copyOf(bounds, 2 * count);
        }
    }

    private int checked(int column) {
        if (column < 0 || column >= columnCount) {
            throw new IndexOutOfBoundsException("column " + column + " of " + columnCount);
        }
        return column;
    }

    private static ProtocolException malformed(String problem) {
        return ProtocolException.in(Tag.DATA_ROW, problem);
    }
}
