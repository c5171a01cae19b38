// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.benchmarks.load;

import io.r2dbc.pgxc.benchmarks.peers.Client;
import io.r2dbc.pgxc.benchmarks.peers.Done;
import io.r2dbc.pgxc.benchmarks.peers.Tables;
import java.util.concurrent.atomic.AtomicInteger;

/** Announces news on one connection, and ends when the other has heard all of them. */
final class News implements Operation, Done, Runnable {

    private final Client client;
    private final AtomicInteger open = new AtomicInteger();
    private Done whole = this;

    News(Client client) throws Exception {
        this.client = client;
        client.listen(0, this);
    }

    @Override
    public void start(long turn, Done done) {
        whole = done;
        open.set(Tables.NEWS + 1);
        client.announce(1, Tables.NEWS, this);
    }

    @Override
    public void run() {
        if (open.decrementAndGet() == 0) {
            whole.done(Tables.NEWS);
        }
    }

    @Override
    public void done(long sum) {
        run();
    }

    @Override
    public void failed(Throwable cause) {
        whole.failed(cause);
    }

    @Override
    public long expected(long turn) {
        return Tables.NEWS;
    }
}
