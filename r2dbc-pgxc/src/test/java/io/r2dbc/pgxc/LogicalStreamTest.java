// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import static io.r2dbc.pgxc.Dialogue.SOON;
import static io.r2dbc.pgxc.Dialogue.awaitElements;
import static io.r2dbc.pgxc.Dialogue.begin;
import static io.r2dbc.pgxc.Dialogue.failed;
import static io.r2dbc.pgxc.ReplicationDialogue.change;
import static io.r2dbc.pgxc.ReplicationDialogue.ended;
import static io.r2dbc.pgxc.ReplicationDialogue.keepalive;
import static io.r2dbc.pgxc.ReplicationDialogue.status;
import static io.r2dbc.pgxc.testing.ServerMessages.copyBoth;
import static io.r2dbc.pgxc.testing.ServerMessages.error;
import static io.r2dbc.pgxc.testing.ServerMessages.ready;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.r2dbc.pgxc.replication.LogicalMessage.Begin;
import io.r2dbc.pgxc.replication.LogicalMessage.Commit;
import io.r2dbc.pgxc.replication.LogicalMessage.Insert;
import io.r2dbc.pgxc.replication.LogicalOptions;
import io.r2dbc.pgxc.testing.Script;
import io.r2dbc.pgxc.testing.ScriptedServer;
import io.r2dbc.pgxc.value.Lsn;
import io.r2dbc.pgxc.wire.ClientMessage.CopyData;
import io.r2dbc.pgxc.wire.ClientMessage.Query;
import io.r2dbc.pgxc.wire.Octets;
import io.r2dbc.spi.R2dbcException;
import io.r2dbc.spi.R2dbcNonTransientResourceException;
import java.time.Duration;
import java.util.NoSuchElementException;
import java.util.concurrent.CountDownLatch;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import reactor.test.subscriber.TestSubscriber;

@DisplayName("A stream of decoded changes")
class LogicalStreamTest {

    private static final LogicalOptions OPTIONS = LogicalOptions.of("s", "p").withStatusInterval(Duration.ZERO);
    private static final String BEGIN = "42 0000000001000100 00000000000F4240 000002E9";
    private static final String COMMIT = "43 00 0000000001000100 0000000001000130 00000000000F4240";
    private static final String RELATION = "52 00004001 7075626C696300 7400 66 0003"
            + " 01 696400 00000017 FFFFFFFF 00 7600 00000019 FFFFFFFF 00 7700 00000014 FFFFFFFF";
    private static final String INSERT = "49 00004001 4E 0003 74 00000002 3137 75 6E";
    private static final String UPDATE = "55 00004001 4F 0003 74 00000002 3137 74 00000001 61 6E"
            + " 4E 0003 62 00000004 00000012 75 62 00000008 0000000000000013";

    private static Script accepted(Script script, String from) {
        return script.expectQuery("START_REPLICATION SLOT \"s\" LOGICAL " + from
                        + " (\"proto_version\" '1', \"publication_names\" '\"p\"')")
                .send(copyBoth())
                .expect("d");
    }

    private static Octets transaction() {
        return Octets.join(
                change(0x1000000, BEGIN),
                change(0, RELATION),
                change(0x1000010, INSERT),
                change(0x1000020, UPDATE),
                change(0x1000100, COMMIT));
    }

    @Test
    @DisplayName(
            "[S3.24, S3.27] rows are read by codecs, text and binary; a value that was not sent is neither NULL nor"
                    + " readable")
    void rows() {
        try (ReplicationDialogue dialogue = ReplicationDialogue.logical(
                script -> ended(accepted(script, "0/0").send(transaction())))) {
            TestSubscriber<PgxcLogicalEvent> events =
                    begin(dialogue.connection().logicalStream(OPTIONS).events());
            awaitElements(events, 5);
            events.cancel();
            PgxcLogicalEvent insert = events.getReceivedOnNext().get(2);
            assertThat(insert.message()).isInstanceOf(Insert.class);
            assertThat(insert.position()).isEqualTo(Lsn.parse("0/1000010"));
            assertThat(insert.endOfTransaction()).isNull();
            assertThat(insert.oldRow()).isNull();
            assertInserted(insert.newRow());
            PgxcLogicalEvent update = events.getReceivedOnNext().get(3);
            assertThat(update.oldRow().get("v", String.class)).isEqualTo("a");
            assertThat(update.newRow().get("id")).isEqualTo(18);
            assertThat(update.newRow().get(2)).isEqualTo(19L);
            assertThat(events.getReceivedOnNext().get(4).endOfTransaction()).isEqualTo(Lsn.parse("0/1000130"));
            assertThat(events.getReceivedOnNext()).noneMatch(PgxcLogicalEvent::afterReconnect);
        }
    }

