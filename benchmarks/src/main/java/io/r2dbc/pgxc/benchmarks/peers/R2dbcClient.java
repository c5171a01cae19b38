// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.benchmarks.peers;

import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactory;
import io.r2dbc.spi.Readable;
import io.r2dbc.spi.Result;
import io.r2dbc.spi.Statement;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * A driver of R2DBC, by nothing but the SPI. No operator stands between driver and reader, so that the driver is measured and not
 * Reactor.
 */
abstract class R2dbcClient implements Client {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final ConnectionFactory factory;
    private final List<Connection> connections = new ArrayList<>();

    R2dbcClient(ConnectionFactory factory) {
        this.factory = factory;
    }

    /** Runs the listener for each notification of the connection, for as long as that lives. */
    abstract void notified(Connection connection, Runnable listener);

    @Override
    public void open(int count) {
        for (int i = 0; i < count; i++) {
            connections.add(Objects.requireNonNull(Mono.from(factory.create()).block(PATIENCE)));
        }
    }

    @Override
    public void byKey(int connection, int key, Done done) {
        read(statement(connection, Tables.BY_KEY).bind(0, key), R2dbcClient::account, done);
    }

    private static Integer account(Readable row) {
        Integer id = value(row, 0, Integer.class);
        value(row, 1, Integer.class);
        return id;
    }

    @Override
    public void update(int connection, int key, Done done) {
        write(statement(connection, Tables.UPDATE).bind(0, key), done);
    }

    @Override
    public void append(int connection, int key, Done done) {
        write(statement(connection, Tables.APPEND).bind(0, key), done);
    }

    @Override
    public void begin(int connection, Done done) {
        connections.get(connection).beginTransaction().subscribe(new Sum<>(done));
    }

    @Override
    public void commit(int connection, Done done) {
        connections.get(connection).commitTransaction().subscribe(new Sum<>(done));
    }

    @Override
    public void scan(int connection, Scan scan, Done done) {
        Statement statement = statement(connection, scan.sql()).fetchSize(scan.fetchSize());
        if (scan.shape() == Scan.Shape.SIX_COLUMNS) {
            SixColumns columns = new SixColumns(done);
            read(statement, columns, columns);
        } else {
            read(statement, R2dbcClient::text, done);
        }
    }

    private static Long text(Readable row) {
        return Checksum.ofText(value(row, 0, String.class));
    }

    @Override
    public void insert(int connection, Done done) {
        Statement statement = statement(connection, Tables.INSERT);
        for (int id = 1; id <= Tables.BATCH; id++) {
            if (id > 1) {
                statement.add();
            }
            statement.bind(0, id).bind(1, Tables.name(id));
        }
        write(statement, done);
    }

    @Override
    public void visit(Done done) {
        Mono.usingWhen(
                        factory.create(),
                        connection -> Mono.from(
                                        connection.createStatement("SELECT 1").execute())
                                .flatMap(result -> Mono.from(result.map(row -> value(row, 0, Integer.class)))),
                        Connection::close)
                .subscribe(new Sum<>(done));
    }

    @Override
    public void listen(int connection, Runnable listener) {
        notified(connections.get(connection), listener);
        Flux.from(statement(connection, Tables.LISTEN).execute())
                .flatMap(Result::getRowsUpdated)
                .blockLast(PATIENCE);
    }

    @Override
    public void announce(int connection, int count, Done done) {
        read(statement(connection, Tables.ANNOUNCE).bind(0, count), row -> value(row, 0, Long.class), done);
    }

    @Override
    public SlowScan slowly(int connection, Scan scan) {
        R2dbcSlowScan slow = new R2dbcSlowScan();
        SixColumns columns = new SixColumns(slow);
        statement(connection, scan.sql()).execute().subscribe(slow.reading(columns));
        return slow;
    }

    @Override
    public void close() {
        for (Connection connection : connections) {
            Mono.from(connection.close()).block(PATIENCE);
        }
    }

    Connection connection(int number) {
        return connections.get(number);
    }

    private Statement statement(int connection, String sql) {
        return connections.get(connection).createStatement(sql);
    }

    private static void read(Statement statement, Function<Readable, ? extends Number> values, Done done) {
        statement.execute().subscribe(new Results(result -> result.map(values), done));
    }

    private static void write(Statement statement, Done done) {
        statement.execute().subscribe(new Results(Result::getRowsUpdated, done));
    }

    private static <T> T value(Readable row, int index, Class<T> type) {
        return Objects.requireNonNull(row.get(index, type));
    }

    /** Adds up in itself, so that a row makes no object beyond its values, and says the sum in place of the one it hears. */
    private static final class SixColumns implements Function<Readable, Integer>, Done {

        private final Done done;
        private long sum;

        SixColumns(Done done) {
            this.done = done;
        }

        @Override
        public Integer apply(Readable row) {
            sum += Checksum.ofSix(
                    value(row, 0, Integer.class),
                    value(row, 1, Long.class),
                    value(row, 2, String.class),
                    value(row, 3, OffsetDateTime.class),
                    value(row, 4, BigDecimal.class),
                    value(row, 5, Double.class));
            return 0;
        }

        @Override
        public void done(long zeros) {
            done.done(sum);
        }

        @Override
        public void failed(Throwable cause) {
            done.failed(cause);
        }
    }
}
