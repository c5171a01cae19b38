// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.net;

import java.util.ArrayDeque;

/** Who wants to hear when a connection has nothing to do. Event loop only. */
final class IdleWaiters {

    private final ArrayDeque<Runnable> waiters = new ArrayDeque<>();

    void add(Runnable waiter) {
        waiters.add(waiter);
    }

    /** All who wait hear of it, once. */
    void tell() {
        for (Runnable waiter = waiters.poll(); waiter != null; waiter = waiters.poll()) {
            LostErrors.guard("A subscriber failed while it was told that the connection is idle", waiter);
        }
    }
}
