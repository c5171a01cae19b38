// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.benchmarks.peers;

import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;

/** Reads a publisher as fast as it can, and adds up the numbers that come. */
final class Sum<T> implements CoreSubscriber<T> {

    private final Done done;
    private long sum;

    Sum(Done done) {
        this.done = done;
    }

    @Override
    public void onSubscribe(Subscription subscription) {
        subscription.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(T value) {
        sum += ((Number) value).longValue();
    }

    @Override
    public void onError(Throwable cause) {
        done.failed(cause);
    }

    @Override
    public void onComplete() {
        done.done(sum);
    }
}
