// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import io.r2dbc.pgxc.replication.Relation;
import io.r2dbc.pgxc.replication.Tuple;
import io.r2dbc.pgxc.replication.Tuple.Kind;
import io.r2dbc.pgxc.wire.BackendMessage.Column;
import io.r2dbc.pgxc.wire.BackendMessage.RowDescription;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Turns the tuples of a stream into rows that codecs can read: what a RowDescription says of a query, Relation says here. Event loop only. */
final class RelationRows {

    private static final short TEXT = 0;
    private static final short BINARY = 1;

    /** The columns of one table and the format each was last seen in: that is a matter of its type, so it settles soon. */
    private static final class Seen {

        private final Relation relation;
        private final short[] formats;
        private final RowShape shape;

        Seen(Relation relation, short[] formats, RowShape shape) {
            this.relation = relation;
            this.formats = formats;
            this.shape = shape;
        }

        boolean fits(Tuple tuple) {
            for (int i = 0; i < formats.length; i++) {
                Kind kind = tuple.kind(i);
                if ((kind == Kind.TEXT && formats[i] != TEXT) || (kind == Kind.BINARY && formats[i] != BINARY)) {
                    return false;
                }
            }
            return true;
        }
    }

    private final RowShape.Source source;
    private final Map<Integer, Seen> tables = new HashMap<>();

    RelationRows(RowShape.Source source) {
        this.source = source;
    }

    @Nullable
    PgxcTuple row(Relation relation, @Nullable Tuple tuple) {
        if (tuple == null) {
            return null;
        }
        Seen seen = tables.get(relation.oid());
        if (seen == null || !seen.relation.equals(relation) || !seen.fits(tuple)) {
            seen = seen(relation, tuple, seen);
            tables.put(relation.oid(), seen);
        }
        return new PgxcTuple(tuple, seen.shape.copy(), relation.schema() + "." + relation.name());
    }

    private Seen seen(Relation relation, Tuple tuple, @Nullable Seen before) {
        short[] formats = new short[tuple.size()];
        for (int i = 0; i < formats.length; i++) {
            Kind kind = tuple.kind(i);
            boolean known = kind == Kind.TEXT || kind == Kind.BINARY;
            if (known) {
                formats[i] = kind == Kind.BINARY ? BINARY : TEXT;
            } else if (before != null && before.relation.equals(relation)) {
                formats[i] = before.formats[i];
            }
        }
        return new Seen(relation, formats, new RowShape(description(relation), formats, source));
    }

    private static RowDescription description(Relation relation) {
        List<Column> columns = new ArrayList<>(relation.columns().size());
        for (Relation.Column column : relation.columns()) {
            columns.add(
                    new Column(column.name(), relation.oid(), 0, column.typeOid(), -1, column.typeModifier(), TEXT));
        }
        return new RowDescription(columns);
    }
}
