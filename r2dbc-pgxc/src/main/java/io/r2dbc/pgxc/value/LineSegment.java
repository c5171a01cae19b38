// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.value;

import java.util.Objects;

/**
 * Holds an {@code lseg}: a straight line between two points, which may be the same one. It has a direction: the segment
 * the other way round is another one.
 *
 * @param from the first end
 * @param to the second end
 */
public record LineSegment(Point from, Point to) {

    /** Checks that there are two ends. */
    public LineSegment {
        Objects.requireNonNull(from, "from");
        Objects.requireNonNull(to, "to");
    }

    /**
     * The server's notation with Java's digits: {@code [(1.0,2.0),(3.0,4.0)]}, for which the server prints {@code
     * [(1,2),(3,4)]}.
     *
     * @return text that the server reads as the same segment
     */
    @Override
    public String toString() {
        return "[" + from + "," + to + "]";
    }
}
