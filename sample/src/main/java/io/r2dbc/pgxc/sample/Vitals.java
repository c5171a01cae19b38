// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.sample;

import java.util.List;

/**
 * How the application and its sessions at the server are just now.
 *
 * @param heap bytes of heap in use, garbage included
 * @param heapLimit bytes of heap that there may be
 * @param streams the server's sessions that stream the table
 */
record Vitals(long heap, long heapLimit, List<Stream> streams) {

    /**
     * One session at the server.
     *
     * @param pid its process
     * @param waits what it waits for: {@code ClientWrite} says that it waits for a slow reader; empty if it works
     */
    record Stream(int pid, String waits) {}
}
