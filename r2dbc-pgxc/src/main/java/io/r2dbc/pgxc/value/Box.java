// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.value;

import java.util.Objects;

/**
 * Holds a {@code box}: a rectangle with sides parallel to the axes, given by two opposite corners.
 *
 * <p>Any two opposite corners will do. They are put in order as the server does it, so that {@code high} is the upper
 * right corner and {@code low} the lower left one: each coordinate of {@code high} is not less than the one of {@code
 * low}, NaN being greater than every other number, and -0 not less than 0.
 *
 * @param high the upper right corner
 * @param low the lower left corner
 */
public record Box(Point high, Point low) {

    /** Puts the corners in order. */
    public Box {
        Objects.requireNonNull(high, "high");
        Objects.requireNonNull(low, "low");
        boolean swapsX = isLess(high.x(), low.x());
        boolean swapsY = isLess(high.y(), low.y());
        if (swapsX || swapsY) {
            Point one = high;
            Point other = low;
            high = new Point(swapsX ? other.x() : one.x(), swapsY ? other.y() : one.y());
            low = new Point(swapsX ? one.x() : other.x(), swapsY ? one.y() : other.y());
        }
    }

    private static boolean isLess(double one, double other) {
        return one < other || (Double.isNaN(other) && !Double.isNaN(one));
    }

    /**
     * The server's notation with Java's digits: {@code (3.0,4.0),(1.0,2.0)}, for which the server prints {@code
     * (3,4),(1,2)}.
     *
     * @return text that the server reads as the same box
     */
    @Override
    public String toString() {
        return high + "," + low;
    }
}
