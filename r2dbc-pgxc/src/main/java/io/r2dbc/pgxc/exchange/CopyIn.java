// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.exchange;

import io.netty.buffer.ByteBuf;
import io.r2dbc.pgxc.wire.BackendMessage;
import io.r2dbc.pgxc.wire.BackendMessage.CommandComplete;
import io.r2dbc.pgxc.wire.BackendMessage.CopyInResponse;
import io.r2dbc.pgxc.wire.BackendMessage.CopyOutResponse;
import io.r2dbc.pgxc.wire.BackendMessage.ReadyForQuery;
import io.r2dbc.pgxc.wire.BackendMessage.Signal;
import io.r2dbc.pgxc.wire.FrontendMessage.CopyDone;
import io.r2dbc.pgxc.wire.FrontendMessage.CopyFail;
import io.r2dbc.pgxc.wire.FrontendMessage.Query;
import org.jspecify.annotations.Nullable;

/**
 * COPY ... FROM STDIN, fed by a source at the socket's pace (protocol 48.2.5); through the simple protocol, whose ReadyForQuery needs no
 * Sync that a copying server would swallow (S2.5.7), and a fence to it (S2.5.8).
 *
 * <pre>
 *     ASKED --G--> COPYING --source ends: c, fails or nobody cares: f--> SAID --C or E--> ANSWERED --Z--> over
 *       |             \--E: the source is stopped, nothing more is said--/^
 *       \--C, E (it asked for nothing)-----------------------------------/ , or H: what comes is thrown away
 * </pre>
 */
public final class CopyIn extends Exchange {

    /** Where the data comes from. Event loop only. */
    public interface Source {

        /** The server takes data from now on. */
        void begin();

        /** Puts what there is into the outbox, as far as that is not full, and asks for more if it has room. */
        Supply supply(Outbox out);

        /** Nothing is taken any more: whatever is there or still comes is thrown away. Any number of times. */
        void stop();

        /** What to tell the server after {@link Supply#FAILED}. */
        String reason();
    }

    /** What is still to be expected of a source. */
    public enum Supply {
        MORE,
        ENDED,
        FAILED
    }

    /** Who waits for the outcome; called once, on the event loop. */
    public interface Outcome {

        /** {@code rows} is -1 where the server did not count. */
        void succeeded(long rows);

        void failed(Failure failure);
    }

    private enum State {
        ASKED,
        COPYING,
        SAID,
        DISCARDING,
        ANSWERED
    }

    private static final String CANCELLED = "The client has cancelled the COPY";
    private static final String WRONG_WAY =
            "COPY TO STDOUT has no place for data; PgxcConnection.copyOut reads what it sends";
    private static final String NOT_ASKED = "The statement has run without asking for data, as COPY FROM STDIN does";

    private final String sql;
    private final Source source;
    private final Outcome outcome;
    private State state = State.ASKED;
    private boolean fed;
    private long rows;
    private @Nullable Failure failure;

    public CopyIn(String sql, Source source, Outcome outcome) {
        this.sql = sql;
        this.source = source;
        this.outcome = outcome;
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
    public boolean isSpeaking() {
        return state == State.COPYING;
    }

    @Override
    public void speak(Outbox out) {
        if (isCancelled()) {
            fail(CANCELLED, out);
            return;
        }
        switch (source.supply(out)) {
            case MORE -> {}
            case ENDED -> {
                out.send(new CopyDone());
                state = State.SAID;
            }
            case FAILED -> fail(source.reason(), out);
        }
    }

    private void fail(String reason, Outbox out) {
        source.stop();
        out.send(new CopyFail(reason));
        state = State.SAID;
    }

    @Override
    public Progress onMessage(BackendMessage message, SessionState session, Outbox out) {
        if (message instanceof ReadyForQuery) {
            finish(message);
            return Progress.DONE;
        }
        if (failure instanceof Failure.ServerError) {
            throw unexpected(message);
        }
        if (message instanceof CopyInResponse && state == State.ASKED) {
            begin(out);
        } else if (message instanceof CopyOutResponse && state == State.ASKED) {
            state = State.DISCARDING;
            failure = new Failure.Local(new IllegalArgumentException(WRONG_WAY + ": " + sql));
        } else if (message == Signal.COPY_DONE && state == State.DISCARDING) {
            state = State.SAID;
        } else if (message instanceof CommandComplete complete && (state == State.ASKED || state == State.SAID)) {
            session.onCommandTag(complete.tag());
            state = State.ANSWERED;
            rows = complete.rows();
        } else {
            throw unexpected(message);
        }
        return Progress.MORE;
    }

    private void begin(Outbox out) {
        state = State.COPYING;
        fed = true;
        out.speaks(this);
        if (!isCancelled()) {
            source.begin();
        }
    }

    @Override
    public void onCopyData(ByteBuf in, int offset, int length) {
        if (state != State.DISCARDING) {
            super.onCopyData(in, offset, length);
        }
    }

    @Override
    public void onError(Failure error, SessionState session, Outbox out) {
        source.stop();
        state = State.ANSWERED;
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
        if (failure != null) {
            outcome.failed(failure);
        } else if (!fed) {
            outcome.failed(new Failure.Local(new IllegalArgumentException(NOT_ASKED + ": " + sql)));
        } else {
            outcome.succeeded(rows);
        }
    }

    @Override
    public void cancel() {
        super.cancel();
        source.stop();
    }

    /** Until it has answered, stopping it undoes nothing that anybody was told of. */
    @Override
    public boolean losesByStop() {
        return state == State.ANSWERED;
    }

    @Override
    public boolean mayStopAtServer() {
        return !losesByStop();
    }

    @Override
    public void fail(Failure reason) {
        source.stop();
        if (isCancelled()) {
            return;
        }
        outcome.failed(said(failure, reason));
    }

    @Override
    public String label() {
        return sql;
    }
}
