// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.net;

import io.r2dbc.pgxc.exchange.Exchange;
import io.r2dbc.pgxc.exchange.Failure;
import io.r2dbc.pgxc.exchange.Outbox;
import io.r2dbc.pgxc.exchange.SessionState;
import io.r2dbc.pgxc.wire.BackendMessage;
import io.r2dbc.pgxc.wire.BackendMessage.ReadyForQuery;
import io.r2dbc.pgxc.wire.FrontendMessage.Query;
import java.util.ArrayList;
import java.util.List;

/** An exchange with a name, that says one Query, takes any answer, and remembers what it was told. */
class PlainExchange extends Exchange {

    final List<String> told = new ArrayList<>();
    boolean fences;
    private final String name;

    PlainExchange(String name) {
        this.name = name;
    }

    @Override
    public Written write(SessionState session, Outbox out) {
        out.send(new Query(name));
        return Written.ALL;
    }

    @Override
    public boolean holdsBack() {
        return (fences && !isAnswered()) || super.holdsBack();
    }

    @Override
    public Progress onMessage(BackendMessage message, SessionState session, Outbox out) {
        told.add(
                message instanceof Enum<?>
                        ? message.toString()
                        : message.getClass().getSimpleName());
        return message instanceof ReadyForQuery ? Progress.DONE : Progress.MORE;
    }

    @Override
    public void onError(Failure failure, SessionState session, Outbox out) {
        told.add("error: " + failure.message());
    }

    @Override
    public void fail(Failure failure) {
        told.add("failed: " + failure.message());
    }

    @Override
    public String label() {
        return name;
    }

    @Override
    public String toString() {
        return name;
    }
}
