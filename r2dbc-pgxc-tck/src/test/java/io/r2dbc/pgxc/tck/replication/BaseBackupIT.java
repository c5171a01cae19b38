// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.tck.replication;

import static io.r2dbc.pgxc.tck.Sandbox.LIMIT;
import static io.r2dbc.pgxc.tck.Sandbox.all;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.buffer.Unpooled;
import io.r2dbc.pgxc.PgxcReplicationConnection;
import io.r2dbc.pgxc.replication.BackupOptions;
import io.r2dbc.pgxc.replication.BackupOptions.Checkpoint;
import io.r2dbc.pgxc.replication.BackupOptions.Checksums;
import io.r2dbc.pgxc.replication.BackupOptions.Manifest;
import io.r2dbc.pgxc.replication.BackupOptions.Target;
import io.r2dbc.pgxc.replication.BackupPart;
import io.r2dbc.pgxc.replication.ReplicationMode;
import io.r2dbc.pgxc.tck.server.Capability;
import io.r2dbc.pgxc.tck.server.Cluster;
import io.r2dbc.pgxc.tck.server.TestServer;
import io.r2dbc.pgxc.testing.StandingAsserts;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.SimpleDriverDataSource;
import reactor.core.publisher.Flux;

class BaseBackupIT {

    private static @Nullable Cluster cluster;

    @RegisterExtension
    static final StandingAsserts ASSERTS = StandingAsserts.within(Duration.ofMinutes(2));

    @RegisterExtension
    final Publisher publisher = new Publisher(() -> cluster().endpoint());

    @TempDir
    Path folder;

    @BeforeAll
    static void start() {
        assumeTrue(TestServer.shared().supports(Capability.CONTROL), "a backup is started as a server of our own");
        Cluster made = Cluster.create();
        cluster = made;
        made.start();
        if (TestServer.shared().versionNum() >= 170_000) {
            made.configure("summarize_wal", "on");
            made.reload();
        }
    }

    @AfterAll
    static void stop() {
        if (cluster != null) {
            cluster.close();
        }
    }

    private static Cluster cluster() {
        return Objects.requireNonNull(cluster);
    }

    private static BackupOptions fast() {
        return BackupOptions.create()
                .label("it's ours")
                .checkpoint(Checkpoint.FAST)
                .progress();
    }

    private static <T> List<T> of(List<BackupPart> parts, Class<T> kind) {
        return parts.stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    @Test
    @DisplayName("[S3.19, S3.20, S3.21] a backup taken through the driver starts as a server and has the data")
    void startsAsServer() {
        publisher.jdbc().execute("CREATE TABLE kept AS SELECT g FROM generate_series(1, 12345) g");
        TarFolder unpacked = new TarFolder(folder);
        List<BackupPart> parts = all(publisher
                .open(ReplicationMode.PHYSICAL)
                .baseBackup(fast().wal()
                        .manifest(Manifest.YES)
                        .manifestChecksums(Checksums.SHA256)
                        .maxRate(1_048_576))
                .doOnNext(unpacked::take)
                .filter(part -> !(part instanceof BackupPart.Data)));
        unpacked.close();
        assertThat(parts.get(0)).isInstanceOf(BackupPart.Started.class);
        assertThat(parts.get(parts.size() - 1)).isInstanceOf(BackupPart.Finished.class);
        BackupPart.Started started = of(parts, BackupPart.Started.class).get(0);
        BackupPart.Finished finished = of(parts, BackupPart.Finished.class).get(0);
        assertThat(finished.end()).isGreaterThan(started.start());
        assertThat(started.tablespaces()).hasSize(1);
        assertThat(started.tablespaces().get(0).kilobytes()).isPositive();
        assertThat(of(parts, BackupPart.Archive.class)).containsExactly(new BackupPart.Archive("base.tar", ""));
        assertThat(of(parts, BackupPart.Manifest.class)).hasSize(1);
        assertThat(unpacked.manifest()).contains("\"Checksum-Algorithm\": \"SHA256\"");
        assertThat(of(parts, BackupPart.Progress.class).isEmpty()).isEqualTo(publisher.major() < 15);

        try (Cluster restored = Cluster.restore(folder)) {
            restored.start();
            JdbcTemplate there = new JdbcTemplate(new SimpleDriverDataSource(
                    new org.postgresql.Driver(), restored.endpoint().jdbcUrl()));
            assertThat(there.queryForObject("SELECT count(*) FROM " + publisher.name() + ".kept", Long.class))
                    .isEqualTo(12_345);
        }
    }

    @Test
    @DisplayName("[S3.19] a cancelled backup is stopped at the server, and the connection goes on")
    void cancelled() {
        PgxcReplicationConnection connection = publisher.open(ReplicationMode.PHYSICAL);
        assertThat(connection
                        .baseBackup(fast().maxRate(32))
                        .takeUntil(part -> part instanceof BackupPart.Data)
                        .blockLast(LIMIT))
                .isInstanceOf(BackupPart.Data.class);
        assertThat(connection.identifySystem().block(LIMIT)).isNotNull();
    }

    @Test
    @DisplayName("[S3.21] targets at the server send no archives, and older servers are not asked for them")
    void targets() {
        PgxcReplicationConnection connection = publisher.open(ReplicationMode.PHYSICAL);
        if (publisher.major() < 15) {
            assertThatThrownBy(() -> connection.baseBackup(fast().target(Target.BLACKHOLE)))
                    .isInstanceOf(UnsupportedOperationException.class)
                    .hasMessageContaining("TARGET");
            return;
        }
        List<BackupPart> parts =
                all(connection.baseBackup(fast().target(Target.BLACKHOLE).waitForArchive(false)));
        assertThat(of(parts, BackupPart.Data.class)).isEmpty();
        assertThat(of(parts, BackupPart.Finished.class)).hasSize(1);
    }

    @Test
    @DisplayName("[S3.21] an incremental backup after the manifest of a full one was uploaded; what is no manifest is"
            + " refused")
    void incremental() {
        assumeTrue(publisher.major() >= 17, "incremental backups came with PostgreSQL 17");
        PgxcReplicationConnection connection = publisher.open(ReplicationMode.PHYSICAL);
        assertThatThrownBy(() -> connection
                        .uploadManifest(Flux.just(Unpooled.copiedBuffer("{}", StandardCharsets.UTF_8)))
                        .block(LIMIT))
                .hasMessageContaining("manifest");
        TarFolder full = new TarFolder(folder.resolve("full"));
        connection
                .baseBackup(fast().wal().manifest(Manifest.YES))
                .doOnNext(full::take)
                .blockLast(LIMIT);
        publisher.jdbc().execute("CREATE TABLE later AS SELECT 1");
        String manifest = full.manifest();
        int middle = manifest.length() / 2;
        connection
                .uploadManifest(Flux.just(manifest.substring(0, middle), manifest.substring(middle))
                        .map(text -> Unpooled.copiedBuffer(text, StandardCharsets.UTF_8)))
                .block(LIMIT);
        TarFolder increment = new TarFolder(folder.resolve("increment"));
        connection
                .baseBackup(fast().incremental().wal())
                .doOnNext(increment::take)
                .blockLast(LIMIT);
        assertThat(increment.names()).anyMatch(name -> name.contains("INCREMENTAL."));
        assertThat(increment.bytes()).isLessThan(full.bytes());
    }
}
