// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.benchmarks.peers;

/** Goes on where something worked, and fails with it where it did not. */
record Then(Runnable next, Done end) implements Done {

    @Override
    public void done(long sum) {
        next.run();
    }

    @Override
    public void failed(Throwable cause) {
        end.failed(cause);
    }
}
