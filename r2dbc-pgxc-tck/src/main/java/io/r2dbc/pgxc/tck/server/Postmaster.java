// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.tck.server;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * One run of the server's first process, which ends at the latest when this JVM does.
 *
 * <p>The server is the child of a shell, and the shell holds one end of a pipe whose other end only this JVM has. However
 * the JVM dies, by SIGKILL too, the system closes the pipe; the shell sees it, stops the server and deletes its folder.
 */
final class Postmaster {

    /**
     * Arguments: the cluster's folder, the log, the command. Prints the server's process number; ends with the server and
     * its status. Control-C in a terminal reaches this shell as well, and must not stop it from stopping the server. A
     * server that is suspended by a test has to go on before it can stop.
     */
    private static final String GUARDED = """
            folder=$1 log=$2
            shift 2
            exec 3<&0
            "$@" </dev/null >>"$log" 2>&1 3<&- &
            server=$!
            echo "$server"
            exec </dev/null >/dev/null 2>&1
            trap '' INT TERM HUP PIPE
            (
                cat <&3
                : >"$folder/orphaned"
                kill -CONT "$server"
                kill -QUIT "$server"
                for second in 1 2 3 4 5 6 7 8 9 10; do sleep 1; done
                kill -KILL "$server"
            ) &
            guard=$!
            exec 3<&-
            wait "$server"
            status=$?
            kill -KILL "$guard"
            [ -e "$folder/orphaned" ] && exec rm -rf "$folder" "$folder.lock"
            exit "$status"
            """;

    private static final int STATUS_LINE = 7;

    private final Process shell;
    private final long pid;
    private final Path data;

    private Postmaster(Process shell, long pid, Path data) {
        this.shell = shell;
        this.pid = pid;
        this.data = data;
    }

    /** Starts the command in the cluster's folder, where {@code data} is. The server is not ready yet. */
    static Postmaster launch(List<String> command, Path folder, Path log) throws IOException {
        List<String> words =
                new ArrayList<>(List.of("sh", "-c", GUARDED, "postmaster-guard", folder.toString(), log.toString()));
        words.addAll(command);
        Process shell = new ProcessBuilder(words)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        BufferedReader answers =
                new BufferedReader(new InputStreamReader(shell.getInputStream(), StandardCharsets.US_ASCII));
        String pid = answers.readLine();
        if (pid == null) {
            throw new IOException("The shell that is to guard the server did not start it");
        }
        return new Postmaster(shell, Long.parseLong(pid), folder.resolve("data"));
    }

    /** Whether a server that nobody guards is still at work in the cluster's folder. */
    static boolean isRunningIn(Path folder) throws IOException {
        List<String> lines = pidFile(folder.resolve("data"));
        if (lines.isEmpty()) {
            return false;
        }
        return ProcessHandle.of(Long.parseLong(lines.get(0).trim()))
                .flatMap(process -> process.info().command())
                .filter(command -> command.endsWith("postgres"))
                .isPresent();
    }

    long pid() {
        return pid;
    }

    boolean isAlive() {
        return shell.isAlive();
    }

    /** Whether it accepts connections, read-only ones at least. */
    boolean isReady() {
        try {
            List<String> lines = pidFile(data);
            return lines.size() > STATUS_LINE
                    && lines.get(0).equals(Long.toString(pid))
                    && lines.get(STATUS_LINE).trim().equals("ready");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void signal(String name) throws IOException {
        boolean sent = isAlive() && Programs.succeeds(List.of("kill", "-s", name, Long.toString(pid)));
        // one that is ending needs no signal
        if (!sent && !awaitEnd(Duration.ofSeconds(1))) {
            throw new IOException("The server " + pid + " takes no signal " + name);
        }
    }

    boolean awaitEnd(Duration limit) {
        try {
            return shell.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Ends it and all its backends as a power cut would. */
    void kill() {
        List<ProcessHandle> backends =
                ProcessHandle.of(pid).stream().flatMap(ProcessHandle::children).toList();
        ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
        backends.forEach(ProcessHandle::destroyForcibly);
        if (!awaitEnd(Duration.ofSeconds(10))) {
            throw new IllegalStateException("The server " + pid + " survives SIGKILL");
        }
    }

    private static List<String> pidFile(Path data) throws IOException {
        Path file = data.resolve("postmaster.pid");
        // it comes, grows and goes while we look
        return Files.exists(file) ? Files.readString(file).lines().toList() : List.of();
    }
}
