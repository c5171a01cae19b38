// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.tck.replication;

import static io.r2dbc.pgxc.tck.Sandbox.LIMIT;
import static io.r2dbc.pgxc.tck.Sandbox.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.r2dbc.pgxc.PgxcLogicalEvent;
import io.r2dbc.pgxc.PgxcLogicalStream;
import io.r2dbc.pgxc.PgxcReplicationConnection;
import io.r2dbc.pgxc.PgxcTuple;
import io.r2dbc.pgxc.replication.LogicalMessage;
import io.r2dbc.pgxc.replication.LogicalMessage.Change;
import io.r2dbc.pgxc.replication.LogicalMessage.Commit;
import io.r2dbc.pgxc.replication.LogicalMessage.Insert;
import io.r2dbc.pgxc.replication.LogicalMessage.Message;
import io.r2dbc.pgxc.replication.LogicalMessage.StreamAbort;
import io.r2dbc.pgxc.replication.LogicalMessage.StreamCommit;
import io.r2dbc.pgxc.replication.LogicalMessage.StreamStart;
import io.r2dbc.pgxc.replication.LogicalMessage.Truncate;
import io.r2dbc.pgxc.replication.LogicalMessage.Update;
import io.r2dbc.pgxc.replication.LogicalOptions;
import io.r2dbc.pgxc.replication.LogicalOptions.Feature;
import io.r2dbc.pgxc.replication.LogicalOptions.Streaming;
import io.r2dbc.pgxc.replication.Relation;
import io.r2dbc.pgxc.replication.ReplicationMode;
import io.r2dbc.pgxc.replication.ReplicationSlot;
import io.r2dbc.pgxc.replication.Tuple;
import io.r2dbc.pgxc.testing.StandingAsserts;
import io.r2dbc.pgxc.value.Lsn;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import reactor.core.publisher.Flux;

@ExtendWith(StandingAsserts.class)
class LogicalStreamIT {

    @RegisterExtension
    final Publisher publisher = new Publisher();

    /** The messages up to the first that this holds for. */
    private List<LogicalMessage> messages(LogicalOptions options, Predicate<LogicalMessage> last) {
        return events(options, last).stream().map(PgxcLogicalEvent::message).toList();
    }

    private List<PgxcLogicalEvent> events(LogicalOptions options, Predicate<LogicalMessage> last) {
        return Objects.requireNonNull(publisher
                .open(ReplicationMode.LOGICAL)
                .logicalStream(options)
                .events()
                .takeUntil(event -> last.test(event.message()))
                .collectList()
                .block(LIMIT));
    }

