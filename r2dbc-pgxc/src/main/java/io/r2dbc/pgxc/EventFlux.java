// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import java.util.ArrayDeque;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BinaryOperator;
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
 * next event it gets says how many; the socket is read on meanwhile. Signals are given by who emits, or, for what was asked for later, on
 * the event loop.
 */
final class EventFlux<T> extends Flux<T> {

    private final Executor loop;
    private final int capacity;
    private final BinaryOperator<T> heir;
    private final Runnable whenDeserted;
    private final CopyOnWriteArrayList<Listener<T>> listeners = new CopyOnWriteArrayList<>();
    private volatile boolean ended;
    private @Nullable Throwable error;

    /**
     * Makes a publisher.
     *
     * @param loop where demand is met
     * @param capacity of each subscriber's ring
     * @param heir of an event that is lost, and of the one that comes next: the latter, which tells of the former as well
     */
    EventFlux(Executor loop, int capacity, BinaryOperator<T> heir) {
        this(loop, capacity, heir, () -> {});
    }

    /** And somebody hears, on any thread, that the last of the subscribers has gone. */
    EventFlux(Executor loop, int capacity, BinaryOperator<T> heir, Runnable whenDeserted) {
        this.loop = loop;
        this.capacity = capacity;
        this.heir = heir;
        this.whenDeserted = whenDeserted;
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
            leaves(listener);
        }
        if (ended) {
            listener.end(error);
            listener.drainSoon();
        }
    }

    private void leaves(Listener<T> listener) {
        if (listeners.remove(listener) && listeners.isEmpty()) {
            whenDeserted.run();
        }
    }

    /** From whatever thread, one after the other; each subscriber gets it at once, if it has asked for it and is not at work elsewhere. */
    void emit(T event) {
        for (Listener<T> listener : listeners) {
            listener.offer(event);
            listener.drain();
        }
    }

    /** Completes all streams, or fails them. Nothing more is emitted; later subscribers get the end at once. */
    void end(@Nullable Throwable reason) {
        error = reason;
        ended = true;
        for (Listener<T> listener : listeners) {
            listener.end(reason);
            listener.drain();
        }
    }

    private static final class Listener<T> implements Subscription {

        private final EventFlux<T> events;
        private final Demand demand = new Demand();
        private final ArrayDeque<T> ring = new ArrayDeque<>();
        private final AtomicInteger work = new AtomicInteger();
        private volatile @Nullable CoreSubscriber<? super T> subscriber;
        private volatile boolean badRequest;
        private volatile boolean ending;
        private @Nullable Throwable reason;

        Listener(EventFlux<T> events, CoreSubscriber<? super T> subscriber) {
            this.events = events;
            this.subscriber = subscriber;
        }

        @Override
        public void request(long n) {
            if (n <= 0) {
                badRequest = true;
                drainSoon();
            } else if (demand.add(n)) {
                drainSoon();
            }
        }

        @Override
        public void cancel() {
            subscriber = null;
            events.leaves(this);
        }

        void offer(T event) {
            synchronized (ring) {
                T lost = ring.size() < events.capacity ? null : ring.pollFirst();
                ring.addLast(event);
                if (lost != null) {
                    ring.addFirst(events.heir.apply(lost, ring.removeFirst()));
                }
            }
        }

        private @Nullable T poll() {
            synchronized (ring) {
                return ring.pollFirst();
            }
        }

        private boolean isEmpty() {
            synchronized (ring) {
                return ring.isEmpty();
            }
        }

        /** What has arrived is still delivered, as far as there is demand for it; then the end. */
        void end(@Nullable Throwable error) {
            reason = error;
            ending = true;
        }

        void drainSoon() {
            events.loop.execute(this::drain);
        }

        /** By one thread at a time: what others bring meanwhile is its work as well. */
        void drain() {
            int todo = work.getAndIncrement() == 0 ? 1 : 0;
            while (todo != 0) {
                deliver();
                todo = work.addAndGet(-todo);
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
            boolean last = ending;
            while (actual != null && demand.isPresent()) {
                T event = poll();
                if (event == null) {
                    break;
                }
                next(actual, event);
                actual = subscriber;
            }
            if (actual != null && last && (reason != null || isEmpty())) {
                cancel();
                finish(actual);
            }
        }

        private void next(CoreSubscriber<? super T> actual, T event) {
            demand.take();
            try {
                actual.onNext(event);
            } catch (Throwable e) {
                cancel();
                Exceptions.throwIfJvmFatal(e);
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
