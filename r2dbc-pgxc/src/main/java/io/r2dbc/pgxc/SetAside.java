// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

/**
 * Counts the bytes of an execution's rows that are kept although nobody has asked for them (X13), and says whether there may be more.
 *
 * <p>Event loop only.
 */
final class SetAside {

    private final int bound;
    private boolean begun;
    private long bytes;

    SetAside(int bound) {
        this.bound = bound;
    }

    /** From now on rows without demand are taken, until all that was taken has been read. */
    void begin() {
        begun = true;
    }

    boolean takesMore() {
        return begun && hasRoom();
    }

    boolean hasRoom() {
        return bytes < bound;
    }

    boolean isEmpty() {
        return bytes == 0;
    }

    /** So many bytes more, or, with a minus, given back; true if none are left. */
    boolean add(int change) {
        bytes = Math.max(0, bytes + change);
        if (bytes == 0) {
            begun = false;
        }
        return bytes == 0;
    }

    /** What is held still is no longer this execution's to count. */
    void forget() {
        bytes = 0;
    }
}
