// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.benchmarks.load;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Says how much processor time the server's processes have used, from what Linux tells of processes. */
final class ServerTime {

    private static final Path PROCESSES = Path.of("/proc");
    private static final double TICK_NANOS = 10_000_000.0;

    /** Fields of a process's stat line, counted from the one behind the name. */
    private static final int PARENT = 1;

    private static final int USER = 11;
    private static final int CHILDREN_SYSTEM = 14;

    private final String postmaster;

    /** For the server whose first process has this number. */
    ServerTime(long postmaster) {
        this.postmaster = String.valueOf(postmaster);
    }

    /** Nanoseconds so far, of the processes that live and of those that have ended; NaN where nothing can be seen. */
    double nanos() {
        if (!Files.isReadable(PROCESSES.resolve(postmaster).resolve("stat"))) {
            return Double.NaN;
        }
        double nanos = 0;
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROCESSES, "[0-9]*")) {
            for (Path process : processes) {
                nanos += nanosOf(process);
            }
        } catch (IOException e) {
            return Double.NaN;
        }
        return nanos;
    }

    private double nanosOf(Path process) {
        try {
            String line = Files.readString(process.resolve("stat"));
            String[] fields = line.substring(line.lastIndexOf(')') + 2).split(" ", -1);
            boolean first = process.getFileName().toString().equals(postmaster);
            if (!first && !fields[PARENT].equals(postmaster)) {
                return 0;
            }
            double ticks = 0;
            for (int i = USER + 2; first && i <= CHILDREN_SYSTEM; i++) {
                ticks += Long.parseLong(fields[i]);
            }
            String running = Files.readString(process.resolve("schedstat"));
            return ticks * TICK_NANOS + Long.parseLong(running.substring(0, running.indexOf(' ')));
        } catch (IOException e) {
            // it has ended meanwhile, and its parent counts it
            return 0;
        }
    }
}
