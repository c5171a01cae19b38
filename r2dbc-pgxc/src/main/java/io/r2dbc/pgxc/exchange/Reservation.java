// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.exchange;

import io.r2dbc.pgxc.wire.BackendMessage;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a place in line for an exchange that cannot be made yet: what is submitted later waits behind it, and cannot overtake.
 *
 * <p>When its turn has come and it has been opened, the exchange is made and is written in its place. Until then it can be cancelled,
 * given up and failed like any other that waits.
 */
public final class Reservation extends Exchange {

    private final String label;
    private final Consumer<Failure> whenFailed;
    private @Nullable Supplier<? extends Exchange> maker;
    private @Nullable Exchange made;

    /**
     * Reserves nothing before it is submitted.
     *
     * @param label what the user calls the exchange to come
     * @param whenFailed hears why there will be none
     */
    public Reservation(String label, Consumer<Failure> whenFailed) {
        this.label = label;
        this.whenFailed = whenFailed;
    }

    /**
     * There is nothing to wait for any more. Event loop only.
     *
     * @param exchange makes the exchange when its turn has come; what it throws is its failure
     */
    public void open(Supplier<? extends Exchange> exchange) {
        maker = exchange;
    }

    @Override
    public boolean isReady() {
        return maker != null;
    }

    @Override
    public Written write(SessionState session, Outbox out) {
        if (maker == null) {
            throw new IllegalStateException("The turn of a reservation has come before it was opened: " + label);
        }
        Exchange next = maker.get();
        made = next;
        out.ahead(next);
        return Written.NOTHING;
    }

    @Override
    public Progress onMessage(BackendMessage message, SessionState session, Outbox out) {
        throw unexpected(message);
    }

    @Override
    public void onError(Failure failure, SessionState session, Outbox out) {
        // nothing has been sent that could have failed
    }

    @Override
    public void fail(Failure failure) {
        if (!isCancelled()) {
            whenFailed.accept(failure);
        }
    }

    @Override
    public boolean losesByStop() {
        return made != null && made.losesByStop();
    }

    @Override
    public void onReadUp() {
        if (made != null) {
            made.onReadUp();
        }
    }

    /** Whoever still holds the reservation means the exchange that was made. */
    @Override
    public Exchange successor() {
        return made == null ? this : made.successor();
    }

    @Override
    public String label() {
        return label;
    }
}
