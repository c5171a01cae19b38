// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.benchmarks.peers;

/**
 * One driver, used as its documentation says it is fastest.
 *
 * <p>Connections have numbers from 0 on. Any thread may call; what {@link Done} hears comes on the client's own thread, or, where
 * the client is {@linkplain #blocking() blocking}, on the caller's before the method returns.
 */
public interface Client extends AutoCloseable {

    /** Whether its methods return only when they are done: then each connection needs a thread of its own. */
    default boolean blocking() {
        return false;
    }

    /** Whether it decodes what it reads, so that sums can be compared; otherwise it counts rows. */
    default boolean decodes() {
        return true;
    }

    /** Opens connections, and returns when they are there. */
    void open(int connections) throws Exception;

    /** {@link Tables#BY_KEY}; the sum is the key of the row that came. */
    void byKey(int connection, int key, Done done);

    /** {@link Tables#UPDATE}; the sum is the number of rows changed. */
    void update(int connection, int key, Done done);

    /** {@link Tables#APPEND}; the sum is the number of rows added. */
    void append(int connection, int key, Done done);

    /** Begins a transaction; the sum is 0. */
    void begin(int connection, Done done);

    /** Commits it; the sum is 0. */
    void commit(int connection, Done done);

    /** Reads a result as fast as it comes. */
    void scan(int connection, Scan scan, Done done);

    /** {@link Tables#INSERT} as a batch of {@link Tables#BATCH}; the sum is the number of rows added. */
    void insert(int connection, Done done);

    /** The same rows as {@link #insert}, by COPY; the sum is the number of rows added. Not all clients have it. */
    default void copy(int connection, Done done) {
        done.failed(new UnsupportedOperationException("no COPY"));
    }

    /** Connects anew, reads {@code SELECT 1}, whose value is the sum, and closes. */
    void visit(Done done);

    /** Listens, and returns when the server has said so; each notification runs the listener. */
    void listen(int connection, Runnable listener) throws Exception;

    /** {@link Tables#ANNOUNCE}; the sum is the number of notifications. */
    void announce(int connection, int count, Done done);

    /** Begins to read a result slowly. */
    SlowScan slowly(int connection, Scan scan) throws Exception;

    @Override
    void close();
}
