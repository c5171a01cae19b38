// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import io.netty.buffer.Unpooled;
import io.r2dbc.pgxc.replication.CreatedSlot;
import io.r2dbc.pgxc.replication.NextTimeline;
import io.r2dbc.pgxc.replication.SlotPosition;
import io.r2dbc.pgxc.replication.SystemIdentity;
import io.r2dbc.pgxc.replication.TimelineHistory;
import io.r2dbc.pgxc.value.Lsn;
import io.r2dbc.pgxc.wire.DataRow;
import io.r2dbc.pgxc.wire.ProtocolException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Reads the rows that answer replication commands: all in text form, some with fewer columns on older servers (S3.4). */
final class ReplicationAnswers {

    private ReplicationAnswers() {}

    /** The row whose message has this body. */
    static DataRow row(byte[] body) {
        DataRow row = new DataRow();
        row.moveTo(Unpooled.wrappedBuffer(body), 0, body.length);
        return row;
    }

    static SystemIdentity identity(DataRow row) {
        atLeast(row, 3, "IDENTIFY_SYSTEM");
        return new SystemIdentity(
                present(row, 0), number(row, 1), lsn(row, 2), row.columnCount() > 3 ? text(row, 3) : null);
    }

    static CreatedSlot createdSlot(DataRow row) {
        atLeast(row, 4, "CREATE_REPLICATION_SLOT");
        return new CreatedSlot(present(row, 0), lsn(row, 1), text(row, 2), text(row, 3));
    }

    /** Null if there is no such slot. */
    static @Nullable SlotPosition slotPosition(DataRow row) {
        atLeast(row, 3, "READ_REPLICATION_SLOT");
        if (row.isNull(0)) {
            return null;
        }
        return new SlotPosition(
                present(row, 0), row.isNull(1) ? null : lsn(row, 1), row.isNull(2) ? null : number(row, 2));
    }

    /** The content is labelled as text, and is whatever bytes the file has. */
    static TimelineHistory timelineHistory(DataRow row) {
        atLeast(row, 2, "TIMELINE_HISTORY");
        return new TimelineHistory(present(row, 0), bytes(row, 1));
    }

    static NextTimeline nextTimeline(DataRow row) {
        atLeast(row, 2, "START_REPLICATION");
        return new NextTimeline(number(row, 0), lsn(row, 1));
    }

    static void atLeast(DataRow row, int columns, String command) {
        if (row.columnCount() < columns) {
            throw new ProtocolException("The answer to " + command + " has " + row.columnCount()
                    + " columns, it should have at least " + columns);
        }
    }

    static Lsn lsn(DataRow row, int column) {
        String text = present(row, column);
        try {
            return Lsn.parse(text);
        } catch (IllegalArgumentException e) {
            throw new ProtocolException("Column " + column + " of the answer is no position in the log: " + text);
        }
    }

    static long number(DataRow row, int column) {
        String text = present(row, column);
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new ProtocolException("Column " + column + " of the answer is no number: " + text);
        }
    }

    static String present(DataRow row, int column) {
        return new String(bytes(row, column), StandardCharsets.UTF_8);
    }

    static @Nullable String text(DataRow row, int column) {
        return row.isNull(column) ? null : present(row, column);
    }

    private static byte[] bytes(DataRow row, int column) {
        if (row.isNull(column)) {
            throw new ProtocolException("Column " + column + " of the answer is NULL");
        }
        byte[] bytes = new byte[row.length(column)];
        row.buffer().getBytes(row.offset(column), bytes);
        return bytes;
    }
}
