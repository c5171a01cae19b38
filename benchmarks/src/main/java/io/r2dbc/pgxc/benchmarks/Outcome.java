// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.benchmarks;

import io.r2dbc.pgxc.benchmarks.load.Figures;
import io.r2dbc.pgxc.benchmarks.load.Work;
import io.r2dbc.pgxc.benchmarks.peers.Peer;
import org.jspecify.annotations.Nullable;

/**
 * What came of one trial.
 *
 * @param work the work
 * @param peer the driver
 * @param round the round, from 1 on
 * @param figures what was measured; none where the driver could not do the work
 * @param failure why it could not, in a few words
 */
record Outcome(
        Work work,
        Peer peer,
        int round,
        @Nullable Figures figures,
        @Nullable String failure) {}
