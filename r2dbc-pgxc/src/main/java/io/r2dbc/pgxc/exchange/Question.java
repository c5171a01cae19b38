// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.exchange;

import io.r2dbc.pgxc.wire.DataRow;
import java.util.ArrayList;
import java.util.List;

/** SQL of the driver's own without parameters, whose few rows it reads itself: what the catalogue knows (protocol 48.2.2). */
public final class Question extends Command {

    /** More than that no catalogue of a server in its right mind has. */
    private static final long MOST_BYTES = 64 << 20;

    private static final int FOR_EACH_ROW = 64;

    private final List<byte[]> rows = new ArrayList<>();
    private long bytes;

    /** Asks; whoever waits finds the rows in {@link #rows}. */
    public Question(String sql, Done done) {
        super(sql, done);
    }

    @Override
    public void onRow(DataRow row) {
        if (bytes <= MOST_BYTES) {
            byte[] body = row.copyBody();
            bytes += body.length + FOR_EACH_ROW;
            rows.add(body);
        }
    }

    /** Whether the answer was too long to be kept, so that the rows are not all. */
    public boolean isCutShort() {
        return bytes > MOST_BYTES;
    }

    /** The bodies of the rows so far, as {@link DataRow#moveTo} takes them; values are text. Event loop, or after the end. */
    public List<byte[]> rows() {
        return rows;
    }
}
