// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.value;

import java.util.Arrays;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Holds a {@code cube} of the extension of this name: a box of up to 100 dimensions with two opposite corners, or a point,
 * which has one.
 *
 * <p>The corners stay as they were given, usually the lower left one first; the server does not put them in order either.
 * Corners with the same numbers make a point, and -0 is the same number as 0 for that, but NaN is not the same as NaN: so
 * it is at the server.
 */
public final class Cube {

    /** The most dimensions there are. */
    public static final int MAX_DIMENSIONS = 100;

    private final double[] corner;
    private final double[] opposite;
    private final boolean point;

    private Cube(double[] corner, double[] opposite, boolean point) {
        if (corner.length > MAX_DIMENSIONS) {
            throw new IllegalArgumentException(
                    "a cube of " + corner.length + " dimensions, where " + MAX_DIMENSIONS + " are the most");
        }
        this.corner = corner;
        this.opposite = opposite;
        this.point = point;
    }

    /**
     * A point.
     *
     * @param coordinates a number for each dimension; the array is copied
     * @return the point
     * @throws IllegalArgumentException if there are more than 100 dimensions
     */
    public static Cube point(double... coordinates) {
        double[] copy = coordinates.clone();
        return new Cube(copy, copy, true);
    }

    /**
     * A box, or a point if both corners are the same.
     *
     * @param corner a number for each dimension, usually the lower ones; the array is copied
     * @param opposite as many numbers, usually the upper ones; the array is copied
     * @return the cube
     * @throws IllegalArgumentException if the corners differ in their dimensions, or have more than 100 of them
     */
    public static Cube of(double[] corner, double[] opposite) {
        if (corner.length != opposite.length) {
            throw new IllegalArgumentException(
                    "corners of " + corner.length + " and " + opposite.length + " dimensions");
        }
        return isSame(corner, opposite) ? point(corner) : new Cube(corner.clone(), opposite.clone(), false);
    }

    /** By the numbers' values, as the server compares them, and not by {@code equals}. */
    private static boolean isSame(double[] corner, double[] opposite) {
        for (int i = 0; i < corner.length; i++) {
            if (corner[i] != opposite[i]) {
                return false;
            }
        }
        return true;
    }

    /**
     * The number of dimensions.
     *
     * @return 0 to 100
     */
    public int dimensions() {
        return corner.length;
    }

    /**
     * Whether this is a point.
     *
     * @return true if both corners are the same
     */
    public boolean isPoint() {
        return point;
    }

    /**
     * The first corner, usually the lower left one.
     *
     * @return a number for each dimension, in an array of the caller's own
     */
    public double[] corner() {
        return corner.clone();
    }

    /**
     * The other corner, usually the upper right one.
     *
     * @return a number for each dimension, in an array of the caller's own; those of {@link #corner()} for a point
     */
    public double[] oppositeCorner() {
        return opposite.clone();
    }

    /** By the corners in their order: the same box with its corners exchanged is another value. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Cube cube
                && point == cube.point
                && Arrays.equals(corner, cube.corner)
                && Arrays.equals(opposite, cube.opposite);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(corner) + Arrays.hashCode(opposite);
    }

    /**
     * The server's notation with Java's digits: {@code (1.0, 2.0),(3.0, 4.0)}, for which the server prints {@code
     * (1, 2),(3, 4)}, and {@code (1.0, 2.0)} for a point.
     *
     * @return text that the server reads as the same cube
     */
    @Override
    public String toString() {
        return point ? print(corner) : print(corner) + "," + print(opposite);
    }

    private static String print(double[] numbers) {
        return Arrays.stream(numbers).mapToObj(Double::toString).collect(Collectors.joining(", ", "(", ")"));
    }
}
