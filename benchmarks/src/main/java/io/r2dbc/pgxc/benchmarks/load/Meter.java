// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.benchmarks.load;

import com.sun.management.GarbageCollectionNotificationInfo;
import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import io.netty.util.internal.PlatformDependent;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import javax.management.NotificationEmitter;
import javax.management.openmbean.CompositeData;
import org.HdrHistogram.Histogram;

/** Reads the clocks and counters of this process and of the server, at the beginning and at the end of a period. */
final class Meter {

    private static final double MEBI = 1 << 20;
    private static final double KIBI = 1 << 10;
    private static final double MICRO = 1_000;
    private static final double SECOND = 1_000_000_000;
    private static final double HALF = 50;
    private static final double NEARLY_ALL = 99;

    /** The memory pools that are no heap. */
    private static final Set<String> OTHERS = Set.of("Metaspace", "Compressed Class Space", "CodeCache");

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final OperatingSystemMXBean process = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    private final ServerTime server;
    private final AtomicLong heap = new AtomicLong();
    private Reading start;

    Meter(long postmaster) {
        server = new ServerTime(postmaster);
        for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
            ((NotificationEmitter) collector)
                    .addNotificationListener(
                            (notification, nothing) -> collected((CompositeData) notification.getUserData()),
                            null,
                            null);
        }
        start = read();
    }

    /** One look at everything that only grows, in nanoseconds and bytes. */
    private record Reading(long time, long cpu, double serverCpu, long allocated) {}

    private Reading read() {
        long allocated = 0;
        for (long bytes : threads.getThreadAllocatedBytes(threads.getAllThreadIds())) {
            allocated += Math.max(0, bytes);
        }
        return new Reading(System.nanoTime(), process.getProcessCpuTime(), server.nanos(), allocated);
    }

    private void collected(CompositeData data) {
        Map<String, MemoryUsage> pools =
                GarbageCollectionNotificationInfo.from(data).getGcInfo().getMemoryUsageAfterGc();
        long used = 0;
        for (Map.Entry<String, MemoryUsage> pool : pools.entrySet()) {
            if (!OTHERS.contains(pool.getKey()) && !pool.getKey().startsWith("CodeHeap")) {
                used += pool.getValue().getUsed();
            }
        }
        heap.accumulateAndGet(used, Math::max);
    }

    /** Begins a period. */
    void begin() {
        heap.set(0);
        start = read();
    }

    /** Ends it, after so many units, of operations that took so long. */
    Figures end(double units, Histogram latencies) {
        Reading end = read();
        double seconds = (end.time - start.time) / SECOND;
        return new Figures(
                units / seconds,
                (end.cpu - start.cpu) / MICRO / units,
                (end.serverCpu - start.serverCpu) / MICRO / units,
                (end.allocated - start.allocated) / units,
                heap.get() / MEBI,
                direct() / MEBI,
                resident(),
                latencies.getValueAtPercentile(HALF) / MICRO,
                latencies.getValueAtPercentile(NEARLY_ALL) / MICRO);
    }

    private static double direct() {
        double bytes = 0;
        for (BufferPoolMXBean pool : ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class)) {
            bytes += pool.getMemoryUsed();
        }
        // Netty counts its own, which the platform sees only in part
        return Math.max(bytes, (double) PlatformDependent.usedDirectMemory());
    }

    private static double resident() {
        try {
            for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
                if (line.startsWith("VmHWM:")) {
                    return Long.parseLong(line.replaceAll("[^0-9]", "")) / KIBI;
                }
            }
        } catch (IOException e) {
            // not on Linux
        }
        return Double.NaN;
    }
}
