// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.benchmarks.peers;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;

/** pgjdbc, which blocks: prepared statements kept, the server's from the first execution on. */
final class JdbcClient implements Client {

    private final String url;
    private final Properties properties = new Properties();
    private final List<Session> sessions = new ArrayList<>();

    JdbcClient(Address address, boolean rewrite) {
        url = "jdbc:postgresql://" + address.host() + ":" + address.port() + "/" + address.database();
        properties.setProperty("user", address.user());
        properties.setProperty("password", address.password());
        properties.setProperty("prepareThreshold", "1");
        properties.setProperty("reWriteBatchedInserts", String.valueOf(rewrite));
    }

    @Override
    public boolean blocking() {
        return true;
    }

    @Override
    public void open(int connections) throws SQLException {
        for (int i = 0; i < connections; i++) {
            sessions.add(new Session(connect()));
        }
    }

    private Connection connect() throws SQLException {
        return DriverManager.getConnection(url, properties);
    }

    @Override
    public void byKey(int connection, int key, Done done) {
        answer(done, () -> {
            PreparedStatement statement = statement(connection, "SELECT id, balance FROM account WHERE id = ?");
            statement.setInt(1, key);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                int id = row.getInt(1);
                row.getInt(2);
                return id;
            }
        });
    }

    @Override
    public void update(int connection, int key, Done done) {
        write(connection, "UPDATE account SET balance = balance + 1 WHERE id = ?", key, done);
    }

    @Override
    public void append(int connection, int key, Done done) {
        write(connection, "INSERT INTO history (account) VALUES (?)", key, done);
    }

    private void write(int connection, String sql, int key, Done done) {
        answer(done, () -> {
            PreparedStatement statement = statement(connection, sql);
            statement.setInt(1, key);
            return statement.executeUpdate();
        });
    }

    @Override
    public void begin(int connection, Done done) {
        answer(done, () -> {
            sessions.get(connection).connection.setAutoCommit(false);
            return 0;
        });
    }

    @Override
    public void commit(int connection, Done done) {
        answer(done, () -> {
            Connection committing = sessions.get(connection).connection;
            committing.commit();
            committing.setAutoCommit(true);
            return 0;
        });
    }

    @Override
    public void scan(int connection, Scan scan, Done done) {
        answer(done, () -> {
            Connection reading = sessions.get(connection).connection;
            // a portal lives in a transaction
            reading.setAutoCommit(scan.fetchSize() == 0);
            try (PreparedStatement statement = reading.prepareStatement(scan.sql())) {
                statement.setFetchSize(scan.fetchSize());
                try (ResultSet rows = statement.executeQuery()) {
                    long sum = 0;
                    while (rows.next()) {
                        sum += value(rows, scan.shape());
                    }
                    return sum;
                }
            } finally {
                reading.setAutoCommit(true);
            }
        });
    }

    static long value(ResultSet row, Scan.Shape shape) throws SQLException {
        return shape == Scan.Shape.SIX_COLUMNS
                ? Checksum.ofSix(
                        row.getInt(1),
                        row.getLong(2),
                        row.getString(3),
                        row.getObject(4, OffsetDateTime.class),
                        row.getBigDecimal(5),
                        row.getDouble(6))
                : Checksum.ofText(row.getString(1));
    }

    @Override
    public void insert(int connection, Done done) {
        answer(done, () -> {
            PreparedStatement statement = statement(connection, "INSERT INTO event (id, name) VALUES (?, ?)");
            for (int id = 1; id <= Tables.BATCH; id++) {
                statement.setInt(1, id);
                statement.setString(2, Tables.name(id));
                statement.addBatch();
            }
            int rows = 0;
            for (int count : statement.executeBatch()) {
                // a rewritten one does not know
                rows += count == Statement.SUCCESS_NO_INFO ? 1 : count;
            }
            return rows;
        });
    }

    @Override
    public void copy(int connection, Done done) {
        answer(done, () -> {
            byte[] rows = Tables.copied();
            CopyIn copy = sessions.get(connection)
                    .connection()
                    .unwrap(PGConnection.class)
                    .getCopyAPI()
                    .copyIn(Tables.COPY);
            copy.writeToCopy(rows, 0, rows.length);
            return copy.endCopy();
        });
    }

    @Override
    public void visit(Done done) {
        answer(done, () -> {
            try (Connection connection = connect();
                    Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery("SELECT 1")) {
                row.next();
                return row.getInt(1);
            }
        });
    }

    @Override
    public void listen(int connection, Runnable listener) throws SQLException {
        Connection listening = sessions.get(connection).connection;
        try (Statement statement = listening.createStatement()) {
            statement.execute(Tables.LISTEN);
        }
        PGConnection news = listening.unwrap(PGConnection.class);
        Thread reader = new Thread(() -> read(news, listener), "listener");
        reader.setDaemon(true);
        reader.start();
    }

    private static void read(PGConnection news, Runnable listener) {
        try {
            while (true) {
                for (int left = news.getNotifications(0).length; left > 0; left--) {
                    listener.run();
                }
            }
        } catch (SQLException e) {
            // the connection has been closed
        }
    }

    @Override
    public void announce(int connection, int count, Done done) {
        answer(done, () -> {
            PreparedStatement statement = statement(
                    connection,
                    "SELECT count(pg_notify('news', 'number ' || n)) FROM generate_series(1, ?::int4) AS n");
            statement.setInt(1, count);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        });
    }

    @Override
    public SlowScan slowly(int connection, Scan scan) throws SQLException {
        Connection reading = sessions.get(connection).connection;
        PreparedStatement statement = reading.prepareStatement(scan.sql());
        return new JdbcSlowScan(statement, statement.executeQuery());
    }

    @Override
    public void close() {
        for (Session session : sessions) {
            close(session.connection);
        }
    }

    private static void close(Connection connection) {
        try {
            connection.close();
        } catch (SQLException e) {
            throw new IllegalStateException("A connection cannot be closed", e);
        }
    }

    private PreparedStatement statement(int connection, String sql) throws SQLException {
        Session session = sessions.get(connection);
        PreparedStatement statement = session.statements.get(sql);
        if (statement == null) {
            statement = session.connection.prepareStatement(sql);
            session.statements.put(sql, statement);
        }
        return Objects.requireNonNull(statement);
    }

    private static void answer(Done done, Call call) {
        long sum;
        try {
            sum = call.run();
        } catch (SQLException e) {
            done.failed(e);
            return;
        }
        done.done(sum);
    }

    /** What may be refused. */
    private interface Call {
        long run() throws SQLException;
    }

    /** A connection and the statements prepared on it. */
    private record Session(Connection connection, Map<String, PreparedStatement> statements) {
        Session(Connection connection) {
            this(connection, new HashMap<>());
        }
    }
}
