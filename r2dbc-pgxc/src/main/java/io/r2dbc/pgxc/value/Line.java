// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.value;

/**
 * Holds a {@code line}, one without ends: the points for which {@code a * x + b * y + c} is zero.
 *
 * <p>Lines are equal if their three numbers are: multiples of them are the same line to the eye, but not to {@code
 * equals}.
 *
 * <p>The server refuses more than this class does: it takes for zero what is not farther from it than a millionth, and
 * so refuses a line of which that is true for {@code a} and {@code b} alike.
 *
 * @param a the factor of x
 * @param b the factor of y; it and {@code a} are not both zero
 * @param c the constant
 */
public record Line(double a, double b, double c) {

    /**
     * Checks the numbers.
     *
     * @throws IllegalArgumentException if {@code a} and {@code b} are both zero, which makes no line
     */
    public Line {
        if (a == 0 && b == 0) {
            throw new IllegalArgumentException("a and b of a line are both zero");
        }
    }

    /**
     * The server's notation with Java's digits: {@code {1.0,-1.0,0.5}}, for which the server prints {@code {1,-1,0.5}}.
     *
     * @return text that the server reads as the same line, if it reads it as one at all
     */
    @Override
    public String toString() {
        return "{" + a + "," + b + "," + c + "}";
    }
}
