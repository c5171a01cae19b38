// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.tck;

import static org.assertj.core.api.Assertions.assertThat;

import io.r2dbc.pgxc.PgxcConnection;
import io.r2dbc.pgxc.tck.server.Endpoint;
import io.r2dbc.pgxc.tck.server.TestServer;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactories;
import io.r2dbc.spi.ConnectionFactory;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.reactivestreams.Publisher;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.SimpleDriverDataSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * A test class's own schema on the shared server, with pgjdbc beside the driver as a witness.
 *
 * <p>When a test ends, what it opened here is closed, and no connection of the class may be left at the server. Registered as a static
 * extension.
 */
public final class Sandbox implements BeforeAllCallback, AfterEachCallback, AfterAllCallback {

    /** How long anything may take before it counts as stuck. */
    public static final Duration LIMIT = Duration.ofSeconds(20);

    private static final long STEP = Duration.ofMillis(5).toNanos();

    private final String schema;
    private final List<Runnable> closing = new CopyOnWriteArrayList<>();

    /** Names the schema, which is also what the connections are called at the server. */
    public Sandbox(String schema) {
        this.schema = schema;
    }

    /** The shared server. */
    public Endpoint endpoint() {
        return TestServer.shared().endpoint();
    }

    /** The URL of the sandbox, with options such as {@code fetchSize=10}. */
    public String url(String... options) {
        return url(endpoint(), options);
    }

    /** The same at another address of the server. */
    public String url(Endpoint at, String... options) {
        StringBuilder url = new StringBuilder(at.r2dbcUrl());
        url.append("?currentSchema=").append(schema).append("&applicationName=").append(schema);
        for (String option : options) {
            url.append('&').append(option);
        }
        return url.toString();
    }

    /** What applications do: a factory by URL. */
    public ConnectionFactory factory(String... options) {
        return ConnectionFactories.get(url(options));
    }

    /** A connection that is closed when the test ends. */
    public PgxcConnection open(String... options) {
        return open(factory(options));
    }

    /** The same from a factory of the driver's own. */
    public PgxcConnection open(ConnectionFactory factory) {
        Connection connection = get(factory.create());
        afterwards(() -> get(connection.close()));
        return (PgxcConnection) connection;
    }

    /** Runs something when the test ends; the last first. */
    public void afterwards(Runnable action) {
        closing.add(0, action);
    }

    /** The witness, in the same schema. */
    public JdbcTemplate jdbc() {
        return new JdbcTemplate(new SimpleDriverDataSource(
                new org.postgresql.Driver(), endpoint().jdbcUrl() + "&currentSchema=" + schema));
    }

    /** The backends of this class's connections that satisfy a condition on {@code pg_stat_activity}. */
    public long backends(String condition) {
        Long count = jdbc().queryForObject(
                        "SELECT count(*) FROM pg_stat_activity WHERE application_name = ? AND (" + condition + ")",
                        Long.class,
                        schema);
        return count == null ? 0 : count;
    }

    /** The only element, or null, awaited for a bounded time. */
    public static <T> T get(Publisher<T> one) {
        return Mono.from(one).block(LIMIT);
    }

    /** All elements, awaited for a bounded time. */
    public static <T> List<T> all(Publisher<T> many) {
        List<T> elements = Flux.from(many).collectList().block(LIMIT);
        assertThat(elements).isNotNull();
        return elements;
    }

    /** The first column of all rows of a statement without parameters. */
    public static <T> List<T> column(Connection connection, String sql, Class<T> type) {
        return all(Flux.from(connection.createStatement(sql).execute())
                .concatMap(result -> result.map((row, metadata) -> row.get(0, type))));
    }

    /** The first column of the only row of a statement without parameters. */
    public static String ask(Connection connection, String sql) {
        List<String> answers = column(connection, sql, String.class);
        assertThat(answers).hasSize(1);
        return answers.get(0);
    }

    /** Runs a statement and consumes all of its results. */
    public static void run(Connection connection, String sql) {
        all(Flux.from(connection.createStatement(sql).execute()).concatMap(result -> result.getRowsUpdated()));
    }

    /** Waits until something is so; fails after the limit, saying what was awaited. */
    public static void until(String what, BooleanSupplier condition) {
        long end = System.nanoTime() + LIMIT.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("still waiting until " + what).isLessThan(end);
            LockSupport.parkNanos(STEP);
        }
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        drop();
        jdbc().execute("CREATE SCHEMA " + schema);
    }

    @Override
    public void afterEach(ExtensionContext context) {
        List<Runnable> actions = List.copyOf(closing);
        closing.clear();
        actions.forEach(Runnable::run);
        until("no connection is left", () -> backends("true") == 0);
    }

    @Override
    public void afterAll(ExtensionContext context) {
        drop();
    }

    private void drop() {
        jdbc().execute("DROP SCHEMA IF EXISTS " + schema + " CASCADE");
    }
}
