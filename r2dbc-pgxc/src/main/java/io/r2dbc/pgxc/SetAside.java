// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import java.util.ArrayList;
import java.util.List;

/**
 * Says whether an execution takes rows that nobody has asked for, and counts those its Results keep (X13).
 *
 * <p>Event loop only.
 */
final class SetAside {

    private final StallBuffer buffer;
    private final List<ResultPipe> holders = new ArrayList<>(0);
    private boolean begun;
    private long bytes;

    SetAside(StallBuffer buffer) {
        this.buffer = buffer;
    }

    /** From now on rows without demand are taken, until all that was taken has been read. */
    void begin() {
        begun = true;
    }

    boolean takesMore() {
        return begun && hasRoom();
    }

    boolean hasRoom() {
        return buffer.hasRoom();
    }

    boolean isEmpty() {
        return bytes == 0;
    }

    /** A Result keeps so many bytes more, or, with a minus, fewer; true if none are left. */
    boolean add(ResultPipe pipe, long change) {
        if (change > 0 && !holders.contains(pipe)) {
            holders.add(pipe);
        }
        bytes += change;
        buffer.add(change);
        if (bytes == 0) {
            begun = false;
        }
        return bytes == 0;
    }

    /** Nothing more will come: what has found no reader so far may never find one. */
    void end() {
        holders.forEach(ResultPipe::keepUncounted);
        holders.clear();
    }
}
