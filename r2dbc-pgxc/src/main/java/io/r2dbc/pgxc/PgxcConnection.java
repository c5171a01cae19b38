// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import io.netty.buffer.ByteBuf;
import io.r2dbc.pgxc.codec.PgType;
import io.r2dbc.pgxc.exchange.Ping;
import io.r2dbc.pgxc.exchange.Transactions.AwaitBegin;
import io.r2dbc.pgxc.exchange.Transactions.Begin;
import io.r2dbc.pgxc.exchange.Transactions.End;
import io.r2dbc.pgxc.net.Session;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.IsolationLevel;
import io.r2dbc.spi.Lifecycle;
import io.r2dbc.spi.Row;
import io.r2dbc.spi.RowMetadata;
import io.r2dbc.spi.TransactionDefinition;
import io.r2dbc.spi.ValidationDepth;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.context.Context;

/**
 * A connection to PostgreSQL or Postgres-XC: one session, one server process.
 *
 * <p>Statements subscribed at the same time are sent one after the other without waiting for answers (pipelining); they are executed in
 * the order of subscription. Results are delivered on the connection's event loop, {@code unwrap(Scheduler.class)}. All methods may be
 * called from any thread. Publishers are cold, except {@link #notifications}, {@link #notices} and {@link #parameters}.
 *
 * <p>It is not final for one reason only: what the factory hands out is also {@link io.r2dbc.spi.Wrapped}, as pools want it, and what
 * that unwraps to must not be, or Spring would unwrap for ever.
 */
public sealed class PgxcConnection implements Connection, Lifecycle permits WrappedConnection {

    private static final Duration VALIDATION = Duration.ofSeconds(5);

    private final ConnectionCore core;

    PgxcConnection(ConnectionCore core) {
        this.core = core;
    }

    final ConnectionCore core() {
        return core;
    }

    private Session session() {
        return core.session();
    }

    /** Begins a transaction; BEGIN travels with the first statement, so that this costs no round trip (see {@code deferBegin}). */
    @Override
    public Mono<Void> beginTransaction() {
        return begin(List.of("BEGIN"), null);
    }

    /** Begins a transaction with isolation level, READ ONLY, lock timeout and DEFERRABLE as given; other attributes are passed over. */
    @Override
    public Mono<Void> beginTransaction(TransactionDefinition definition) {
        return begin(
                BeginCommands.of(Require.nonNull(definition, "definition")),
                definition.getAttribute(TransactionDefinition.ISOLATION_LEVEL));
    }

    private Mono<Void> begin(List<String> commands, @Nullable IsolationLevel level) {
        Mono<Void> begin = core.exchange(
                done -> {
                    if (isAutoCommit()) {
                        core.isolationOfTransaction(level);
                    }
                    return new Begin(session().state(), commands, done);
                },
                commands.get(0));
        return core.configuration().deferBegin() ? begin : begin.then(core.exchange(AwaitBegin::new, commands.get(0)));
    }

    /**
     * Commits. Fails with an {@link io.r2dbc.spi.R2dbcRollbackException} if the server rolled back instead, and with SQLSTATE 08007 if
     * the answer was lost. Does nothing outside a transaction.
     */
    @Override
    public Mono<Void> commitTransaction() {
        return core.exchange(done -> new End(true, done), "COMMIT");
    }

    /** Rolls back. Does nothing outside a transaction. */
    @Override
    public Mono<Void> rollbackTransaction() {
        return core.exchange(done -> new End(false, done), "ROLLBACK");
    }

    /** Creates a savepoint, in a transaction that is begun if there is none. */
    @Override
    public Mono<Void> createSavepoint(String name) {
        String sql = "SAVEPOINT " + savepoint(name);
        return Mono.defer(() -> isAutoCommit() ? beginTransaction() : Mono.empty())
                .then(core.command(sql));
    }

    @Override
    public Mono<Void> releaseSavepoint(String name) {
        return core.command("RELEASE SAVEPOINT " + savepoint(name));
    }

