// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.tck.replication;

import static io.r2dbc.pgxc.tck.Sandbox.get;
import static io.r2dbc.pgxc.tck.Sandbox.until;

import io.r2dbc.pgxc.PgxcConfiguration;
import io.r2dbc.pgxc.PgxcConnectionFactory;
import io.r2dbc.pgxc.PgxcReplicationConnection;
import io.r2dbc.pgxc.replication.ReplicationMode;
import io.r2dbc.pgxc.tck.server.Endpoint;
import io.r2dbc.pgxc.tck.server.TestServer;
import io.r2dbc.pgxc.value.Lsn;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.SimpleDriverDataSource;

/**
 * A server that publishes, with pgjdbc as the one who changes its data and the witness of what it knows.
 *
 * <p>When a test ends its connections are closed, its slots, publications and schema dropped, and no connection of its may be left.
 */
final class Publisher implements BeforeEachCallback, AfterEachCallback {

    private static final AtomicInteger NUMBER = new AtomicInteger();

    private final Supplier<Endpoint> endpoint;
    private final String name = "pgxc_repl_" + NUMBER.incrementAndGet();
    private final List<PgxcReplicationConnection> opened = new CopyOnWriteArrayList<>();

    Publisher() {
        this(() -> TestServer.shared().endpoint());
    }

    Publisher(Supplier<Endpoint> endpoint) {
        this.endpoint = endpoint;
    }

    /** Of schema, slots, publication and connections; slots may have something behind it. */
    String name() {
        return name;
    }

    PgxcConnectionFactory factory() {
        return factory(endpoint.get());
    }

    PgxcConnectionFactory factory(Endpoint server) {
        return new PgxcConnectionFactory(PgxcConfiguration.builder()
                .host(server.host())
                .port(server.port())
                .database(server.database())
                .user(server.user())
                .password(server.password())
                .applicationName(name)
                .timeZone("UTC")
                .build());
    }

    PgxcReplicationConnection open(ReplicationMode mode) {
        return look(get(factory().replication(mode)));
    }

    PgxcReplicationConnection look(PgxcReplicationConnection connection) {
        opened.add(connection);
        return connection;
    }

    JdbcTemplate jdbc() {
        return new JdbcTemplate(new SimpleDriverDataSource(
                new org.postgresql.Driver(), endpoint.get().jdbcUrl() + "&currentSchema=" + name));
    }

    <T> T ask(String sql, Class<T> type, Object... arguments) {
        return Objects.requireNonNull(jdbc().queryForObject(sql, type, arguments));
    }

    /** A logical slot of the test's, made by the witness. */
    String slot(String suffix) {
        String slot = name + suffix;
        jdbc().queryForList("SELECT pg_create_logical_replication_slot(?, 'pgoutput')", slot);
        return slot;
    }

    /** The pid of the walsender that serves the slot. */
    int walsender(String slot) {
        AtomicInteger pid = new AtomicInteger();
        until("the slot is in use", () -> {
            pid.set(ask(
                    "SELECT coalesce(active_pid, 0) FROM pg_replication_slots WHERE slot_name = ?",
                    Integer.class,
                    slot));
            return pid.get() != 0;
        });
        return pid.get();
    }

    /** Terminates the walsender that serves the slot; false if there is none just now. */
    boolean terminates(String slot) {
        return ask(
                "SELECT coalesce(bool_or(pg_terminate_backend(active_pid)), false) FROM pg_replication_slots"
                        + " WHERE slot_name = ? AND active_pid IS NOT NULL",
                Boolean.class,
                slot);
    }

    Lsn lsn(String sql, Object... arguments) {
        return Lsn.parse(ask("SELECT (" + sql + ")::text", String.class, arguments));
    }

    int major() {
        return ask("SHOW server_version_num", Integer.class) / 10_000;
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        jdbc().execute("CREATE SCHEMA " + name);
        jdbc().execute("CREATE PUBLICATION " + name + " FOR ALL TABLES");
    }

    @Override
    public void afterEach(ExtensionContext context) {
        opened.forEach(connection -> connection.close().block(io.r2dbc.pgxc.tck.Sandbox.LIMIT));
        opened.clear();
        until(
                "no connection is left",
                () -> ask("SELECT count(*) FROM pg_stat_activity WHERE application_name = ?", Long.class, name) == 0);
        jdbc().queryForList(
                        "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name LIKE ?",
                        name + "%");
        jdbc().execute("DROP PUBLICATION " + name);
        jdbc().execute("DROP SCHEMA " + name + " CASCADE");
    }
}
