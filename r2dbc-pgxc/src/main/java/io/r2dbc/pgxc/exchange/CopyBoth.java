// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.exchange;

import io.netty.buffer.ByteBuf;
import io.r2dbc.pgxc.exchange.Failure.ConnectionLost;
import io.r2dbc.pgxc.wire.BackendMessage;
import io.r2dbc.pgxc.wire.BackendMessage.CommandComplete;
import io.r2dbc.pgxc.wire.BackendMessage.CopyBothResponse;
import io.r2dbc.pgxc.wire.BackendMessage.ReadyForQuery;
import io.r2dbc.pgxc.wire.BackendMessage.RowDescription;
import io.r2dbc.pgxc.wire.BackendMessage.Signal;
import io.r2dbc.pgxc.wire.DataRow;
import io.r2dbc.pgxc.wire.FrontendMessage.CopyData;
import io.r2dbc.pgxc.wire.FrontendMessage.CopyDone;
import io.r2dbc.pgxc.wire.FrontendMessage.Query;
import io.r2dbc.pgxc.wire.Tag;
import org.jspecify.annotations.Nullable;

/**
 * START_REPLICATION: both sides talk, in any order, until each has said CopyDone (48.3 Streaming Replication Protocol).
 *
 * <pre>
 *   ASKED --W--> STREAMING --our c--> DRAINING --c--> RESULT --[T D] C*, Z--> over
 *     |              \------c, ours at once------------/
 *     \--T (the end of an old timeline)--------------/        any of them --E--> FAILED --Z--> over
 * </pre>
 *
 * <p>Data is read at its consumer's pace, but what the consumer {@linkplain CopyBothConsumer#wantsAtOnce wants at once} is read without
 * demand, as long as no data stands before it. A cancelled stream says CopyDone and throws away what still comes, so that the session can
 * be used again. How many CommandCompletes come, and which, differs from server to server: only ReadyForQuery counts (S3.9).
 */
public final class CopyBoth extends Exchange {

    private enum Phase {
        ASKED,
        STREAMING,
        /** We have said CopyDone, the server has not. */
        DRAINING,
        /** Both have. */
        RESULT,
        FAILED
    }

    private final String sql;
    private final CopyBothConsumer consumer;
    private Phase phase = Phase.ASKED;
    private boolean ending;
    private boolean leaving;
    private long pieces;
    private int columns = -1;
    private @Nullable Failure failure;
    private @Nullable Outbox outbox;

    public CopyBoth(String sql, CopyBothConsumer consumer) {
        this.sql = sql;
        this.consumer = consumer;
    }

    @Override
    public Written write(SessionState session, Outbox out) {
        outbox = out;
        out.send(new Query(sql));
        consumer.onAsked();
        return Written.ALL;
    }

    /** Nothing but CopyData, CopyDone and Terminate may be said while it runs (S3.11). */
    @Override
    public boolean holdsBack() {
        return !isAnswered();
    }

    /** A server whose log does not grow has nothing to say; but it owes an answer to the command, and to CopyDone. */
    @Override
    public boolean mayBeSilent() {
        return phase == Phase.STREAMING && !isCancelled();
    }

    /** There is nothing to be stopped: Terminate is understood at any time. */
    @Override
    public boolean losesByStop() {
        return true;
    }

    @Override
    public boolean wants(byte tag) {
        return tag != Tag.COPY_DATA || isCancelled() || consumer.wantsData();
    }

    @Override
    public boolean wantsCopyData(byte first) {
        return consumer.wantsAtOnce(first);
    }

    @Override
    public void onCopyData(ByteBuf in, int offset, int length) {
        if (phase != Phase.STREAMING && phase != Phase.DRAINING) {
            throw Replies.unexpected("CopyData", sql);
        }
        pieces++;
        if (!isCancelled()) {
            consumer.onData(in, offset, length);
        }
    }

    @Override
    public void onRow(DataRow row) {
        if (row.columnCount() != columns) {
            throw Replies.unexpected("DataRow", sql);
        }
        if (!isCancelled()) {
            consumer.onRow(row);
        }
    }

    @Override
    public Progress onMessage(BackendMessage message, SessionState session, Outbox out) {
        if (message instanceof ReadyForQuery) {
            finish(message);
            return Progress.DONE;
        }
        if (phase == Phase.FAILED) {
            throw unexpected(message);
        }
        if (message instanceof CopyBothResponse && phase == Phase.ASKED) {
            onStart();
        } else if (message == Signal.COPY_DONE && (phase == Phase.STREAMING || phase == Phase.DRAINING)) {
            sayDone();
            phase = Phase.RESULT;
        } else if (message instanceof RowDescription description && (phase == Phase.ASKED || phase == Phase.RESULT)) {
            columns = description.columns().size();
            phase = Phase.RESULT;
        } else if (message instanceof CommandComplete) {
            onComplete(message);
        } else {
            throw unexpected(message);
        }
        return Progress.MORE;
    }

    private void onStart() {
        phase = Phase.STREAMING;
        if (isCancelled() || ending) {
            sayDone();
        }
        if (!isCancelled()) {
            consumer.onStart();
        }
    }

    /** A server that shuts down says no more than that when it has sent all it has, and hangs up. */
    private void onComplete(BackendMessage message) {
        if (phase == Phase.ASKED) {
            throw unexpected(message);
        }
        columns = -1;
        leaving |= phase == Phase.STREAMING;
    }

    private void finish(BackendMessage message) {
        if (phase != Phase.RESULT && phase != Phase.FAILED) {
            throw unexpected(message);
        }
        if (isCancelled()) {
            return;
        }
        if (failure == null) {
            consumer.onEnd();
        } else {
            consumer.onFailure(failure);
        }
    }

    /** On an error both directions are over, and nothing more is said (S2.5.12). */
    @Override
    public void onError(Failure error, SessionState session, Outbox out) {
        phase = Phase.FAILED;
        if (failure == null) {
            failure = session.onError(error);
        }
    }

    @Override
    public void fail(Failure reason) {
        if (failure != null) {
            consumer.onFailure(said(failure, reason));
        } else if (leaving && reason instanceof ConnectionLost lost) {
            consumer.onFailure(new ConnectionLost(
                    "57P01", "The server ended the stream, because it is shutting down", lost.cause()));
        } else {
            consumer.onFailure(reason);
        }
    }

    /** Says something to the server, unless it would not listen any more. Event loop only. */
    public void say(ByteBuf payload) {
        Outbox out = outbox;
        if (out != null && phase == Phase.STREAMING && !leaving) {
            out.send(new CopyData(payload));
        }
    }

    /** How many CopyData have come, wanted or thrown away. Event loop only. */
    public long pieces() {
        return pieces;
    }

    /** Wants no more than what is on its way: the rest is delivered, then the stream ends. Event loop only. */
    public void end() {
        ending = true;
        sayDone();
    }

    private void sayDone() {
        Outbox out = outbox;
        if (out != null && phase == Phase.STREAMING && !leaving) {
            out.send(new CopyDone());
            phase = Phase.DRAINING;
        }
    }

    @Override
    public void cancel() {
        super.cancel();
        sayDone();
    }

    @Override
    public String label() {
        return sql;
    }
}
