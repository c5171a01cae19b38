// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.benchmarks;

import java.io.IOException;
import java.util.List;

/** Puts client and server on one processor, or lets them go where they like: by taskset, which Linux has. */
final class Pinning {

    private static final String ONE = "0";

    /** Whether there is a taskset that works. */
    static boolean isPossible() {
        try {
            return run(List.of("taskset", "-c", ONE, "true")) == 0;
        } catch (IOException e) {
            return false;
        }
    }

    /** What stands before a command that is to run on the one processor. */
    static List<String> prefix() {
        return List.of("taskset", "-c", ONE);
    }

    /** Moves the server's first process, whose future children stay with it. */
    static void server(long postmaster, boolean pinned) throws IOException {
        if (postmaster > 0 && isPossible()) {
            String all = "0-" + (Runtime.getRuntime().availableProcessors() - 1);
            run(List.of("taskset", "-a", "-c", "-p", pinned ? ONE : all, String.valueOf(postmaster)));
        }
    }

    private static int run(List<String> command) throws IOException {
        try {
            return new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("Interrupted", e);
        }
    }

    private Pinning() {}
}
