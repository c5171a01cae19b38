// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.r2dbc.pgxc.replication.LogicalOptions;
import io.r2dbc.pgxc.replication.LogicalOptions.Feature;
import io.r2dbc.pgxc.replication.LogicalOptions.Streaming;
import io.r2dbc.pgxc.replication.ReplicationSlot;
import io.r2dbc.pgxc.replication.ReplicationSlot.Snapshot;
import io.r2dbc.pgxc.replication.SlotChange;
import io.r2dbc.pgxc.replication.StreamRequest;
import io.r2dbc.pgxc.value.Lsn;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Replication commands in words")
class ReplicationSqlTest {

    private static final Lsn AT = Lsn.parse("16/B374D848");

    private static ReplicationSql of(String version) {
        return new ReplicationSql(ServerVersion.parse(version));
    }

    @Test
    @DisplayName("[S3.3, X20] names are quoted, whatever is in them")
    void names() {
        assertThat(of("18.1").create(ReplicationSlot.physical("s\" PHYSICAL; drop")))
                .isEqualTo("CREATE_REPLICATION_SLOT \"s\"\" PHYSICAL; drop\" PHYSICAL");
        assertThatIllegalArgumentException().isThrownBy(() -> of("18.1").create(ReplicationSlot.physical("a\0b")));
        assertThatIllegalArgumentException().isThrownBy(() -> of("18.1").create(ReplicationSlot.physical("")));
        assertThat(ReplicationSql.drop("s", false)).isEqualTo("DROP_REPLICATION_SLOT \"s\"");
    }

    @Test
    @DisplayName("[S3.3, S3.7, S3.8] options of a new slot, in parentheses from 15 on and as words before")
    void slots() {
        ReplicationSlot physical = ReplicationSlot.physical("s").asTemporary().withReservedWal();
        assertThat(of("15.0").create(physical))
                .isEqualTo("CREATE_REPLICATION_SLOT \"s\" TEMPORARY PHYSICAL (RESERVE_WAL)");
        assertThat(of("14.9").create(physical))
                .isEqualTo("CREATE_REPLICATION_SLOT \"s\" TEMPORARY PHYSICAL RESERVE_WAL");
        ReplicationSlot logical = ReplicationSlot.logical("s", "pgoutput")
                .withSnapshot(Snapshot.NOTHING)
                .withTwoPhase();
        assertThat(of("17.0").create(logical.withFailover()))
                .isEqualTo("CREATE_REPLICATION_SLOT \"s\" LOGICAL \"pgoutput\""
                        + " (SNAPSHOT 'nothing', TWO_PHASE, FAILOVER)");
        assertThat(of("14.9").create(logical))
                .isEqualTo("CREATE_REPLICATION_SLOT \"s\" LOGICAL \"pgoutput\" NOEXPORT_SNAPSHOT TWO_PHASE");
        assertThat(of("14.9").create(ReplicationSlot.logical("s", "p").withSnapshot(Snapshot.USE)))
                .endsWith(" USE_SNAPSHOT");
        assertThat(of("14.9").create(ReplicationSlot.logical("s", "p").withSnapshot(Snapshot.EXPORT)))
                .endsWith(" EXPORT_SNAPSHOT");
        assertThat(of("18.0").create(ReplicationSlot.logical("s", "p").withSnapshot(Snapshot.USE)))
                .endsWith(" (SNAPSHOT 'use')");
    }

