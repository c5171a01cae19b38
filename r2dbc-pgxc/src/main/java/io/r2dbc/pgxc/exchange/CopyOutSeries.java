// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.exchange;

import io.netty.buffer.ByteBuf;
import io.r2dbc.pgxc.wire.BackendMessage;
import io.r2dbc.pgxc.wire.BackendMessage.CommandComplete;
import io.r2dbc.pgxc.wire.BackendMessage.CopyOutResponse;
import io.r2dbc.pgxc.wire.BackendMessage.ReadyForQuery;
import io.r2dbc.pgxc.wire.BackendMessage.RowDescription;
import io.r2dbc.pgxc.wire.BackendMessage.Signal;
import io.r2dbc.pgxc.wire.DataRow;
import io.r2dbc.pgxc.wire.FrontendMessage.Query;
import io.r2dbc.pgxc.wire.Tag;
import org.jspecify.annotations.Nullable;

/**
 * A command whose answer is a row of results and of COPY OUT streams, in any order, at its consumer's pace: BASE_BACKUP (48.3).
 *
 * <p>A fence to its ReadyForQuery. Cancelled, it is stopped at the server.
 */
public final class CopyOutSeries extends Exchange {

    /** Who gets what comes. Event loop only; {@link #onEnd} or {@link #onFailure} is the last call. */
    public interface Consumer {

        /** Whether a further row, COPY or piece of data is wanted now. */
        boolean wants();

        /**
         * A row.
         *
         * @param result which result it is of, counted from 0
         */
        void onRow(int result, DataRow row);

        void onCopy();

        /** The payload of one CopyData; what lies in the buffer is valid during the call only. */
        void onData(ByteBuf in, int offset, int length);

        void onEnd();

        void onFailure(Failure failure);
    }

    private final String sql;
    private final Consumer consumer;
    private int results;
    private int columns = -1;
    private boolean copying;
    private @Nullable Failure failure;

    public CopyOutSeries(String sql, Consumer consumer) {
        this.sql = sql;
        this.consumer = consumer;
    }

    @Override
    public Written write(SessionState session, Outbox out) {
        out.send(new Query(sql));
        return Written.ALL;
    }

    @Override
    public boolean holdsBack() {
        return !isAnswered();
    }

    /** A checkpoint, or the archiver, may take its time. */
    @Override
    public boolean mayBeSilent() {
        return true;
    }

    @Override
    public boolean mayStopAtServer() {
        return true;
    }

    @Override
    public boolean wants(byte tag) {
        return switch (tag) {
            case Tag.COPY_DATA, Tag.COPY_OUT_RESPONSE, Tag.DATA_ROW -> isCancelled() || consumer.wants();
            default -> true;
        };
    }

    @Override
    public void onRow(DataRow row) {
        if (copying || row.columnCount() != columns) {
            throw Replies.unexpected("DataRow", sql);
        }
        if (!isCancelled()) {
            consumer.onRow(results - 1, row);
        }
    }

    @Override
    public void onCopyData(ByteBuf in, int offset, int length) {
        if (!copying) {
            throw Replies.unexpected("CopyData", sql);
        }
        if (!isCancelled()) {
            consumer.onData(in, offset, length);
        }
    }

    @Override
    public Progress onMessage(BackendMessage message, SessionState session, Outbox out) {
        if (message instanceof ReadyForQuery && !copying) {
            finish();
            return Progress.DONE;
        }
        if (failure != null || (copying && message != Signal.COPY_DONE)) {
            throw unexpected(message);
        }
        if (message instanceof RowDescription description) {
            columns = description.columns().size();
            results++;
        } else if (message instanceof CopyOutResponse) {
            copying = true;
            columns = -1;
            if (!isCancelled()) {
                consumer.onCopy();
            }
        } else if (message == Signal.COPY_DONE && copying) {
            copying = false;
        } else if (message instanceof CommandComplete) {
            columns = -1;
        } else {
            throw unexpected(message);
        }
        return Progress.MORE;
    }

    private void finish() {
        if (isCancelled()) {
            return;
        }
        if (failure == null) {
            consumer.onEnd();
        } else {
            consumer.onFailure(failure);
        }
    }

    @Override
    public void onError(Failure error, SessionState session, Outbox out) {
        copying = false;
        columns = -1;
        if (failure == null) {
            failure = session.onError(error);
        }
    }

    @Override
    public void fail(Failure reason) {
        consumer.onFailure(said(failure, reason));
    }

    @Override
    public String label() {
        return sql;
    }
}
