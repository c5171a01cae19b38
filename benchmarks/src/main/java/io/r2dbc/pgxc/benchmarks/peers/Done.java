// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.benchmarks.peers;

/** Hears how one operation ended: once, on whatever thread the client answers. */
public interface Done {

    /** It worked; the sum is made of all values that were read (see {@link Checksum}), or counts the rows that were written. */
    void done(long sum);

    /** It did not. */
    void failed(Throwable cause);
}
