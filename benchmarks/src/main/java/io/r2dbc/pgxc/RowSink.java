// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import io.netty.buffer.ByteBuf;
import io.r2dbc.pgxc.wire.BackendMessage;
import io.r2dbc.pgxc.wire.BackendSink;
import io.r2dbc.pgxc.wire.DataRow;

/**
 * Shows every row that is decoded to a mapping function, as a result does for a subscriber with endless demand.
 */
final class RowSink implements BackendSink {

    /** What is done with a row while the cursor stands on it. */
    interface Mapping {

        void read(PgxcRow row);
    }

    private final PgxcRow cursor;
    private final Mapping mapping;
    private int count;

    RowSink(PgxcRow cursor, Mapping mapping) {
        this.cursor = cursor;
        this.mapping = mapping;
    }

    int count() {
        return count;
    }

    @Override
    public boolean wants(byte tag) {
        return true;
    }

    @Override
    public void onRow(DataRow row) {
        count++;
        cursor.enter(row);
        try {
            mapping.read(cursor);
        } finally {
            cursor.leave();
        }
    }

    @Override
    public void onCopyData(ByteBuf in, int offset, int length) {
        throw new IllegalStateException("no CopyData was encoded");
    }

    @Override
    public void onMessage(BackendMessage message) {
        throw new IllegalStateException("no such message was encoded: " + message);
    }
}