    @Override
    public Mono<Void> rollbackTransactionToSavepoint(String name) {
        return core.command("ROLLBACK TO SAVEPOINT " + savepoint(name));
    }

    private String savepoint(String name) {
        String quoted = Identifiers.quote(name);
        if (!session().state().profile().savepoints()) {
            throw new UnsupportedOperationException(
                    "This server has no savepoints; SAVEPOINT would abort the transaction");
        }
        return quoted;
    }

    @Override
    public PgxcBatch createBatch() {
        return new PgxcBatch(core);
    }

    /**
     * Creates a statement.
     *
     * @param sql with parameters {@code $1} to {@code $n}
     */
    @Override
    public PgxcStatement createStatement(String sql) {
        return new PgxcStatement(core, core.sqlText(Require.nonNull(sql, "sql")));
    }

    /**
     * Copies data into a table: {@code COPY ... FROM STDIN}, in text, CSV or binary as the statement says (protocol 48.2.5). The data may be
     * cut anywhere. It is asked for as the socket takes it, from when the server is ready for it, on the connection's event loop: a source
     * that blocks needs a thread of its own ({@code subscribeOn}). Nothing else runs on the connection meanwhile.
     *
     * <p>If the source fails, the server is told so and stores nothing, and the Mono fails with the source's own error. If the server
     * refuses the data, the source is cancelled at once. Cancelling the Mono cancels the source and undoes the COPY.
     *
     * @param sql one COPY statement
     * @param data buffers are the driver's as soon as they are emitted, and are released on every path
     * @return how many rows were copied, as the server counts them
     * @throws IllegalArgumentException if it is not one COPY statement
     */
    public Mono<Long> copyIn(String sql, Publisher<ByteBuf> data) {
        return Copies.in(core, sql, Require.nonNull(data, "data"));
    }

    /**
     * As {@link #copyIn}, from buffers of Java's own. Their bytes, from position to limit, must not change before the Mono has ended.
     *
     * @param sql one COPY statement
     * @return how many rows were copied
     */
    public Mono<Long> copyInBuffers(String sql, Publisher<ByteBuffer> data) {
        return Copies.in(core, sql, Flux.from(Require.nonNull(data, "data")).map(CopyInBytes::view));
    }

    /**
     * Copies data out: {@code COPY ... TO STDOUT}, in text, CSV or binary as the statement says (protocol 48.2.5). In text and CSV the server
     * sends a buffer for each row; in binary the buffers are one stream of bytes.
     *
     * <p>Demand reaches the server: without any, nothing is sent, and then the server waits. A buffer is its subscriber's to release; the
     * operators behind need {@code doOnDiscard(ByteBuf.class, ByteBuf::release)} where they may throw some away. A slice of a few bytes keeps
     * what has arrived with it in memory, so copy what is kept for long. Nothing else runs on the connection meanwhile: a statement that is
     * awaited before the next buffer is asked for is never answered. Cancelling stops the COPY at the server.
     *
     * @param sql one COPY statement
     * @throws IllegalArgumentException if it is not one COPY statement
     */
    public Flux<ByteBuf> copyOut(String sql) {
        return Copies.out(core, sql);
    }

    /**
     * Copies rows of values into a table, in binary: {@code COPY table (columns) FROM STDIN (FORMAT binary)}. What types the columns are of is
     * asked first, on this connection. What {@link #copyIn} says of its source, of errors and of cancelling holds here too.
     *
     * <p>A value may be of any class that can be bound as a parameter of the column's type and has a binary form; what has none, such as a
     * {@code String} for a {@code uuid}, fails the COPY with an error that names the row, the column, the class and the type.
     *
     * @param table its name, with a schema or without; each part is read as SQL would read it, and quoted
     * @param columns names of columns, read and quoted likewise
     * @param rows the values of a row, as many as there are columns; null is SQL NULL. A row must not change once it is emitted
     * @return how many rows were copied
     */
    public Mono<Long> copyInRows(String table, List<String> columns, Publisher<? extends @Nullable Object[]> rows) {
        return Copies.rowsIn(core, table, columns, rows);
    }

