// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.tck.pool;

import io.r2dbc.pgxc.tck.LocalPort;
import io.r2dbc.pgxc.tck.server.Endpoint;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A PgBouncer before a server, in transaction mode, with two connections to share. */
final class PgBouncer implements AutoCloseable {

    private final Process process;
    private final Endpoint endpoint;
    private final Path folder;

    private PgBouncer(Process process, Endpoint endpoint, Path folder) {
        this.process = process;
        this.endpoint = endpoint;
        this.folder = folder;
    }

    /** The program, where it is installed. */
    static Optional<Path> program() {
        return Stream.of("/usr/sbin/pgbouncer", "/usr/bin/pgbouncer", "/usr/local/bin/pgbouncer")
                .map(Path::of)
                .filter(Files::isExecutable)
                .findFirst();
    }

    static PgBouncer before(Endpoint server, Path program) throws IOException {
        Path folder = Files.createTempDirectory("pgxc-bouncer");
        int port = LocalPort.free();
        Path users =
                Files.writeString(folder.resolve("users"), "\"" + server.user() + "\" \"" + server.password() + "\"\n");
        Path settings = Files.writeString(
                folder.resolve("settings"),
                String.join(
                        "\n",
                        "[databases]",
                        "* = host=" + server.host() + " port=" + server.port(),
                        "[pgbouncer]",
                        "listen_addr = 127.0.0.1",
                        "listen_port = " + port,
                        "unix_socket_dir =",
                        "auth_type = plain",
                        "auth_file = " + users,
                        "pool_mode = transaction",
                        "default_pool_size = 2",
                        "logfile = " + folder.resolve("log"),
                        ""));
        ProcessBuilder command = new ProcessBuilder(command(program, settings, folder));
        command.redirectErrorStream(true)
                .redirectOutput(folder.resolve("output").toFile());
        Process process = command.start();
        PgBouncer bouncer = new PgBouncer(
                process, new Endpoint("127.0.0.1", port, server.database(), server.user(), server.password()), folder);
        bouncer.awaitStart();
        return bouncer;
    }

    /** It refuses to run as root, so there it becomes nobody, who must be able to read and write its folder. */
    private static List<String> command(Path program, Path settings, Path folder) throws IOException {
        if (!"root".equals(System.getProperty("user.name"))) {
            return List.of(program.toString(), settings.toString());
        }
        for (Path path : List.of(folder, settings, folder.resolve("users"))) {
            Files.setOwner(
                    path, path.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("nobody"));
        }
        return List.of(program.toString(), "-u", "nobody", settings.toString());
    }

    private void awaitStart() throws IOException {
        if (!LocalPort.opens(endpoint.port(), process)) {
            String said = Files.readString(folder.resolve("output"));
            close();
            throw new IOException("PgBouncer did not start: " + said);
        }
    }

    Endpoint endpoint() {
        return endpoint;
    }

    @Override
    public void close() {
        process.destroy();
        try (Stream<Path> files = Files.list(folder)) {
            process.waitFor(10, TimeUnit.SECONDS);
            for (Path file : files.toList()) {
                Files.delete(file);
            }
            Files.delete(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
