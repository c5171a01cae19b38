// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import reactor.core.CoreSubscriber;
import reactor.core.Exceptions;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

/**
 * Tells a subscriber that its stream is over. What it throws at that goes to Reactor's hook for dropped errors and no further: nobody
 * else's stream may suffer for it.
 */
final class StreamEnd {

    private StreamEnd() {}

    static void complete(CoreSubscriber<?> subscriber) {
        try {
            subscriber.onComplete();
        } catch (Throwable e) {
            drop(e, subscriber.currentContext());
        }
    }

    static void fail(CoreSubscriber<?> subscriber, Throwable error) {
        try {
            subscriber.onError(error);
        } catch (Throwable e) {
            drop(e, subscriber.currentContext());
        }
    }

    /** The same for any signal that ends in a user's code. */
    static void give(Runnable signal, Context context) {
        try {
            signal.run();
        } catch (Throwable e) {
            drop(e, context);
        }
    }

    private static void drop(Throwable thrown, Context context) {
        Exceptions.throwIfJvmFatal(thrown);
        Operators.onErrorDropped(thrown, context);
    }
}
