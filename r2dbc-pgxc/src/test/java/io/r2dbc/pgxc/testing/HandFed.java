// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/**
 * A publisher that emits what a test says when the test says so, whether it was asked for or not, and remembers what was asked. Any
 * thread.
 */
public final class HandFed<T> implements Publisher<T> {

    private final AtomicLong requested = new AtomicLong();
    private volatile @Nullable Subscriber<? super T> subscriber;
    private volatile boolean cancelled;

    @Override
    public void subscribe(Subscriber<? super T> to) {
        assertThat(subscriber).as("subscribed twice").isNull();
        subscriber = to;
        to.onSubscribe(new Subscription() {
            @Override
            public void request(long n) {
                requested.addAndGet(n);
            }

            @Override
            public void cancel() {
                cancelled = true;
            }
        });
    }

    public boolean isSubscribed() {
        return subscriber != null;
    }

    public boolean isCancelled() {
        return cancelled;
    }

    /** What has been asked for and not been emitted. */
    public long wanted() {
        return requested.get();
    }

    public void next(T element) {
        requested.decrementAndGet();
        present().onNext(element);
    }

    public void complete() {
        present().onComplete();
    }

    public void fail(Throwable error) {
        present().onError(error);
    }

    private Subscriber<? super T> present() {
        Subscriber<? super T> to = subscriber;
        assertThat(to).as("a subscriber").isNotNull();
        return to;
    }
}
