// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.Exceptions;
import reactor.core.publisher.Operators;

/**
 * One subscription to a {@link DemandFlux}: what its subscriber has asked for, and the signals on their way to it.
 *
 * <p>Signals come from the event loop only, {@code request} and {@code cancel} from anywhere. Each statement of a batch has one of its own,
 * so nothing here is stored with a fence but what one thread has to see of another's at once.
 */
final class PacedSubscription<T> extends Demand implements Subscription {

    private final DemandFlux<T> source;

    /** Forgotten at the end. It is {@code cancelled} that tells the loop of a cancel. */
    private @Nullable CoreSubscriber<? super T> subscriber;

    private volatile boolean cancelled;
    private volatile boolean badRequest;
    private boolean over;

    PacedSubscription(DemandFlux<T> source, CoreSubscriber<? super T> subscriber) {
        this.source = source;
        this.subscriber = subscriber;
    }

    @Override
    public void request(long n) {
        if (n <= 0) {
            badRequest = true;
            source.onDemand();
        } else if (add(n)) {
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

    /** False if the subscriber has gone, and has not been given the element. */
    boolean next(T element) {
        CoreSubscriber<? super T> actual = subscriber;
        if (actual == null || isOver()) {
            return false;
        }
        take();
        try {
            actual.onNext(element);
        } catch (Throwable e) {
            Exceptions.throwIfJvmFatal(e);
            over = true;
            cancel();
            Operators.onErrorDropped(e, actual.currentContext());
        }
        return true;
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
        CoreSubscriber<? super T> actual = isOver() ? null : subscriber;
        over = true;
        subscriber = null;
        return actual;
    }
}
