// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.tck.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.r2dbc.pgxc.PgxcConfiguration;
import io.r2dbc.pgxc.PgxcConnection;
import io.r2dbc.pgxc.PgxcConnectionFactory;
import io.r2dbc.pgxc.PgxcStatement;
import io.r2dbc.pgxc.tck.server.Endpoint;
import io.r2dbc.pgxc.tck.server.TestServer;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The driver on one live server, and pgjdbc beside it as the witness of what happened there.
 *
 * <p>Both live in a schema that goes with the test. When a test ends its connections are closed, and the server must not have any of
 * them left.
 */
final class Live implements AfterEachCallback {

    /** How long anything may take before it counts as stuck. */
    static final Duration LIMIT = Duration.ofSeconds(20);

    /** How soon a connection that is said to be open must answer. */
    static final Duration SOON = Duration.ofSeconds(5);

    private static final AtomicInteger NUMBER = new AtomicInteger();
    private static final long STEP = Duration.ofMillis(5).toNanos();

    private final String name = "pgxc_fault_" + ProcessHandle.current().pid() + "_" + NUMBER.incrementAndGet();
    private final List<PgxcConnection> opened = new CopyOnWriteArrayList<>();
    private final Supplier<Endpoint> endpoint;
    private java.sql.@Nullable Connection witness;

    /** On the server that all tests share. */
    Live() {
        this(() -> TestServer.shared().endpoint());
    }

    /** On a server of the test's own, which must be up when the test begins to use it, and when it ends. */
    Live(Supplier<Endpoint> endpoint) {
        this.endpoint = endpoint;
    }

    /** What its sessions are called at the server. */
    String name() {
        return name;
    }

    Endpoint endpoint() {
        return endpoint.get();
    }

    PgxcConnectionFactory factory(UnaryOperator<PgxcConfiguration.Builder> options) {
        Endpoint server = endpoint();
        return new PgxcConnectionFactory(options.apply(PgxcConfiguration.builder()
                        .host(server.host())
                        .port(server.port())
                        .database(server.database())
                        .user(server.user())
                        .password(server.password())
                        .schema(name)
                        .applicationName(name))
                .build());
    }

    PgxcConnection open() {
        return open(options -> options);
    }

    PgxcConnection open(UnaryOperator<PgxcConfiguration.Builder> options) {
        return look(factory(options));
    }

    /** Another connection of a factory, looked after as all are. */
    PgxcConnection look(PgxcConnectionFactory factory) {
        PgxcConnection connection = get(factory.create());
        opened.add(connection);
        return connection;
    }

    // What tests do with a connection

    /** Not {@code single()}: that one calls a source empty whose value came in the moment it was cancelled, and drops an error. */
    static <T> Mono<T> one(PgxcConnection connection, String sql, Class<T> type) {
        return all(connection.createStatement(sql), type).collectList().map(values -> {
            assertThat(values).as(sql).hasSize(1);
            return values.get(0);
        });
    }

    static <T> Flux<T> all(PgxcStatement statement, Class<T> type) {
        return statement.execute().flatMap(result -> result.map(row -> Objects.requireNonNull(row.get(0, type))));
    }

    /** Runs whatever it is and throws its rows and counts away. */
    static Mono<Void> run(PgxcConnection connection, String sql) {
        return connection
                .createStatement(sql)
                .execute()
                .concatMap(result -> result.getRowsUpdated())
                .then();
    }

    static <T> T get(Mono<T> mono) {
        return Objects.requireNonNull(mono.block(LIMIT));
    }

    static void await(Mono<Void> mono) {
        mono.block(LIMIT);
    }

    static int pid(PgxcConnection connection) {
        return get(one(connection, "select pg_backend_pid()", Integer.class));
    }

    /** The connection is open and its answers are its own. */
    static void requireOpen(PgxcConnection connection) {
        assertThat(one(connection, "SELECT 42", Integer.class).block(SOON)).isEqualTo(42);
    }

    /** The connection is gone for good: it says so, and fails whoever comes at once. */
    static void requireClosed(PgxcConnection connection) {
        assertThat(get(connection.validate(io.r2dbc.spi.ValidationDepth.LOCAL))).isFalse();
        assertThat(get(connection.validate(io.r2dbc.spi.ValidationDepth.REMOTE)))
                .isFalse();
        connection.close().block(Duration.ofSeconds(2));
    }

    // The witness

    /** The first column of the first row, as the server tells pgjdbc. */
    synchronized String ask(String sql) {
        try (Statement statement = witness().createStatement();
                ResultSet answer = statement.executeQuery(sql)) {
            assertThat(answer.next()).as("a row for " + sql).isTrue();
            return String.valueOf(answer.getString(1));
        } catch (SQLException e) {
            throw new AssertionError(sql, e);
        }
    }

    synchronized void command(String... commands) {
        for (String sql : commands) {
            try (Statement statement = witness().createStatement()) {
                statement.execute(sql);
            } catch (SQLException e) {
                throw new AssertionError(sql, e);
            }
        }
    }

    private java.sql.Connection witness() throws SQLException {
        java.sql.Connection connection = witness;
        if (connection == null) {
            connection = DriverManager.getConnection(endpoint().jdbcUrl());
            witness = connection;
            command("create schema if not exists " + name, "set search_path = " + name);
        }
        return connection;
    }

    /** Takes back the witness of a server that has been down. */
    synchronized void forgetWitness() {
        witness = null;
    }

    /** How many of this test's sessions the server has, those that meet a condition. */
    int sessions(String condition) {
        return Integer.parseInt(ask("select count(*) from pg_stat_activity where application_name = '" + name
                + "' and backend_type = 'client backend' and (" + condition + ")"));
    }

    void awaitSessions(int count, Duration limit) {
        until(limit, "the server has " + count + " sessions of this test", () -> sessions("true") == count);
    }

    /** Waits for what nobody announces. */
    static void until(Duration limit, String what, BooleanSupplier condition) {
        long end = System.nanoTime() + limit.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("after " + limit + ": " + what).isLessThan(end);
            LockSupport.parkNanos(STEP);
        }
    }

    @Override
    public void afterEach(ExtensionContext context) throws SQLException {
        await(Flux.fromIterable(opened).flatMap(PgxcConnection::close).then());
        opened.clear();
        try {
            awaitSessions(0, SOON);
        } finally {
            command("drop schema " + name + " cascade");
            witness().close();
            forgetWitness();
        }
    }
}
