// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.replication;

import io.netty.buffer.ByteBuf;
import io.r2dbc.pgxc.replication.LogicalMessage.Begin;
import io.r2dbc.pgxc.replication.LogicalMessage.BeginPrepare;
import io.r2dbc.pgxc.replication.LogicalMessage.Commit;
import io.r2dbc.pgxc.replication.LogicalMessage.CommitPrepared;
import io.r2dbc.pgxc.replication.LogicalMessage.Delete;
import io.r2dbc.pgxc.replication.LogicalMessage.Insert;
import io.r2dbc.pgxc.replication.LogicalMessage.Message;
import io.r2dbc.pgxc.replication.LogicalMessage.Origin;
import io.r2dbc.pgxc.replication.LogicalMessage.Prepare;
import io.r2dbc.pgxc.replication.LogicalMessage.RollbackPrepared;
import io.r2dbc.pgxc.replication.LogicalMessage.StreamAbort;
import io.r2dbc.pgxc.replication.LogicalMessage.StreamCommit;
import io.r2dbc.pgxc.replication.LogicalMessage.StreamPrepare;
import io.r2dbc.pgxc.replication.LogicalMessage.StreamStart;
import io.r2dbc.pgxc.replication.LogicalMessage.StreamStop;
import io.r2dbc.pgxc.replication.LogicalMessage.Truncate;
import io.r2dbc.pgxc.replication.LogicalMessage.Update;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads the messages of {@code pgoutput}, one for each WALData of a logical slot, and remembers what later ones build on: the tables
 * described so far, and whether a transaction or a streamed block is open.
 *
 * <p>One decoder serves one START_REPLICATION; the server describes everything anew in the next one. A message that is malformed, out of
 * order, or of a version that was not asked for is a {@link ReplicationFormatException}, and the decoder must not be used after it. Not for
 * use by several threads at a time.
 */
public final class LogicalDecoder {

    /** The highest version of the plugin's protocol that is understood. */
    public static final int HIGHEST_VERSION = 4;

    private static final String CATALOG = "pg_catalog";

    private enum Place {
        OUTSIDE("outside of a transaction"),
        TRANSACTION("inside a transaction"),
        PREPARED("inside a prepared transaction"),
        BLOCK("inside a streamed block");

        private final String text;

        Place(String text) {
            this.text = text;
        }
    }

    private final int version;
    private final boolean parallel;
    private final Map<Integer, Relation> relations = new HashMap<>();
    private Place place = Place.OUTSIDE;

    /**
     * Makes a decoder for one stream.
     *
     * @param version {@code proto_version} as asked for, 1 to 4
     * @param parallel whether {@code streaming} is {@code parallel}, so that StreamAbort says where and when
     * @throws IllegalArgumentException if the version is not one of 1 to 4
     */
    public LogicalDecoder(int version, boolean parallel) {
        if (version < 1 || version > HIGHEST_VERSION) {
            throw new IllegalArgumentException("proto_version " + version + " is not one of 1 to " + HIGHEST_VERSION);
        }
        this.version = version;
        this.parallel = parallel;
    }

    /**
     * Reads one message.
     *
     * @param in where it lies; its indexes stay as they are, and nothing of it is kept
     * @param offset of its first byte, which says what it is
     * @param length of all of it
     * @return the message, which owns its bytes
     * @throws ReplicationFormatException if it is not a legal message here
     */
    public LogicalMessage read(ByteBuf in, int offset, int length) {
        if (length < 1) {
            throw ReplicationFormatException.in("message of pgoutput", "it is empty");
        }
        byte type = in.getByte(offset);
        Fields fields = new Fields(name(type), in, offset + 1, length - 1);
        return switch (type) {
            case 'I', 'U', 'D', 'T' -> change(type, fields, in);
            case 'R', 'Y', 'M', 'O' -> description(type, fields);
            case 'B', 'C' -> transaction(type, fields);
            case 'S', 'E', 'c', 'A' -> streamed(type, since(2, fields));
            default -> prepared(type, since(3, fields));
        };
    }

    /**
     * Looks a table up.
     *
     * @param oid its object identifier
     * @return as it was described last, or null if it was not
     */
    public @Nullable Relation relation(int oid) {
        return relations.get(oid);
    }

