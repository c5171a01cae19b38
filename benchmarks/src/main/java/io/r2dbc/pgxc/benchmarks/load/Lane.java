// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.benchmarks.load;

import io.r2dbc.pgxc.benchmarks.peers.Done;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** Does one operation after the other, the next as soon as the last has ended, until the time is up. */
final class Lane implements Done {

    private static final int DIGITS = 3;

    private final Operation operation;
    private final boolean checked;

    /** Nanoseconds from start to end; the thread that ends operations writes, and others read after the end of a period. */
    final Histogram latencies = new Histogram(DIGITS);

    /** Operations to start: an end within a start must not begin the next one on top of it. */
    private final AtomicInteger starts = new AtomicInteger();

    private long turn;
    private long started;
    private volatile long deadline;
    private volatile CountDownLatch end = new CountDownLatch(0);
    private volatile @Nullable Throwable failure;

    Lane(Operation operation, boolean checked) {
        this.operation = operation;
        this.checked = checked;
    }

    /** Begins a period; the latch hears when the lane has come to rest after the deadline. */
    void run(long until, CountDownLatch rest) {
        latencies.reset();
        deadline = until;
        end = rest;
        next();
    }

    private void next() {
        if (starts.getAndIncrement() == 0) {
            do {
                started = System.nanoTime();
                operation.start(turn, this);
            } while (starts.decrementAndGet() != 0);
        }
    }

    @Override
    public void done(long sum) {
        long now = System.nanoTime();
        latencies.recordValue(now - started);
        long expected = operation.expected(turn);
        turn++;
        if (checked && expected != Operation.UNKNOWN && sum != expected) {
            failed(new IllegalStateException("The values add up to " + sum + " instead of " + expected));
        } else if (now >= deadline) {
            end.countDown();
        } else {
            next();
        }
    }

    @Override
    public void failed(Throwable cause) {
        failure = cause;
        end.countDown();
    }

    @Nullable
    Throwable failure() {
        return failure;
    }
}
