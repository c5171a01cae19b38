// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.Exceptions;
import reactor.core.publisher.Operators;

/**
 * Hands the Results of one execution to its subscriber, in order and as far as it asks; those it has not asked for yet wait.
 *
 * <p>Event loop only, but for what {@link Demand} says and {@link #cancel}.
 */
final class Delivery extends Demand {

    private final CoreSubscriber<? super PgxcResult> subscriber;
    private final Subscription execution;
    private volatile boolean cancelled;
    private @Nullable ArrayDeque<PgxcResult> ready;
    private boolean emitting;
    private boolean over;

    Delivery(CoreSubscriber<? super PgxcResult> subscriber, Subscription execution) {
        this.subscriber = subscriber;
        this.execution = execution;
    }

    CoreSubscriber<? super PgxcResult> subscriber() {
        return subscriber;
    }

    /** The subscriber wants no more Results; false if it has said so before. Any thread. */
    boolean cancel() {
        boolean first = !cancelled;
        cancelled = true;
        return first;
    }

    boolean isCancelled() {
        return cancelled;
    }

    /** Whether the subscriber takes nothing more: it has cancelled, or heard the end. */
    boolean isOver() {
        return cancelled || over;
    }

    /** Whether a Result that comes now is asked for. */
    boolean wantsMore() {
        return exceeds(waiting());
    }

    private int waiting() {
        return ready == null ? 0 : ready.size();
    }

    void offer(PgxcResult result) {
        if (!emitting && waiting() == 0 && isPresent()) {
            emit(result);
            return;
        }
        if (ready == null) {
            ready = new ArrayDeque<>(4);
        }
        ready.add(result);
        emitReady();
    }

    /** True when nothing waits any more, or nobody for it. */
    boolean emitReady() {
        if (emitting || over) {
            return false;
        }
        while (ready != null && !ready.isEmpty() && !cancelled && isPresent()) {
            emit(ready.poll());
        }
        return waiting() == 0 || cancelled;
    }

    private void emit(PgxcResult result) {
        emitting = true;
        try {
            take();
            subscriber.onNext(result);
        } catch (Throwable e) {
            Exceptions.throwIfJvmFatal(e);
            over = true;
            execution.cancel();
            Operators.onErrorDropped(e, subscriber.currentContext());
        } finally {
            emitting = false;
        }
    }

    /** Whether the subscriber has been given this Result. */
    boolean isEmitted(ResultPipe pipe) {
        PgxcResult last = ready == null ? null : ready.peekLast();
        return last == null || last.pipe() != pipe;
    }

    /** The Result is not given any more if it has not been. */
    void withdraw(ResultPipe pipe) {
        if (ready != null && !isEmitted(pipe)) {
            ready.pollLast();
        }
    }

    /** Nobody will read those that wait. */
    void discardReady() {
        ArrayDeque<PgxcResult> unread = ready;
        ready = null;
        if (unread != null) {
            unread.forEach(result -> result.pipe().discard());
        }
    }

    /** Tells the subscriber, unless it has gone, that there is no further Result, or why. */
    void finish(@Nullable Throwable failure) {
        if (over) {
            return;
        }
        over = true;
        if (cancelled) {
            return;
        }
        if (failure == null) {
            StreamEnd.complete(subscriber);
        } else {
            StreamEnd.fail(subscriber, failure);
        }
    }
}
