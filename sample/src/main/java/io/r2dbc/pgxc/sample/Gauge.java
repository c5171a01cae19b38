// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.sample;

import com.sun.management.ThreadMXBean;
import io.netty.util.internal.PlatformDependent;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;

/**
 * Measures one streaming run: how fast the rows come, and what they cost. Counts on the one thread that maps the rows.
 */
final class Gauge {

    private static final int LOOK_EVERY = 4096;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
    private final long begin = System.nanoTime();
    private long firstRow;
    private long allocatedBefore;
    private long allocated;
    private long rows;
    private long idSum;
    private long highestHeap;
    private long highestDirect;

    /** To be called for every row, by the mapping function. */
    Reading count(Reading reading) {
        if (rows++ == 0) {
            firstRow = System.nanoTime() - begin;
            allocatedBefore = threads.getCurrentThreadAllocatedBytes();
        }
        idSum += reading.id();
        if (rows % LOOK_EVERY == 0) {
            look();
        }
        return reading;
    }

    private void look() {
        highestHeap = Math.max(highestHeap, memory.getHeapMemoryUsage().getUsed());
        highestDirect = Math.max(highestDirect, PlatformDependent.usedDirectMemory());
        allocated = (threads.getCurrentThreadAllocatedBytes() - allocatedBefore) / rows;
    }

    /** To be called when all rows have come. */
    Run result(String execution, double bytesPerRow) {
        double seconds = (System.nanoTime() - begin) / 1e9;
        return new Run(
                execution, rows, idSum, seconds, firstRow / 1e6, bytesPerRow, highestHeap, highestDirect, allocated);
    }
}
