// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.benchmarks;

import java.util.stream.DoubleStream;

/**
 * How far the same figure lies apart in several rounds; all NaN where no round has it.
 *
 * @param median the middle one, or the mean of the middle two
 * @param lowest the lowest
 * @param highest the highest
 */
record Spread(double median, double lowest, double highest) {

    private static final double TWO = 2;

    /** Of the finite ones among these: a round that cannot tell must not hide the others. */
    static Spread of(DoubleStream figures) {
        double[] sorted = figures.filter(Double::isFinite).sorted().toArray();
        if (sorted.length == 0) {
            return new Spread(Double.NaN, Double.NaN, Double.NaN);
        }
        int middle = sorted.length / 2;
        double median = sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / TWO;
        return new Spread(median, sorted[0], sorted[sorted.length - 1]);
    }
}
