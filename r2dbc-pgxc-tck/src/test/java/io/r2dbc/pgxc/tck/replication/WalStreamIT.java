// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.tck.replication;

import static io.r2dbc.pgxc.tck.Sandbox.LIMIT;
import static io.r2dbc.pgxc.tck.Sandbox.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.r2dbc.pgxc.PgxcReplicationConnection;
import io.r2dbc.pgxc.PgxcWalStream;
import io.r2dbc.pgxc.replication.NextTimeline;
import io.r2dbc.pgxc.replication.ReplicationMode;
import io.r2dbc.pgxc.replication.ReplicationSlot;
import io.r2dbc.pgxc.replication.StreamRequest;
import io.r2dbc.pgxc.replication.TimelineHistory;
import io.r2dbc.pgxc.replication.WalData;
import io.r2dbc.pgxc.tck.server.Capability;
import io.r2dbc.pgxc.tck.server.Cluster;
import io.r2dbc.pgxc.tck.server.Shutdown;
import io.r2dbc.pgxc.tck.server.TestServer;
import io.r2dbc.pgxc.testing.StandingAsserts;
import io.r2dbc.pgxc.value.Lsn;
import io.r2dbc.spi.R2dbcTransientResourceException;
import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;
import reactor.test.subscriber.TestSubscriber;