    private static void assertInserted(PgxcTuple row) {
        assertThat(row.get("id", Long.class)).isEqualTo(17L);
        assertThat(row.get(2)).isNull();
        assertThat(row.isUnchanged(2)).isFalse();
        assertThat(row.isUnchanged("v")).isTrue();
        assertThatIllegalStateException().isThrownBy(() -> row.get(1)).withMessageContaining("\"v\" was not sent");
        assertThat(row.getMetadata().getColumnMetadata("id").getJavaType()).isEqualTo(Integer.class);
        assertThat(org.assertj.core.api.Assertions.catchThrowable(() -> row.get("x")))
                .isInstanceOf(NoSuchElementException.class);
    }

    @Test
    @DisplayName("[S3.15] an idle server is told to go on only when all that came has been acknowledged")
    void idle() {
        CountDownLatch untouched = new CountDownLatch(1);
        CountDownLatch acknowledged = new CountDownLatch(1);
        try (ReplicationDialogue dialogue = ReplicationDialogue.logical(script -> ended(accepted(script, "0/0")
                .send(keepalive(0x1000000, true))
                .expect(CopyData.class, status(0x1000000, 0x1000000, 0x1000000))
                .send(transaction(), keepalive(0x2000000, true))
                .expect(CopyData.class, status(0x1000000, 0x1000000, 0x1000000))
                .then(untouched::countDown)
                .expect(CopyData.class, status(0x1000130, 0x1000130, 0x1000130))
                .then(acknowledged::countDown)
                .send(change(0x3000000, BEGIN), keepalive(0x3000000, true))
                .expect(CopyData.class, status(0x1000130, 0x1000130, 0x1000130))
                .send(change(0x3000000, COMMIT), keepalive(0x4000000, true))
                .expect(CopyData.class, status(0x4000000, 0x4000000, 0x4000000))))) {
            PgxcLogicalStream stream = dialogue.connection().logicalStream(OPTIONS);
            TestSubscriber<PgxcLogicalEvent> events = begin(stream.events());
            Dialogue.await(untouched);
            stream.acknowledge(Lsn.parse("0/1000130"));
            Dialogue.await(acknowledged);
            awaitElements(events, 7);
            dialogue.server().awaitMessages(8, SOON);
            events.cancel();
            assertThat(stream.acknowledged()).isEqualTo(Lsn.parse("0/4000000"));
        }
    }

    @Test
    @DisplayName(
            "[S3.15, S3.24] a message outside of transactions is done with when the application says so, and not before")
    void aloneStandingMessage() {
        CountDownLatch untouched = new CountDownLatch(1);
        CountDownLatch told = new CountDownLatch(1);
        String message = "4D00" + "0000000001000010" + "7000" + "0000000161";
        try (ReplicationDialogue dialogue = ReplicationDialogue.logical(script -> ended(accepted(script, "0/0")
                .send(keepalive(0x1000000, true))
                .expect(CopyData.class, status(0x1000000, 0x1000000, 0x1000000))
                .send(change(0x1000010, message), keepalive(0x2000000, true))
                .expect(CopyData.class, status(0x1000000, 0x1000000, 0x1000000))
                .then(untouched::countDown)
                .expect(CopyData.class, status(0x1000011, 0x1000011, 0x1000011))
                .send(keepalive(0x3000000, true))
                .expect(CopyData.class, status(0x3000000, 0x3000000, 0x3000000))
                .then(told::countDown)))) {
            PgxcLogicalStream stream = dialogue.connection().logicalStream(OPTIONS);
            TestSubscriber<PgxcLogicalEvent> events = begin(stream.events());
            Dialogue.await(untouched);
            Lsn end = events.getReceivedOnNext().get(0).endOfTransaction();
            assertThat(end).isEqualTo(Lsn.parse("0/1000011"));
            stream.acknowledge(end);
            Dialogue.await(told);
            events.cancel();
        }
    }

