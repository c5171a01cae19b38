// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.net;

import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * Where GSSAPI works: on threads of its own, because Kerberos waits for its servers as long as the JVM is configured to, whoever has
 * given up meanwhile, and nobody else is to wait with it.
 */
final class GssThreads {

    private static final int THREADS = 16;
    private static final int WAITING = 10_000;
    private static final int SECONDS_OF_LEISURE = 60;

    private static final Scheduler SHARED =
            Schedulers.newBoundedElastic(THREADS, WAITING, "pgxc-gss", SECONDS_OF_LEISURE, true);

    private GssThreads() {}

    static Scheduler shared() {
        return SHARED;
    }
}