    /**
     * Reads the rows of a query by binary COPY: {@code COPY (query) TO STDOUT (FORMAT binary)}. The rows are like those of a Result, and live
     * only inside the mapping function; demand, errors and cancelling are as with {@link #copyOut}.
     *
     * @param query one statement without parameters, such as {@code SELECT a, b FROM t}
     * @param mapping makes an element of a row
     * @throws IllegalArgumentException if it is not one query
     */
    public <T> Flux<T> copyOutRows(String query, BiFunction<? super Row, ? super RowMetadata, ? extends T> mapping) {
        return Copies.rowsOut(core, query, mapping);
    }

    /**
     * Calls a function by its OID, past SQL (protocol 48.2.4). Calls share the line with statements and are not waited for (pipelining).
     *
     * <p>The protocol does not say what types the function has. An argument is sent as the type of its class, so where that is not the
     * function's own, give it as {@code Parameters.in(PgType.INT8, value)}. The value is read from its text.
     *
     * @param functionOid the OID in {@code pg_proc}, such as {@code 'f(int8)'::regprocedure::oid}
     * @param type the class wanted; {@code String} for any type
     * @param arguments values or {@code Parameter}s; null is SQL NULL
     * @return the value; empty for SQL NULL
     */
    public <T> Mono<T> functionCall(int functionOid, Class<T> type, @Nullable Object... arguments) {
        return FunctionCalls.call(core, functionOid, null, type, Require.nonNull(arguments, "arguments"));
    }

    /**
     * As {@link #functionCall(int, Class, Object...)}, where the type of the value is known: it comes in binary if the driver reads that.
     *
     * @param returned the type the function returns
     * @return the value; empty for SQL NULL
     */
    public <T> Mono<T> functionCall(int functionOid, PgType returned, Class<T> type, @Nullable Object... arguments) {
        return FunctionCalls.call(
                core,
                functionOid,
                Require.nonNull(returned, "returned"),
                type,
                Require.nonNull(arguments, "arguments"));
    }

    /** The large objects of the database, which are worked with in this connection's transactions. */
    public PgxcLargeObjects largeObjects() {
        return new PgxcLargeObjects(core);
    }

    /** False from the moment {@code beginTransaction} is subscribed until the transaction is over, however it was begun. */
    @Override
    public boolean isAutoCommit() {
        return session().state().isAutoCommit();
    }

    /** {@code false} begins a transaction unless there is one, {@code true} commits the one there is. */
    @Override
    public Mono<Void> setAutoCommit(boolean autoCommit) {
        return Mono.defer(() -> {
            if (autoCommit == isAutoCommit()) {
                return Mono.empty();
            }
            return autoCommit ? commitTransaction() : beginTransaction();
        });
    }

    @Override
    public PgxcConnectionMetadata getMetadata() {
        String version = session().state().parameters().get("server_version");
        return new PgxcConnectionMetadata(
                ServerVersion.parse(version), session().state().profile().postgresXc());
    }

    /** The level of the transaction that is open, or else of those to come, as far as it was set by R2DBC's methods. */
    @Override
    public IsolationLevel getTransactionIsolationLevel() {
        return core.isolation();
    }

    /** Sets the level of the transaction that is open, or else of those to come. A pool's release undoes it. */
    @Override
    public Mono<Void> setTransactionIsolationLevel(IsolationLevel level) {
        String sql = BeginCommands.isolation(Require.nonNull(level, "level"));
        return Mono.defer(() -> {
            if (!isAutoCommit()) {
                return core.command("SET TRANSACTION ISOLATION LEVEL " + sql)
                        .doOnSuccess(nothing -> core.isolationOfTransaction(level));
            }
            core.changedSettings().add("default_transaction_isolation");
            return core.command("SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL " + sql)
                    .doOnSuccess(nothing -> core.isolation(level));
        });
    }

    /** Sets the server's {@code lock_timeout} for this session; zero for none. A pool's release undoes it. */
    @Override
    public Mono<Void> setLockWaitTimeout(Duration timeout) {
        return set("lock_timeout", timeout);
    }

