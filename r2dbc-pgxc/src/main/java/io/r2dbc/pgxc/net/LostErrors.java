// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.net;

import reactor.core.Exceptions;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

/** Where errors go that no subscriber is left for: Reactor's dropped-error hook, where applications look for them. */
final class LostErrors {

    private LostErrors() {}

    /** Runs what may end in a user's code; what that throws is reported, and goes no further. */
    static void guard(String where, Runnable action) {
        try {
            action.run();
        } catch (Throwable e) {
            Exceptions.throwIfJvmFatal(e);
            Operators.onErrorDropped(new IllegalStateException(where, e), Context.empty());
        }
    }
}
