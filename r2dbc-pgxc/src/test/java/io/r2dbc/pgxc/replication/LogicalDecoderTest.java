// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.replication;

import static io.r2dbc.pgxc.replication.LogicalSamples.read;
import static io.r2dbc.pgxc.replication.LogicalSamples.streamed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.r2dbc.pgxc.replication.LogicalMessage.Begin;
import io.r2dbc.pgxc.replication.LogicalMessage.BeginPrepare;
import io.r2dbc.pgxc.replication.LogicalMessage.Change;
import io.r2dbc.pgxc.replication.LogicalMessage.Commit;
import io.r2dbc.pgxc.replication.LogicalMessage.CommitPrepared;
import io.r2dbc.pgxc.replication.LogicalMessage.Delete;
import io.r2dbc.pgxc.replication.LogicalMessage.Insert;
import io.r2dbc.pgxc.replication.LogicalMessage.Message;
import io.r2dbc.pgxc.replication.LogicalMessage.Origin;
import io.r2dbc.pgxc.replication.LogicalMessage.Prepare;
import io.r2dbc.pgxc.replication.LogicalMessage.RollbackPrepared;
import io.r2dbc.pgxc.replication.LogicalMessage.StreamAbort;
import io.r2dbc.pgxc.replication.LogicalMessage.StreamCommit;
import io.r2dbc.pgxc.replication.LogicalMessage.StreamPrepare;
import io.r2dbc.pgxc.replication.LogicalMessage.StreamStart;
import io.r2dbc.pgxc.replication.LogicalMessage.StreamStop;
import io.r2dbc.pgxc.replication.LogicalMessage.Truncate;
import io.r2dbc.pgxc.replication.LogicalMessage.Update;
import io.r2dbc.pgxc.replication.Relation.Column;
import io.r2dbc.pgxc.replication.Relation.ReplicaIdentity;
import io.r2dbc.pgxc.replication.Tuple.Kind;
import io.r2dbc.pgxc.value.Lsn;
import io.r2dbc.pgxc.wire.Octets;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Messages of pgoutput")
class LogicalDecoderTest {

    private static final Lsn AT = new Lsn(0x0100_0000);
    private static final Lsn END = new Lsn(0x0100_0030);
    private static final Instant ONE_SECOND = Instant.parse("2000-01-01T00:00:01Z");
    private static final Relation T = new Relation(
            0,
            0x4001,
            "public",
            "t",
            ReplicaIdentity.DEFAULT,
            List.of(new Column(true, "id", 23, -1), new Column(false, "v", 25, -1)));

    private final LogicalDecoder decoder = new LogicalDecoder(4, false);

    private LogicalMessage transactional(String message) {
        read(decoder, LogicalSamples.BEGIN);
        read(decoder, LogicalSamples.RELATION);
        return read(decoder, message);
    }

    @Test
    @DisplayName("[S3.6, S3.24] Begin and Commit: positions, microseconds since 2000, transaction id")
    void transaction() {
        assertThat(read(decoder, LogicalSamples.BEGIN)).isEqualTo(new Begin(AT, ONE_SECOND, 745));
        assertThat(read(decoder, LogicalSamples.COMMIT)).isEqualTo(new Commit(AT, END, ONE_SECOND));
    }

    @Test
    @DisplayName("[S3.6] times before 2000 and at both ends of the field are times")
    void times() {
        String begin = "42 0000000001000000 %s 000002E9";
        assertThat(read(new LogicalDecoder(1, false), begin.formatted("FFFFFFFFFFFFFFFF")))
                .isEqualTo(new Begin(AT, Instant.parse("1999-12-31T23:59:59.999999Z"), 745));
        assertThat(read(new LogicalDecoder(1, false), begin.formatted("7FFFFFFFFFFFFFFF")))
                .isInstanceOf(Begin.class);
        assertThat(read(new LogicalDecoder(1, false), begin.formatted("8000000000000000")))
                .isInstanceOf(Begin.class);
    }

    @Test
    @DisplayName("[S3.24] Relation, Type and Origin; an empty schema is pg_catalog")
    void descriptions() {
        read(decoder, LogicalSamples.BEGIN);
        assertThat(read(decoder, LogicalSamples.ORIGIN)).isEqualTo(new Origin(new Lsn(16), "u"));
        assertThat(read(decoder, LogicalSamples.TYPE))
                .isEqualTo(new LogicalMessage.Type(0, 0x4010, "pg_catalog", "mood"));
        assertThat(read(decoder, LogicalSamples.RELATION)).isEqualTo(T);
        assertThat(decoder.relation(0x4001)).isEqualTo(T);
        assertThat(decoder.relation(0x4002)).isNull();
    }

