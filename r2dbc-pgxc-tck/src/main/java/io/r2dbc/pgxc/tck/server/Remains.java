// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.tck.server;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What is still open when the JVM goes down in order, and is closed then.
 *
 * <p>The servers would be stopped anyway by their guards, but nobody would have waited for it.
 */
final class Remains {

    private static final Set<AutoCloseable> OPEN = ConcurrentHashMap.newKeySet();

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(Remains::closeAll, "pgxc-test-servers"));
    }

    private Remains() {}

    static void add(AutoCloseable server) {
        OPEN.add(server);
    }

    static void remove(AutoCloseable server) {
        OPEN.remove(server);
    }

    private static void closeAll() {
        for (AutoCloseable server : List.copyOf(OPEN)) {
            try {
                server.close();
            } catch (Exception e) {
                System.err.println("A test server was not closed in order: " + e);
            }
        }
    }
}
