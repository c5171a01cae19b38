// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.Exceptions;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Operators;

/**
 * Delivers the elements of one exchange at its subscriber's pace: one of the three hand-written publishers.
 *
 * <p>There is no queue in it and no operator: its source, on the event loop, asks {@link #hasDemand} and calls {@link #next}. It takes one
 * subscriber in its life. Signals come from the event loop only, {@code request} and {@code cancel} from anywhere.
 */
final class DemandFlux<T> extends Flux<T> implements Subscription {

    /** Where the elements come from. */
    interface Source<T> {

        /** The subscriber is there. Any thread. */
        void attach(DemandFlux<T> flux);

        /** There is demand again. Any thread. */
        void onDemand();

        /** The subscriber has gone. Any thread, once. */
        void onCancel(DemandFlux<T> flux);
    }

    @SuppressWarnings("rawtypes") // an updater knows no type parameters
    private static final AtomicIntegerFieldUpdater<DemandFlux> SUBSCRIBED =
            AtomicIntegerFieldUpdater.newUpdater(DemandFlux.class, "subscribed");

    private final Source<T> source;
    private final Demand demand = new Demand();
    private volatile int subscribed;
    private volatile @Nullable CoreSubscriber<? super T> subscriber;
    private volatile boolean cancelled;
    private volatile boolean badRequest;
    private boolean over;

    DemandFlux(Source<T> source) {
        this.source = source;
    }

    @Override
    public void subscribe(CoreSubscriber<? super T> actual) {
        if (subscribed != 0 || !SUBSCRIBED.compareAndSet(this, 0, 1)) {
            Operators.error(actual, new IllegalStateException("A result can be consumed only once"));
            return;
        }
        subscriber = actual;
        actual.onSubscribe(this);
        source.attach(this);
    }

    @Override
    public void request(long n) {
        if (n <= 0) {
            badRequest = true;
            source.onDemand();
        } else if (demand.add(n)) {
            source.onDemand();
        }
    }

    @Override
    public void cancel() {
        if (!cancelled) {
            cancelled = true;
            subscriber = null;
            source.onCancel(this);
        }
    }

    // From here on: the source's, on the event loop

    boolean isOver() {
        return over || cancelled;
    }

    /** Whether the last signal has been given. */
    boolean hasEnded() {
        return over;
    }

    boolean hasDemand() {
        return demand.isPresent();
    }

    boolean hasBadRequest() {
        return badRequest;
    }

    /** Ends the stream if the subscriber has asked for less than one element (Reactive Streams 3.9); true if so. */
    boolean refuseBadRequest() {
        if (!badRequest || isOver()) {
            return false;
        }
        fail(new IllegalArgumentException("request needs a positive number (Reactive Streams rule 3.9)"));
        cancelled = true;
        return true;
    }

    void next(T element) {
        CoreSubscriber<? super T> actual = subscriber;
        if (actual == null || over) {
            return;
        }
        demand.take();
        try {
            actual.onNext(element);
        } catch (Throwable e) {
            Exceptions.throwIfJvmFatal(e);
            over = true;
            cancel();
            Operators.onErrorDropped(e, actual.currentContext());
        }
    }

    void complete() {
        CoreSubscriber<? super T> actual = end();
        if (actual != null) {
            StreamEnd.complete(actual);
        }
    }

    void fail(Throwable error) {
        CoreSubscriber<? super T> actual = end();
        if (actual != null) {
            StreamEnd.fail(actual, error);
        }
    }

    private @Nullable CoreSubscriber<? super T> end() {
        CoreSubscriber<? super T> actual = over ? null : subscriber;
        over = true;
        subscriber = null;
        return actual;
    }
}
