// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.net;

import reactor.core.publisher.Operators;
import reactor.util.context.Context;

/** Where errors go that no subscriber is left for: Reactor's dropped-error hook, where applications look for them. */
final class LostErrors {

    private LostErrors() {}

    static void report(String where, Throwable error) {
        Operators.onErrorDropped(new IllegalStateException(where, error), Context.empty());
    }
}