    @Test
    @DisplayName("[S3.24] a message that is none ends the session and names itself")
    void malformed() {
        try (ReplicationDialogue dialogue = ReplicationDialogue.logical(script ->
                accepted(script, "0/0").clientMayLeave().send(change(0, INSERT)).expectEnd())) {
            assertThat(failed(begin(dialogue.connection().logicalStream(OPTIONS).events())))
                    .isInstanceOf(R2dbcNonTransientResourceException.class)
                    .hasMessageContaining("Malformed Insert");
        }
    }

    private static PgxcConnectionFactory factory(ScriptedServer server) {
        return new PgxcConnectionFactory(PgxcConfiguration.builder()
                .host(server.host())
                .port(server.port())
                .user("alice")
                .sslMode(SslMode.DISABLE)
                .database("books")
                .build());
    }

    @Test
    @DisplayName("[I10] a lost connection is replaced, and the stream goes on behind what was acknowledged")
    void reconnects() {
        try (ScriptedServer server = ScriptedServer.start(
                script -> accepted(script.startup(), "0/0")
                        .send(transaction())
                        .expect(CopyData.class, status(0x1000130, 0x1000130, 0x1000130))
                        .send(change(0x2000000, BEGIN))
                        .closeNow(),
                script -> script.startup()
                        .expectQuery("START_REPLICATION SLOT \"s\" LOGICAL 0/1000130"
                                + " (\"proto_version\" '1', \"publication_names\" '\"p\"')")
                        .send(error("55006", "replication slot \"s\" is active for PID 4711"), ready())
                        .expect("X"),
                script -> accepted(script.startup(), "0/1000130")
                        .send(transaction())
                        .clientMayLeave())) {
            PgxcLogicalStream stream = factory(server).logicalStream(OPTIONS);
            TestSubscriber<PgxcLogicalEvent> events = begin(stream.events().doOnNext(event -> {
                if (event.message() instanceof Commit commit) {
                    stream.acknowledge(commit.endLsn());
                }
            }));
            awaitElements(events, 11);
            events.cancel();
            assertThat(events.getReceivedOnNext())
                    .extracting(PgxcLogicalEvent::message)
                    .element(6)
                    .isInstanceOf(Begin.class);
            assertThat(events.getReceivedOnNext())
                    .filteredOn(PgxcLogicalEvent::afterReconnect)
                    .containsExactly(events.getReceivedOnNext().get(6));
            assertThat(server.received(1))
                    .element(1, InstanceOfAssertFactories.type(Query.class))
                    .isNotNull();
        }
    }

    @Test
    @DisplayName(
            "[I10] what a new connection cannot mend is the subscriber's, and so is every failure before the stream"
                    + " has begun")
    void gone() {
        try (ScriptedServer server = ScriptedServer.start(
                script -> accepted(script.startup(), "0/0").reset(),
                script -> script.startup()
                        .expect("Q")
                        .send(error("42704", "replication slot \"s\" does not exist"), ready())
                        .expect("X"),
                script -> script.startup()
                        .expect("Q")
                        .send(error("55006", "replication slot \"s\" is active for PID 4711"), ready())
                        .expect("X"))) {
            assertThat(failed(begin(factory(server).logicalStream(OPTIONS).events())))
                    .isInstanceOf(R2dbcException.class)
                    .hasMessageContaining("does not exist");
            assertThat(failed(begin(factory(server).logicalStream(OPTIONS).events())))
                    .hasMessageContaining("is active");
        }
    }
}
