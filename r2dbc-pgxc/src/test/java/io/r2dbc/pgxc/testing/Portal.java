// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.testing;

import static io.r2dbc.pgxc.testing.ServerMessages.BOOL;
import static io.r2dbc.pgxc.testing.ServerMessages.INT2;
import static io.r2dbc.pgxc.testing.ServerMessages.INT4;
import static io.r2dbc.pgxc.testing.ServerMessages.INT8;
import static io.r2dbc.pgxc.testing.ServerMessages.TEXT;
import static io.r2dbc.pgxc.testing.ServerMessages.VARCHAR;

import io.r2dbc.pgxc.wire.BackendEncoder;
import io.r2dbc.pgxc.wire.BackendMessage.Column;
import io.r2dbc.pgxc.wire.Octets;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A canned result on its way out, in the formats the client asked for. */
final class Portal {

    private final String sql;
    private final CannedResult result;
    private final List<Integer> formats;
    private int next;

    Portal(String sql, CannedResult result, List<Integer> formats) {
        this.sql = sql;
        this.result = result;
        this.formats = formats;
    }

    String sql() {
        return sql;
    }

    Column[] columns() {
        Column[] columns = new Column[result.columns().size()];
        for (int i = 0; i < columns.length; i++) {
            Column column = result.columns().get(i);
            columns[i] = ServerMessages.column(column.name(), column.typeOid(), format(i));
        }
        return columns;
    }

    /** Sends at most so many rows, all if 0, and answers whether the portal has run to its end. */
    boolean send(Peer peer, int maxRows) throws IOException {
        int end = maxRows == 0 ? result.rowCount() : Math.min(result.rowCount(), next + maxRows);
        // a server that has just filled the limit does not look for one row more
        boolean finished = maxRows == 0 || end - next < maxRows;
        for (; next < end; next++) {
            peer.write(BackendEncoder.row(encoded(result.row(next))));
        }
        return finished;
    }

    private List<@Nullable Octets> encoded(List<@Nullable String> row) {
        List<@Nullable Octets> values = new ArrayList<>();
        for (int i = 0; i < row.size(); i++) {
            String text = row.get(i);
            boolean binary = format(i) == 1;
            values.add(
                    text == null
                            ? null
                            : binary ? binary(text, result.columns().get(i).typeOid()) : Octets.of(text));
        }
        return values;
    }

    private int format(int column) {
        return switch (formats.size()) {
            case 0 -> 0;
            case 1 -> formats.get(0);
            default -> formats.get(column);
        };
    }

    private static Octets binary(String text, int typeOid) {
        return switch (typeOid) {
            case BOOL -> Octets.of((byte) (text.startsWith("t") ? 1 : 0));
            case INT2 ->
                Octets.of(
                        ByteBuffer.allocate(2).putShort(Short.parseShort(text)).array());
            case INT4 ->
                Octets.of(ByteBuffer.allocate(4).putInt(Integer.parseInt(text)).array());
            case INT8 ->
                Octets.of(ByteBuffer.allocate(8).putLong(Long.parseLong(text)).array());
            case TEXT, VARCHAR -> Octets.of(text);
            default -> throw new AssertionError("canned results have no binary form of type " + typeOid);
        };
    }
}
