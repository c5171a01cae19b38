// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.exchange;

import io.r2dbc.pgxc.wire.BackendMessage;
import io.r2dbc.pgxc.wire.BackendMessage.FunctionCallResponse;
import io.r2dbc.pgxc.wire.BackendMessage.ReadyForQuery;
import io.r2dbc.pgxc.wire.BindValues;
import io.r2dbc.pgxc.wire.FrontendMessage;
import org.jspecify.annotations.Nullable;

/**
 * A call of a function by its OID, past SQL (protocol 48.2.4): its value or an error, then ReadyForQuery. Others are written behind it
 * without waiting, as behind any exchange.
 */
public final class FunctionCall extends Exchange {

    /** Who waits for the value; called once, on the event loop. */
    public interface Outcome {

        /** The value in the format asked for, or null for SQL NULL. */
        void succeeded(byte @Nullable [] value);

        void failed(Failure failure);
    }

    private final int functionOid;
    private final BindValues arguments;
    private final boolean binaryResult;
    private final Outcome outcome;
    private @Nullable FunctionCallResponse response;
    private @Nullable Failure failure;

    public FunctionCall(int functionOid, BindValues arguments, boolean binaryResult, Outcome outcome) {
        this.functionOid = functionOid;
        this.arguments = arguments;
        this.binaryResult = binaryResult;
        this.outcome = outcome;
    }

    @Override
    public Written write(SessionState session, Outbox out) {
        out.send(new FrontendMessage.FunctionCall(functionOid, arguments, binaryResult));
        return Written.ALL;
    }

    @Override
    public BeginRule beginRule() {
        return BeginRule.AWAITS;
    }

    @Override
    public Progress onMessage(BackendMessage message, SessionState session, Outbox out) {
        if (message instanceof FunctionCallResponse value && response == null && failure == null) {
            response = value;
            return Progress.MORE;
        }
        if (!(message instanceof ReadyForQuery) || (response == null && failure == null)) {
            throw unexpected(message);
        }
        if (isCancelled()) {
            return Progress.DONE;
        }
        if (failure == null && response != null) {
            outcome.succeeded(response.value());
        } else if (failure != null) {
            outcome.failed(failure);
        }
        return Progress.DONE;
    }

    @Override
    public void onError(Failure error, SessionState session, Outbox out) {
        Failure told = session.onError(error);
        if (failure == null) {
            failure = told;
        }
    }

    /** Once it has answered, what it did is done. */
    @Override
    public boolean losesByStop() {
        return response != null;
    }

    @Override
    public boolean mayStopAtServer() {
        return response == null && failure == null;
    }

    @Override
    public void fail(Failure reason) {
        outcome.failed(said(failure, reason));
    }

    @Override
    public String label() {
        return "function " + Integer.toUnsignedString(functionOid);
    }
}
