// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;

/**
 * Delivers the elements of one exchange at its subscriber's pace: one of the three hand-written publishers.
 *
 * <p>There is no queue in it and no operator: whoever has the elements, on the event loop, asks a subscription whether it
 * {@linkplain PacedSubscription#isPresent has demand}, and calls {@link PacedSubscription#next}. Whether there may be several is that one's
 * business too.
 */
abstract class DemandFlux<T> extends Flux<T> {

    @Override
    public final void subscribe(CoreSubscriber<? super T> actual) {
        PacedSubscription<T> subscription = new PacedSubscription<>(this, actual);
        actual.onSubscribe(subscription);
        attach(subscription);
    }

    /** A subscriber is there. Any thread. */
    abstract void attach(PacedSubscription<T> subscription);

    /** There is demand again. Any thread. */
    abstract void onDemand();

    /** A subscriber has gone. Any thread, once for each. */
    abstract void onCancel(PacedSubscription<T> leaving);
}
