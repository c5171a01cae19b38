// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import java.util.ArrayDeque;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.Exceptions;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Operators;

/**
 * Delivers what happens to whoever listens at the time: one of the three hand-written publishers.
 *
 * <p>It is hot: nothing is kept for later subscribers. Each subscriber has a bounded ring. One that falls behind loses the oldest, and the
 * next event it gets says how many; the socket is read on meanwhile. Events and ends come from the event loop only.
 */
final class EventFlux<T> extends Flux<T> {

    private final Executor loop;
    private final int capacity;
    private final BiFunction<T, Long, T> missed;
    private final CopyOnWriteArrayList<Listener<T>> listeners = new CopyOnWriteArrayList<>();
    private volatile boolean ended;
    private @Nullable Throwable error;

    /**
     * Makes a publisher.
     *
     * @param loop where all signals are given
     * @param capacity of each subscriber's ring
     * @param missed tells an event how many were lost before it
     */
    EventFlux(Executor loop, int capacity, BiFunction<T, Long, T> missed) {
        this.loop = loop;
        this.capacity = capacity;
        this.missed = missed;
    }

    boolean hasListeners() {
        return !listeners.isEmpty();
    }

    @Override
    public void subscribe(CoreSubscriber<? super T> actual) {
        Listener<T> listener = new Listener<>(this, actual);
        actual.onSubscribe(listener);
        listeners.add(listener);
        if (listener.subscriber == null) {
            listeners.remove(listener);
        }
        if (ended) {
            loop.execute(() -> listener.end(error));
        }
    }

    void emit(T event) {
        for (Listener<T> listener : listeners) {
            listener.offer(event);
        }
    }

    /** Completes all streams, or fails them. Nothing more is emitted; later subscribers get the end at once. */
    void end(@Nullable Throwable reason) {
        error = reason;
        ended = true;
        for (Listener<T> listener : listeners) {
            listener.end(reason);
        }
    }

    private static final class Listener<T> implements Subscription {

        private final EventFlux<T> events;
        private final Demand demand = new Demand();
        private final ArrayDeque<T> ring = new ArrayDeque<>();
        private volatile @Nullable CoreSubscriber<? super T> subscriber;
        private volatile boolean badRequest;
        private long lost;
        private boolean draining;
        private boolean ending;
        private @Nullable Throwable reason;

        Listener(EventFlux<T> events, CoreSubscriber<? super T> subscriber) {
            this.events = events;
            this.subscriber = subscriber;
        }

        @Override
        public void request(long n) {
            if (n <= 0) {
                badRequest = true;
                events.loop.execute(this::drain);
            } else if (demand.add(n)) {
                events.loop.execute(this::drain);
            }
        }

        @Override
        public void cancel() {
            subscriber = null;
            events.listeners.remove(this);
        }

        void offer(T event) {
            if (ring.size() >= events.capacity) {
                ring.pollFirst();
                lost++;
            }
            ring.addLast(event);
            drain();
        }

        /** What has arrived is still delivered, as far as there is demand for it; then the end. */
        void end(@Nullable Throwable error) {
            ending = true;
            reason = error;
            drain();
        }

        private void drain() {
            if (draining) {
                return;
            }
            draining = true;
            try {
                deliver();
            } finally {
                draining = false;
            }
        }

        private void deliver() {
            CoreSubscriber<? super T> actual = subscriber;
            if (actual != null && badRequest) {
                cancel();
                StreamEnd.fail(
                        actual,
                        new IllegalArgumentException("request needs a positive number (Reactive Streams rule 3.9)"));
                return;
            }
            while (actual != null && demand.isPresent() && !ring.isEmpty()) {
                next(actual, ring.pollFirst());
                actual = subscriber;
            }
            if (actual != null && ending && (ring.isEmpty() || reason != null)) {
                cancel();
                finish(actual);
            }
        }

        private void next(CoreSubscriber<? super T> actual, T event) {
            long before = lost;
            lost = 0;
            demand.take();
            try {
                actual.onNext(before == 0 ? event : events.missed.apply(event, before));
            } catch (Throwable e) {
                Exceptions.throwIfJvmFatal(e);
                cancel();
                Operators.onErrorDropped(e, actual.currentContext());
            }
        }

        private void finish(CoreSubscriber<? super T> actual) {
            if (reason == null) {
                StreamEnd.complete(actual);
            } else {
                StreamEnd.fail(actual, reason);
            }
        }
    }
}
