// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.value;

/**
 * Holds a {@code point}: a place in the plane. A coordinate is anything that a {@code float8} is, infinities and NaN
 * included.
 *
 * <p>Points are equal if their coordinates are, as {@link Double#equals} has it: NaN equals NaN, and -0 does not equal
 * 0. The same holds for all shapes made of points.
 *
 * @param x the horizontal coordinate, to the right
 * @param y the vertical coordinate, upwards
 */
public record Point(double x, double y) {

    /**
     * The server's notation with Java's digits: {@code (1.0,-2.5)}, for which the server prints {@code (1,-2.5)}.
     *
     * @return text that the server reads as the same point
     */
    @Override
    public String toString() {
        return "(" + x + "," + y + ")";
    }
}
