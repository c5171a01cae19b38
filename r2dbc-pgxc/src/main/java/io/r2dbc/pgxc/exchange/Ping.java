// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.exchange;

import io.r2dbc.pgxc.wire.BackendMessage;
import io.r2dbc.pgxc.wire.BackendMessage.ReadyForQuery;
import io.r2dbc.pgxc.wire.FrontendMessage.Bare;

/** Asks whether the server still answers, in any transaction state and without touching it: a bare Sync (X16). */
public final class Ping extends Exchange {

    private final Done done;

    public Ping(Done done) {
        this.done = done;
    }

    @Override
    public Written write(SessionState session, Outbox out) {
        out.send(Bare.SYNC);
        return Written.ALL;
    }

    @Override
    public Progress onMessage(BackendMessage message, SessionState session, Outbox out) {
        if (!(message instanceof ReadyForQuery)) {
            throw unexpected(message);
        }
        if (!isCancelled()) {
            done.succeeded();
        }
        return Progress.DONE;
    }

    @Override
    public void onError(Failure failure, SessionState session, Outbox out) {
        // ReadyForQuery follows an error of Sync too, and the server is alive
    }

    @Override
    public void fail(Failure failure) {
        done.failed(failure);
    }

    @Override
    public String label() {
        return "Sync";
    }
}
