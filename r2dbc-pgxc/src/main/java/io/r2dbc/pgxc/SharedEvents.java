// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BinaryOperator;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;

/**
 * Shares a source of events among whoever subscribes: it runs from the first of them to the last, and then anew.
 *
 * <p>Each subscriber has a ring and a pace of its own, so that none holds up another unless it blocks. Signals come where the source gives them,
 * or on an event loop where they were asked for later.
 */
final class SharedEvents<T> {

    private final Flux<T> source;
    private final Supplier<? extends Executor> loops;
    private final int capacity;
    private final BinaryOperator<T> heir;
    private final AtomicReference<@Nullable Executor> loop = new AtomicReference<>();
    private @Nullable Run current;

    /**
     * Shares a source, which is not subscribed to before anybody subscribes here.
     *
     * @param loops gives it an event loop, when somebody subscribes for the first time
     * @param capacity of each subscriber's ring
     * @param heir see {@link EventFlux}
     */
    SharedEvents(Flux<T> source, Supplier<? extends Executor> loops, int capacity, BinaryOperator<T> heir) {
        this.source = source;
        this.loops = loops;
        this.capacity = capacity;
        this.heir = heir;
    }

    Flux<T> flux() {
        Publisher<T> publisher = this::subscribe;
        return Flux.from(publisher);
    }

    private void subscribe(Subscriber<? super T> actual) {
        Run run = enter(loop());
        try {
            run.events.subscribe(actual);
        } finally {
            run.entered();
        }
    }

    /** The user's event loops may have code of the user's: it runs under no lock. */
    private Executor loop() {
        Executor chosen = loop.get();
        if (chosen == null) {
            Executor next = loops.get();
            chosen = loop.compareAndSet(null, next) ? next : loop();
        }
        return chosen;
    }

    private synchronized Run enter(Executor on) {
        Run run = current;
        if (run == null) {
            run = new Run(on);
            current = run;
        }
        run.entering++;
        return run;
    }

    private synchronized boolean mayBegin(Run run) {
        run.entering--;
        boolean begins = !run.begun && run.events.hasListeners();
        run.begun |= begins;
        return begins;
    }

    private synchronized boolean isDeserted(Run run) {
        boolean deserted = run.entering == 0 && !run.events.hasListeners();
        if (deserted) {
            forget(run);
        }
        return deserted;
    }

    private synchronized void forget(Run run) {
        if (current == run) {
            current = null;
        }
    }

    /** From the first subscriber to the last, or to the end of the source. */
    private final class Run {

        private final EventFlux<T> events;
        private final Disposable.Swap upstream = Disposables.swap();
        private int entering;
        private boolean begun;

        Run(Executor loop) {
            events = new EventFlux<>(loop, capacity, heir, this::leftByOne);
        }

        /** The subscriber is there before the source begins: it misses nothing. */
        void entered() {
            if (mayBegin(this)) {
                upstream.update(source.subscribe(events::emit, this::over, () -> over(null)));
            }
            leftByOne();
        }

        private void leftByOne() {
            if (isDeserted(this)) {
                upstream.dispose();
            }
        }

        private void over(@Nullable Throwable reason) {
            forget(this);
            events.end(reason);
        }
    }
}
