// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.exchange;

import io.r2dbc.pgxc.exchange.Failure.ServerError;
import io.r2dbc.pgxc.wire.BackendMessage;
import io.r2dbc.pgxc.wire.BackendMessage.CommandComplete;
import io.r2dbc.pgxc.wire.BackendMessage.ReadyForQuery;
import io.r2dbc.pgxc.wire.BackendMessage.Signal;
import io.r2dbc.pgxc.wire.DataRow;
import io.r2dbc.pgxc.wire.ErrorFields;
import io.r2dbc.pgxc.wire.FrontendMessage.Bare;
import io.r2dbc.pgxc.wire.FrontendMessage.Execute;
import org.jspecify.annotations.Nullable;

/** The next chunk of a {@link Portal}: Execute and Sync, in line with everybody else's exchanges (X11). */
final class FetchChunk extends QueryExchange {

    private enum Awaits {
        ROWS,
        SYNC
    }

    private final Portal portal;
    private Awaits awaits = Awaits.ROWS;
    private boolean superfluous;
    private boolean suspended;
    private long lastRows;
    private @Nullable Failure failure;

    FetchChunk(Portal portal) {
        super(portal.sql(), StatementFacts.READING, portal.consumer());
        this.portal = portal;
    }

    @Override
    public Written write(SessionState session, Outbox out) {
        if (portal.isEnded()) {
            return Written.NOTHING;
        }
        if (!portal.isAlive()) {
            portal.end();
            consumer.onFailure(portalGone());
            return Written.NOTHING;
        }
        out.send(new Execute(portal.name(), portal.fetchSize()));
        out.send(Bare.SYNC);
        return Written.ALL;
    }

    @Override
    @Nullable
    ResultColumns columns() {
        return portal.columns();
    }

    @Override
    public boolean wants(byte tag) {
        enter();
        return superfluous || super.wants(tag);
    }

    /** The chunk before has been answered by now; if it was the last one after all, this one is empty and nobody's. */
    private void enter() {
        if (isResultOpen() || awaits == Awaits.SYNC || superfluous) {
            return;
        }
        superfluous = portal.isEnded() && !isCancelled();
        ResultColumns columns = portal.columns();
        resumeResult(columns == null ? 0 : columns.count());
    }

    @Override
    public void onRow(DataRow row) {
        if (awaits != Awaits.ROWS || superfluous) {
            throw Replies.unexpected("DataRow", label());
        }
        super.onRow(row);
        if (!isCancelled()) {
            portal.onRow();
        }
    }

    @Override
    public Progress onMessage(BackendMessage message, SessionState session, Outbox out) {
        enter();
        if (message instanceof ReadyForQuery) {
            finish(message);
            return Progress.DONE;
        }
        if (awaits == Awaits.SYNC || failure != null) {
            throw unexpected(message);
        }
        if (message instanceof CommandComplete complete) {
            lastRows = complete.rows();
        } else if (message == Signal.PORTAL_SUSPENDED) {
            suspended = true;
            portal.onSuspended();
        } else {
            throw unexpected(message);
        }
        awaits = Awaits.SYNC;
        return Progress.MORE;
    }

    private void finish(BackendMessage message) {
        if (awaits != Awaits.SYNC && failure == null) {
            throw unexpected(message);
        }
        if (superfluous || (suspended && !isCancelled())) {
            return;
        }
        portal.end();
        if (isCancelled()) {
            return;
        }
        if (failure == null) {
            close(lastRows);
        } else {
            consumer.onError(failure);
        }
        consumer.onEnd();
    }

    @Override
    public void onError(Failure error, SessionState session, Outbox out) {
        enter();
        boolean gone = error instanceof ServerError server
                && "34000".equals(server.fields().sqlState());
        Failure told = session.onError(gone ? portalGone() : error);
        if (superfluous) {
            awaits = Awaits.SYNC;
        } else if (failure == null) {
            failure = told;
        }
    }

    private static Failure portalGone() {
        return new ServerError(ErrorFields.unsaid(
                "34000",
                "The transaction in which this result is read in chunks has ended, and its portal with it;"
                        + " read the result to its end before COMMIT or ROLLBACK"));
    }

    @Override
    public void cancel() {
        super.cancel();
        portal.cancel();
    }

    @Override
    public boolean isResumable() {
        return !portal.isEnded();
    }

    @Override
    public boolean mayStopAtServer() {
        return awaits == Awaits.ROWS && failure == null && !superfluous;
    }

    @Override
    public void fail(Failure reason) {
        if (!portal.isEnded()) {
            tellFailure(said(failure, reason));
        }
    }
}
