// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.benchmarks.peers;

import io.r2dbc.spi.Result;
import java.util.function.Function;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;

/** Reads the results of one execution as fast as it can, and adds up the numbers in them. */
final class Results implements CoreSubscriber<Result>, Done {

    private final Function<Result, Publisher<? extends Number>> content;
    private final Done done;
    private long sum;

    /** Results that are being read, and one for the publisher of the results itself. */
    private int open = 1;

    Results(Function<Result, Publisher<? extends Number>> content, Done done) {
        this.content = content;
        this.done = done;
    }

    @Override
    public void onSubscribe(Subscription subscription) {
        subscription.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(Result result) {
        open++;
        content.apply(result).subscribe(new Sum<>(this));
    }

    @Override
    public void onError(Throwable cause) {
        failed(cause);
    }

    @Override
    public void onComplete() {
        done(0);
    }

    @Override
    public void done(long part) {
        sum += part;
        if (--open == 0) {
            done.done(sum);
        }
    }

    @Override
    public void failed(Throwable cause) {
        if (open > 0) {
            open = 0;
            done.failed(cause);
        }
    }
}