/** The log itself, from a server of the test's own. Its end comes last. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class WalStreamIT {

    private static @Nullable Cluster cluster;
    private static @Nullable Cluster standby;

    @RegisterExtension
    static final StandingAsserts ASSERTS = StandingAsserts.within(Duration.ofMinutes(1));

    @RegisterExtension
    final Publisher publisher = new Publisher(() -> cluster().endpoint());

    @BeforeAll
    static void start() {
        assumeTrue(TestServer.shared().supports(Capability.CONTROL), "the files of a server must be at hand");
        Cluster made = Cluster.create();
        cluster = made;
        made.configure("wal_keep_size", "256MB")
                .configure("wal_sender_timeout", "1s")
                .start();
        standby = made.standby();
    }

    @AfterAll
    static void stop() {
        if (standby != null) {
            standby.close();
        }
        if (cluster != null) {
            cluster.close();
        }
    }

    private static Cluster cluster() {
        return Objects.requireNonNull(cluster);
    }

    private long segment() {
        return publisher.ask("SELECT setting::bigint FROM pg_settings WHERE name = 'wal_segment_size'", Long.class);
    }

    private Lsn segmentOf(Lsn lsn) {
        return new Lsn(lsn.value() / segment() * segment());
    }

    @Test
    @Order(1)
    @DisplayName("[S3.16, S3.12] the stream of a whole segment and more is what the server's files hold, byte for byte")
    void equalsTheFiles() throws Exception {
        PgxcReplicationConnection connection = publisher.open(ReplicationMode.PHYSICAL);
        Lsn from = segmentOf(
                Objects.requireNonNull(connection.identifySystem().block(LIMIT)).position());
        publisher
                .jdbc()
                .execute("CREATE TABLE filled AS SELECT g, repeat(md5(g::text), 20) FROM generate_series(1, 40000) g");
        Lsn to = publisher.lsn("pg_current_wal_flush_lsn()");
        assertThat(from.distanceTo(to)).isGreaterThan(segment());
        ByteArrayOutputStream streamed = new ByteArrayOutputStream();
        connection
                .startReplication(StreamRequest.physical(from))
                .data()
                .doOnNext(wal -> {
                    assertThat(wal.start().value()).isEqualTo(from.value() + streamed.size());
                    byte[] bytes = new byte[wal.data().readableBytes()];
                    wal.data().readBytes(bytes);
                    streamed.writeBytes(bytes);
                })
                .takeUntil(wal -> from.value() + streamed.size() >= to.value())
                .blockLast(LIMIT);
        int length = (int) from.distanceTo(to);
        byte[] ours = Arrays.copyOf(streamed.toByteArray(), length);
        assertThat(Arrays.equals(ours, files(from, length))).isTrue();
        assertThat(connection.show("wal_level").block(LIMIT)).isEqualTo("logical");
    }

    /** What the segments hold from the beginning of one on. */
    private byte[] files(Lsn from, int length) throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        long segment = segment();
        for (long at = from.value(); bytes.size() < length; at += segment) {
            Path file = cluster()
                    .dataDirectory()
                    .resolve("pg_wal")
                    .resolve("%08X%08X%08X".formatted(1, at >>> 32, (at & 0xFFFF_FFFFL) / segment));
            bytes.writeBytes(Files.readAllBytes(file));
        }
        return Arrays.copyOf(bytes.toByteArray(), length);
    }

    @Test
    @Order(2)
    @DisplayName(
            "[S3.14, S3.15, I10] a subscriber that requests nothing outlives wal_sender_timeout; what it acknowledges"
                    + " is exact")
    void withoutDemand() {
        PgxcReplicationConnection connection = publisher.open(ReplicationMode.PHYSICAL);
        String slot = publisher.name() + "_p";
        connection.createSlot(ReplicationSlot.physical(slot).withReservedWal()).block(LIMIT);
        Lsn from =
                Objects.requireNonNull(connection.identifySystem().block(LIMIT)).position();
        PgxcWalStream stream = connection.startReplication(
                StreamRequest.physical(from).withSlot(slot).withStatusInterval(Duration.ofMillis(200)));
        TestSubscriber<WalData> subscriber =
                TestSubscriber.builder().initialRequest(0).build();
        stream.data().subscribe(subscriber);
        int pid = publisher.walsender(slot);
        publisher
                .jdbc()
                .execute("CREATE TABLE waits AS SELECT g, repeat(md5(g::text), 20) FROM generate_series(1, 40000) g");
        Lsn restart = publisher.lsn("SELECT restart_lsn FROM pg_replication_slots WHERE slot_name = ?", slot);
        String before =
                publisher.ask("SELECT reply_time::text FROM pg_stat_replication WHERE pid = ?", String.class, pid);
        until(
                "three times wal_sender_timeout has passed",
                () -> publisher.ask("SELECT extract(epoch FROM now() - ?::timestamptz) > 3", Boolean.class, before));
        assertThat(publisher.walsender(slot)).isEqualTo(pid);
        assertThat(subscriber.getReceivedOnNext()).isEmpty();
        assertThat(publisher.ask("SELECT flush_lsn IS NULL FROM pg_stat_replication WHERE pid = ?", Boolean.class, pid))
                .isTrue();

        subscriber.request(1);
        until("a piece has come", () -> subscriber.getReceivedOnNext().size() == 1);
        Lsn end = subscriber.getReceivedOnNext().get(0).end();
        stream.acknowledge(end);
        until(
                "the server knows",
                () -> publisher
                        .lsn("SELECT restart_lsn FROM pg_replication_slots WHERE slot_name = ?", slot)
                        .equals(end));
        assertThat(end).isGreaterThan(restart);
        subscriber.cancel();
        assertThat(connection.readSlot(slot).onErrorComplete().block(LIMIT) == null)
                .isEqualTo(publisher.major() < 15);
        assertThat(connection.identifySystem().block(LIMIT)).isNotNull();
    }

    @Test
    @Order(3)
    @DisplayName("[S3.9] a promoted standby streams the old timeline to its end, and says where the log goes on")
    void timelines() {
        Cluster promoted = Objects.requireNonNull(standby);
        Lsn from = publisher.lsn("pg_current_wal_flush_lsn()");
        publisher.jdbc().execute("CREATE TABLE more AS SELECT g FROM generate_series(1, 1000) g");
        Lsn to = publisher.lsn("pg_current_wal_flush_lsn()");
        until(
                "the standby has it",
                () -> Long.parseLong(publisher.ask(
                                "SELECT count(*) FROM pg_stat_replication WHERE application_name = 'standby' AND"
                                        + " replay_lsn >= '"
                                        + to + "'",
                                String.class))
                        == 1);
        promoted.promote();
        PgxcReplicationConnection connection = publisher.look(Objects.requireNonNull(publisher
                .factory(promoted.endpoint())
                .replication(ReplicationMode.PHYSICAL)
                .block(LIMIT)));
        assertThat(Objects.requireNonNull(connection.identifySystem().block(LIMIT))
                        .timeline())
                .isEqualTo(2);
        PgxcWalStream stream = connection.startReplication(
                StreamRequest.physical(segmentOf(from)).onTimeline(1));
        WalData last = Objects.requireNonNull(stream.data().blockLast(LIMIT));
        NextTimeline next = Objects.requireNonNull(stream.nextTimeline().block(LIMIT));
        assertThat(next.timeline()).isEqualTo(2);
        assertThat(next.start()).isEqualTo(last.end());

        PgxcWalStream nothing =
                connection.startReplication(StreamRequest.physical(next.start()).onTimeline(1));
        assertThat(nothing.data().collectList().block(LIMIT)).isEmpty();
        assertThat(nothing.nextTimeline().block(LIMIT)).isEqualTo(next);
        TimelineHistory history =
                Objects.requireNonNull(connection.timelineHistory(2).block(LIMIT));
        assertThat(history.switches()).hasSize(1);
        assertThat(history.switches().get(0).end()).isEqualTo(next.start());
        assertThat(connection
                        .startReplication(StreamRequest.physical(next.start()).onTimeline(2))
                        .data()
                        .blockFirst(LIMIT))
                .isNotNull();
    }

    @Test
    @Order(4)
    @DisplayName("[I10] the server shuts down: an error that says another connection may do")
    void shutdown() {
        PgxcReplicationConnection connection = publisher.open(ReplicationMode.PHYSICAL);
        Lsn from =
                Objects.requireNonNull(connection.identifySystem().block(LIMIT)).position();
        PgxcWalStream stream = connection.startReplication(StreamRequest.physical(from));
        TestSubscriber<WalData> subscriber = TestSubscriber.create();
        stream.data().doOnNext(wal -> stream.acknowledge(wal.end())).subscribe(subscriber);
        publisher.jdbc().execute("CREATE TABLE last AS SELECT 1");
        until("something has come", () -> !subscriber.getReceivedOnNext().isEmpty());
        cluster().restart(Shutdown.FAST);
        subscriber.block(LIMIT);
        assertThat(subscriber.expectTerminalError()).isInstanceOf(R2dbcTransientResourceException.class);
        assertThat(connection.isConnected()).isFalse();
    }
}
