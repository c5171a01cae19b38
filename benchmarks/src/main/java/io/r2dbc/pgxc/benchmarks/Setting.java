// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.benchmarks;

/**
 * Under what conditions a comparison ran.
 *
 * @param date when, as year-month-day
 * @param processors how many the machine has, and of which kind
 * @param system the operating system
 * @param java the virtual machine
 * @param server the server and its version
 * @param warmUpSeconds how long each trial ran before it was measured
 * @param seconds how long each trial was measured
 * @param rounds how many trials of each kind there were
 */
record Setting(
        String date,
        String processors,
        String system,
        String java,
        String server,
        long warmUpSeconds,
        long seconds,
        int rounds) {}
