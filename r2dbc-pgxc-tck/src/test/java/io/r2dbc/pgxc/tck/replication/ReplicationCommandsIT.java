// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.tck.replication;

import static io.r2dbc.pgxc.tck.Sandbox.LIMIT;
import static io.r2dbc.pgxc.tck.Sandbox.get;
import static io.r2dbc.pgxc.tck.Sandbox.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.r2dbc.pgxc.PgxcReplicationConnection;
import io.r2dbc.pgxc.replication.CreatedSlot;
import io.r2dbc.pgxc.replication.LogicalOptions;
import io.r2dbc.pgxc.replication.ReplicationMode;
import io.r2dbc.pgxc.replication.ReplicationSlot;
import io.r2dbc.pgxc.replication.ReplicationSlot.Snapshot;
import io.r2dbc.pgxc.replication.SlotChange;
import io.r2dbc.pgxc.replication.SlotPosition;
import io.r2dbc.pgxc.replication.StreamRequest;
import io.r2dbc.pgxc.replication.SystemIdentity;
import io.r2dbc.pgxc.testing.StandingAsserts;
import io.r2dbc.pgxc.value.Lsn;
import io.r2dbc.spi.R2dbcException;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

@ExtendWith(StandingAsserts.class)
class ReplicationCommandsIT {

    @RegisterExtension
    final Publisher publisher = new Publisher();

    private List<String> sql(PgxcReplicationConnection connection, String sql) {
        return Objects.requireNonNull(connection
                .execute(sql)
                .concatMap(result -> result.map(row -> String.valueOf(row.get(0, String.class))))
                .collectList()
                .block(LIMIT));
    }

    private boolean exists(String slot) {
        return publisher.ask("SELECT count(*) > 0 FROM pg_replication_slots WHERE slot_name = ?", Boolean.class, slot);
    }

    @Test
    @DisplayName("[S3.1, S3.2, S3.4, S3.5] IDENTIFY_SYSTEM and SHOW in both modes, SQL in the logical one")
    void identity() {
        Lsn before = publisher.lsn("pg_current_wal_flush_lsn()");
        for (ReplicationMode mode : ReplicationMode.values()) {
            PgxcReplicationConnection connection = publisher.open(mode);
            SystemIdentity identity = get(connection.identifySystem());
            assertThat(identity.systemId())
                    .isEqualTo(publisher.ask("SELECT system_identifier::text FROM pg_control_system()", String.class));
            assertThat(identity.timeline()).isEqualTo(1);
            assertThat(identity.position()).isGreaterThanOrEqualTo(before);
            assertThat(identity.database() != null).isEqualTo(mode == ReplicationMode.LOGICAL);
            assertThat(get(connection.show("TimeZone"))).isEqualTo("UTC");
            assertThat(connection.serverVersion().major()).isEqualTo(publisher.major());
        }
        PgxcReplicationConnection logical = publisher.open(ReplicationMode.LOGICAL);
        assertThat(sql(logical, "SELECT 1; SELECT g FROM generate_series(2, 3) g"))
                .containsExactly("1", "2", "3");
        assertThatThrownBy(() -> sql(publisher.open(ReplicationMode.PHYSICAL), "SELECT 1"))
                .isInstanceOf(R2dbcException.class);
    }

    @Test
    @DisplayName("[S3.3, S3.4] slots are made, read, changed and dropped, as far as the server can")
    void slots() {
        PgxcReplicationConnection connection = publisher.open(ReplicationMode.LOGICAL);
        String slot = publisher.name() + "_s";
        CreatedSlot made = get(connection.createSlot(
                ReplicationSlot.logical(slot, ReplicationSlot.PGOUTPUT).withSnapshot(Snapshot.NOTHING)));
        assertThat(made.name()).isEqualTo(slot);
        assertThat(made.plugin()).isEqualTo("pgoutput");
        assertThat(made.snapshotName()).isNull();
        assertThat(made.consistentPoint()).isGreaterThan(new Lsn(0));
        if (publisher.major() >= 17) {
            connection.alterSlot(slot, SlotChange.failover(true)).block(LIMIT);
            assertThat(publisher.ask(
                            "SELECT failover FROM pg_replication_slots WHERE slot_name = ?", Boolean.class, slot))
                    .isTrue();
            connection.alterSlot(slot, SlotChange.failover(false)).block(LIMIT);
        } else {
            assertThatThrownBy(() -> connection
                            .alterSlot(slot, SlotChange.failover(true))
                            .block(LIMIT))
                    .isInstanceOf(UnsupportedOperationException.class);
        }
        connection.dropSlot(slot, true).block(LIMIT);
        assertThat(exists(slot)).isFalse();
        assertThatThrownBy(() -> connection.dropSlot(slot).block(LIMIT)).hasMessageContaining("does not exist");

        String physical = publisher.name() + "_p";
        connection
                .createSlot(ReplicationSlot.physical(physical).withReservedWal())
                .block(LIMIT);
        if (publisher.major() >= 15) {
            SlotPosition position = get(connection.readSlot(physical));
            assertThat(position.restartLsn())
                    .isEqualTo(publisher.lsn(
                            "SELECT restart_lsn FROM pg_replication_slots WHERE slot_name = ?", physical));
            assertThat(position.restartTimeline()).isEqualTo(1);
            assertThat(connection.readSlot("no_such_slot").block(LIMIT)).isNull();
        }
        connection.dropSlot(physical).block(LIMIT);
    }

