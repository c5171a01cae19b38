// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import io.r2dbc.pgxc.exchange.DataConsumer;
import io.r2dbc.pgxc.exchange.Exchange;
import io.r2dbc.pgxc.exchange.Failure;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * What CopyData messages hold, at its subscriber's pace: the pressure reaches the server's socket.
 *
 * <p>Nothing is sent before the first {@code request} (X1). Who leaves before the end cancels the exchange (X14). Event loop only, but for
 * what {@link DemandFlux} calls.
 */
abstract class DataFlux<T> extends DemandFlux<T> implements DataConsumer {

    private final ConnectionCore core;
    private final String sql;
    private final AtomicBoolean started = new AtomicBoolean();
    private @Nullable PacedSubscription<T> subscribed;
    private @Nullable Exchange exchange;
    private boolean ended;

    DataFlux(ConnectionCore core, String sql) {
        this.core = core;
        this.sql = sql;
    }

    /** Makes the exchange that is to be submitted. Any thread. */
    abstract Exchange make();

    /** Nobody reads any further: what is kept is given back. Event loop. */
    void discard() {}

    @Override
    final void attach(PacedSubscription<T> subscription) {
        if (subscribed != null) {
            subscription.fail(new IllegalStateException("A COPY can be read only once"));
            return;
        }
        subscribed = subscription;
        if (subscription.hasBadRequest()) {
            core.session().execute(this::goOn);
        } else if (!subscription.isOver() && subscription.isPresent()) {
            start();
        }
    }

    private void start() {
        if (started.compareAndSet(false, true)) {
            Exchange made = make();
            core.session().execute(() -> exchange = made);
            core.session().submit(made);
            // who has left meanwhile has found nothing to cancel
            core.session().execute(this::cancelIfLeft);
        }
    }

    private void cancelIfLeft() {
        PacedSubscription<T> to = subscribed;
        if (to != null && to.isOver()) {
            leave();
        }
    }

    @Override
    final void onDemand() {
        PacedSubscription<T> to = subscribed;
        if (to != null && !to.hasBadRequest() && !to.isOver()) {
            start();
        }
        core.session().execute(this::goOn);
    }

    private void goOn() {
        PacedSubscription<T> to = subscribed;
        if (to != null && to.refuseBadRequest()) {
            leave();
        } else {
            onMore();
        }
    }

    /** There is demand again; reading goes on by itself. Event loop. */
    void onMore() {}

    @Override
    final void onCancel(PacedSubscription<T> leaving) {
        core.session().execute(this::leave);
    }

    private void leave() {
        discard();
        if (exchange != null && !ended) {
            core.session().cancel(exchange);
        }
    }

    /** Who continues an exchange that is over. */
    final void exchange(Exchange next) {
        exchange = next;
    }

    @Override
    public boolean wantsData() {
        PacedSubscription<T> to = subscribed;
        if (to != null && to.refuseBadRequest()) {
            leave();
        }
        return to == null || to.hasEnded() || to.isPresent();
    }

    /** Gives the subscriber an element; false if it has gone. */
    final boolean emit(T element) {
        PacedSubscription<T> to = subscribed;
        return to != null && to.next(element);
    }

    final boolean isWanted() {
        PacedSubscription<T> to = subscribed;
        return to != null && !to.isOver() && !to.hasBadRequest() && to.isPresent();
    }

    /** The stream ends with this error, whatever else there is to come. */
    final void fail(Throwable error) {
        PacedSubscription<T> to = subscribed;
        if (to != null) {
            to.fail(error);
        }
        leave();
    }

    @Override
    public void onEnd(@Nullable Failure failure) {
        ended = true;
        PacedSubscription<T> to = subscribed;
        if (to == null) {
            return;
        }
        if (failure == null) {
            to.complete();
        } else {
            to.fail(Errors.of(failure, sql));
        }
    }

    final ConnectionCore core() {
        return core;
    }

    final String sql() {
        return sql;
    }
}
