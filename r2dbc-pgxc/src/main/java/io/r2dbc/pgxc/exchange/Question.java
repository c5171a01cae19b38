// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.exchange;

import io.r2dbc.pgxc.wire.DataRow;
import java.util.ArrayList;
import java.util.List;

/** SQL of the driver's own without parameters, whose few rows it reads itself: what the catalogue knows (protocol 48.2.2). */
public final class Question extends Command {

    private final List<byte[]> rows = new ArrayList<>();

    /** Asks; whoever waits finds the rows in {@link #rows}. */
    public Question(String sql, Done done) {
        super(sql, done);
    }

    @Override
    public void onRow(DataRow row) {
        rows.add(row.copyBody());
    }

    /** The bodies of the rows so far, as {@link DataRow#moveTo} takes them; values are text. Event loop, or after the end. */
    public List<byte[]> rows() {
        return rows;
    }
}
