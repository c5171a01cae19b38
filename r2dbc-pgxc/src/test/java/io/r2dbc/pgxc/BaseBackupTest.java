// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import static io.r2dbc.pgxc.Dialogue.SOON;
import static io.r2dbc.pgxc.Dialogue.awaitElements;
import static io.r2dbc.pgxc.Dialogue.begin;
import static io.r2dbc.pgxc.Dialogue.beginWithoutDemand;
import static io.r2dbc.pgxc.Dialogue.completed;
import static io.r2dbc.pgxc.Dialogue.failed;
import static io.r2dbc.pgxc.testing.ServerMessages.TEXT;
import static io.r2dbc.pgxc.testing.ServerMessages.column;
import static io.r2dbc.pgxc.testing.ServerMessages.complete;
import static io.r2dbc.pgxc.testing.ServerMessages.copyData;
import static io.r2dbc.pgxc.testing.ServerMessages.copyDone;
import static io.r2dbc.pgxc.testing.ServerMessages.copyIn;
import static io.r2dbc.pgxc.testing.ServerMessages.copyOut;
import static io.r2dbc.pgxc.testing.ServerMessages.error;
import static io.r2dbc.pgxc.testing.ServerMessages.ready;
import static io.r2dbc.pgxc.testing.ServerMessages.row;
import static io.r2dbc.pgxc.testing.ServerMessages.rowDescription;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.r2dbc.pgxc.replication.BackupOptions;
import io.r2dbc.pgxc.replication.BackupOptions.Checkpoint;
import io.r2dbc.pgxc.replication.BackupOptions.Checksums;
import io.r2dbc.pgxc.replication.BackupOptions.Compression;
import io.r2dbc.pgxc.replication.BackupOptions.Manifest;
import io.r2dbc.pgxc.replication.BackupOptions.Target;
import io.r2dbc.pgxc.replication.BackupPart;
import io.r2dbc.pgxc.value.Lsn;
import io.r2dbc.pgxc.wire.BackendEncoder;
import io.r2dbc.pgxc.wire.ClientMessage.CopyData;
import io.r2dbc.pgxc.wire.Octets;
import io.r2dbc.spi.R2dbcNonTransientResourceException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Flux;
import reactor.test.subscriber.TestSubscriber;

@DisplayName("A base backup")
class BaseBackupTest {

    private static final Octets STARTS = Octets.join(
            rowDescription(column("recptr", TEXT), column("tli", TEXT)), row("0/2000028", "1"), complete("SELECT"));
    private static final Octets TABLESPACES = Octets.join(
            rowDescription(column("spcoid", TEXT), column("spclocation", TEXT), column("size", TEXT)),
            row("16388", "/srv/s", "17"),
            row(null, null, null),
            complete("SELECT"));
    private static final Octets ENDS = Octets.join(
            rowDescription(column("recptr", TEXT), column("tli", TEXT)),
            row("0/2000100", "1"),
            complete("SELECT"),
            complete("BASE_BACKUP"),
            ready());
    private static final BackupPart STARTED = new BackupPart.Started(
            Lsn.parse("0/2000028"),
            1,
            List.of(new BackupPart.Tablespace(16_388, "/srv/s", 17L), new BackupPart.Tablespace(null, null, null)));
    private static final BackupPart FINISHED = new BackupPart.Finished(Lsn.parse("0/2000100"), 1);

    private static Octets tagged(String hex) {
        return BackendEncoder.copyData(Octets.hex(hex));
    }

    /** Data as text, so that parts can be compared. */
    private static Object comparable(BackupPart part) {
        return part instanceof BackupPart.Data data ? data.data().toString(StandardCharsets.UTF_8) : part;
    }

    private static Flux<Object> backup(ReplicationDialogue dialogue) {
        return dialogue.connection().baseBackup(BackupOptions.create()).map(BaseBackupTest::comparable);
    }

