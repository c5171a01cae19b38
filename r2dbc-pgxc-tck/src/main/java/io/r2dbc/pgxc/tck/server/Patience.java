// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.tck.server;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * Waits until something is so that nobody announces: a file, a line in a log, another process.
 */
final class Patience {

    private static final Duration STEP = Duration.ofMillis(5);

    private Patience() {}

    /** Returns as soon as the condition holds; after the limit it fails, saying what was awaited. */
    static void await(Duration limit, BooleanSupplier condition, Supplier<String> complaint) {
        long end = System.nanoTime() + limit.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - end > 0) {
                throw new IllegalStateException("After " + limit.toSeconds() + " s: " + complaint.get());
            }
            if (Thread.currentThread().isInterrupted()) {
                throw new IllegalStateException("Interrupted: " + complaint.get());
            }
            LockSupport.parkNanos(STEP.toNanos());
        }
    }
}
