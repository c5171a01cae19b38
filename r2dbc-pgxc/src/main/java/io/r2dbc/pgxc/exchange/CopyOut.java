// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.exchange;

import io.netty.buffer.ByteBuf;
import io.r2dbc.pgxc.wire.BackendMessage;
import io.r2dbc.pgxc.wire.BackendMessage.CommandComplete;
import io.r2dbc.pgxc.wire.BackendMessage.CopyInResponse;
import io.r2dbc.pgxc.wire.BackendMessage.CopyOutResponse;
import io.r2dbc.pgxc.wire.BackendMessage.ReadyForQuery;
import io.r2dbc.pgxc.wire.BackendMessage.Signal;
import io.r2dbc.pgxc.wire.FrontendMessage.CopyFail;
import io.r2dbc.pgxc.wire.FrontendMessage.Query;
import io.r2dbc.pgxc.wire.Tag;
import org.jspecify.annotations.Nullable;

/**
 * COPY ... TO STDOUT, read at its consumer's pace (protocol 48.2.5); through the simple protocol, and a fence to its ReadyForQuery.
 *
 * <pre>
 *     ASKED --H--> COPYING --d*, c--> SAID --C--> ANSWERED --Z--> over
 *       |             \--E: data that still comes is skipped--> FAILED --Z--> over
 *       \--C (it sends nothing), or G: CopyFail
 * </pre>
 */
public final class CopyOut extends Exchange {

    private enum State {
        ASKED,
        COPYING,
        SAID,
        ANSWERED,
        FAILED
    }

    private static final String WRONG_WAY =
            "COPY FROM STDIN sends nothing; PgxcConnection.copyIn gives it what it asks for";
    private static final String SENT_NOTHING = "The statement has run without sending data, as COPY TO STDOUT does";

    private final String sql;
    private final boolean writes;
    private final DataConsumer consumer;
    private State state = State.ASKED;
    private boolean sent;
    private @Nullable Failure failure;

    /** {@code writes} where breaking it off would undo something. */
    public CopyOut(String sql, boolean writes, DataConsumer consumer) {
        this.sql = sql;
        this.writes = writes;
        this.consumer = consumer;
    }

    @Override
    public Written write(SessionState session, Outbox out) {
        out.send(new Query(sql));
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
        return tag != Tag.COPY_DATA || isCancelled() || state != State.COPYING || consumer.wantsData();
    }

    @Override
    public boolean wantsCopyData(byte first) {
        return consumer.wantsAtOnce(first);
    }

    @Override
    public void onCopyData(ByteBuf in, int offset, int length) {
        if (state == State.FAILED) {
            return;
        }
        if (state != State.COPYING) {
            super.onCopyData(in, offset, length);
        }
        if (!isCancelled()) {
            consumer.onData(in, offset, length);
        }
    }

    @Override
    public Progress onMessage(BackendMessage message, SessionState session, Outbox out) {
        if (message instanceof ReadyForQuery) {
            finish(message);
            return Progress.DONE;
        }
        if (message instanceof CopyOutResponse && state == State.ASKED) {
            state = State.COPYING;
            sent = true;
        } else if (message instanceof CopyInResponse && state == State.ASKED) {
            out.send(new CopyFail(WRONG_WAY));
            state = State.SAID;
            failure = new Failure.Local(new IllegalArgumentException(WRONG_WAY + ": " + sql));
        } else if (message == Signal.COPY_DONE && state == State.COPYING) {
            state = State.SAID;
        } else if (message instanceof CommandComplete complete && (state == State.ASKED || state == State.SAID)) {
            session.onCommandTag(complete.tag());
            state = State.ANSWERED;
        } else {
            throw unexpected(message);
        }
        return Progress.MORE;
    }

    @Override
    public void onError(Failure error, SessionState session, Outbox out) {
        state = State.FAILED;
        Failure told = session.onError(error);
        if (failure == null) {
            failure = told;
        }
    }

    private void finish(BackendMessage message) {
        if (failure == null && state != State.ANSWERED) {
            throw unexpected(message);
        }
        if (isCancelled()) {
            return;
        }
        if (failure == null && !sent) {
            failure = new Failure.Local(new IllegalArgumentException(SENT_NOTHING + ": " + sql));
        }
        consumer.onEnd(failure);
    }

    /** Data that is out was read; only what else the statement has done could be undone. */
    @Override
    public boolean losesByStop() {
        return writes && state != State.ASKED;
    }

    @Override
    public boolean mayStopAtServer() {
        return !losesByStop() && state != State.FAILED;
    }

    @Override
    public void fail(Failure reason) {
        if (isCancelled()) {
            return;
        }
        consumer.onEnd(said(failure, reason));
    }

    @Override
    public String label() {
        return sql;
    }
}
