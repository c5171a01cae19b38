// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.benchmarks.peers;

import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowStream;
import io.vertx.sqlclient.Transaction;
import java.util.function.ToLongFunction;

/** A stream of rows over a portal, at the reader's pace. */
final class VertxSlowScan implements SlowScan {

    private final RowStream<Row> stream;
    private final Transaction transaction;
    private volatile long count;
    private long sum;

    @SuppressWarnings("NonAtomicVolatileUpdate") // rows come one after the other
    VertxSlowScan(RowStream<Row> stream, Transaction transaction, ToLongFunction<Row> values) {
        this.stream = stream;
        this.transaction = transaction;
        stream.pause().handler(row -> {
            sum += values.applyAsLong(row);
            count++;
        });
    }

    @Override
    public void request(int rows) {
        stream.fetch(rows);
    }

    @Override
    public long count() {
        return count;
    }

    @Override
    public void cancel() {
        stream.close();
        transaction.rollback();
    }
}
