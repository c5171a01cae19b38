// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.value;

import java.util.List;
import java.util.stream.Collectors;

/**
 * Holds a {@code polygon}: what straight lines from point to point, and from the last one back to the first one,
 * surround.
 *
 * <p>Polygons are equal if they have the same points in the same order: another one to begin with makes another value.
 *
 * @param points the corners in their order, at least one of them; an unmodifiable copy
 */
public record Polygon(List<Point> points) {

    /**
     * Copies the points.
     *
     * @throws IllegalArgumentException if there is none, which makes no polygon
     */
    public Polygon {
        points = List.copyOf(points);
        if (points.isEmpty()) {
            throw new IllegalArgumentException("a polygon has no points");
        }
    }

    /**
     * The server's notation with Java's digits: {@code ((1.0,2.0),(3.0,4.0))}, for which the server prints {@code
     * ((1,2),(3,4))}.
     *
     * @return text that the server reads as the same polygon
     */
    @Override
    public String toString() {
        return points.stream().map(Point::toString).collect(Collectors.joining(",", "(", ")"));
    }
}
