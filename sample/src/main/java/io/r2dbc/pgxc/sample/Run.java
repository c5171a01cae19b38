// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.sample;

import java.util.Locale;

/**
 * What one streaming run was like.
 *
 * @param execution which one, to be printed
 * @param rows how many came
 * @param idSum the sum of their ids
 * @param seconds from the call to the end of the result
 * @param firstRowMillis from the call to the first row
 * @param bytesPerRow on the wire
 * @param highestHeap bytes, garbage included
 * @param highestDirect bytes outside the heap, all of Netty's
 * @param allocated heap bytes per row on the event loop, all values and the row's object included
 */
record Run(
        String execution,
        long rows,
        long idSum,
        double seconds,
        double firstRowMillis,
        double bytesPerRow,
        long highestHeap,
        long highestDirect,
        long allocated) {

    private static final double MB = 1e6;
    private static final double MIB = 1 << 20;

    static final String TITLES = String.format(
            "  %-14s %10s %8s %8s %10s %14s %14s %16s",
            "execution", "rows/s", "MB/s", "seconds", "first row", "highest heap", "highest direct", "allocated/row");

    String line() {
        return String.format(
                Locale.ROOT,
                "  %-14s %,10.0f %8.1f %8.2f %7.0f ms %10.1f MiB %10.1f MiB %14d B",
                execution,
                rows / seconds,
                rows * bytesPerRow / MB / seconds,
                seconds,
                firstRowMillis,
                highestHeap / MIB,
                highestDirect / MIB,
                allocated);
    }
}
