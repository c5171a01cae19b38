// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import static io.r2dbc.pgxc.Dialogue.SOON;
import static io.r2dbc.pgxc.Dialogue.begin;
import static io.r2dbc.pgxc.Dialogue.completed;
import static io.r2dbc.pgxc.Dialogue.failed;
import static io.r2dbc.pgxc.testing.ServerMessages.TEXT;
import static io.r2dbc.pgxc.testing.ServerMessages.column;
import static io.r2dbc.pgxc.testing.ServerMessages.complete;
import static io.r2dbc.pgxc.testing.ServerMessages.error;
import static io.r2dbc.pgxc.testing.ServerMessages.ready;
import static io.r2dbc.pgxc.testing.ServerMessages.row;
import static io.r2dbc.pgxc.testing.ServerMessages.rowDescription;
import static io.r2dbc.pgxc.testing.ServerMessages.rowOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.r2dbc.pgxc.replication.CreatedSlot;
import io.r2dbc.pgxc.replication.ReplicationSlot;
import io.r2dbc.pgxc.replication.SlotPosition;
import io.r2dbc.pgxc.replication.SystemIdentity;
import io.r2dbc.pgxc.replication.TimelineHistory;
import io.r2dbc.pgxc.value.Lsn;
import io.r2dbc.pgxc.wire.BackendMessage.Column;
import io.r2dbc.pgxc.wire.ClientMessage;
import io.r2dbc.pgxc.wire.Octets;
import io.r2dbc.spi.R2dbcBadGrammarException;
import io.r2dbc.spi.R2dbcNonTransientResourceException;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReplicationCommandsTest {

    /** One row of text, as walsenders answer. */
    private static Octets answer(@Nullable String... values) {
        Column[] columns = IntStream.range(0, values.length)
                .mapToObj(i -> column("c" + i, TEXT))
                .toArray(Column[]::new);
        return Octets.join(rowDescription(columns), row(values), complete("SELECT 1"), ready());
    }

    private static ClientMessage.Startup startup(ReplicationDialogue dialogue) {
        return dialogue.server().awaitMessage(ClientMessage.Startup.class, SOON);
    }

    @Test
    @DisplayName("[S3.1] physical replication is to the server, logical replication to its database")
    void startupParameter() {
        try (ReplicationDialogue dialogue = ReplicationDialogue.of(script -> {})) {
            assertThat(startup(dialogue).parameters())
                    .containsEntry("replication", "true")
                    .doesNotContainKey("database");
        }
        try (ReplicationDialogue dialogue = ReplicationDialogue.logical(script -> {})) {
            assertThat(startup(dialogue).parameters())
                    .containsEntry("replication", "database")
                    .containsEntry("database", "books");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.1", "9.2.24"})
    @DisplayName(
            "[S3.18, S9.9] servers that stream in the byte order of their machine are refused, and the connection is closed")
    void oldServers(String version) {
        assertThatThrownBy(() -> ReplicationDialogue.ofVersion(version, script -> {}))
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessageContaining(version);
    }

    @Test
    @DisplayName("[S3.2, S3.4, S3.5] IDENTIFY_SYSTEM is a simple Query; positions come with or without zeros, in either"
            + " case")
    void identifySystem() {
        try (ReplicationDialogue dialogue = ReplicationDialogue.of(script -> script.expectQuery("IDENTIFY_SYSTEM")
                .send(answer("7312", "1", "0/16b3748", null))
                .expectQuery("IDENTIFY_SYSTEM")
                .send(answer("7312", "4294967295", "1A/016B3748")))) {
            assertThat(dialogue.connection().identifySystem().block(SOON))
                    .isEqualTo(new SystemIdentity("7312", 1, Lsn.parse("0/16B3748"), null));
            assertThat(dialogue.connection().identifySystem().block(SOON))
                    .isEqualTo(new SystemIdentity("7312", 0xFFFF_FFFFL, Lsn.parse("1A/16B3748"), null));
        }
    }

    @Test
    @DisplayName("[S3.3] SHOW quotes names, prefix and rest each")
    void show() {
        try (ReplicationDialogue dialogue = ReplicationDialogue.of(script -> script.expectQuery("SHOW \"wal_level\"")
                .send(answer("logical"))
                .expectQuery("SHOW \"my\".\"o\"\"ption\"")
                .send(answer("x")))) {
            assertThat(dialogue.connection().show("wal_level").block(SOON)).isEqualTo("logical");
            assertThat(dialogue.connection().show("my.o\"ption").block(SOON)).isEqualTo("x");
        }
    }

    @Test
    @DisplayName("[S3.4] the content of TIMELINE_HISTORY is bytes, of whatever encoding")
    void timelineHistory() {
        Octets content = Octets.join(Octets.of("1\t0/3000158\tcaf"), Octets.hex("E9 0A"));
        try (ReplicationDialogue dialogue = ReplicationDialogue.of(script -> script.expectQuery("TIMELINE_HISTORY 2")
                .send(
                        rowDescription(column("filename", TEXT), column("content", TEXT)),
                        rowOf(Octets.of("00000002.history"), content),
                        complete("SELECT"),
                        ready()))) {
            TimelineHistory history = dialogue.connection().timelineHistory(2).block(SOON);
            assertThat(history).isEqualTo(new TimelineHistory("00000002.history", content.bytes()));
            assertThat(history.switches())
                    .containsExactly(new TimelineHistory.Switch(1, Lsn.parse("0/3000158"), "caf\uFFFD"));
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1, 0x1_0000_0000L})
    @DisplayName("[S3.3] what is no timeline is refused by name and value")
    void noTimeline(long timeline) {
        try (ReplicationDialogue dialogue = ReplicationDialogue.of(script -> {})) {
            assertThat(failed(begin(dialogue.connection().timelineHistory(timeline))))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("timeline " + timeline + " is not one of 1 to 4294967295");
        }
    }

    @Test
    @DisplayName("[S3.4] the answers about slots; a slot that is not there is no row of anything")
    void slots() {
        try (ReplicationDialogue dialogue = ReplicationDialogue.of(
                script -> script.expectQuery("CREATE_REPLICATION_SLOT \"s\" LOGICAL \"pgoutput\"")
                        .send(answer("s", "0/1000000", "00000003-1", "pgoutput"))
                        .expectQuery("READ_REPLICATION_SLOT \"p\"")
                        .send(answer("physical", "0/1000000", "1"))
                        .expectQuery("READ_REPLICATION_SLOT \"p\"")
                        .send(answer("physical", null, null))
                        .expectQuery("READ_REPLICATION_SLOT \"p\"")
                        .send(answer(null, null, null))
                        .expectQuery("DROP_REPLICATION_SLOT \"s\" WAIT")
                        .send(complete("DROP_REPLICATION_SLOT"), ready()))) {
            PgxcReplicationConnection connection = dialogue.connection();
            assertThat(connection
                            .createSlot(ReplicationSlot.logical("s", "pgoutput"))
                            .block(SOON))
                    .isEqualTo(new CreatedSlot("s", Lsn.parse("0/1000000"), "00000003-1", "pgoutput"));
            assertThat(connection.readSlot("p").block(SOON))
                    .isEqualTo(new SlotPosition("physical", Lsn.parse("0/1000000"), 1L));
            assertThat(connection.readSlot("p").block(SOON)).isEqualTo(new SlotPosition("physical", null, null));
            assertThat(connection.readSlot("p").block(SOON)).isNull();
            connection.dropSlot("s", true).block(SOON);
        }
    }

    @Test
    @DisplayName("[S3.13] a refused command is the server's error, and the connection goes on")
    void refused() {
        try (ReplicationDialogue dialogue =
                ReplicationDialogue.of(script -> script.expectQuery("DROP_REPLICATION_SLOT \"s\"")
                        .send(error("42704", "replication slot \"s\" does not exist"), ready())
                        .expectQuery("SHOW \"port\"")
                        .send(answer("5432")))) {
            assertThat(failed(begin(dialogue.connection().dropSlot("s")))).isInstanceOf(R2dbcBadGrammarException.class);
            assertThat(dialogue.connection().show("port").block(SOON)).isEqualTo("5432");
        }
    }

    @ParameterizedTest(name = "[S3.4, S3.5] {0}")
    @CsvSource({
        "'7312,1', 2 columns",
        "'7312,1,17', no position in the log: 17",
        "'7312,x,0/17', no number: x",
        "'7312,1,0/1FFFFFFFF', no position in the log"
    })
    @DisplayName("[S3.4, S3.5] an answer that is none is a broken protocol")
    void malformed(String values, String why) {
        try (ReplicationDialogue dialogue = ReplicationDialogue.of(
                script -> script.expectQuery("IDENTIFY_SYSTEM").send(answer(values.split(","))))) {
            assertThat(failed(begin(dialogue.connection().identifySystem())))
                    .isInstanceOf(R2dbcNonTransientResourceException.class)
                    .hasMessageContaining(why);
        }
    }

    @Test
    @DisplayName("[S3.2] SQL goes by the simple protocol as well")
    void sql() {
        try (ReplicationDialogue dialogue = ReplicationDialogue.logical(script -> script.expectQuery("select 'x'")
                .send(answer("x"))
                .expectQuery("select 'x'; select 'y'")
                .send(
                        rowDescription(column("a", TEXT)),
                        row("x"),
                        complete("SELECT 1"),
                        rowDescription(column("a", TEXT)),
                        row("y"),
                        complete("SELECT 1"),
                        ready()))) {
            assertThat(completed(begin(Dialogue.texts(dialogue.connection().execute("select 'x'")))))
                    .containsExactly("x");
            assertThat(completed(begin(Dialogue.texts(dialogue.connection().execute("select 'x'; select 'y'")))))
                    .containsExactly("x", "y");
            assertThat(Stream.of(dialogue.server().receivedTypes().split(" "))).containsOnly("startup", "Q");
        }
    }
}
