// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.benchmarks.load;

import io.r2dbc.pgxc.benchmarks.peers.Done;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Several operations as one: each when the one before it has ended. One at a time. */
final class Sequence implements Operation, Done {

    private final List<Operation> steps;
    private final AtomicInteger starts = new AtomicInteger();
    private Done whole = this;
    private int step;
    private long turn;

    Sequence(List<Operation> steps) {
        this.steps = steps;
    }

    @Override
    public void start(long current, Done done) {
        turn = current;
        whole = done;
        step = 0;
        next();
    }

    private void next() {
        if (starts.getAndIncrement() == 0) {
            do {
                steps.get(step).start(turn + step, this);
            } while (starts.decrementAndGet() != 0);
        }
    }

    @Override
    public void done(long sum) {
        if (++step < steps.size()) {
            next();
        } else {
            whole.done(sum);
        }
    }

    @Override
    public void failed(Throwable cause) {
        whole.failed(cause);
    }

    @Override
    public long expected(long current) {
        return steps.get(steps.size() - 1).expected(current + steps.size() - 1);
    }
}
