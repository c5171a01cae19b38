// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.benchmarks.peers;

/** A scan at the reader's pace. */
public interface SlowScan {

    /** Asks for more rows. */
    void request(int rows);

    /** How many rows have been read. */
    long count();

    /** Ends the scan before its end; the connection's next statement may be sent at once. */
    void cancel();
}
