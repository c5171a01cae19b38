// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.replication;

import io.r2dbc.pgxc.value.Lsn;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One message of the output plugin {@code pgoutput}, of its protocol versions 1 to 4 ("Logical Replication Message Formats").
 *
 * <p>Transactions come one after the other, Begin to Commit or BeginPrepare to Prepare. Large ones may come in streamed blocks, StreamStart
 * to StreamStop, while they are still running; what came in them counts only with StreamCommit or StreamPrepare, and not at all with
 * StreamAbort. Inside such a block {@code xid} tells which transaction, or which of its subtransactions, made a change.
 */
public sealed interface LogicalMessage
        permits Relation,
                LogicalMessage.Begin,
                LogicalMessage.Commit,
                LogicalMessage.Origin,
                LogicalMessage.Type,
                LogicalMessage.Message,
                LogicalMessage.Change,
                LogicalMessage.Truncate,
                LogicalMessage.StreamStart,
                LogicalMessage.StreamStop,
                LogicalMessage.StreamCommit,
                LogicalMessage.StreamAbort,
                LogicalMessage.BeginPrepare,
                LogicalMessage.Prepare,
                LogicalMessage.CommitPrepared,
                LogicalMessage.RollbackPrepared,
                LogicalMessage.StreamPrepare {

    /**
     * Begins a transaction, which has been committed already.
     *
     * @param finalLsn where its commit record begins: the {@code commitLsn} of {@link Commit}
     * @param commitTime when it was committed
     * @param xid its id
     */
    record Begin(Lsn finalLsn, Instant commitTime, long xid) implements LogicalMessage {}

    /**
     * Ends a transaction.
     *
     * @param commitLsn where its commit record begins
     * @param endLsn where it ends: what to acknowledge once everything of this transaction is durable here
     * @param commitTime when it was committed
     */
    record Commit(Lsn commitLsn, Lsn endLsn, Instant commitTime) implements LogicalMessage {}

    /**
     * Says where the transaction's changes come from, if the publisher itself has got them by replication.
     *
     * @param commitLsn its commit there
     * @param name the origin's name
     */
    record Origin(Lsn commitLsn, String name) implements LogicalMessage {}

    /**
     * Names a type that is not every server's; comes ahead of the relation that has it.
     *
     * @param xid the transaction of the streamed block it came in; 0 outside of one
     * @param oid its object identifier at the publisher
     * @param schema its schema
     * @param name its name
     */
    record Type(long xid, int oid, String schema, String name) implements LogicalMessage {}

    /**
     * What {@code pg_logical_emit_message} wrote into the log; comes only if {@code messages} was asked for.
     *
     * @param xid the transaction of the streamed block it came in; 0 outside of one
     * @param transactional whether it belongs to the transaction around it; if not, it comes at once and outside of any
     * @param lsn where it lies in the log
     * @param prefix the writer's prefix
     * @param content what was written; the record's own array
     */
    @SuppressWarnings("ArrayRecordComponent") // equals and hashCode compare the content
    record Message(long xid, boolean transactional, Lsn lsn, String prefix, byte[] content) implements LogicalMessage {

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Message that
                    && xid == that.xid
                    && transactional == that.transactional
                    && lsn.equals(that.lsn)
                    && prefix.equals(that.prefix)
                    && Arrays.equals(content, that.content);
        }

        @Override
        public int hashCode() {
            return 31 * lsn.hashCode() + Arrays.hashCode(content);
        }

        /** Length of the content only. */
        @Override
        public String toString() {
            return "Message[xid=" + xid + ", transactional=" + transactional + ", lsn=" + lsn + ", prefix=" + prefix
                    + ", content=" + content.length + " bytes]";
        }
    }

    /** A change to rows of one table. */
    sealed interface Change extends LogicalMessage {

        /** Returns the (sub)transaction inside a streamed block, 0 outside of one. */
        long xid();

        /** Returns the table, as it was described last. */
        Relation relation();

        /** Returns what was sent of the row before the change, or null if nothing was. */
        @Nullable
        Tuple oldRow();

        /** Returns the row after the change, or null if there is none. */
        @Nullable
        Tuple newRow();
    }

    /**
     * A row was inserted.
     *
     * @param xid the (sub)transaction inside a streamed block, 0 outside of one
     * @param relation the table
     * @param newRow the row
     */
    record Insert(long xid, Relation relation, Tuple newRow) implements Change {

        @Override
        public @Nullable Tuple oldRow() {
            return null;
        }
    }

    /**
     * A row was updated.
     *
     * @param xid the (sub)transaction inside a streamed block, 0 outside of one
     * @param relation the table
     * @param oldKeyOnly whether of the old row the replica identity alone is there, the other columns being NULL
     * @param oldRow null unless the identity has changed or the table has {@code REPLICA IDENTITY FULL}
     * @param newRow the row as it is now; large values that were not touched are {@link Tuple.Kind#UNCHANGED}
     */
    record Update(
            long xid,
            Relation relation,
            boolean oldKeyOnly,
            @Nullable Tuple oldRow,
            Tuple newRow) implements Change {}

    /**
     * A row was deleted.
     *
     * @param xid the (sub)transaction inside a streamed block, 0 outside of one
     * @param relation the table
     * @param oldKeyOnly whether the replica identity alone is there, the other columns being NULL
     * @param oldRow what is known of the row
     */
    record Delete(long xid, Relation relation, boolean oldKeyOnly, Tuple oldRow) implements Change {

        @Override
        public @Nullable Tuple newRow() {
            return null;
        }
    }

    /**
     * Tables were emptied.
     *
     * @param xid the (sub)transaction inside a streamed block, 0 outside of one
     * @param relations the tables
     * @param cascade whether CASCADE was said
     * @param restartIdentity whether RESTART IDENTITY was said
     */
    record Truncate(long xid, List<Relation> relations, boolean cascade, boolean restartIdentity)
            implements LogicalMessage {

        /** Keeps a list of its own. */
        public Truncate {
            relations = List.copyOf(relations);
        }
    }

    /**
     * Begins a block of a transaction that is still running (version 2).
     *
     * @param xid the top-level transaction
     * @param first whether it is the first block of this transaction
     */
    record StreamStart(long xid, boolean first) implements LogicalMessage {}

    /** Ends a block (version 2). */
    record StreamStop() implements LogicalMessage {}

    /**
     * A streamed transaction was committed (version 2).
     *
     * @param xid the transaction
     * @param commitLsn where its commit record begins
     * @param endLsn where it ends: what to acknowledge
     * @param commitTime when it was committed
     */
    record StreamCommit(long xid, Lsn commitLsn, Lsn endLsn, Instant commitTime) implements LogicalMessage {}

    /**
     * A streamed transaction, or one of its subtransactions, was rolled back (version 2).
     *
     * @param xid the top-level transaction
     * @param subXid which of its subtransactions; {@code xid} itself if all of it
     * @param abortLsn where that stands in the log; null unless {@code streaming} is {@code parallel}
     * @param abortTime when it happened; null unless {@code streaming} is {@code parallel}
     */
    record StreamAbort(
            long xid,
            long subXid,
            @Nullable Lsn abortLsn,
            @Nullable Instant abortTime) implements LogicalMessage {}

    /**
     * Begins a transaction that has been prepared (version 3).
     *
     * @param prepareLsn where its prepare record begins
     * @param endLsn where it ends
     * @param prepareTime when it was prepared
     * @param xid its id
     * @param gid its global identifier
     */
    record BeginPrepare(Lsn prepareLsn, Lsn endLsn, Instant prepareTime, long xid, String gid)
            implements LogicalMessage {}

    /**
     * Ends a transaction that has been prepared; it waits for COMMIT PREPARED or ROLLBACK PREPARED (version 3).
     *
     * @param prepareLsn where its prepare record begins
     * @param endLsn where it ends: what to acknowledge once the prepared transaction is durable here
     * @param prepareTime when it was prepared
     * @param xid its id
     * @param gid its global identifier
     */
    record Prepare(Lsn prepareLsn, Lsn endLsn, Instant prepareTime, long xid, String gid) implements LogicalMessage {}

    /**
     * A prepared transaction was committed (version 3).
     *
     * @param commitLsn where that record begins
     * @param endLsn where it ends: what to acknowledge
     * @param commitTime when it was committed
     * @param xid its id
     * @param gid its global identifier
     */
    record CommitPrepared(Lsn commitLsn, Lsn endLsn, Instant commitTime, long xid, String gid)
            implements LogicalMessage {}

    /**
     * A prepared transaction was rolled back (version 3).
     *
     * @param prepareEndLsn where its prepare record ends
     * @param rollbackEndLsn where the rollback's record ends: what to acknowledge
     * @param prepareTime when it was prepared
     * @param rollbackTime when it was rolled back
     * @param xid its id
     * @param gid its global identifier
     */
    record RollbackPrepared(
            Lsn prepareEndLsn, Lsn rollbackEndLsn, Instant prepareTime, Instant rollbackTime, long xid, String gid)
            implements LogicalMessage {}

    /**
     * A streamed transaction was prepared (version 3).
     *
     * @param prepareLsn where its prepare record begins
     * @param endLsn where it ends: what to acknowledge once the prepared transaction is durable here
     * @param prepareTime when it was prepared
     * @param xid its id
     * @param gid its global identifier
     */
    record StreamPrepare(Lsn prepareLsn, Lsn endLsn, Instant prepareTime, long xid, String gid)
            implements LogicalMessage {}
}
