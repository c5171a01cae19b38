// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.exchange;

import io.r2dbc.pgxc.exchange.SessionState.Projection;
import io.r2dbc.pgxc.wire.BackendMessage;
import io.r2dbc.pgxc.wire.BackendMessage.CommandComplete;
import io.r2dbc.pgxc.wire.BackendMessage.CopyInResponse;
import io.r2dbc.pgxc.wire.BackendMessage.ReadyForQuery;
import io.r2dbc.pgxc.wire.BackendMessage.RowDescription;
import io.r2dbc.pgxc.wire.BackendMessage.Signal;
import io.r2dbc.pgxc.wire.DataRow;
import io.r2dbc.pgxc.wire.ErrorFields;
import io.r2dbc.pgxc.wire.FrontendMessage.Query;
import io.r2dbc.pgxc.wire.Tag;
import org.jspecify.annotations.Nullable;

/**
 * Several statements in one string, or COPY, through the simple protocol (48.2.2); a fence to its ReadyForQuery.
 *
 * <p>Whether a statement was the last is told by the tag of the message behind it: ReadyForQuery means it was, and then its end waits for
 * that (X5). An error behind it belongs to the next statement if there is one, and else to the end of the implicit transaction.
 */
public final class SimpleQuery extends QueryExchange {

    private final int statements;
    private int ended;
    private boolean endHeld;
    private boolean copying;
    private long lastRows;
    private @Nullable ResultColumns columns;
    private @Nullable Failure failure;

    /** {@code statements} is how many the string holds. */
    public SimpleQuery(String sql, int statements, StatementFacts facts, ResultConsumer consumer) {
        super(sql, facts, consumer);
        this.statements = statements;
    }

    @Override
    public Written write(SessionState session, Outbox out) {
        out.send(new Query(label()));
        session.project(Projection.UNKNOWN);
        return Written.ALL;
    }

    @Override
    public BeginRule beginRule() {
        return BeginRule.AWAITS;
    }

    @Override
    public boolean holdsBack() {
        return !isAnswered();
    }

    @Override
    public boolean wants(byte tag) {
        if (endHeld && !Tag.isAsynchronous(tag) && tag != Tag.READY_FOR_QUERY && tag != Tag.ERROR_RESPONSE) {
            releaseEnd();
        }
        return super.wants(tag);
    }

    private void releaseEnd() {
        if (endHeld) {
            endHeld = false;
            close(lastRows);
        }
    }

    @Override
    @Nullable
    ResultColumns columns() {
        return columns;
    }

    @Override
    public void onRow(DataRow row) {
        if (columns == null || failure != null || endHeld) {
            throw Replies.unexpected("DataRow", label());
        }
        super.onRow(row);
    }

    @Override
    public Progress onMessage(BackendMessage message, SessionState session, Outbox out) {
        if (message instanceof ReadyForQuery) {
            finish(message);
            return Progress.DONE;
        }
        releaseEnd();
        if (failure instanceof Failure.ServerError) {
            throw unexpected(message);
        }
        if (message instanceof RowDescription description) {
            if (columns != null) {
                throw unexpected(message);
            }
            columns = new ResultColumns(description, null);
        } else if (message instanceof CommandComplete complete) {
            session.onCommandTag(complete.tag());
            statementEnds(complete.rows());
        } else if (message == Signal.EMPTY_QUERY_RESPONSE) {
            statementEnds(-1);
        } else {
            onCopy(message, out);
        }
        return Progress.MORE;
    }

    private void onCopy(BackendMessage message, Outbox out) {
        if (message == Signal.COPY_DONE && copying) {
            copying = false;
            return;
        }
        failure = refuseCopy(message, out);
        if (failure == null) {
            throw unexpected(message);
        }
        copying = !(message instanceof CopyInResponse);
    }

    private void statementEnds(long rows) {
        ended++;
        columnsEnd();
        if (failure != null) {
            return;
        }
        answeredSomething();
        open();
        columns = null;
        endHeld = true;
        lastRows = rows;
    }

    private void columnsEnd() {
        if (failure != null) {
            columns = null;
        }
    }

    @Override
    public void onError(Failure error, SessionState session, Outbox out) {
        if (ended < statements) {
            releaseEnd();
        }
        Failure told = session.onError(error);
        if (failure == null) {
            failure = told;
        } else if (failure instanceof Failure.Local) {
            columns = null;
        }
    }

    private void finish(BackendMessage message) {
        if (failure == null && columns != null) {
            throw unexpected(message);
        }
        if (isCancelled()) {
            return;
        }
        if (failure != null) {
            endHeld = false;
            consumer.onError(failure);
        } else if (ended == 0) {
            consumer.onError(new Failure.ServerError(
                    ErrorFields.unsaid("08P01", "The server skipped the statement without saying why")));
        } else {
            releaseEnd();
        }
        consumer.onEnd();
    }

    @Override
    public boolean mayStopAtServer() {
        return super.mayStopAtServer() && !(failure instanceof Failure.ServerError);
    }

    @Override
    public void fail(Failure reason) {
        tellLost(failure, reason);
    }
}
