// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.tck.fault;

import static io.r2dbc.pgxc.tck.fault.Live.LIMIT;
import static io.r2dbc.pgxc.tck.fault.Live.await;
import static io.r2dbc.pgxc.tck.fault.Live.get;
import static io.r2dbc.pgxc.tck.fault.Live.one;
import static io.r2dbc.pgxc.tck.fault.Live.requireClosed;
import static io.r2dbc.pgxc.tck.fault.Live.requireOpen;
import static io.r2dbc.pgxc.tck.fault.Live.run;
import static io.r2dbc.pgxc.tck.fault.Live.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.r2dbc.pgxc.PgxcConnection;
import io.r2dbc.pgxc.PgxcException;
import io.r2dbc.pgxc.tck.server.Capability;
import io.r2dbc.pgxc.tck.server.Cluster;
import io.r2dbc.pgxc.tck.server.TestServer;
import io.r2dbc.pgxc.testing.StandingAsserts;
import io.r2dbc.spi.R2dbcException;
import io.r2dbc.spi.R2dbcNonTransientResourceException;
import io.r2dbc.spi.R2dbcRollbackException;
import io.r2dbc.spi.R2dbcTransientResourceException;
import io.r2dbc.spi.ValidationDepth;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;
import reactor.core.publisher.Mono;

/** A connection to a standby: what it refuses, and what the primary's work does to it. Promotion comes last, it cannot be undone. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class StandbyIT {

    private static @Nullable Cluster primary;
    private static @Nullable Cluster standby;

    @RegisterExtension
    static final StandingAsserts ASSERTS = StandingAsserts.within(Duration.ofMinutes(1));

    @RegisterExtension
    final Live live = new Live(() -> Objects.requireNonNull(primary).endpoint());

    @BeforeAll
    static void start() {
        assumeTrue(TestServer.shared().supports(Capability.CONTROL), "only a server of our own has a standby");
        Cluster first = Cluster.create();
        primary = first;
        first.start();
        Cluster second = first.standby();
        standby = second;
        second.configure("max_standby_streaming_delay", "0");
        second.reload();
    }

    @AfterAll
    static void stop() {
        if (standby != null) {
            standby.close();
        }
        if (primary != null) {
            primary.close();
        }
    }

    private PgxcConnection open() {
        PgxcConnection connection =
                live.open(options -> options.host(standby().endpoint().host())
                        .port(standby().endpoint().port()));
        assertThat(get(one(connection, "select pg_is_in_recovery()", Boolean.class)))
                .isTrue();
        return connection;
    }

    private static Cluster standby() {
        return Objects.requireNonNull(standby);
    }

    private void followed(PgxcConnection connection, String table) {
        until(
                LIMIT,
                "the standby has the table",
                () -> get(one(connection, "select to_regclass('" + table + "') is not null", Boolean.class)));
        until(
                LIMIT,
                "the standby has the rows",
                () -> get(one(connection, "select count(*) from " + table, Long.class)) > 0);
    }

    private static R2dbcException failure(Mono<?> failing) {
        return catchThrowableOfType(R2dbcException.class, () -> failing.block(LIMIT));
    }

    @Test
    @Order(1)
    @DisplayName(
            "[H6, X26] a recovery conflict with a running statement is 40001: a rollback to try again, the session is open")
    void conflictWhileRunning() {
        live.command("create table busy as select g from generate_series(1, 1000) g");
        PgxcConnection connection = open();
        followed(connection, "busy");
        Mono<Long> running = one(connection, "select count(*) from busy, pg_sleep(60)", Long.class)
                .cache();
        running.subscribe(value -> {}, failure -> {});
        PgxcConnection witness = open();
        until(
                LIMIT,
                "the statement runs",
                () -> get(one(
                                witness,
                                "select count(*) from pg_stat_activity where wait_event = 'PgSleep'",
                                Long.class))
                        == 1);
        live.command("truncate busy");
        R2dbcException failure = failure(running);
        assertThat(failure).isInstanceOf(R2dbcRollbackException.class);
        assertThat(failure.getSqlState()).isEqualTo("40001");
        requireOpen(connection);
    }

    @Test
    @Order(2)
    @DisplayName(
            "[H6, X26] a recovery conflict with an idle transaction is FATAL 40001: a lost resource, the connection is closed")
    void conflictWhileIdle() {
        live.command("create table held as select g from generate_series(1, 1000) g");
        PgxcConnection connection = open();
        followed(connection, "held");
        await(connection.beginTransaction());
        get(one(connection, "select count(*) from held", Long.class));
        live.command("truncate held");
        until(LIMIT, "the driver knows", () -> !get(connection.validate(ValidationDepth.LOCAL)));
        R2dbcException failure = failure(one(connection, "SELECT 42", Integer.class));
        assertThat(failure).isInstanceOf(R2dbcNonTransientResourceException.class);
        assertThat(failure.getSqlState()).isEqualTo("40001");
        assertThat(Objects.requireNonNull(((PgxcException) failure).getErrorDetails())
                        .severity())
                .isEqualTo("FATAL");
        requireClosed(connection);
    }

    @Test
    @Order(3)
    @DisplayName(
            "[H5, X26] writing to a standby is 25006, for a pool to see; the connection stays open, and writes when the"
                    + " standby is promoted")
    void readOnly() {
        live.command("create table written as select 1 as a");
        PgxcConnection connection = open();
        followed(connection, "written");
        R2dbcException failure = failure(run(connection, "insert into written values (2)"));
        assertThat(failure)
                .isNotInstanceOf(R2dbcNonTransientResourceException.class)
                .isNotInstanceOf(R2dbcTransientResourceException.class);
        assertThat(failure.getSqlState()).isEqualTo("25006");
        assertThat(get(connection.validate(ValidationDepth.REMOTE))).isTrue();
        requireOpen(connection);

        Mono<Map.Entry<String, String>> promoted = connection
                .parameters()
                .filter(report -> "in_hot_standby".equals(report.getKey()))
                .next()
                .cache();
        promoted.subscribe();
        standby().promote();

        await(run(connection, "insert into written values (2)"));
        assertThat(get(one(connection, "select count(*) from written", Long.class)))
                .isEqualTo(2);
        assertThat(get(promoted).getValue()).isEqualTo("off");
    }
}
