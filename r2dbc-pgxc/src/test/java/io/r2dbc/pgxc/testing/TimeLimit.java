// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.testing;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Watches over one test: when its time is up, remembers what all threads were doing and interrupts it. */
final class TimeLimit {

    /** What a test does. */
    interface Body {
        void run() throws Throwable;
    }

    private static final ScheduledExecutorService WATCHMAN = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "test-time-limit");
        thread.setDaemon(true);
        return thread;
    });

    private final Duration limit;
    private final Thread tested = Thread.currentThread();
    private volatile @Nullable String threads;

    TimeLimit(Duration limit) {
        this.limit = limit;
    }

    /** Runs the test on this thread; fails with the dump of all threads if it took too long. */
    void watch(Body body) throws Throwable {
        Future<?> expiry = WATCHMAN.schedule(this::onExpiry, limit.toNanos(), TimeUnit.NANOSECONDS);
        Throwable outcome = null;
        try {
            body.run();
        } catch (Throwable e) {
            outcome = e;
        } finally {
            expiry.cancel(false);
        }
        String dump = threads;
        if (dump != null) {
            Thread.interrupted();
            throw new AssertionError("the test was not over within " + limit + "; the threads then:\n" + dump, outcome);
        }
        if (outcome != null) {
            throw outcome;
        }
    }

    private void onExpiry() {
        String dump = dump();
        threads = dump;
        // a test that does not heed the interrupt never fails, and then this is all there is to see
        System.err.println("A test is not over within " + limit + ", so it is interrupted: " + tested + "\n" + dump);
        tested.interrupt();
    }

    private static String dump() {
        StringBuilder dump = new StringBuilder();
        for (Map.Entry<Thread, StackTraceElement[]> thread :
                Thread.getAllStackTraces().entrySet()) {
            dump.append('"')
                    .append(thread.getKey().getName())
                    .append("\" ")
                    .append(thread.getKey().getState())
                    .append('\n');
            for (StackTraceElement frame : thread.getValue()) {
                dump.append("    at ").append(frame).append('\n');
            }
        }
        return dump.toString();
    }
}
