// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.benchmarks.load;

import io.r2dbc.pgxc.benchmarks.peers.Done;

/** What a lane does again and again. */
interface Operation {

    /** Starts it, for the turn-th time in this lane. */
    void start(long turn, Done done);

    /** The sum that its end must bring, or {@link #UNKNOWN}. */
    long expected(long turn);

    /** Where nothing is known of the sum. */
    long UNKNOWN = Long.MIN_VALUE;
}
