// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.benchmarks.peers;

import io.r2dbc.spi.Readable;
import io.r2dbc.spi.Result;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.SignalType;

/** Rows of an execution's only result, at the reader's pace. */
final class R2dbcSlowScan implements SlowScan, Done {

    private final Rows rows = new Rows();
    private volatile long count;
    private final AtomicReference<Throwable> failure = new AtomicReference<>();

    /** What subscribes to the execution. */
    Subscriber<Result> reading(Function<Readable, Integer> mapping) {
        return new BaseSubscriber<>() {
            @Override
            protected void hookOnNext(Result result) {
                result.map(mapping).subscribe(rows);
            }

            @Override
            protected void hookOnError(Throwable cause) {
                failed(cause);
            }
        };
    }

    @Override
    public void request(int more) {
        rows.request(more);
    }

    @Override
    public long count() {
        Throwable cause = failure.get();
        if (cause != null) {
            throw new IllegalStateException("The scan failed", cause);
        }
        return count;
    }

    @Override
    public void cancel() {
        rows.cancel();
    }

    @Override
    public void done(long sum) {
        failed(new IllegalStateException("The scan came to its end"));
    }

    @Override
    public void failed(Throwable cause) {
        failure.compareAndSet(null, cause);
    }

    private final class Rows extends BaseSubscriber<Integer> {

        @Override
        protected void hookOnSubscribe(Subscription subscription) {
            // the reader asks
        }

        @Override
        @SuppressWarnings("NonAtomicVolatileUpdate") // rows come one after the other
        protected void hookOnNext(Integer row) {
            count++;
        }

        @Override
        protected void hookOnError(Throwable cause) {
            failed(cause);
        }

        @Override
        protected void hookFinally(SignalType type) {
            if (type == SignalType.ON_COMPLETE) {
                done(0);
            }
        }
    }
}
