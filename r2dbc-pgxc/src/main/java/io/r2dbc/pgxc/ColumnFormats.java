// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import io.r2dbc.pgxc.exchange.ResultFormats;
import io.r2dbc.pgxc.wire.BackendMessage.Column;
import io.r2dbc.pgxc.wire.BackendMessage.RowDescription;
import java.util.List;

/** Asks for binary where the driver reads a column's binary form, and for text elsewhere (X8), in as few codes as possible. */
record ColumnFormats(ConnectionCore core) implements ResultFormats {

    private static final short[] TEXT = {};
    private static final short[] BINARY = {1};

    @Override
    public short[] choose(RowDescription description) {
        if (!core.session().state().profile().binaryResults()) {
            return TEXT;
        }
        List<Column> columns = description.columns();
        short[] codes = new short[columns.size()];
        int binary = 0;
        for (int i = 0; i < codes.length; i++) {
            if (core.registry().readsBinary(columns.get(i).typeOid())) {
                codes[i] = 1;
                binary++;
            }
        }
        if (binary == 0) {
            return TEXT;
        }
        return binary == codes.length ? BINARY : codes;
    }

    @Override
    public Object edition() {
        return core.edition();
    }
}
