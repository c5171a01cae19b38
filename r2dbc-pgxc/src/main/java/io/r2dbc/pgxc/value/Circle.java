// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.value;

import java.util.Objects;

/**
 * Holds a {@code circle}: its center and its radius.
 *
 * @param center the center
 * @param radius the radius, in the units of the coordinates; not negative, but it may be NaN, as at the server
 */
public record Circle(Point center, double radius) {

    /**
     * Checks the radius.
     *
     * @throws IllegalArgumentException if it is negative
     */
    public Circle {
        Objects.requireNonNull(center, "center");
        if (radius < 0) {
            throw new IllegalArgumentException("the radius of a circle is negative: " + radius);
        }
    }

    /**
     * The server's notation with Java's digits: {@code <(1.0,2.0),3.0>}, for which the server prints {@code <(1,2),3>}.
     *
     * @return text that the server reads as the same circle
     */
    @Override
    public String toString() {
        return "<" + center + "," + radius + ">";
    }
}
