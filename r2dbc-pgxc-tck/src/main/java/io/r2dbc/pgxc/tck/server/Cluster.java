// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.tck.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * An embedded PostgreSQL of the caller's own: to configure, start, stop, kill, restart, and to follow by a standby.
 *
 * <p>It listens on 127.0.0.1 and on a Unix socket, trusts everybody unless told otherwise, and keeps its port over
 * restarts. Closing it, or the end of the JVM by whatever cause, ends the server and deletes its data.
 *
 * <p>Any thread may call it, but only one at a time, with two exceptions: {@link #signal} and {@link #stop} may interrupt
 * a {@link #stop} that waits for clients.
 */
public final class Cluster implements AutoCloseable {

    /** The superuser, its password, and its database. */
    private static final String SUPERUSER = "postgres";

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Duration RETRY_DELAY = Duration.ofMillis(100);
    private static final int START_ATTEMPTS = 20;

    private final Distribution distribution;
    private final Workspace.Lease lease;
    private final ServerFiles files;
    private final ServerLog log;
    private boolean started;
    private int port;
    private int launchedAt;
    private volatile @Nullable Postmaster postmaster;

    private Cluster(Distribution distribution, Workspace.Lease lease, ServerFiles files) {
        this.distribution = distribution;
        this.lease = lease;
        this.files = files;
        this.log = new ServerLog(lease.folder().resolve("log"));
    }

    /** A new one, not started yet, of the version that {@code pgxc.test.pgVersion} chooses. */
    public static Cluster create() {
        return create(Distribution.chosen());
    }

    /** A new one of that major version, not started yet. */
    public static Cluster create(int major) {
        return create(Distribution.of(major));
    }

    /** A new one, not started yet, of the PostgreSQL that is installed in that folder, with what the embedded ones lack. */
    public static Cluster installed(Path home) {
        return create(Distribution.installed(home));
    }

    /** A new one, not started yet, with a copy of the data in that folder: a base backup of the version that was chosen. */
    public static Cluster restore(Path backup) {
        return of(Distribution.chosen(), backup);
    }

    static Cluster create(Distribution distribution) {
        return of(distribution, distribution.template());
    }

    private static Cluster of(Distribution distribution, Path content) {
        try {
            Workspace.Lease lease = distribution.workspace().lease();
            Path data = lease.folder().resolve("data");
            Folders.copy(content, data);
            Cluster cluster = new Cluster(distribution, lease, new ServerFiles(data, distribution.account()));
            Remains.add(cluster);
            return cluster;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Changes a setting; it counts from the next start, or from {@link #reload} if the server can change it then. */
    public Cluster configure(String name, String value) {
        files.set(name, value);
        return this;
    }

    /** Changes settings as {@link #configure(String, String)} does. */
    public Cluster configure(Map<String, String> settings) {
        settings.forEach(files::set);
        return this;
    }

    /** Puts lines of {@code pg_hba.conf} before all others, from the next start or {@link #reload} on. */
    public Cluster hba(String... lines) {
        files.prepend(List.of(lines));
        return this;
    }

    /** Demands a method from a user on TCP and on the Unix socket: md5, scram-sha-256, password, reject, trust. */
    public Cluster authenticate(String user, String method) {
        return hba("local all \"" + user + "\" " + method, "host all \"" + user + "\" 127.0.0.1/32 " + method);
    }

    /** Writes a file, such as a certificate or its key, into the data folder for the server to read. */
    public Cluster put(String name, String content) {
        return attempt(() -> files.put(name, content));
    }

    /** Returns when it accepts connections. */
    public Cluster start() {
        if (isRunning()) {
            throw new IllegalStateException("The server is running");
        }
        return attempt(() -> {
            for (int attempt = 1; !launched(); attempt++) {
                requirePassing(attempt);
                LockSupport.parkNanos(RETRY_DELAY.toNanos());
            }
            started = true;
        });
    }

    /** Between our look and its bind somebody took the port, or what was killed has not quite gone: try again. */
    private void requirePassing(int attempt) throws IOException {
        String lately = log.since(launchedAt);
        if (!started && lately.contains("could not bind")) {
            port = 0;
        } else if (!lately.contains("shared memory block") && !lately.contains("could not bind")) {
            throw new IOException("The server did not start:\n" + log.text());
        }
        if (attempt == START_ATTEMPTS) {
            throw new IOException("The server does not start:\n" + log.text());
        }
    }

    private boolean launched() throws IOException {
        if (port == 0) {
            port = freePort();
        }
        files.set("port", Integer.toString(port));
        files.set("unix_socket_directories", lease.folder().toString());
        files.write();
        distribution.account().own(lease.folder());
        launchedAt = log.length();
        Postmaster launched = Postmaster.launch(distribution.server(dataDirectory()), lease.folder(), logFile());
        postmaster = launched;
        Patience.await(
                LIMIT, () -> !launched.isAlive() || launched.isReady(), () -> "the server is not ready\n" + log.text());
        return launched.isAlive();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** Returns when the server has ended; {@link Shutdown#SMART} waits for its clients, a minute at most. */
    public void stop(Shutdown mode) {
        Postmaster running = running();
        attempt(() -> running.signal(mode.signal()));
        if (!running.awaitEnd(LIMIT)) {
            throw new IllegalStateException("The server does not stop\n" + log.text());
        }
    }

    /** Ends the server and its backends by SIGKILL, as a power cut would. */
    public void kill() {
        running().kill();
    }

    /** Stops and starts again, on the same port. */
    public void restart(Shutdown mode) {
        stop(mode);
        start();
    }

    /** Makes the server read its configuration again; connections made after this see what can be seen without a start. */
    public void reload() {
        attempt(files::write);
        int before = log.length();
        attempt(() -> running().signal("HUP"));
        log.await(before, "reloading configuration files", LIMIT);
    }

    /** Kills one backend by SIGKILL; returns when the server, which then drops all others, has recovered. */
    public void killBackend(long backendPid) {
        int before = log.length();
        signal(backendPid, "KILL");
        log.await(before, "all server processes terminated; reinitializing", LIMIT);
        log.await(before, "database system is ready to accept connections", LIMIT);
    }

    /** Sends a signal, such as STOP or CONT, to one of the server's processes. */
    public void signal(long serverPid, String name) {
        boolean ours = serverPid == pid()
                || ProcessHandle.of(serverPid)
                        .flatMap(ProcessHandle::parent)
                        .filter(parent -> parent.pid() == pid())
                        .isPresent();
        if (!ours) {
            throw new IllegalArgumentException("No process of this server: " + serverPid);
        }
        attempt(() -> Programs.run(List.of("kill", "-s", name, Long.toString(serverPid))));
    }

    /**
     * Returns a hot standby that follows this server, started. This one is stopped for a moment, to copy its data.
     */
    public Cluster standby() {
        stop(Shutdown.FAST);
        try {
            Workspace.Lease copy = distribution.workspace().lease();
            Path data = copy.folder().resolve("data");
            Folders.copy(dataDirectory(), data);
            Cluster standby = new Cluster(distribution, copy, files.movedTo(data));
            Remains.add(standby);
            start();
            standby.put("standby.signal", "");
            standby.configure(
                    "primary_conninfo",
                    "host=127.0.0.1 port=" + port + " user=" + SUPERUSER + " application_name=standby");
            return standby.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Makes a standby a server of its own; returns when it takes writes. */
    public void promote() {
        int before = log.length();
        put("promote", "");
        attempt(() -> running().signal("USR1"));
        log.await(before, "database system is ready to accept connections", LIMIT);
    }

    /** Whether the server's first process lives. */
    public boolean isRunning() {
        Postmaster last = postmaster;
        return last != null && last.isAlive();
    }

    private Postmaster running() {
        Postmaster last = postmaster;
        if (last == null || !last.isAlive()) {
            throw new IllegalStateException("The server is not running");
        }
        return last;
    }

    /** The process number of the server's first process. */
    public long pid() {
        return running().pid();
    }

    /** Where it listens, for the superuser. */
    public Endpoint endpoint() {
        if (!started) {
            throw new IllegalStateException("The server has not been started, and so has no port");
        }
        return new Endpoint("127.0.0.1", port, SUPERUSER, SUPERUSER, SUPERUSER);
    }

    /** The folder that holds the Unix socket {@code .s.PGSQL.<port>}. */
    public Path socketDirectory() {
        return lease.folder();
    }

    /** The folder of the data. */
    public Path dataDirectory() {
        return lease.folder().resolve("data");
    }

    /** The file that all its runs write their log to. */
    public Path logFile() {
        return log.file();
    }

    /** What all its runs have logged so far. */
    public String log() {
        return log.text();
    }

    /** Ends the server, if it runs, and deletes its data. */
    @Override
    public void close() {
        Remains.remove(this);
        try {
            end();
        } finally {
            attempt(lease::close);
        }
    }

    private void end() {
        Postmaster last = postmaster;
        if (last == null || !last.isAlive()) {
            return;
        }
        // a test may have suspended it
        attempt(() -> last.signal("CONT"));
        attempt(() -> last.signal(Shutdown.IMMEDIATE.signal()));
        if (!last.awaitEnd(Duration.ofSeconds(8))) {
            last.kill();
        }
    }

    /** What may fail on files and processes. */
    private interface Action {

        void run() throws IOException;
    }

    private Cluster attempt(Action action) {
        try {
            action.run();
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
