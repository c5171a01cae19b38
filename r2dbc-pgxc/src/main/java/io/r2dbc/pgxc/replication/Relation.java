// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.replication;

import java.util.List;

/**
 * Describes a table whose changes follow: {@code pgoutput} says it before the first change to it, and again whenever it has changed.
 *
 * @param xid the transaction of the streamed block it came in; 0 outside of one
 * @param oid the table's object identifier at the publisher
 * @param schema its schema; {@code pgoutput} leaves {@code pg_catalog} away, here it stands
 * @param name its name
 * @param identity what of an old row is sent with UPDATE and DELETE
 * @param columns those that are published, in order
 */
public record Relation(long xid, int oid, String schema, String name, ReplicaIdentity identity, List<Column> columns)
        implements LogicalMessage {

    /** Keeps a list of its own. */
    public Relation {
        columns = List.copyOf(columns);
    }

    /** A table's {@code REPLICA IDENTITY}: which columns tell an old row. */
    public enum ReplicaIdentity {
        /** The primary key. */
        DEFAULT,
        /** Nothing: UPDATE and DELETE cannot be published. */
        NOTHING,
        /** All columns. */
        FULL,
        /** Those of a chosen unique index. */
        INDEX
    }

    /**
     * Describes one column.
     *
     * @param key whether it is part of the replica identity
     * @param name its name
     * @param typeOid its type's object identifier at the publisher
     * @param typeModifier its type's modifier ({@code atttypmod}); -1 for none
     */
    public record Column(boolean key, String name, int typeOid, int typeModifier) {

        private static final int SMALLEST = 10;

        private static Column read(Fields fields) {
            int flags = fields.int8();
            if ((flags & ~1) != 0) {
                throw fields.malformed("a column has flags " + flags);
            }
            return new Column(flags == 1, fields.string(), fields.int32(), fields.int32());
        }
    }

    static Relation read(long xid, Fields fields) {
        int oid = fields.int32();
        String schema = LogicalDecoder.schema(fields.string());
        String name = fields.string();
        ReplicaIdentity identity = identity(fields);
        int count = fields.plausible(fields.uint16(), Column.SMALLEST);
        Column[] columns = new Column[count];
        for (int i = 0; i < count; i++) {
            columns[i] = Column.read(fields);
        }
        return fields.complete(new Relation(xid, oid, schema, name, identity, List.of(columns)));
    }

    private static ReplicaIdentity identity(Fields fields) {
        byte code = fields.int8();
        return switch (code) {
            case 'd' -> ReplicaIdentity.DEFAULT;
            case 'n' -> ReplicaIdentity.NOTHING;
            case 'f' -> ReplicaIdentity.FULL;
            case 'i' -> ReplicaIdentity.INDEX;
            default -> throw fields.malformed("unknown replica identity " + (code & 0xFF));
        };
    }
}
