// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.exchange;

import io.r2dbc.pgxc.wire.BackendMessage;
import io.r2dbc.pgxc.wire.BackendMessage.ParameterDescription;
import io.r2dbc.pgxc.wire.BackendMessage.ReadyForQuery;
import io.r2dbc.pgxc.wire.BackendMessage.RowDescription;
import io.r2dbc.pgxc.wire.BackendMessage.Signal;
import io.r2dbc.pgxc.wire.FrontendMessage.Bare;
import io.r2dbc.pgxc.wire.FrontendMessage.Describe;
import io.r2dbc.pgxc.wire.FrontendMessage.Parse;
import io.r2dbc.pgxc.wire.FrontendMessage.Target;
import io.r2dbc.pgxc.wire.Tag;
import org.jspecify.annotations.Nullable;

/**
 * Asks what columns a query has, without running it, so that another exchange can go on with that at once: Parse and Describe of the unnamed
 * statement (protocol 48.2.3). A fence, so that nothing comes in between.
 */
public final class Description extends Exchange {

    /** Who asks. Event loop only. */
    public interface Reader {

        /** The columns are there; whether they are enough, or {@link #isReady} has to be waited for, is the reader's matter. */
        void described(RowDescription columns);

        /** Whether it can go on: what the columns' types are may have to be looked up first. */
        boolean isReady();

        /** What goes on with the columns, ahead of everything that waits. */
        Exchange follower();

        void failed(Failure failure);
    }

    private static final int[] NO_TYPES = {};

    private final String sql;
    private final Reader reader;
    private int answers;
    private boolean described;
    private @Nullable Failure failure;

    public Description(String sql, Reader reader) {
        this.sql = sql;
        this.reader = reader;
    }

    @Override
    public Written write(SessionState session, Outbox out) {
        out.send(new Parse("", sql, NO_TYPES));
        out.send(new Describe(Target.STATEMENT, ""));
        out.send(Bare.SYNC);
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
        return tag != Tag.READY_FOR_QUERY || isCancelled() || !described || reader.isReady();
    }

    @Override
    public Progress onMessage(BackendMessage message, SessionState session, Outbox out) {
        if (message instanceof ReadyForQuery) {
            goOn(message, out);
            return Progress.DONE;
        }
        boolean fits = failure == null
                && switch (answers++) {
                    case 0 -> message == Signal.PARSE_COMPLETE;
                    case 1 -> message instanceof ParameterDescription;
                    case 2 -> message instanceof RowDescription || message == Signal.NO_DATA;
                    default -> false;
                };
        if (!fits) {
            throw unexpected(message);
        }
        if (message == Signal.NO_DATA) {
            failure =
                    new Failure.Local(new IllegalArgumentException("This has no columns that could be copied: " + sql));
        } else if (message instanceof RowDescription columns && !isCancelled()) {
            described = true;
            reader.described(columns);
        }
        return Progress.MORE;
    }

    private void goOn(BackendMessage message, Outbox out) {
        if (failure == null && answers < 3) {
            throw unexpected(message);
        }
        if (isCancelled()) {
            return;
        }
        if (failure != null) {
            reader.failed(failure);
        } else {
            out.ahead(reader.follower());
        }
    }

    @Override
    public void onError(Failure error, SessionState session, Outbox out) {
        Failure told = session.onError(error);
        if (failure == null) {
            failure = told;
        }
    }

    /** It may wait for a lock, and has changed nothing. */
    @Override
    public boolean mayStopAtServer() {
        return failure == null;
    }

    @Override
    public void fail(Failure reason) {
        reader.failed(said(failure, reason));
    }

    @Override
    public String label() {
        return sql;
    }
}