    @Test
    @DisplayName("[S3.19, S3.20, S3.22] since 15 one COPY says inside what begins")
    void tagged() {
        try (ReplicationDialogue dialogue = ReplicationDialogue.of(script -> script.expectQuery("BASE_BACKUP")
                .send(
                        STARTS,
                        TABLESPACES,
                        copyOut(0),
                        tagged("6E 612E74617200 2F737276 00"),
                        tagged("64 6162"),
                        tagged("70 0000000000000002"),
                        tagged("6E 626173652E74617200 00"),
                        tagged("64 63"),
                        tagged("6D"),
                        tagged("64 7B7D"),
                        copyDone(),
                        ENDS))) {
            assertThat(completed(begin(backup(dialogue))))
                    .containsExactly(
                            STARTED,
                            new BackupPart.Archive("a.tar", "/srv"),
                            "ab",
                            new BackupPart.Progress(2),
                            new BackupPart.Archive("base.tar", ""),
                            "c",
                            new BackupPart.Manifest(),
                            "{}",
                            FINISHED);
        }
    }

    @Test
    @DisplayName("[S3.20] before 15 a COPY for each tablespace, and one for the manifest; one at a time where one is"
            + " requested")
    void untagged() {
        try (ReplicationDialogue dialogue = ReplicationDialogue.ofVersion(
                "14.9",
                script -> script.expectQuery("BASE_BACKUP")
                        .send(
                                STARTS,
                                TABLESPACES,
                                copyOut(0),
                                copyData("ab"),
                                copyDone(),
                                copyOut(0),
                                copyData("c"),
                                copyData("d"),
                                copyDone(),
                                copyOut(0),
                                copyData("{}"),
                                copyDone(),
                                ENDS))) {
            TestSubscriber<Object> parts = beginWithoutDemand(backup(dialogue));
            for (int i = 1; i <= 9; i++) {
                parts.request(1);
                awaitElements(parts, i);
                assertThat(parts.getReceivedOnNext()).hasSize(i);
            }
            assertThat(completed(parts))
                    .containsExactly(
                            STARTED,
                            new BackupPart.Archive("16388.tar", "/srv/s"),
                            "ab",
                            new BackupPart.Archive("base.tar", ""),
                            "c",
                            "d",
                            new BackupPart.Manifest(),
                            "{}",
                            FINISHED);
        }
    }

    @Test
    @DisplayName("[S3.13] an error in the middle is the subscriber's, and the connection goes on")
    void failsInTheMiddle() {
        try (ReplicationDialogue dialogue = ReplicationDialogue.of(script -> script.expectQuery("BASE_BACKUP")
                .send(STARTS, TABLESPACES, copyOut(0), tagged("6D"), error("58030", "could not read"), ready())
                .expectQuery("SHOW \"port\"")
                .send(rowDescription(column("port", TEXT)), row("5432"), complete("SHOW"), ready()))) {
            assertThat(failed(begin(backup(dialogue)))).hasMessageContaining("could not read");
            assertThat(dialogue.connection().show("port").block(SOON)).isEqualTo("5432");
        }
    }

    static List<Octets> broken() {
        return List.of(
                Octets.join(STARTS, TABLESPACES, copyOut(0), tagged("64 61")),
                Octets.join(STARTS, TABLESPACES, copyOut(0), tagged("70 01")),
                Octets.join(STARTS, TABLESPACES, copyOut(0), copyOut(0)),
                Octets.join(STARTS, TABLESPACES, copyData("a")),
                Octets.join(STARTS, TABLESPACES, copyDone()),
                Octets.join(STARTS, TABLESPACES, copyOut(0), ready()),
                Octets.join(rowDescription(column("a", TEXT)), row("0/0")),
                row("0/0", "1"),
                ready());
    }

    @ParameterizedTest
    @MethodSource("broken")
    @DisplayName("[S3.20, S8.36] what has no place in a backup ends the session")
    void malformed(Octets messages) {
        try (ReplicationDialogue dialogue = ReplicationDialogue.of(script -> script.expectQuery("BASE_BACKUP")
                .clientMayLeave()
                .send(messages)
                .halfClose())) {
            assertThat(failed(begin(backup(dialogue)))).isInstanceOf(R2dbcNonTransientResourceException.class);
        }
    }

