// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.testing;

import io.netty.buffer.ByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Remembers the buffers that were forgotten. Netty makes one for each kind of resource when
 * {@code io.netty.customResourceLeakDetector} names this class, and would only log what it finds.
 */
public final class LeakRecorder<T> extends ResourceLeakDetector<T> {

    private static final Queue<String> FOUND = new ConcurrentLinkedQueue<>();

    /** Is called by Netty. */
    public LeakRecorder(Class<?> resourceType, int samplingInterval) {
        super(resourceType, samplingInterval);
    }

    /** Takes out what was found up to now, unreachable buffers that nobody has noticed yet included. */
    static List<String> drain() throws InterruptedException {
        // The second collection's reference is enqueued behind all of the first one's
        collectGarbage();
        collectGarbage();
        // Netty looks at its queue of references when the next buffer is tracked
        ByteBufAllocator.DEFAULT.buffer(1).release();
        List<String> leaks = new ArrayList<>();
        for (String leak = FOUND.poll(); leak != null; leak = FOUND.poll()) {
            leaks.add(leak);
        }
        return leaks;
    }

    private static void collectGarbage() throws InterruptedException {
        ReferenceQueue<Object> queue = new ReferenceQueue<>();
        WeakReference<Object> canary = new WeakReference<>(new Object(), queue);
        do {
            System.gc();
        } while (queue.remove(100) != canary);
    }

    @Override
    protected boolean needReport() {
        return true;
    }

    @Override
    protected void reportTracedLeak(String resourceType, String records) {
        FOUND.add(resourceType + " was not released before it was collected." + records);
    }

    @Override
    protected void reportUntracedLeak(String resourceType) {
        FOUND.add(resourceType + " was not released before it was collected.");
    }
}
