// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.benchmarks.load;

/**
 * What one process measured of one work.
 *
 * @param rate units per second
 * @param cpuMicros processor time of the client's process (user and system) per unit, in microseconds
 * @param serverCpuMicros processor time of all the server's processes per unit, in microseconds; NaN where it cannot be seen
 * @param bytes allocated on the heap per unit
 * @param heapMiB the highest heap after a collection, in MiB
 * @param directMiB memory outside of the heap that buffers held at the end, in MiB
 * @param residentMiB the highest resident size of the process, in MiB; NaN where it cannot be seen
 * @param p50Micros half of the operations took at most so many microseconds
 * @param p99Micros 99 of 100 operations took at most so many microseconds
 */
public record Figures(
        double rate,
        double cpuMicros,
        double serverCpuMicros,
        double bytes,
        double heapMiB,
        double directMiB,
        double residentMiB,
        double p50Micros,
        double p99Micros) {
    double[] numbers() {
        return new double[] {
            rate, cpuMicros, serverCpuMicros, bytes, heapMiB, directMiB, residentMiB, p50Micros, p99Micros
        };
    }

    static Figures of(double[] n) {
        return new Figures(n[0], n[1], n[2], n[3], n[4], n[5], n[6], n[7], n[8]);
    }
}
