// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.benchmarks.load;

import io.r2dbc.pgxc.benchmarks.peers.Client;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/** Keeps as many lanes busy as a work has; a period begins and ends with all of them at rest, so nothing is counted in part. */
final class Load {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int DIGITS = 3;

    private final Work work;
    private final boolean blocking;
    private final List<Lane> lanes = new ArrayList<>();

    Load(Work work, Client client, Expectations expectations) throws Exception {
        this.work = work;
        this.blocking = client.blocking();
        int connections = work.connections();
        // a thread that waits can have but one operation in flight
        int count = blocking ? Math.min(connections, work.lanes()) : work.lanes();
        for (int lane = 0; lane < count; lane++) {
            Operation operation = new Operations(client, expectations, lane, connections).of(work);
            lanes.add(new Lane(operation, client.decodes()));
        }
    }

    /** Runs for so long, and measures. */
    Figures run(Duration period, Meter meter) throws InterruptedException {
        CountDownLatch rest = new CountDownLatch(lanes.size());
        CountDownLatch counted = new CountDownLatch(1);
        meter.begin();
        long deadline = System.nanoTime() + period.toNanos();
        List<Thread> threads = new ArrayList<>();
        for (Lane lane : lanes) {
            if (blocking) {
                Thread thread = new Thread(() -> work(lane, deadline, rest, counted), "lane");
                threads.add(thread);
                thread.start();
            } else {
                lane.run(deadline, rest);
            }
        }
        boolean rested = rest.await(period.plus(PATIENCE).toMillis(), TimeUnit.MILLISECONDS);
        Histogram latencies = new Histogram(DIGITS);
        for (Lane lane : lanes) {
            Throwable failure = lane.failure();
            if (failure != null) {
                throw new IllegalStateException("The work cannot be done: " + failure, failure);
            }
            latencies.add(lane.latencies);
        }
        if (!rested) {
            throw new IllegalStateException("The last operations have not ended within " + PATIENCE);
        }
        Figures figures = meter.end((double) latencies.getTotalCount() * work.units(), latencies);
        counted.countDown();
        for (Thread thread : threads) {
            thread.join();
        }
        return figures;
    }

    /** What a thread has allocated can be asked only while it lives. */
    private static void work(Lane lane, long deadline, CountDownLatch rest, CountDownLatch counted) {
        lane.run(deadline, rest);
        try {
            counted.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
