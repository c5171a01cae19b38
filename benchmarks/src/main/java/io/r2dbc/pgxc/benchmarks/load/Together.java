// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.benchmarks.load;

import io.r2dbc.pgxc.benchmarks.peers.Done;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Several operations as one: all are started, and the last one's end is the end. One at a time. */
final class Together implements Operation, Done {

    private final List<Operation> parts;
    private final AtomicInteger open = new AtomicInteger();
    private Done whole = this;

    Together(List<Operation> parts) {
        this.parts = parts;
    }

    @Override
    public void start(long turn, Done done) {
        whole = done;
        open.set(parts.size());
        for (int i = 0; i < parts.size(); i++) {
            parts.get(i).start(turn + i, this);
        }
    }

    @Override
    public void done(long sum) {
        if (open.decrementAndGet() == 0) {
            whole.done(0);
        }
    }

    @Override
    public void failed(Throwable cause) {
        whole.failed(cause);
    }

    @Override
    public long expected(long turn) {
        return 0;
    }
}
