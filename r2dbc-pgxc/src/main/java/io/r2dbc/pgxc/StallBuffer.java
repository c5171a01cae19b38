// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

/**
 * Says whether a connection may keep more rows that nobody has asked for (X13), and counts those it keeps.
 *
 * <p>Rows whose exchange is over and that nobody has come to read are not counted: their Result may be forgotten for good, and must not
 * take room from others for ever. Event loop only.
 */
final class StallBuffer {

    private final int bound;
    private long bytes;

    StallBuffer(int bound) {
        this.bound = bound;
    }

    boolean hasRoom() {
        return bytes < bound;
    }

    /** So many bytes more, or, with a minus, given back. */
    void add(long change) {
        bytes += change;
    }
}