    @Test
    @DisplayName("[S3.3] options of the other kind, and of later servers, are refused by name")
    void refusedOptions() {
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> of("18.0").create(ReplicationSlot.physical("s").withTwoPhase()))
                .withMessageContaining("twoPhase");
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        of("18.0").create(ReplicationSlot.logical("s", "p").withReservedWal()))
                .withMessageContaining("reserveWal");
        for (String version : new String[] {"16.4", "14.1"}) {
            assertThatExceptionOfType(UnsupportedOperationException.class)
                    .isThrownBy(() ->
                            of(version).create(ReplicationSlot.logical("s", "p").withFailover()))
                    .withMessage("failover of a replication slot needs PostgreSQL 17, and the server is " + version);
        }
    }

    @Test
    @DisplayName("[S3.3] changing and reading a slot, each since its version")
    void changes() {
        assertThat(of("18.0").alter("s", new SlotChange(true, false)))
                .isEqualTo("ALTER_REPLICATION_SLOT \"s\" (FAILOVER true, TWO_PHASE false)");
        assertThat(of("17.0").alter("s", SlotChange.failover(false)))
                .isEqualTo("ALTER_REPLICATION_SLOT \"s\" (FAILOVER false)");
        assertThatExceptionOfType(UnsupportedOperationException.class)
                .isThrownBy(() -> of("17.0").alter("s", SlotChange.twoPhase(true)))
                .withMessageContaining("PostgreSQL 18");
        assertThatExceptionOfType(UnsupportedOperationException.class)
                .isThrownBy(() -> of("16.0").alter("s", SlotChange.failover(true)));
        assertThatExceptionOfType(UnsupportedOperationException.class)
                .isThrownBy(() -> of("14.0").read("s"));
        assertThatIllegalArgumentException().isThrownBy(() -> new SlotChange(null, null));
    }

    @Test
    @DisplayName("[S3.5] START_REPLICATION of the log")
    void physical() {
        StreamRequest request = StreamRequest.physical(AT);
        assertThat(of("18.0").start(request)).isEqualTo("START_REPLICATION PHYSICAL 16/B374D848");
        assertThat(of("9.3.25").start(request)).isEqualTo("START_REPLICATION 16/B374D848");
        assertThat(of("18.0").start(request.withSlot("s").onTimeline(0xFFFF_FFFFL)))
                .isEqualTo("START_REPLICATION SLOT \"s\" PHYSICAL 16/B374D848 TIMELINE 4294967295");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> of("18.0").start(request.withOption("binary", "on")))
                .withMessageContaining("output plugin");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> request.withStatusInterval(Duration.ofMillis(-1)))
                .withMessageContaining("PT-0.001S");
    }

    @Test
    @DisplayName("[S3.12, S3.23] START_REPLICATION of a slot's plugin; the plugin's own habits are not said")
    void logical() {
        assertThat(of("18.0").start(LogicalOptions.of("s", "p", "q\"'").toRequest()))
                .isEqualTo("START_REPLICATION SLOT \"s\" LOGICAL 0/0"
                        + " (\"proto_version\" '1', \"publication_names\" '\"p\",\"q\"\"''\"')");
        LogicalOptions all = LogicalOptions.of("s", "p")
                .from(AT)
                .withStreaming(Streaming.PARALLEL)
                .with(Feature.values());
        assertThat(of("18.0").start(all.toRequest()))
                .isEqualTo("START_REPLICATION SLOT \"s\" LOGICAL 16/B374D848 (\"proto_version\" '4',"
                        + " \"publication_names\" '\"p\"', \"streaming\" 'parallel', \"two_phase\" 'on',"
                        + " \"messages\" 'on', \"binary\" 'on', \"origin\" 'none')");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> of("18.0").start(all.toRequest().onTimeline(1)));
    }

    @Test
    @DisplayName("[S3.23] a version that an option needs a later one of is refused; choosing the option raises it")
    void versions() {
        assertThat(LogicalOptions.of("s", "p").with(Feature.TWO_PHASE).protocolVersion())
                .isEqualTo(3);
        assertThat(LogicalOptions.of("s", "p").withStreaming(Streaming.ON).protocolVersion())
                .isEqualTo(2);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LogicalOptions.of("s", "p")
                        .withStreaming(Streaming.PARALLEL)
                        .withProtocolVersion(3))
                .withMessageStartingWith("protocolVersion 3 is not one of 4 to 4");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LogicalOptions.of("s", "p").withProtocolVersion(5));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LogicalOptions.of("s"))
                .withMessage("publications must name at least one");
    }
}
