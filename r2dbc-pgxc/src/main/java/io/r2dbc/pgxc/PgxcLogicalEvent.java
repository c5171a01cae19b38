// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import io.r2dbc.pgxc.replication.LogicalMessage;
import io.r2dbc.pgxc.replication.LogicalMessage.Commit;
import io.r2dbc.pgxc.replication.LogicalMessage.CommitPrepared;
import io.r2dbc.pgxc.replication.LogicalMessage.Message;
import io.r2dbc.pgxc.replication.LogicalMessage.Prepare;
import io.r2dbc.pgxc.replication.LogicalMessage.RollbackPrepared;
import io.r2dbc.pgxc.replication.LogicalMessage.StreamCommit;
import io.r2dbc.pgxc.replication.LogicalMessage.StreamPrepare;
import io.r2dbc.pgxc.value.Lsn;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One message of a logical replication stream, its rows ready to be read.
 *
 * @param position where it lies in the log
 * @param serverTime when it was sent
 * @param message what it says
 * @param oldRow of a change: what was sent of the row before it; null if nothing was
 * @param newRow of a change: the row after it; null if there is none
 * @param afterReconnect whether it is the first one on a new connection: a transaction whose end has not come by then begins anew, and what
 *     has come of it is to be forgotten
 */
public record PgxcLogicalEvent(
        Lsn position,
        Instant serverTime,
        LogicalMessage message,
        @Nullable PgxcTuple oldRow,
        @Nullable PgxcTuple newRow,
        boolean afterReconnect) {

    /**
     * The position to acknowledge once everything up to this message is durable here.
     *
     * @return null unless the message ends a transaction, in one phase or the other, or is one of {@code pg_logical_emit_message}
     *     outside of any
     */
    public @Nullable Lsn endOfTransaction() {
        return endOf(message);
    }

    static @Nullable Lsn endOf(LogicalMessage message) {
        if (message instanceof Message alone) {
            return alone.transactional() ? null : new Lsn(alone.lsn().value() + 1);
        }
        if (message instanceof Commit commit) {
            return commit.endLsn();
        }
        if (message instanceof StreamCommit commit) {
            return commit.endLsn();
        }
        if (message instanceof Prepare prepare) {
            return prepare.endLsn();
        }
        if (message instanceof StreamPrepare prepare) {
            return prepare.endLsn();
        }
        if (message instanceof CommitPrepared commit) {
            return commit.endLsn();
        }
        return message instanceof RollbackPrepared rollback ? rollback.rollbackEndLsn() : null;
    }
}
