// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.testing;

import io.netty.util.ResourceLeakDetector;
import java.util.List;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Fails a test class behind which a buffer was found that nobody released: usually one of its own, and the trace says where it
 * was made. Registered for every class of the suites that run with paranoid leak detection, without effect elsewhere.
 */
public final class LeakWatch implements AfterAllCallback {

    @Override
    public void afterAll(ExtensionContext context) throws InterruptedException {
        if (ResourceLeakDetector.getLevel() == ResourceLeakDetector.Level.PARANOID && isOutermost(context)) {
            verify();
        }
    }

    private static boolean isOutermost(ExtensionContext context) {
        return context.getParent().flatMap(ExtensionContext::getParent).isEmpty();
    }

    static void verify() throws InterruptedException {
        List<String> leaks = LeakRecorder.drain();
        if (!leaks.isEmpty()) {
            throw new AssertionError(leaks.size() + " buffers leaked:\n" + String.join("\n", leaks));
        }
    }
}