    @Test
    @DisplayName("[S3.24] all four replica identities")
    void identities() {
        assertIdentity("64", ReplicaIdentity.DEFAULT);
        assertIdentity("6E", ReplicaIdentity.NOTHING);
        assertIdentity("66", ReplicaIdentity.FULL);
        assertIdentity("69", ReplicaIdentity.INDEX);
    }

    private static void assertIdentity(String code, ReplicaIdentity identity) {
        assertThat(read(new LogicalDecoder(1, false), "52 00004001 7300 7400 " + code + " 0000"))
                .isEqualTo(new Relation(0, 0x4001, "s", "t", identity, List.of()));
    }

    @Test
    @DisplayName("[S3.24] a Message inside a transaction and one outside of any")
    void messages() {
        assertThat(read(decoder, LogicalSamples.LOOSE_MESSAGE))
                .isEqualTo(new Message(0, false, new Lsn(32), "p", new byte[0]));
        assertThat(transactional(LogicalSamples.MESSAGE))
                .isEqualTo(
                        new Message(0, true, new Lsn(32), "p", Octets.of("abc").bytes()))
                .hasToString("Message[xid=0, transactional=true, lsn=0/20, prefix=p, content=3 bytes]");
    }

    @Test
    @DisplayName("[S3.24] Insert: text and NULL")
    void insert() {
        Insert insert = (Insert) transactional(LogicalSamples.INSERT);
        assertThat(insert.relation()).isEqualTo(T);
        assertThat(insert.oldRow()).isNull();
        assertRow(insert.newRow(), Kind.TEXT, "37", Kind.NULL, null);
        assertThat(Octets.of(insert.newRow().toDataRow())).isEqualTo(Octets.hex("0002 00000001 37 FFFFFFFF"));
        assertThat(insert.newRow()).hasToString("Tuple[t:1, n]");
    }

    @Test
    @DisplayName("[S3.24, S3.27] Update: binary, and a value that was not sent is not NULL")
    void update() {
        Update update = (Update) transactional(LogicalSamples.UPDATE);
        assertThat(update.oldRow()).isNull();
        assertRow(update.newRow(), Kind.BINARY, "00000007", Kind.UNCHANGED, null);
    }

    @Test
    @DisplayName("[S3.24] Update and Delete say whether of the old row only the key is there")
    void oldRows() {
        Update key = (Update) transactional(LogicalSamples.UPDATE_KEY);
        assertThat(key.oldKeyOnly()).isTrue();
        assertRow(key.oldRow(), Kind.TEXT, "36", Kind.NULL, null);
        assertRow(key.newRow(), Kind.TEXT, "37", Kind.NULL, null);
        Update full = (Update) read(decoder, LogicalSamples.UPDATE_FULL);
        assertThat(full.oldKeyOnly()).isFalse();
        assertRow(full.oldRow(), Kind.TEXT, "36", Kind.TEXT, "");
        Delete byKey = (Delete) read(decoder, LogicalSamples.DELETE);
        assertThat(byKey.oldKeyOnly()).isTrue();
        assertThat(byKey.newRow()).isNull();
        assertRow(byKey.oldRow(), Kind.TEXT, "37", Kind.NULL, null);
        assertThat(((Delete) read(decoder, LogicalSamples.DELETE_FULL)).oldKeyOnly())
                .isFalse();
    }

    private static void assertRow(Tuple row, Kind first, String firstBytes, Kind second, String secondBytes) {
        assertThat(row.size()).isEqualTo(2);
        assertThat(row.kind(0)).isEqualTo(first);
        assertThat(row.kind(1)).isEqualTo(second);
        assertThat(row.bytes(0)).isEqualTo(Octets.hex(firstBytes).bytes());
        assertThat(row.bytes(1))
                .isEqualTo(secondBytes == null ? null : Octets.hex(secondBytes).bytes());
    }

    @Test
    @DisplayName("[S3.24] Truncate: which tables, CASCADE, RESTART IDENTITY")
    void truncate() {
        assertThat(transactional(LogicalSamples.TRUNCATE)).isEqualTo(new Truncate(0, List.of(T), true, true));
        assertThat(read(decoder, "54 00000002 01 00004001 00004001"))
                .isEqualTo(new Truncate(0, List.of(T, T), true, false));
        assertThat(read(decoder, "54 00000000 02")).isEqualTo(new Truncate(0, List.of(), false, true));
    }

