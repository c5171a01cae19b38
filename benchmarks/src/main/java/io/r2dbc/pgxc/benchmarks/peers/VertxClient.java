// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.benchmarks.peers;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.PreparedQuery;
import io.vertx.sqlclient.PreparedStatement;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.RowStream;
import io.vertx.sqlclient.SqlResult;
import io.vertx.sqlclient.Transaction;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;
import java.util.stream.Collector;
import org.jspecify.annotations.Nullable;

/** The Vert.x client by its own API: pipelining, cached statements, native transport, queries made once. */
final class VertxClient implements Client {

    private static final int PIPELINE = 256;
    private static final int STREAM_CHUNK = 100;

    private final Vertx vertx = Vertx.vertx(new VertxOptions().setPreferNativeTransport(true));
    private final PgConnectOptions options;
    private final List<Session> sessions = new ArrayList<>();

    VertxClient(Address address) {
        options = new PgConnectOptions()
                .setHost(address.host())
                .setPort(address.port())
                .setDatabase(address.database())
                .setUser(address.user())
                .setPassword(address.password())
                .setCachePreparedStatements(true)
                .setPreparedStatementCacheMaxSize(PIPELINE)
                .setPipeliningLimit(PIPELINE);
    }

    @Override
    public void open(int connections) throws Exception {
        for (int i = 0; i < connections; i++) {
            sessions.add(new Session(await(PgConnection.connect(vertx, options))));
        }
    }

    @Override
    public void byKey(int connection, int key, Done done) {
        when(session(connection).query(Tables.BY_KEY).execute(Tuple.of(key)), done, VertxClient::account);
    }

    private static long account(RowSet<Row> rows) {
        Row row = rows.iterator().next();
        long id = row.getInteger(0);
        Objects.requireNonNull(row.getInteger(1));
        return id;
    }

    @Override
    public void update(int connection, int key, Done done) {
        when(session(connection).query(Tables.UPDATE).execute(Tuple.of(key)), done, SqlResult::rowCount);
    }

    @Override
    public void append(int connection, int key, Done done) {
        when(session(connection).query(Tables.APPEND).execute(Tuple.of(key)), done, SqlResult::rowCount);
    }

    @Override
    public void begin(int connection, Done done) {
        Session session = session(connection);
        when(session.connection.begin(), done, begun -> {
            session.transaction = begun;
            return 0;
        });
    }

    @Override
    public void commit(int connection, Done done) {
        when(Objects.requireNonNull(session(connection).transaction).commit(), done, nothing -> 0);
    }

    @Override
    public void scan(int connection, Scan scan, Done done) {
        Session session = session(connection);
        if (scan.fetchSize() > 0) {
            begin(connection, new Then(() -> stream(connection, scan, done), done));
            return;
        }
        ToLongFunction<Row> values = values(scan);
        PreparedQuery<SqlResult<long[]>> query = session.connection
                .preparedQuery(scan.sql())
                .collecting(Collector.of(
                        () -> new long[1], (sum, row) -> sum[0] += values.applyAsLong(row), (one, other) -> one));
        when(query.execute(), done, result -> result.value()[0]);
    }

    /** A portal lives in a transaction; its rows come a chunk at a time. */
    private void stream(int connection, Scan scan, Done done) {
        ToLongFunction<Row> values = values(scan);
        session(connection)
                .connection
                .prepare(scan.sql())
                .onComplete(
                        prepared -> {
                            long[] sum = new long[1];
                            Then end = new Then(() -> done.done(sum[0]), done);
                            RowStream<Row> stream = prepared.createStream(scan.fetchSize());
                            stream.exceptionHandler(done::failed)
                                    .endHandler(last -> prepared.close()
                                            .onComplete(closed -> commit(connection, end), done::failed))
                                    .handler(row -> sum[0] += values.applyAsLong(row));
                        },
                        done::failed);
    }

    private static ToLongFunction<Row> values(Scan scan) {
        return scan.shape() == Scan.Shape.SIX_COLUMNS
                ? row -> Checksum.ofSix(
                        row.getInteger(0),
                        row.getLong(1),
                        row.getString(2),
                        row.getOffsetDateTime(3),
                        row.getBigDecimal(4),
                        row.getDouble(5))
                : row -> Checksum.ofText(row.getString(0));
    }

    @Override
    public void insert(int connection, Done done) {
        List<Tuple> batch = new ArrayList<>(Tables.BATCH);
        for (int id = 1; id <= Tables.BATCH; id++) {
            batch.add(Tuple.of(id, Tables.name(id)));
        }
        when(session(connection).query(Tables.INSERT).executeBatch(batch), done, first -> {
            long sum = 0;
            for (SqlResult<?> result = first; result != null; result = result.next()) {
                sum += result.rowCount();
            }
            return sum;
        });
    }

    @Override
    public void visit(Done done) {
        when(
                PgConnection.connect(vertx, options)
                        .compose(connection -> connection
                                .query("SELECT 1")
                                .execute()
                                .compose(rows -> connection.close().map(rows))),
                done,
                rows -> rows.iterator().next().getInteger(0));
    }

    @Override
    public void listen(int connection, Runnable listener) throws Exception {
        PgConnection listening = session(connection).connection;
        listening.notificationHandler(news -> listener.run());
        await(listening.query(Tables.LISTEN).execute());
    }

    @Override
    public void announce(int connection, int count, Done done) {
        when(
                session(connection).query(Tables.ANNOUNCE).execute(Tuple.of(count)),
                done,
                rows -> rows.iterator().next().getLong(0));
    }

    @Override
    public SlowScan slowly(int connection, Scan scan) throws Exception {
        PgConnection reading = session(connection).connection;
        Transaction transaction = await(reading.begin());
        PreparedStatement prepared = await(reading.prepare(scan.sql()));
        return new VertxSlowScan(prepared.createStream(STREAM_CHUNK), transaction, values(scan));
    }

    @Override
    public void close() {
        vertx.close();
    }

    private Session session(int connection) {
        return sessions.get(connection);
    }

    private static <T> T await(Future<T> future) throws Exception {
        return future.await(30, TimeUnit.SECONDS);
    }

    private static <T> void when(Future<T> future, Done done, ToLongFunction<T> sum) {
        future.onComplete(value -> done.done(sum.applyAsLong(value)), done::failed);
    }

    /** A connection, its queries, and its transaction. */
    private static final class Session {

        final PgConnection connection;
        volatile @Nullable Transaction transaction;
        private final Map<String, PreparedQuery<RowSet<Row>>> queries = new HashMap<>();

        Session(PgConnection connection) {
            this.connection = connection;
            for (String sql : List.of(Tables.BY_KEY, Tables.UPDATE, Tables.APPEND, Tables.INSERT, Tables.ANNOUNCE)) {
                queries.put(sql, connection.preparedQuery(sql));
            }
        }

        PreparedQuery<RowSet<Row>> query(String sql) {
            return Objects.requireNonNull(queries.get(sql));
        }
    }
}
