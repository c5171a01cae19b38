// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.tck.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class ClusterIT {

    @Test
    @DisplayName("a started cluster is of the wanted version and can do all that tests need")
    void started() throws SQLException {
        try (Cluster cluster = Cluster.create().start()) {
            int major = Integer.parseInt(Sql.ask(cluster, "SHOW server_version_num")) / 10_000;
            assertThat(major).isEqualTo(Distribution.chosenMajor());
            assertThat(Sql.ask(cluster, "SHOW max_connections")).isEqualTo("300");
            assertThat(Sql.ask(cluster, "SHOW wal_level")).isEqualTo("logical");
            assertThat(Sql.ask(cluster, "SHOW server_encoding")).isEqualTo("UTF8");
            assertThat(Sql.ask(cluster, "SHOW max_prepared_transactions")).isEqualTo("64");
            assertThat(cluster.socketDirectory()
                            .resolve(".s.PGSQL." + cluster.endpoint().port()))
                    .exists();
            assertThat(cluster.log()).contains("ready to accept connections");
        }
    }

    @Test
    @DisplayName("two clusters live side by side")
    void twoAtOnce() throws SQLException {
        try (Cluster one = Cluster.create().start();
                Cluster two = Cluster.create().start()) {
            Sql.run(one, "CREATE TABLE only_here (id int)");

            assertThat(Sql.ask(two, "SELECT count(*) FROM pg_class WHERE relname = 'only_here'"))
                    .isEqualTo("0");
            assertThat(one.endpoint().port()).isNotEqualTo(two.endpoint().port());
        }
    }

    @ParameterizedTest(name = "stopped {0}, the client is dropped; started again, port and data are the same")
    @EnumSource(
            value = Shutdown.class,
            names = {"FAST", "IMMEDIATE"})
    void stopAndStart(Shutdown mode) throws SQLException {
        try (Cluster cluster = Cluster.create().start();
                Connection client = Sql.connect(cluster)) {
            Endpoint before = cluster.endpoint();
            Sql.run(cluster, "CREATE TABLE kept AS SELECT 42 AS answer");

            cluster.stop(mode);

            assertThat(cluster.isRunning()).isFalse();
            assertThatThrownBy(() -> Sql.ask(client, "SELECT 1")).isInstanceOf(SQLException.class);
            assertThatThrownBy(() -> Sql.ask(before, "SELECT 1")).isInstanceOf(SQLException.class);

            cluster.start();

            assertThat(cluster.endpoint()).isEqualTo(before);
            assertThat(Sql.ask(cluster, "SELECT answer FROM kept")).isEqualTo("42");
        }
    }

    @Test
    @DisplayName("a smart stop waits for the client, and a fast one overtakes it")
    void smartStopWaits() throws Exception {
        try (Cluster cluster = Cluster.create().start();
                Connection client = Sql.connect(cluster)) {
            CompletableFuture<Void> stopped = CompletableFuture.runAsync(() -> cluster.stop(Shutdown.SMART));
            Patience.await(
                    Duration.ofSeconds(10),
                    () -> cluster.log().contains("received smart shutdown request"),
                    () -> "no smart shutdown");
            assertThat(Sql.ask(client, "SELECT 1")).isEqualTo("1");
            assertThat(stopped).isNotDone();

            cluster.stop(Shutdown.FAST);

            assertThat(stopped).succeedsWithin(Duration.ofSeconds(10));
            assertThatThrownBy(() -> Sql.ask(client, "SELECT 1")).isInstanceOf(SQLException.class);
        }
    }

    @Test
    @DisplayName("killed with all its backends, it recovers what was committed")
    void kill() throws SQLException {
        try (Cluster cluster = Cluster.create().start();
                Connection client = Sql.connect(cluster)) {
            Sql.run(cluster, "CREATE TABLE kept AS SELECT 42 AS answer");

            cluster.kill();

            assertThat(cluster.isRunning()).isFalse();
            assertThatThrownBy(() -> Sql.ask(client, "SELECT 1")).isInstanceOf(SQLException.class);
            cluster.start();
            assertThat(cluster.log()).contains("automatic recovery in progress");
            assertThat(Sql.ask(cluster, "SELECT answer FROM kept")).isEqualTo("42");
        }
    }

    @Test
    @DisplayName("killed, it takes along a backend too busy to notice the death of its parent")
    void killBusy() throws SQLException {
        try (Cluster cluster = Cluster.create().start();
                Connection client = Sql.connect(cluster)) {
            long backend = Long.parseLong(Sql.ask(client, "SELECT pg_backend_pid()"));
            CompletableFuture<Boolean> work = CompletableFuture.supplyAsync(
                    () -> Sql.fails(client, "DO $$ BEGIN FOR i IN 1..1000000000 LOOP NULL; END LOOP; END $$"));
            String state = "SELECT state FROM pg_stat_activity WHERE pid = " + backend;
            Patience.await(Duration.ofSeconds(10), () -> Sql.answers(cluster, state, "active"), () -> "it is not busy");

            cluster.kill();

            assertThat(work).succeedsWithin(Duration.ofSeconds(2)).isEqualTo(true);
        }
    }

    @Test
    @DisplayName("one backend killed: all clients are dropped, and new ones are welcome at once")
    void killBackend() throws SQLException {
        try (Cluster cluster = Cluster.create().start();
                Connection victim = Sql.connect(cluster);
                Connection bystander = Sql.connect(cluster)) {
            cluster.killBackend(Long.parseLong(Sql.ask(victim, "SELECT pg_backend_pid()")));

            assertThatThrownBy(() -> Sql.ask(victim, "SELECT 1")).isInstanceOf(SQLException.class);
            assertThatThrownBy(() -> Sql.ask(bystander, "SELECT 1")).isInstanceOf(SQLException.class);
            assertThat(cluster.isRunning()).isTrue();
            assertThat(Sql.ask(cluster, "SELECT 42")).isEqualTo("42");
        }
    }

    @Test
    @DisplayName("processes of others are not signalled")
    void foreignProcess() {
        try (Cluster cluster = Cluster.create().start()) {
            long own = ProcessHandle.current().pid();
            assertThatThrownBy(() -> cluster.signal(own, "KILL")).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> cluster.killBackend(own)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    @DisplayName("a standby follows, takes no writes, and is promoted when the primary is dead")
    void standby() throws SQLException {
        try (Cluster primary = Cluster.create().start()) {
            Sql.run(primary, "CREATE TABLE t (id int)");
            try (Cluster standby = primary.standby()) {
                Sql.run(primary, "INSERT INTO t SELECT generate_series(1, 100)");
                Patience.await(
                        Duration.ofSeconds(20), () -> count(standby) == 100, () -> "the standby does not follow");
                assertThat(Sql.ask(standby, "SELECT pg_is_in_recovery()")).isEqualTo("t");
                assertThatThrownBy(() -> Sql.run(standby, "INSERT INTO t VALUES (0)"))
                        .isInstanceOfSatisfying(
                                SQLException.class,
                                e -> assertThat(e.getSQLState()).isEqualTo("25006"));

                primary.kill();
                standby.promote();

                assertThat(Sql.ask(standby, "SELECT pg_is_in_recovery()")).isEqualTo("f");
                Sql.run(standby, "INSERT INTO t VALUES (0)");
                assertThat(count(standby)).isEqualTo(101);
            }
        }
    }

    private static int count(Cluster cluster) {
        try {
            return Integer.parseInt(Sql.ask(cluster, "SELECT count(*) FROM t"));
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    @ParameterizedTest(name = "a user who must log in by {0} gets in by the right password only")
    @CsvSource({"md5, md5", "scram-sha-256, scram-sha-256", "password, scram-sha-256"})
    void authenticate(String method, String storedAs) throws SQLException {
        try (Cluster cluster = Cluster.create().start()) {
            Sql.run(
                    cluster,
                    String.format(
                            Locale.ROOT,
                            "SET password_encryption = '%s'; CREATE ROLE guest LOGIN PASSWORD 'right'",
                            storedAs));
            cluster.authenticate("guest", method).reload();
            Endpoint guest = cluster.endpoint().as("guest", "right");

            assertThat(Sql.ask(guest, "SELECT current_user")).isEqualTo("guest");
            assertThatThrownBy(() -> Sql.ask(cluster.endpoint().as("guest", "wrong"), "SELECT 1"))
                    .isInstanceOfSatisfying(
                            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("28P01"));
        }
    }

    @Test
    @DisplayName("a rejected user stays outside, and others come in")
    void reject() throws SQLException {
        try (Cluster cluster = Cluster.create().authenticate("guest", "reject").start()) {
            Sql.run(cluster, "CREATE ROLE guest LOGIN");

            assertThatThrownBy(() -> Sql.ask(cluster.endpoint().as("guest", ""), "SELECT 1"))
                    .isInstanceOfSatisfying(
                            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("28000"));
            assertThat(Sql.ask(cluster, "SELECT current_user")).isEqualTo("postgres");
        }
    }

    @Test
    @DisplayName("settings count from the next start or reload, with any character in them")
    void configure() throws SQLException {
        try (Cluster cluster =
                Cluster.create().configure("search_path", "\"it's\", public").start()) {
            assertThat(Sql.ask(cluster, "SHOW search_path")).isEqualTo("\"it's\", public");

            cluster.configure("work_mem", "7MB")
                    .configure("max_connections", "17")
                    .reload();
            assertThat(Sql.ask(cluster, "SHOW work_mem")).isEqualTo("7MB");
            assertThat(Sql.ask(cluster, "SHOW max_connections")).isEqualTo("300");

            cluster.restart(Shutdown.FAST);
            assertThat(Sql.ask(cluster, "SHOW max_connections")).isEqualTo("17");
        }
    }

    @Test
    @DisplayName("a server that cannot start says why")
    void badSetting() {
        try (Cluster cluster = Cluster.create().configure("wal_level", "nonsense")) {
            assertThatThrownBy(cluster::start).hasMessageContaining("wal_level");
            assertThat(cluster.isRunning()).isFalse();
        }
    }

    @Test
    @DisplayName("closed, it leaves no process and no file, even if it was suspended")
    void close() {
        Cluster cluster = Cluster.create().start();
        Path folder = cluster.socketDirectory();
        ProcessHandle server = ProcessHandle.of(cluster.pid()).orElseThrow();
        cluster.signal(cluster.pid(), "STOP");

        // sooner than the last resort, a SIGKILL after eight seconds
        assertTimeout(Duration.ofSeconds(6), cluster::close);

        assertThat(server.isAlive()).isFalse();
        assertThat(folder).doesNotExist();
        assertThat(folder.resolveSibling(folder.getFileName() + ".lock")).doesNotExist();
    }
}
