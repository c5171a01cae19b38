// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import io.netty.buffer.ByteBuf;
import io.r2dbc.pgxc.exchange.Failure.ProtocolViolation;
import io.r2dbc.pgxc.exchange.Question;
import io.r2dbc.pgxc.exchange.SimpleQuery;
import io.r2dbc.pgxc.replication.BackupOptions;
import io.r2dbc.pgxc.replication.BackupPart;
import io.r2dbc.pgxc.replication.CreatedSlot;
import io.r2dbc.pgxc.replication.LogicalOptions;
import io.r2dbc.pgxc.replication.ReplicationMode;
import io.r2dbc.pgxc.replication.ReplicationSlot;
import io.r2dbc.pgxc.replication.SlotChange;
import io.r2dbc.pgxc.replication.SlotPosition;
import io.r2dbc.pgxc.replication.StreamRequest;
import io.r2dbc.pgxc.replication.SystemIdentity;
import io.r2dbc.pgxc.replication.TimelineHistory;
import io.r2dbc.pgxc.wire.DataRow;
import io.r2dbc.pgxc.wire.ProtocolException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * A connection that speaks the replication protocol ("Streaming Replication Protocol" in PostgreSQL's manual).
 *
 * <p>Every method sends its command on subscription. Commands run one after the other; while a stream runs, nothing else can, and a command is
 * refused with {@link IllegalStateException}. Cancel the stream, or wait for its end, first. Any thread may call any method; what they emit
 * comes on the connection's event loop.
 */
public final class PgxcReplicationConnection {

    private static final Duration SILENCE = Duration.ofSeconds(60);

    private final ConnectionCore core;
    private final ReplicationMode mode;
    private final AtomicReference<@Nullable Object> stream = new AtomicReference<>();

    PgxcReplicationConnection(ConnectionCore core, ReplicationMode mode) {
        this.core = core;
        this.mode = mode;
    }

    ConnectionCore core() {
        return core;
    }

    private ReplicationSql sql() {
        return new ReplicationSql(serverVersion());
    }

    /** What the connection is for. */
    public ReplicationMode mode() {
        return mode;
    }

    /** The version of the server. */
    public ServerVersion serverVersion() {
        return ServerVersion.parse(core.session().state().parameters().get("server_version"));
    }

    /** Which server it is, and how far its log reaches. */
    public Mono<SystemIdentity> identifySystem() {
        return ask(() -> "IDENTIFY_SYSTEM", ReplicationAnswers::identity);
    }

    /** The value of one of the server's settings, as text (PostgreSQL 10). */
    public Mono<String> show(String name) {
        return ask(() -> ReplicationSql.show(name), row -> {
            ReplicationAnswers.atLeast(row, 1, "SHOW");
            return ReplicationAnswers.present(row, 0);
        });
    }

    /** How a timeline other than the first came to be (PostgreSQL 9.3). */
    public Mono<TimelineHistory> timelineHistory(long timeline) {
        return ask(() -> ReplicationSql.timelineHistory(timeline), ReplicationAnswers::timelineHistory);
    }

    /**
     * Makes a slot (PostgreSQL 9.4).
     *
     * @param slot what is to be made; options that its kind does not have are an {@link IllegalArgumentException}, those that the server is too
     *     old for an {@link UnsupportedOperationException}
     */
    public Mono<CreatedSlot> createSlot(ReplicationSlot slot) {
        return ask(() -> sql().create(Require.nonNull(slot, "slot")), ReplicationAnswers::createdSlot);
    }

    /** Changes a logical slot (PostgreSQL 17; two-phase 18). */
    public Mono<Void> alterSlot(String name, SlotChange change) {
        return tell(() -> sql().alter(name, Require.nonNull(change, "change")));
    }

    /** How far a physical slot is (PostgreSQL 15); empty if there is no such slot. */
    public Mono<SlotPosition> readSlot(String name) {
        return ask(() -> sql().read(name), ReplicationAnswers::slotPosition);
    }

    /** Drops a slot; one that is in use is an error. */
    public Mono<Void> dropSlot(String name) {
        return dropSlot(name, false);
    }

    /** Drops a slot; where {@code wait} is true and it is in use, as soon as it is not any more (PostgreSQL 11). */
    public Mono<Void> dropSlot(String name, boolean wait) {
        return tell(() -> ReplicationSql.drop(name, wait));
    }

    /**
     * Streams the log, or what an output plugin makes of it. A server that leaves status updates of the timer unanswered, for
     * {@code responseTimeout} or else for 60 seconds, is taken for gone.
     *
     * @param request what and from where
     * @return a stream that begins when its {@link PgxcWalStream#data} is subscribed to
     * @throws IllegalArgumentException if the request contradicts itself
     */
    public PgxcWalStream startReplication(StreamRequest request) {
        Require.nonNull(request, "request");
        ReplicationFeed.Opening opening = opening(request, new Standing());
        return new PgxcWalStream(
                new PgxcWalStream.Feed(opening, !request.logical()),
                !serverVersion().isAtLeast(10, 0));
    }

    /**
     * Streams the changes that a slot's output plugin {@code pgoutput} makes of the log, decoded.
     *
     * @param options which slot, whose changes, and how
     * @return a stream that begins when its {@link PgxcLogicalStream#events} is subscribed to; once, on this connection
     */
    public PgxcLogicalStream logicalStream(LogicalOptions options) {
        return new PgxcLogicalStream(Require.nonNull(options, "options"), this);
    }

    ReplicationFeed.Opening opening(StreamRequest request, Standing standing) {
        return new ReplicationFeed.Opening(
                core.session(),
                sql().start(request),
                request.statusInterval(),
                silenceLimit(),
                standing,
                this::begins,
                over -> stream.compareAndSet(over, null));
    }

    /** As long as a server waits for its own primary, unless the configuration says otherwise. */
    private Duration silenceLimit() {
        Duration configured = core.configuration().responseTimeout();
        return configured.isZero() ? SILENCE : configured;
    }

    /**
     * Makes a base backup ({@code BASE_BACKUP}): the parts in the order of sending, at the subscriber's pace, once. Cancelling stops it at the
     * server.
     *
     * @param options how; those that the server is too old for are an {@link UnsupportedOperationException}
     */
    public Flux<BackupPart> baseBackup(BackupOptions options) {
        String sql = BackupSql.of(Require.nonNull(options, "options"), serverVersion());
        return idle().thenMany(
                        new BackupFeed(core.session(), sql, serverVersion().isAtLeast(15, 0)));
    }

    /**
     * Gives the server the manifest of an earlier backup, for an incremental one that follows on this connection ({@code UPLOAD_MANIFEST},
     * PostgreSQL 17).
     *
     * @param manifest its bytes, in pieces, asked for as the socket takes them; the buffers are the driver's, and are released
     */
    public Mono<Void> uploadManifest(Publisher<? extends ByteBuf> manifest) {
        Require.nonNull(manifest, "manifest");
        return idle().then(Copies.feed(core, "UPLOAD_MANIFEST", manifest)).then();
    }

    /**
     * Runs SQL, or replication commands, by the simple query protocol, the only one there is here; SQL in {@link ReplicationMode#LOGICAL} alone.
     * All values come in text form.
     *
     * @param sql one statement or several
     */
    public Flux<PgxcResult> execute(String sql) {
        SqlText text = core.sqlText(Require.sendable(sql, "sql"));
        int statements = text.statements().size();
        if (statements == 0) {
            return Flux.empty();
        }
        return idle().thenMany(Execution.of(
                core, sql, statements, null, consumer -> new SimpleQuery(sql, statements, core.noted(text), consumer)));
    }

    /** The server's notices and warnings, from the moment of subscription. Hot; slow ones lose the oldest. */
    public Flux<PgxcNotice> notices() {
        return core.notices();
    }

    /** Whether the connection is open, as far as is known. */
    public boolean isConnected() {
        return core.session().isConnected();
    }

    /** Closes the connection, whatever runs on it. Completes when the socket is closed, within a second, any number of times. */
    public Mono<Void> close() {
        return Mono.defer(() -> core.session().close());
    }

    private void begins(Object feed) {
        if (!stream.compareAndSet(null, feed)) {
            throw busy();
        }
    }

    private static IllegalStateException busy() {
        return new IllegalStateException(
                "The connection is streaming, and takes no other command; cancel the stream or use another connection");
    }

    Mono<Void> idle() {
        return Mono.defer(() -> stream.get() == null ? Mono.empty() : Mono.error(busy()));
    }

    private Mono<Void> tell(Supplier<String> command) {
        return idle().then(Mono.defer(() -> core.command(command.get())));
    }

    /** The first row of the answer, as the reading has it. */
    private <T> Mono<T> ask(Supplier<String> command, Function<DataRow, @Nullable T> reading) {
        return idle().then(Mono.defer(() -> {
            String sql = command.get();
            List<Question> asked = new ArrayList<>(1);
            return core.exchange(
                            done -> {
                                Question question = new Question(sql, done);
                                asked.add(question);
                                return question;
                            },
                            sql)
                    .then(Mono.fromCallable(() -> first(asked.get(0), sql, reading)));
        }));
    }

    private static <T> @Nullable T first(Question asked, String sql, Function<DataRow, @Nullable T> reading) {
        try {
            if (asked.rows().isEmpty()) {
                throw new ProtocolException("The answer to " + sql + " has no row");
            }
            return reading.apply(ReplicationAnswers.row(asked.rows().get(0)));
        } catch (ProtocolException e) {
            throw Errors.of(new ProtocolViolation(String.valueOf(e.getMessage()), e), sql);
        }
    }

    @Override
    public String toString() {
        return "PgxcReplicationConnection[" + mode + ", " + (isConnected() ? "open" : "closed") + "]";
    }
}