    @Test
    @DisplayName("[S3.7] an exported snapshot shows the database where the slot begins, to another session too")
    void exportedSnapshot() {
        publisher.jdbc().execute("CREATE TABLE t AS SELECT 1 AS id");
        PgxcReplicationConnection connection = publisher.open(ReplicationMode.LOGICAL);
        CreatedSlot made =
                get(connection.createSlot(ReplicationSlot.logical(publisher.name() + "_e", ReplicationSlot.PGOUTPUT)
                        .withSnapshot(Snapshot.EXPORT)));
        publisher.jdbc().execute("INSERT INTO " + publisher.name() + ".t VALUES (2)");
        PgxcReplicationConnection other = publisher.open(ReplicationMode.LOGICAL);
        sql(other, "BEGIN ISOLATION LEVEL REPEATABLE READ");
        sql(other, "SET TRANSACTION SNAPSHOT '" + made.snapshotName() + "'");
        assertThat(sql(other, "SELECT id FROM " + publisher.name() + ".t")).containsExactly("1");
        sql(other, "ROLLBACK");
    }

    @Test
    @DisplayName("[S3.7] a used snapshot is the transaction's that the slot was made in")
    void usedSnapshot() {
        publisher.jdbc().execute("CREATE TABLE t AS SELECT 1 AS id");
        PgxcReplicationConnection connection = publisher.open(ReplicationMode.LOGICAL);
        sql(connection, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
        get(connection.createSlot(ReplicationSlot.logical(publisher.name() + "_u", ReplicationSlot.PGOUTPUT)
                .withSnapshot(Snapshot.USE)));
        publisher.jdbc().execute("INSERT INTO t VALUES (2)");
        assertThat(sql(connection, "SELECT id FROM " + publisher.name() + ".t")).containsExactly("1");
        sql(connection, "COMMIT");
        assertThat(sql(connection, "SELECT id FROM " + publisher.name() + ".t")).containsExactly("1", "2");
    }

    @Test
    @DisplayName("[S3.8] a temporary slot goes with its connection")
    void temporarySlot() {
        PgxcReplicationConnection connection = publisher.open(ReplicationMode.PHYSICAL);
        String slot = publisher.name() + "_t";
        get(connection.createSlot(ReplicationSlot.physical(slot).asTemporary()));
        assertThat(exists(slot)).isTrue();
        connection.close().block(LIMIT);
        until("the slot is gone", () -> !exists(slot));
    }

    @Test
    @DisplayName("[S3.13, S3.12] a refused stream leaves the connection as it was: no slot, another's slot, the future")
    void refusedStreams() {
        PgxcReplicationConnection connection = publisher.open(ReplicationMode.LOGICAL);
        assertThatThrownBy(() -> connection
                        .logicalStream(LogicalOptions.of("no_such_slot", "p"))
                        .events()
                        .blockFirst(LIMIT))
                .hasMessageContaining("does not exist");
        String slot = publisher.slot("");
        PgxcReplicationConnection first = publisher.open(ReplicationMode.LOGICAL);
        first.logicalStream(LogicalOptions.of(slot, publisher.name())).events().subscribe(event -> {}, failure -> {});
        publisher.walsender(slot);
        assertThatThrownBy(() -> connection
                        .logicalStream(LogicalOptions.of(slot, publisher.name()))
                        .events()
                        .blockFirst(LIMIT))
                .hasMessageContaining("is active");
        assertThatThrownBy(() -> connection
                        .startReplication(StreamRequest.physical(Lsn.parse("FFFF/0")))
                        .data()
                        .blockFirst(LIMIT))
                .isInstanceOf(R2dbcException.class);
        assertThat(sql(connection, "SELECT 1")).containsExactly("1");
    }
}