    /** Sets the server's {@code statement_timeout} for this session; zero for none. A pool's release undoes it. */
    @Override
    public Mono<Void> setStatementTimeout(Duration timeout) {
        return set("statement_timeout", timeout);
    }

    private Mono<Void> set(String name, Duration timeout) {
        if (Require.nonNull(timeout, "timeout").isNegative()) {
            throw new IllegalArgumentException("timeout must be zero (none) or positive, not " + timeout);
        }
        return Mono.defer(() -> {
            core.changedSettings().add(name);
            return core.command("SET " + name + " = " + BeginCommands.millis(timeout));
        });
    }

    /**
     * Asks the server to stop what it is executing for this connection, by a CancelRequest on a second one (protocol 48.2.7). Whoever
     * waits for what is stopped gets the server's error, SQLSTATE 57014; of several statements under way it may be any. Nothing further is
     * sent before the request is over, so it never hits a statement that is submitted later. Does nothing where nothing runs,
     * or where COMMIT or ROLLBACK does, and nothing to what still waits in line: cancel the subscription to that.
     *
     * @return completes when the request has been handed over, which does not say that it has had an effect; fails with 08001 if it
     *     could not be, with 08006 if that is not known after 2 seconds, which closes the connection, and with
     *     {@link UnsupportedOperationException} if the server has given no key for it, as some poolers do
     */
    public Mono<Void> cancelRequest() {
        return Mono.defer(() -> session().state().backendKey() == null
                ? Mono.error(new UnsupportedOperationException(
                        "The server has sent no BackendKeyData, so it cannot be asked to cancel"))
                : Mono.create(sink -> session()
                        .requestCancel(failure -> StreamEnd.give(
                                () -> {
                                    if (failure == null) {
                                        sink.success();
                                    } else {
                                        sink.error(Errors.of(failure, null));
                                    }
                                },
                                Context.of(sink.contextView())))));
    }

    /** Whether the connection can be used: as far as is known (LOCAL), or by asking the server, for 5 seconds at most. Never an error. */
    @Override
    public Mono<Boolean> validate(ValidationDepth depth) {
        if (Require.nonNull(depth, "depth") == ValidationDepth.LOCAL) {
            return Mono.fromSupplier(() -> session().isConnected());
        }
        return Mono.defer(() -> session().isConnected() ? ping() : Mono.just(false));
    }

    private Mono<Boolean> ping() {
        return core.exchange(Ping::new, "Sync")
                .timeout(VALIDATION)
                .thenReturn(true)
                .onErrorReturn(false);
    }

    /**
     * Closes the connection: what runs is stopped at the server, except a COMMIT or ROLLBACK that is under way. Completes when the socket is
     * closed, within a second, any number of times.
     */
    @Override
    public Mono<Void> close() {
        return Mono.defer(() -> session().close());
    }

    @Override
    public Mono<Void> postAllocate() {
        return Mono.empty();
    }

    /** What a pool calls before it takes the connection back: see {@link Release}. */
    @Override
    public Mono<Void> preRelease() {
        return Release.of(core);
    }

    /**
     * Notifications of channels this session LISTENs to, its own included, from the moment of subscription. Hot; each subscriber has a ring
     * of {@code notificationBuffer} and loses the oldest when it is full, see {@link PgxcNotification#missed}. Completes when the connection
     * is closed and fails when it is lost. On Postgres-XC only sessions of the same coordinator are heard.
     */
    public Flux<PgxcNotification> notifications() {
        return core.notifications();
    }

    /** The server's notices and warnings, whichever statement they belong to, from the moment of subscription. Hot; slow ones lose the oldest. */
    public Flux<PgxcNotice> notices() {
        return core.notices();
    }

    /** Changes of the server's reported settings (ParameterStatus), name and value, from the moment of subscription. Hot. */
    public Flux<Map.Entry<String, String>> parameters() {
        return core.parameters();
    }

    @Override
    public String toString() {
        return "PgxcConnection[" + (session().isConnected() ? "open" : "closed") + "]";
    }
}
