// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.tck.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** However a JVM ends, none of its servers stays behind. */
@Timeout(value = 90, unit = TimeUnit.SECONDS)
class JvmDeathIT {

    /** A JVM with a server, told by its first argument how to end when its input does. */
    static final class Child {

        private Child() {}

        public static void main(String[] arguments) throws IOException {
            Cluster cluster = Cluster.create();
            boolean idle = arguments[0].equals("idle");
            if (!idle) {
                cluster.start();
            }
            if (arguments[0].equals("suspended")) {
                cluster.signal(cluster.pid(), "STOP");
            }
            System.out.println(idle ? ProcessHandle.current().pid() : cluster.pid());
            System.out.println(cluster.socketDirectory());
            System.out.println(idle ? "" : cluster.endpoint().jdbcUrl());
            System.out.println("ready");
            int end = System.in.read();
            if (arguments[0].equals("exit")) {
                System.exit(end);
            }
            if (arguments[0].equals("halt")) {
                Runtime.getRuntime().halt(1);
            }
        }
    }

    private record Started(Process jvm, ProcessHandle server, Path folder, String jdbcUrl) {}

    @Test
    @DisplayName("a JVM killed by SIGKILL takes its server along, and the server's files")
    void killed() throws Exception {
        Started started = start("wait");
        DriverManager.getConnection(started.jdbcUrl).close();

        started.jvm.destroyForcibly();

        assertNothingLeft(started);
        assertThatThrownBy(() -> DriverManager.getConnection(started.jdbcUrl)).isInstanceOf(SQLException.class);
    }

    @Test
    @DisplayName("a JVM killed by SIGKILL takes a suspended server along too")
    void killedWhileSuspended() throws Exception {
        Started started = start("suspended");

        started.jvm.destroyForcibly();

        assertNothingLeft(started);
    }

    @Test
    @DisplayName("a JVM that halts without its shutdown hooks takes its server along")
    void halted() throws Exception {
        Started started = start("halt");

        started.jvm.getOutputStream().close();

        assertNothingLeft(started);
    }

    @Test
    @DisplayName("a JVM that exits, or whose main method ends, has closed its server before it is gone")
    void exits() throws Exception {
        for (String way : List.of("exit", "return")) {
            Started started = start(way);

            started.jvm.getOutputStream().close();
            assertThat(started.jvm.waitFor(20, TimeUnit.SECONDS)).isTrue();

            assertThat(started.server.isAlive()).as(way).isFalse();
            assertThat(started.folder).as(way).doesNotExist();
        }
    }

    @Test
    @DisplayName("a JVM ended by SIGTERM has closed its server before it is gone")
    void terminated() throws Exception {
        Started started = start("wait");

        started.jvm.destroy();
        assertThat(started.jvm.waitFor(20, TimeUnit.SECONDS)).isTrue();

        assertThat(started.server.isAlive()).isFalse();
        assertThat(started.folder).doesNotExist();
    }

    @Test
    @DisplayName("a folder in use is kept by every JVM that comes, and swept by the next one when its own JVM is dead")
    void swept() throws Exception {
        Started owner = start("idle");
        runToEnd();
        assertThat(owner.folder).isDirectory();

        owner.jvm.destroyForcibly();
        assertThat(owner.jvm.waitFor(20, TimeUnit.SECONDS)).isTrue();
        runToEnd();

        assertThat(owner.folder).doesNotExist();
    }

    private static void runToEnd() throws Exception {
        Started visitor = start("idle");
        visitor.jvm.getOutputStream().close();
        assertThat(visitor.jvm.waitFor(20, TimeUnit.SECONDS)).isTrue();
    }

    private static Started start(String way) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path")));
        System.getProperties().stringPropertyNames().stream()
                .filter(name -> name.startsWith("pgxc.test."))
                .forEach(name -> command.add("-D" + name + "=" + System.getProperty(name)));
        command.addAll(List.of(Child.class.getName(), way));
        Process jvm = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        BufferedReader output = new BufferedReader(new InputStreamReader(jvm.getInputStream(), StandardCharsets.UTF_8));
        long pid = Long.parseLong(output.readLine());
        ProcessHandle server = ProcessHandle.of(pid).orElseThrow();
        Path folder = Path.of(output.readLine());
        String url = output.readLine();
        assertThat(output.readLine()).isEqualTo("ready");
        assertThat(server.isAlive()).isTrue();
        assertThat(folder).isDirectory();
        return new Started(jvm, server, folder, url);
    }

    private static void assertNothingLeft(Started started) {
        // sooner than the guard's last resort, a SIGKILL after ten seconds
        Patience.await(
                Duration.ofSeconds(8),
                () -> !started.server.isAlive() && !Files.exists(started.folder),
                () -> "the server " + started.server + " or its folder outlives the JVM");
        assertThat(started.folder.resolveSibling(started.folder.getFileName() + ".lock"))
                .satisfies(
                        lock -> Patience.await(Duration.ofSeconds(5), () -> !Files.exists(lock), () -> "a lock stays"));
    }
}