    /** What stands for the catalogue's schema is nothing at all. */
    static String schema(String sent) {
        return sent.isEmpty() ? CATALOG : sent;
    }

    private static String name(byte type) {
        return switch (type) {
            case 'B' -> "Begin";
            case 'C' -> "Commit";
            case 'O' -> "Origin";
            case 'R' -> "Relation";
            case 'Y' -> "Type";
            case 'M' -> "Message";
            case 'I' -> "Insert";
            case 'U' -> "Update";
            case 'D' -> "Delete";
            case 'T' -> "Truncate";
            case 'S' -> "StreamStart";
            case 'E' -> "StreamStop";
            case 'c' -> "StreamCommit";
            case 'A' -> "StreamAbort";
            case 'b' -> "BeginPrepare";
            case 'P' -> "Prepare";
            case 'K' -> "CommitPrepared";
            case 'r' -> "RollbackPrepared";
            case 'p' -> "StreamPrepare";
            default ->
                throw ReplicationFormatException.in(
                        "message of pgoutput", String.format("no message has type 0x%02X", type));
        };
    }

    private Fields since(int needed, Fields fields) {
        if (version < needed) {
            throw fields.malformed("it needs proto_version " + needed + ", and " + version + " was asked for");
        }
        return fields;
    }

    private void require(Place wanted, Fields fields) {
        if (place != wanted) {
            throw fields.malformed("it came " + place.text + ", and belongs " + wanted.text);
        }
    }

    /** The next messages are there; a message that is refused has no part in that. */
    private <T> T moveTo(Place next, T message) {
        place = next;
        return message;
    }

    // Transactions and what is said about them

    private LogicalMessage transaction(byte type, Fields fields) {
        if (type == 'B') {
            require(Place.OUTSIDE, fields);
            return moveTo(Place.TRANSACTION, fields.complete(new Begin(fields.lsn(), fields.time(), fields.uint32())));
        }
        require(Place.TRANSACTION, fields);
        noFlags(fields);
        return moveTo(Place.OUTSIDE, fields.complete(new Commit(fields.lsn(), fields.lsn(), fields.time())));
    }

    private LogicalMessage description(byte type, Fields fields) {
        if (type == 'O') {
            requireTransaction(fields);
            return fields.complete(new Origin(fields.lsn(), fields.string()));
        }
        long xid = xid(fields);
        if (type == 'R') {
            Relation relation = Relation.read(xid, fields);
            relations.put(relation.oid(), relation);
            return relation;
        }
        if (type == 'Y') {
            return fields.complete(
                    new LogicalMessage.Type(xid, fields.int32(), schema(fields.string()), fields.string()));
        }
        return message(xid, fields);
    }

    private LogicalMessage message(long xid, Fields fields) {
        int flags = fields.int8();
        if ((flags & ~1) != 0) {
            throw fields.malformed("flags " + flags + " are unknown");
        }
        if (flags == 1) {
            requireTransaction(fields);
        }
        return fields.complete(new Message(xid, flags == 1, fields.lsn(), fields.string(), fields.sizedBytes()));
    }

    private void requireTransaction(Fields fields) {
        if (place == Place.OUTSIDE) {
            throw fields.malformed("it came " + place.text);
        }
    }

    /** Only inside a streamed block is it said which transaction a message belongs to. */
    private long xid(Fields fields) {
        return place == Place.BLOCK ? fields.uint32() : 0;
    }

    private static void noFlags(Fields fields) {
        int flags = fields.int8();
        if (flags != 0) {
            throw fields.malformed("flags " + flags + " are unknown");
        }
    }

    // Changes

    private LogicalMessage change(byte type, Fields fields, ByteBuf in) {
        requireTransaction(fields);
        long xid = xid(fields);
        if (type == 'T') {
            return truncate(xid, fields);
        }
        Relation relation = relation(fields.int32(), fields);
        return switch (type) {
            case 'I' -> fields.complete(new Insert(xid, relation, newRow(fields.int8(), relation, fields, in)));
            case 'U' -> update(xid, relation, fields, in);
            default -> delete(xid, relation, fields, in);
        };
    }

    private Relation relation(int oid, Fields fields) {
        Relation relation = relations.get(oid);
        if (relation == null) {
            throw fields.malformed("relation " + Integer.toUnsignedString(oid) + " has not been described");
        }
        return relation;
    }

