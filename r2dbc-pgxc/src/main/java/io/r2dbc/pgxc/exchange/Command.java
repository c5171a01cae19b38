// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.exchange;

import io.r2dbc.pgxc.exchange.SessionState.Projection;
import io.r2dbc.pgxc.wire.BackendMessage;
import io.r2dbc.pgxc.wire.BackendMessage.CommandComplete;
import io.r2dbc.pgxc.wire.BackendMessage.ReadyForQuery;
import io.r2dbc.pgxc.wire.BackendMessage.RowDescription;
import io.r2dbc.pgxc.wire.BackendMessage.Signal;
import io.r2dbc.pgxc.wire.DataRow;
import io.r2dbc.pgxc.wire.FrontendMessage.Query;
import org.jspecify.annotations.Nullable;

/** SQL of the driver's own without parameters whose rows nobody reads: SAVEPOINT, LISTEN, SET (protocol 48.2.2). */
public class Command extends Exchange {

    private final String sql;
    private final Done done;
    private final boolean endsTransaction;
    private @Nullable Failure failure;

    public Command(String sql, Done done) {
        this(sql, done, false);
    }

    /** {@code endsTransaction} for what may leave no transaction behind, so that the projection waits for the answer. */
    public Command(String sql, Done done, boolean endsTransaction) {
        this.sql = sql;
        this.done = done;
        this.endsTransaction = endsTransaction;
    }

    @Override
    public Written write(SessionState session, Outbox out) {
        out.send(new Query(sql));
        if (endsTransaction) {
            session.project(Projection.UNKNOWN);
        }
        return Written.ALL;
    }

    @Override
    public boolean holdsBack() {
        return (endsTransaction && !isAnswered()) || super.holdsBack();
    }

    @Override
    public BeginRule beginRule() {
        return BeginRule.AWAITS;
    }

    @Override
    public void onRow(DataRow row) {
        // nobody asked for rows of a command
    }

    @Override
    public Progress onMessage(BackendMessage message, SessionState session, Outbox out) {
        if (message instanceof ReadyForQuery) {
            tellEnd();
            return Progress.DONE;
        }
        if (message instanceof CommandComplete complete) {
            session.onCommandTag(complete.tag());
        } else if (!(message instanceof RowDescription) && message != Signal.EMPTY_QUERY_RESPONSE) {
            throw unexpected(message);
        }
        return Progress.MORE;
    }

    private void tellEnd() {
        if (isCancelled()) {
            return;
        }
        if (failure == null) {
            done.succeeded();
        } else {
            done.failed(failure);
        }
    }

    @Override
    public void onError(Failure error, SessionState session, Outbox out) {
        if (failure == null) {
            failure = session.onError(error);
        }
    }

    @Override
    public void fail(Failure reason) {
        done.failed(said(failure, reason));
    }

    @Override
    public String label() {
        return sql;
    }
}