    @Test
    @DisplayName("[S3.24] inside a streamed block, and only there, a message says its transaction")
    void streamedBlock() {
        assertThat(read(decoder, LogicalSamples.STREAM_START)).isEqualTo(new StreamStart(746, true));
        Relation relation = (Relation) read(decoder, streamed(LogicalSamples.RELATION));
        assertThat(relation.xid()).isEqualTo(747);
        assertThat(((LogicalMessage.Type) read(decoder, streamed(LogicalSamples.TYPE))).xid())
                .isEqualTo(747);
        assertThat(((Message) read(decoder, streamed(LogicalSamples.MESSAGE))).xid())
                .isEqualTo(747);
        assertThat(((Change) read(decoder, streamed(LogicalSamples.INSERT))).xid())
                .isEqualTo(747);
        assertThat(((Truncate) read(decoder, streamed(LogicalSamples.TRUNCATE))).xid())
                .isEqualTo(747);
        assertThat(read(decoder, LogicalSamples.STREAM_STOP)).isEqualTo(new StreamStop());
        assertThat(((Insert) transactional(LogicalSamples.INSERT)).xid()).isZero();
    }

    @Test
    @DisplayName("[S3.25] blocks of several transactions take turns with whole transactions, and each has its end")
    void interleaved() {
        for (String message : List.of(
                LogicalSamples.STREAM_START,
                LogicalSamples.STREAM_STOP,
                LogicalSamples.BEGIN,
                LogicalSamples.ORIGIN,
                LogicalSamples.ORIGIN,
                LogicalSamples.COMMIT,
                "53 000002EB 01",
                LogicalSamples.STREAM_STOP,
                "53 000002EA 00",
                LogicalSamples.STREAM_STOP)) {
            read(decoder, message);
        }
        assertThat(read(decoder, LogicalSamples.STREAM_COMMIT)).isEqualTo(new StreamCommit(746, AT, END, ONE_SECOND));
        assertThat(read(decoder, LogicalSamples.STREAM_ABORT)).isEqualTo(new StreamAbort(746, 747, null, null));
        assertThat(read(decoder, LogicalSamples.STREAM_PREPARE))
                .isEqualTo(new StreamPrepare(AT, END, ONE_SECOND, 746, "g"));
        assertThat(read(new LogicalDecoder(4, true), LogicalSamples.STREAM_ABORT_PARALLEL))
                .isEqualTo(new StreamAbort(746, 747, AT, ONE_SECOND));
    }

    @Test
    @DisplayName("[S3.24, S3.25] transactions in two phases")
    void prepared() {
        assertThat(read(decoder, LogicalSamples.BEGIN_PREPARE))
                .isEqualTo(new BeginPrepare(AT, END, ONE_SECOND, 745, "g"));
        read(decoder, LogicalSamples.RELATION);
        assertThat(read(decoder, LogicalSamples.INSERT)).isInstanceOf(Insert.class);
        assertThat(read(decoder, LogicalSamples.PREPARE)).isEqualTo(new Prepare(AT, END, ONE_SECOND, 745, "g"));
        assertThat(read(decoder, LogicalSamples.COMMIT_PREPARED))
                .isEqualTo(new CommitPrepared(AT, END, ONE_SECOND, 745, "g"));
        assertThat(read(decoder, LogicalSamples.ROLLBACK_PREPARED))
                .isEqualTo(new RollbackPrepared(AT, END, ONE_SECOND, Instant.parse("2000-01-01T00:00:02Z"), 745, "g"));
    }

    @Test
    @DisplayName("[S3.26] a relation described anew is the new one from then on, and is remembered from transaction to"
            + " transaction")
    void changedRelation() {
        transactional(LogicalSamples.INSERT);
        read(decoder, LogicalSamples.COMMIT);
        read(decoder, "42 0000000001000000 00000000000F4240 000002F0");
        assertThat(read(decoder, LogicalSamples.INSERT)).isInstanceOf(Insert.class);
        read(decoder, "52 00004001 7075626C696300 7400 64 0001 01 696400 00000017 FFFFFFFF");
        Insert insert = (Insert) read(decoder, "49 00004001 4E 0001 6E");
        assertThat(insert.relation().columns()).hasSize(1);
    }

    @Test
    @DisplayName("[S3.23] proto_version is one of 1 to 4")
    void versions() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new LogicalDecoder(0, false))
                .withMessage("proto_version 0 is not one of 1 to 4");
        assertThatIllegalArgumentException().isThrownBy(() -> new LogicalDecoder(5, false));
    }
}
