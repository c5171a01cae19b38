// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.testing;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** Remembers what happened, in order, and lets a test wait for it. Any thread may use it. */
final class Journal<T> {

    private final List<T> entries = new ArrayList<>();

    synchronized void add(T entry) {
        entries.add(entry);
        notifyAll();
    }

    synchronized List<T> entries() {
        return List.copyOf(entries);
    }

    /** The entries as soon as they satisfy the condition; fails with what there is if they never do. */
    synchronized List<T> await(String what, Predicate<List<T>> condition, Duration timeout) {
        long deadline = System.nanoTime() + timeout.toNanos();
        while (!condition.test(entries)) {
            long left = (deadline - System.nanoTime()) / 1_000_000;
            if (left <= 0) {
                throw new AssertionError("waited " + timeout + " for " + what + ", there is only " + entries);
            }
            try {
                wait(left);
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                throw new AssertionError("interrupted while waiting for " + what, interrupted);
            }
        }
        return List.copyOf(entries);
    }
}