    private static <T> List<T> of(List<LogicalMessage> messages, Class<T> kind) {
        return messages.stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    private void command(String... commands) {
        for (String sql : commands) {
            publisher.jdbc().execute(sql);
        }
    }

    @Test
    @DisplayName("[S3.27] a large value that an update did not touch is told from NULL")
    void unchangedToast() {
        command(
                "CREATE TABLE t (id int PRIMARY KEY, large text, n int)",
                "ALTER TABLE t ALTER COLUMN large SET STORAGE EXTERNAL");
        String slot = publisher.slot("");
        command("INSERT INTO t VALUES (1, repeat('x', 100000), 1)", "UPDATE t SET n = 2", "UPDATE t SET large = NULL");
        List<PgxcTuple> rows =
                events(LogicalOptions.of(slot, publisher.name()), LogicalStreamIT::isUpdateToNull).stream()
                        .filter(event -> event.newRow() != null)
                        .map(PgxcLogicalEvent::newRow)
                        .toList();
        assertThat(rows).hasSizeGreaterThanOrEqualTo(2);
        assertThat(rows.get(0).get("large", String.class)).hasSize(100_000);
        assertThat(rows.get(1).isUnchanged("large")).isTrue();
        assertThat(rows.get(1).get("n")).isEqualTo(2);
        assertThat(rows.get(2).isUnchanged("large")).isFalse();
        assertThat(rows.get(2).get("large")).isNull();
    }

    private static boolean isUpdateToNull(LogicalMessage message) {
        return message instanceof Update update && update.newRow().kind(1) == Tuple.Kind.NULL;
    }

    @Test
    @DisplayName("[S3.26] types of the database's own are looked up before the first row that has them is read")
    void userTypes() {
        command(
                "CREATE TYPE mood AS ENUM ('sad', 'happy')",
                "CREATE TYPE pair AS (a int, b text)",
                "CREATE DOMAIN positive AS int CHECK (value > 0)",
                "CREATE TABLE t (id positive PRIMARY KEY, m mood, p pair, ms mood[])");
        String slot = publisher.slot("");
        command("INSERT INTO t VALUES (1, 'happy', (7, 'x'), '{sad,happy}')");
        List<PgxcLogicalEvent> events =
                events(LogicalOptions.of(slot, publisher.name()), message -> message instanceof Insert);
        assertThat(events.stream()
                        .filter(event -> event.message() instanceof LogicalMessage.Type)
                        .map(event -> ((LogicalMessage.Type) event.message()).name()))
                .contains("mood", "pair");
        PgxcTuple row = Objects.requireNonNull(events.get(events.size() - 1).newRow());
        assertThat(row.get("m")).isEqualTo("happy");
        assertThat(row.get("ms", String[].class)).containsExactly("sad", "happy");
        assertThat(row.get("id", Integer.class)).isEqualTo(1);
        assertThat(row.getMetadata().getColumnMetadata("p").getType().getName()).isEqualTo("pair");
    }

    @Test
    @DisplayName("[S3.26] a table that changes in mid-stream is described anew")
    void changedTable() {
        command("CREATE TABLE t (id int PRIMARY KEY)");
        String slot = publisher.slot("");
        command(
                "INSERT INTO t VALUES (1)", "ALTER TABLE t ADD COLUMN added text DEFAULT 'd'",
                "INSERT INTO t VALUES (2, 'x')", "TRUNCATE t RESTART IDENTITY CASCADE");
        List<LogicalMessage> messages =
                messages(LogicalOptions.of(slot, publisher.name()), message -> message instanceof Truncate);
        assertThat(of(messages, Relation.class))
                .extracting(relation -> relation.columns().size())
                .startsWith(1, 2);
        Truncate truncate = of(messages, Truncate.class).get(0);
        assertThat(truncate.cascade()).isTrue();
        assertThat(truncate.restartIdentity()).isTrue();
        assertThat(truncate.relations()).extracting(Relation::name).containsExactly("t");
    }

    @Test
    @DisplayName("[S3.23, S3.24] messages that the application wrote into the log")
    void applicationMessages() {
        String slot = publisher.slot("");
        publisher.jdbc().queryForList("SELECT pg_logical_emit_message(false, 'p', 'loose')");
        publisher.jdbc().queryForList("SELECT pg_logical_emit_message(true, 'p', 'bound')");
        List<Message> messages = of(
                messages(
                        LogicalOptions.of(slot, publisher.name()).with(Feature.MESSAGES),
                        message -> message instanceof Commit),
                Message.class);
        assertThat(messages)
                .extracting(message -> new String(message.content(), StandardCharsets.UTF_8))
                .containsExactly("loose", "bound");
        assertThat(messages).extracting(Message::transactional).containsExactly(false, true);
    }

    @Test
    @DisplayName(
            "[S3.23, S3.25] a large transaction comes in blocks while it runs, with its subtransactions, and ends or"
                    + " does not")
    void streamed() throws Exception {
        command("CREATE TABLE t (id int PRIMARY KEY, filler text)");
        String slot = publisher.slot("");
        String fill = "INSERT INTO t SELECT g, repeat('x', 500) FROM generate_series(%s) g";
        boolean parallel = publisher.major() >= 16;
        LogicalOptions options =
                LogicalOptions.of(slot, publisher.name()).withStreaming(parallel ? Streaming.PARALLEL : Streaming.ON);
        String user = publisher.ask("SELECT current_user", String.class);
        publisher.jdbc().execute("ALTER ROLE " + user + " SET logical_decoding_work_mem = '64kB'");
        try {
            command(
                    "BEGIN; " + fill.formatted("1, 2000") + "; ROLLBACK",
                    "BEGIN; " + fill.formatted("1, 1000") + "; SAVEPOINT a; " + fill.formatted("1001, 2000")
                            + "; ROLLBACK TO a; " + fill.formatted("1001, 1500") + "; COMMIT");
            List<LogicalMessage> messages = messages(options, message -> message instanceof StreamCommit);
            assertThat(of(messages, StreamStart.class)).hasSizeGreaterThan(2);
            assertThat(of(messages, StreamStart.class))
                    .anyMatch(StreamStart::first)
                    .anyMatch(start -> !start.first());
            StreamCommit commit = of(messages, StreamCommit.class).get(0);
            List<StreamAbort> aborts = of(messages, StreamAbort.class);
            assertThat(aborts).isNotEmpty().allMatch(abort -> (abort.abortLsn() != null) == parallel);
            long kept = of(messages, Change.class).stream()
                    .filter(change -> aborts.stream().noneMatch(abort -> abort.subXid() == change.xid()))
                    .filter(change -> aborts.stream()
                            .noneMatch(abort -> abort.xid() == abort.subXid() && abort.xid() == change.xid()))
                    .count();
            assertThat(kept).isEqualTo(1500);
            assertThat(commit.xid()).isPositive();
        } finally {
            publisher.jdbc().execute("ALTER ROLE " + user + " RESET logical_decoding_work_mem");
        }
    }

    @Test
    @DisplayName("[S3.23, S3.25] transactions in two phases come when they are prepared, and their end when it comes")
    void twoPhase() {
        assumeTrue(publisher.major() >= 15, "pgoutput has two phases from PostgreSQL 15 on");
        command("CREATE TABLE t (id int PRIMARY KEY)");
        String slot = publisher.name() + "_two";
        PgxcReplicationConnection connection = publisher.open(ReplicationMode.LOGICAL);
        connection
                .createSlot(
                        ReplicationSlot.logical(slot, ReplicationSlot.PGOUTPUT).withTwoPhase())
                .block(LIMIT);
        command(
                "BEGIN; INSERT INTO t VALUES (1); PREPARE TRANSACTION '" + slot + "_1'",
                "BEGIN; INSERT INTO t VALUES (2); PREPARE TRANSACTION '" + slot + "_2'",
                "COMMIT PREPARED '" + slot + "_1'",
                "ROLLBACK PREPARED '" + slot + "_2'");
        List<LogicalMessage> messages = messages(
                LogicalOptions.of(slot, publisher.name()).with(Feature.TWO_PHASE),
                message -> message instanceof LogicalMessage.RollbackPrepared);
        assertThat(messages)
                .filteredOn(message -> !(message instanceof Relation))
                .extracting(message -> (Object) message.getClass().getSimpleName())
                .containsExactly(
                        "BeginPrepare",
                        "Insert",
                        "Prepare",
                        "BeginPrepare",
                        "Insert",
                        "Prepare",
                        "CommitPrepared",
                        "RollbackPrepared");
    }

    @Test
    @DisplayName(
            "[I10, S3.12, S3.15] the line is cut twenty times in mid-stream: nothing is lost, and nothing acknowledged"
                    + " comes again")
    void killedTwentyTimes() {
        command("CREATE TABLE t (id int PRIMARY KEY, filler text)");
        String slot = publisher.slot("");
        int rounds = 20;
        int each = 150;
        PgxcLogicalStream stream = publisher
                .factory()
                .logicalStream(LogicalOptions.of(slot, publisher.name()).withStatusInterval(Duration.ofMillis(500)));
        Collected collected = new Collected(stream);
        Flux<Integer> ids = stream.events().concatMapIterable(collected::taken, 1);
        CompletableFuture<List<Integer>> all =
                ids.take((long) rounds * each).collectList().toFuture();
        for (int round = 0; round < rounds; round++) {
            int cuts = round;
            command(transactions(round * each, each));
            until("something has come by this connection", () -> collected.connections() > cuts || all.isDone());
            until("the walsender of the slot is terminated", () -> publisher.terminates(slot) || all.isDone());
        }
        List<Integer> seen = all.orTimeout(20, TimeUnit.SECONDS).join();
        assertThat(seen)
                .containsExactlyElementsOf(
                        IntStream.range(0, rounds * each).boxed().toList());
        assertThat(collected.connections()).isGreaterThanOrEqualTo(rounds);
        until(
                "the slot is free",
                () -> !publisher.ask(
                        "SELECT active FROM pg_replication_slots WHERE slot_name = ?", Boolean.class, slot));
        Lsn confirmed = publisher.lsn("SELECT confirmed_flush_lsn FROM pg_replication_slots WHERE slot_name = ?", slot);
        assertThat(confirmed).isLessThanOrEqualTo(stream.acknowledged());
    }

    /** So many ids in transactions of five rows each, by one command. */
    private static String transactions(int from, int count) {
        StringBuilder sql = new StringBuilder();
        for (int id = from; id < from + count; id += 5) {
            sql.append("BEGIN; INSERT INTO t SELECT g, repeat('y', 2000) FROM generate_series(")
                    .append(id)
                    .append(", ")
                    .append(id + 4)
                    .append(") g; COMMIT; ");
        }
        return sql.toString();
    }
}