    private static Tuple newRow(byte mark, Relation relation, Fields fields, ByteBuf in) {
        if (mark != 'N') {
            throw fields.malformed("a new row is marked " + (mark & 0xFF) + ", not N");
        }
        return Tuple.read(fields, in, relation.columns().size());
    }

    private static Update update(long xid, Relation relation, Fields fields, ByteBuf in) {
        byte mark = fields.int8();
        boolean keyOnly = mark == 'K';
        Tuple oldRow = null;
        if (keyOnly || mark == 'O') {
            oldRow = Tuple.read(fields, in, relation.columns().size());
            mark = fields.int8();
        }
        return fields.complete(new Update(xid, relation, keyOnly, oldRow, newRow(mark, relation, fields, in)));
    }

    private static Delete delete(long xid, Relation relation, Fields fields, ByteBuf in) {
        byte mark = fields.int8();
        if (mark != 'K' && mark != 'O') {
            throw fields.malformed("an old row is marked " + (mark & 0xFF) + ", not K or O");
        }
        Tuple oldRow = Tuple.read(fields, in, relation.columns().size());
        return fields.complete(new Delete(xid, relation, mark == 'K', oldRow));
    }

    private Truncate truncate(long xid, Fields fields) {
        int count = fields.int32();
        int options = fields.int8();
        if ((options & ~3) != 0) {
            throw fields.malformed("options " + options + " are unknown");
        }
        Relation[] emptied = new Relation[fields.plausible(count, 4)];
        for (int i = 0; i < count; i++) {
            emptied[i] = relation(fields.int32(), fields);
        }
        return fields.complete(new Truncate(xid, List.of(emptied), (options & 1) != 0, (options & 2) != 0));
    }

    // Streamed blocks of running transactions

    private LogicalMessage streamed(byte type, Fields fields) {
        if (type == 'E') {
            require(Place.BLOCK, fields);
            return moveTo(Place.OUTSIDE, fields.complete(new StreamStop()));
        }
        require(Place.OUTSIDE, fields);
        long xid = transactionId(fields);
        return switch (type) {
            case 'S' -> moveTo(Place.BLOCK, fields.complete(new StreamStart(xid, isFirst(fields))));
            case 'c' -> {
                noFlags(fields);
                yield fields.complete(new StreamCommit(xid, fields.lsn(), fields.lsn(), fields.time()));
            }
            default ->
                fields.complete(
                        parallel
                                ? new StreamAbort(xid, fields.uint32(), fields.lsn(), fields.time())
                                : new StreamAbort(xid, fields.uint32(), null, null));
        };
    }

    private static long transactionId(Fields fields) {
        long xid = fields.uint32();
        if (xid == 0) {
            throw fields.malformed("its transaction id is 0");
        }
        return xid;
    }

    private static boolean isFirst(Fields fields) {
        int first = fields.int8();
        if (first != 0 && first != 1) {
            throw fields.malformed("whether it is the first block is said by " + first);
        }
        return first == 1;
    }

    // Prepared transactions

    private LogicalMessage prepared(byte type, Fields fields) {
        require(type == 'P' ? Place.PREPARED : Place.OUTSIDE, fields);
        if (type == 'b') {
            return moveTo(
                    Place.PREPARED,
                    fields.complete(new BeginPrepare(
                            fields.lsn(), fields.lsn(), fields.time(), fields.uint32(), fields.string())));
        }
        noFlags(fields);
        return switch (type) {
            case 'P' ->
                moveTo(
                        Place.OUTSIDE,
                        fields.complete(new Prepare(
                                fields.lsn(), fields.lsn(), fields.time(), fields.uint32(), fields.string())));
            case 'K' ->
                fields.complete(new CommitPrepared(
                        fields.lsn(), fields.lsn(), fields.time(), fields.uint32(), fields.string()));
            case 'p' ->
                fields.complete(
                        new StreamPrepare(fields.lsn(), fields.lsn(), fields.time(), fields.uint32(), fields.string()));
            default ->
                fields.complete(new RollbackPrepared(
                        fields.lsn(), fields.lsn(), fields.time(), fields.time(), fields.uint32(), fields.string()));
        };
    }
}
