// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.benchmarks;

import io.r2dbc.pgxc.benchmarks.load.Figures;
import io.r2dbc.pgxc.benchmarks.load.Trial;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** Runs trials, each in a virtual machine of its own. */
final class Fork {

    /** What a JVM ends with that has been told to exit when memory runs out. */
    private static final int OUT_OF_MEMORY = 3;

    private static final long PATIENCE_SECONDS = 150;
    private static final int TAIL = 3;

    private final String ownClassPath;
    private final List<String> options;
    private final boolean pin;

    /**
     * @param libraries the class path of the peer that has libraries of its own
     * @param options more options for each virtual machine
     * @param pin whether works that ask for one CPU get it
     */
    Fork(String libraries, List<String> options, boolean pin) {
        this.ownClassPath =
                String.join(java.io.File.pathSeparator, location(Trial.class), location(Histogram.class), libraries);
        this.options = List.copyOf(options);
        this.pin = pin && Pinning.isPossible();
    }

    private static String location(Class<?> type) {
        return Path.of(java.net.URI.create(
                        type.getProtectionDomain().getCodeSource().getLocation().toString()))
                .toString();
    }

    Outcome run(Trial trial, int round) throws IOException, InterruptedException {
        boolean pinned = pin && trial.work().pinned();
        Pinning.server(trial.postmaster(), pinned);
        Path output = Files.createTempFile("trial", ".log");
        try {
            Process process = new ProcessBuilder(command(trial, pinned))
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            long limit = trial.warmUp().plus(trial.period()).toSeconds() + PATIENCE_SECONDS;
            boolean ended = process.waitFor(limit, TimeUnit.SECONDS);
            process.destroyForcibly().waitFor();
            List<String> lines = Files.readAllLines(output);
            Figures figures = null;
            for (String line : lines) {
                figures = line.startsWith(Trial.MARK) ? Trial.figures(line) : figures;
            }
            String failure = figures == null ? reason(ended ? process.exitValue() : -1, lines) : null;
            return new Outcome(trial.work(), trial.peer(), round, figures, failure);
        } finally {
            Files.delete(output);
        }
    }

    private List<String> command(Trial trial, boolean pinned) {
        List<String> command = new ArrayList<>(pinned ? Pinning.prefix() : List.of());
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-Xmx" + trial.work().heap(trial.peer()) + "m");
        command.add("-XX:+ExitOnOutOfMemoryError");
        command.addAll(options);
        command.add("-cp");
        command.add(trial.peer().hasOwnClassPath() ? ownClassPath : System.getProperty("java.class.path"));
        command.add(Trial.class.getName());
        command.addAll(trial.arguments());
        return command;
    }

    private static @Nullable String reason(int status, List<String> lines) {
        for (String line : lines) {
            if (line.contains("OutOfMemoryError") || line.contains("OutOfDirectMemoryError")) {
                return "out of memory";
            }
        }
        if (status == OUT_OF_MEMORY) {
            return "out of memory";
        }
        if (status < 0) {
            return "hung";
        }
        for (String line : lines.subList(0, Math.min(TAIL, lines.size()))) {
            System.err.println(line);
        }
        return lines.isEmpty() ? "exit status " + status : lines.get(0);
    }
}
