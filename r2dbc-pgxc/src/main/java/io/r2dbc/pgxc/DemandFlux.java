// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Operators;

/**
 * Delivers the elements of one exchange at its subscriber's pace: one of the three hand-written publishers.
 *
 * <p>There is no queue in it and no operator: whoever has the elements, on the event loop, asks a subscription whether it
 * {@linkplain PacedSubscription#isPresent has demand}, and calls {@link PacedSubscription#next}. It takes one subscriber in its life.
 */
abstract class DemandFlux<T> extends Flux<T> {

    private boolean taken;

    /** Where threads race for it, {@link #attach} tells them apart. */
    @Override
    public final void subscribe(CoreSubscriber<? super T> actual) {
        if (taken) {
            Operators.error(actual, new IllegalStateException("A result can be consumed only once"));
            return;
        }
        taken = true;
        PacedSubscription<T> subscription = new PacedSubscription<>(this, actual);
        actual.onSubscribe(subscription);
        attach(subscription);
    }

    /** A subscriber is there, a second one too where they have raced. Any thread. */
    abstract void attach(PacedSubscription<T> subscription);

    /** There is demand again. Any thread. */
    abstract void onDemand();

    /** A subscriber has gone. Any thread, once for each. */
    abstract void onCancel(PacedSubscription<T> leaving);
}
