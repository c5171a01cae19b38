// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.benchmarks.load;

import io.r2dbc.pgxc.benchmarks.peers.Client;
import io.r2dbc.pgxc.benchmarks.peers.Done;
import io.r2dbc.pgxc.benchmarks.peers.Scan;
import io.r2dbc.pgxc.benchmarks.peers.SlowScan;
import io.r2dbc.pgxc.benchmarks.peers.Tables;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/** Reads a million rows at a hundred per ten milliseconds, has enough after a while, and asks the next question at once. */
final class SlowConsumer {

    private static final int ROWS = 100;
    private static final Duration PAUSE = Duration.ofMillis(10);
    private static final Scan SCAN = new Scan(Tables.SIX_COLUMNS, Scan.Shape.SIX_COLUMNS, 0);

    /** How many times it has enough in one period. */
    private static final int CANCELS = 5;

    private static final int DIGITS = 3;
    private static final int PATIENCE_SECONDS = 60;

    private final Client client;

    SlowConsumer(Client client) {
        this.client = client;
    }

    /** The rate is that of rows; the latencies are those of the first answer after the end. */
    Figures run(Duration period, Meter meter) throws Exception {
        Histogram answers = new Histogram(DIGITS);
        long rows = 0;
        meter.begin();
        for (int i = 0; i < CANCELS; i++) {
            rows += read(period.dividedBy(CANCELS), answers);
        }
        return meter.end((double) rows, answers);
    }

    /** Reads for so long, or until the first rows have come, and leaves. */
    private long read(Duration period, Histogram answers) throws Exception {
        long deadline = System.nanoTime() + period.toNanos();
        SlowScan scan = client.slowly(0, SCAN);
        long patience = deadline + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (System.nanoTime() < (scan.count() == 0 ? patience : deadline)) {
            scan.request(ROWS);
            Thread.sleep(PAUSE.toMillis());
        }
        Answer answer = new Answer(new CompletableFuture<>());
        long end = System.nanoTime();
        scan.cancel();
        client.byKey(0, 1, answer);
        long key = answer.value.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        answers.recordValue(System.nanoTime() - end);
        if (key != 1) {
            throw new IllegalStateException("The next answer is that of key " + key);
        }
        return scan.count();
    }

    /** What the thread that reads waits for. */
    private record Answer(CompletableFuture<Long> value) implements Done {

        @Override
        public void done(long sum) {
            value.complete(sum);
        }

        @Override
        public void failed(Throwable cause) {
            value.completeExceptionally(cause);
        }
    }
}