    @Test
    @DisplayName("[S3.21] all options, as a list from 15 on")
    void options() {
        BackupOptions all = BackupOptions.create()
                .incremental()
                .label("it's")
                .progress()
                .checkpoint(Checkpoint.FAST)
                .wal()
                .waitForArchive(false)
                .maxRate(32)
                .tablespaceMap()
                .verifyChecksums(false)
                .manifest(Manifest.FORCE_ENCODE)
                .manifestChecksums(Checksums.SHA224)
                .target(Target.SERVER)
                .targetDetail("/srv")
                .compression(Compression.ZSTD)
                .compressionDetail("level=3");
        assertThat(BackupSql.of(all, ServerVersion.parse("17.2")))
                .isEqualTo("BASE_BACKUP (LABEL 'it''s', PROGRESS true, CHECKPOINT 'fast', WAL true, WAIT false,"
                        + " MAX_RATE 32, TABLESPACE_MAP true, VERIFY_CHECKSUMS false, MANIFEST 'force-encode',"
                        + " MANIFEST_CHECKSUMS 'SHA224', TARGET 'server', TARGET_DETAIL '/srv', COMPRESSION 'zstd',"
                        + " COMPRESSION_DETAIL 'level=3', INCREMENTAL true)");
        assertThatExceptionOfType(UnsupportedOperationException.class)
                .isThrownBy(() -> BackupSql.of(all, ServerVersion.parse("16.2")))
                .withMessage("the option INCREMENTAL of a base backup needs PostgreSQL 17, and the server is 16.2");
    }

    @Test
    @DisplayName("[S3.21] keywords before 15; what is the server's habit is not said")
    void keywords() {
        BackupOptions some = BackupOptions.create()
                .label("x")
                .progress()
                .checkpoint(Checkpoint.FAST)
                .wal()
                .waitForArchive(false)
                .maxRate(32)
                .tablespaceMap()
                .verifyChecksums(false)
                .manifest(Manifest.YES)
                .manifestChecksums(Checksums.NONE);
        assertThat(BackupSql.of(some, ServerVersion.parse("14.9")))
                .isEqualTo("BASE_BACKUP LABEL 'x' PROGRESS FAST WAL NOWAIT MAX_RATE 32 TABLESPACE_MAP"
                        + " NOVERIFY_CHECKSUMS MANIFEST 'yes' MANIFEST_CHECKSUMS 'NONE'");
        BackupOptions habits = BackupOptions.create()
                .checkpoint(Checkpoint.SPREAD)
                .waitForArchive(true)
                .maxRate(0)
                .verifyChecksums(true);
        assertThat(BackupSql.of(habits, ServerVersion.parse("14.9"))).isEqualTo("BASE_BACKUP");
    }

    @Test
    @DisplayName("[S3.21, S2.5.2] a manifest is uploaded when the server asks for it, and its buffers are released")
    void upload() {
        ByteBuf first = PooledByteBufAllocator.DEFAULT.buffer().writeBytes(new byte[] {'{'});
        ByteBuf second = PooledByteBufAllocator.DEFAULT.buffer().writeBytes(new byte[] {'}'});
        try (ReplicationDialogue dialogue = ReplicationDialogue.of(script -> script.expectQuery("UPLOAD_MANIFEST")
                .send(copyIn(0))
                .expect(new CopyData(Octets.of("{")))
                .expect(new CopyData(Octets.of("}")))
                .expect("c")
                .send(complete("UPLOAD_MANIFEST"), ready())
                .expectQuery("UPLOAD_MANIFEST")
                .send(copyIn(0))
                .expect("c")
                .send(error("22023", "could not parse backup manifest"), ready()))) {
            dialogue.connection().uploadManifest(Flux.just(first, second)).block(SOON);
            assertThat(first.refCnt()).isZero();
            assertThat(second.refCnt()).isZero();
            assertThat(failed(begin(dialogue.connection().uploadManifest(Flux.empty()))))
                    .hasMessageContaining("could not parse");
        }
    }
}
