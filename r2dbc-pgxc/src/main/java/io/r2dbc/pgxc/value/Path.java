// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.value;

import java.util.List;
import java.util.stream.Collectors;

/**
 * Holds a {@code path}: straight lines from point to point, and, if it is closed, from the last point back to the first
 * one.
 *
 * @param points the points in their order, at least one of them; an unmodifiable copy
 * @param open whether the path ends at its last point
 */
public record Path(List<Point> points, boolean open) {

    /**
     * Copies the points.
     *
     * @throws IllegalArgumentException if there is none, which makes no path
     */
    public Path {
        points = List.copyOf(points);
        if (points.isEmpty()) {
            throw new IllegalArgumentException("a path has no points");
        }
    }

    /**
     * The server's notation with Java's digits: {@code ((1.0,2.0),(3.0,4.0))}, for which the server prints {@code
     * ((1,2),(3,4))}, and with {@code [} and {@code ]} around the points of an open path.
     *
     * @return text that the server reads as the same path
     */
    @Override
    public String toString() {
        return points.stream()
                .map(Point::toString)
                .collect(Collectors.joining(",", open ? "[" : "(", open ? "]" : ")"));
    }
}
