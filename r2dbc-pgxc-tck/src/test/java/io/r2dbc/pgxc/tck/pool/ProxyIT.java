// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.tck.pool;

import static io.r2dbc.pgxc.tck.Sandbox.all;
import static io.r2dbc.pgxc.tck.Sandbox.ask;
import static io.r2dbc.pgxc.tck.Sandbox.column;
import static io.r2dbc.pgxc.tck.Sandbox.get;
import static io.r2dbc.pgxc.tck.Sandbox.run;
import static io.r2dbc.pgxc.tck.Sandbox.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.r2dbc.pgxc.PgxcConnection;
import io.r2dbc.pgxc.tck.Sandbox;
import io.r2dbc.pgxc.testing.StandingAsserts;
import io.r2dbc.pool.ConnectionPool;
import io.r2dbc.pool.ConnectionPoolConfiguration;
import io.r2dbc.proxy.ProxyConnectionFactory;
import io.r2dbc.proxy.core.QueryExecutionInfo;
import io.r2dbc.proxy.core.QueryInfo;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactories;
import io.r2dbc.spi.ConnectionFactory;
import io.r2dbc.spi.Parameters;
import io.r2dbc.spi.R2dbcDataIntegrityViolationException;
import io.r2dbc.spi.Wrapped;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Scheduler;

/** The driver behind r2dbc-proxy, with and without a pool, in either order. */
@ExtendWith(StandingAsserts.class)
class ProxyIT {

    @RegisterExtension
    static final Sandbox SANDBOX = new Sandbox("pgxc_proxy");

    private static final List<QueryExecutionInfo> SEEN = new CopyOnWriteArrayList<>();
    private static final List<Throwable> FAILURES = new CopyOnWriteArrayList<>();

    @BeforeAll
    static void table() {
        SANDBOX.jdbc().execute("CREATE TABLE item (id serial PRIMARY KEY, name text UNIQUE)");
    }

    @BeforeEach
    void clear() {
        SANDBOX.jdbc().execute("TRUNCATE item RESTART IDENTITY");
        SEEN.clear();
        FAILURES.clear();
    }

    private static ConnectionFactory watched(ConnectionFactory factory) {
        return ProxyConnectionFactory.builder(factory)
                .onAfterQuery(SEEN::add)
                .onEachQueryResult(info -> {
                    if (info.getThrowable() != null) {
                        FAILURES.add(info.getThrowable());
                    }
                })
                .build();
    }

    private static ConnectionFactory pooled(ConnectionFactory factory) {
        ConnectionPool pool = new ConnectionPool(ConnectionPoolConfiguration.builder(factory)
                .initialSize(0)
                .maxSize(1)
                .build());
        SANDBOX.afterwards(() -> get(pool.disposeLater()));
        return pool;
    }

    @SuppressWarnings("ImmutableEnumChecker") // the actions are lambdas that capture nothing
    private enum Stack {
        PROXY(ProxyIT::watched),
        PROXY_OVER_POOL(factory -> watched(pooled(factory))),
        POOL_OVER_PROXY(factory -> pooled(watched(factory)));

        private final UnaryOperator<ConnectionFactory> build;

        Stack(UnaryOperator<ConnectionFactory> build) {
            this.build = build;
        }

        ConnectionFactory factory() {
            return build.apply(SANDBOX.factory());
        }
    }

    @ParameterizedTest(name = "[X10, X28] {0}")
    @EnumSource
    @DisplayName("[X10, X28] statements, bindings, batches and generated values pass, and are seen on the way")
    void statements(Stack stack) {
        ConnectionFactory factory = stack.factory();
        assertThat(factory.getMetadata().getName()).isEqualTo("PostgreSQL");
        Connection connection = get(factory.create());
        assertThat(connection.getMetadata().getDatabaseProductName()).isEqualTo("PostgreSQL");

        List<Integer> ids = all(Flux.from(connection
                        .createStatement("INSERT INTO item (name) VALUES ($1)")
                        .bind(0, "one")
                        .add()
                        .bind("$1", Parameters.in("two"))
                        .add()
                        .bindNull(0, String.class)
                        .returnGeneratedValues("id")
                        .execute())
                .concatMap(result -> result.map((row, metadata) -> row.get("id", Integer.class))));
        List<Long> counts = all(Flux.from(connection
                        .createBatch()
                        .add("DELETE FROM item WHERE name IS NULL")
                        .add("UPDATE item SET name = name || '!'")
                        .execute())
                .concatMap(result -> result.getRowsUpdated()));

        assertThat(ids).containsExactly(1, 2, 3);
        assertThat(counts).containsExactly(1L, 2L);
        assertThat(column(connection, "SELECT name FROM item ORDER BY id", String.class))
                .containsExactly("one!", "two!");
        assertThat(SEEN).extracting(QueryExecutionInfo::isSuccess).containsOnly(true);
        assertThat(SEEN.get(0).getQueries())
                .extracting(QueryInfo::getQuery)
                .containsExactly("INSERT INTO item (name) VALUES ($1)");
        assertThat(SEEN.get(0).getQueries().get(0).getBindingsList()).hasSize(3);
        get(connection.close());
    }

    @ParameterizedTest(name = "[X17] {0}")
    @EnumSource
    @DisplayName("[X17] transactions and savepoints pass, and so does what goes wrong")
    void transactions(Stack stack) {
        Connection connection = get(stack.factory().create());
        get(connection.beginTransaction());
        run(connection, "INSERT INTO item (name) VALUES ('kept')");
        get(connection.createSavepoint("a \"savepoint\""));
        assertThatThrownBy(() -> run(connection, "INSERT INTO item (name) VALUES ('kept')"))
                .isInstanceOf(R2dbcDataIntegrityViolationException.class);
        get(connection.rollbackTransactionToSavepoint("a \"savepoint\""));
        get(connection.releaseSavepoint("a \"savepoint\""));
        assertThat(connection.isAutoCommit()).isFalse();
        get(connection.commitTransaction());

        assertThat(connection.isAutoCommit()).isTrue();
        assertThat(column(connection, "SELECT name FROM item", String.class)).containsExactly("kept");
        assertThat(FAILURES)
                .hasOnlyElementsOfType(R2dbcDataIntegrityViolationException.class)
                .hasSize(1);
        get(connection.close());
    }

    @ParameterizedTest(name = "[X14] {0}")
    @EnumSource
    @DisplayName("[X14] a cancel passes, and the connection answers the next statement soon")
    void cancel(Stack stack) {
        Connection connection = get(stack.factory().create());
        Flux.from(connection.createStatement("SELECT pg_sleep(60)").execute())
                .concatMap(result -> result.getRowsUpdated())
                .subscribe()
                .dispose();
        long start = System.nanoTime();
        List<Integer> three = all(Flux.from(connection
                        .createStatement("SELECT a FROM generate_series(1, 5000000) a")
                        .execute())
                .concatMap(result -> result.map((row, metadata) -> row.get(0, Integer.class)))
                .take(3));

        assertThat(three).containsExactly(1, 2, 3);
        assertThat(ask(connection, "SELECT 42")).isEqualTo("42");
        assertThat(System.nanoTime() - start).isLessThan(10_000_000_000L);
        until("nothing runs any more", () -> SANDBOX.backends("state = 'active'") == 0);
        get(connection.close());
    }

    @ParameterizedTest(name = "[X12] {0}")
    @EnumSource
    @DisplayName("[X12] the driver's connection and its event loop are found through all layers")
    void unwrapping(Stack stack) {
        Connection connection = get(stack.factory().create());

        assertThat(((Wrapped<?>) connection).unwrap(PgxcConnection.class)).isNotNull();
        assertThat(((Wrapped<?>) connection).unwrap(Scheduler.class)).isNotNull();
        Object innermost = connection;
        for (int layers = 0; innermost instanceof Wrapped<?> wrapped && layers < 10; layers++) {
            innermost = wrapped.unwrap();
        }
        assertThat(innermost).isInstanceOf(PgxcConnection.class).isNotInstanceOf(Wrapped.class);
        get(connection.close());
    }

    @Test
    @DisplayName("[X21] a pool below the proxy undoes what its borrower did by SQL")
    void release() {
        ConnectionFactory factory = Stack.PROXY_OVER_POOL.factory();
        Connection first = get(factory.create());
        run(first, "BEGIN; INSERT INTO item (name) VALUES ('never'); LISTEN a");
        get(first.close());

        Connection next = get(factory.create());
        assertThat(ask(next, "SELECT count(*) FROM item")).isEqualTo("0");
        assertThat(ask(next, "SELECT count(*) FROM pg_listening_channels()")).isEqualTo("0");
        assertThat(SANDBOX.backends("state = 'idle'")).isEqualTo(1);
        get(next.close());
    }

    @Test
    @DisplayName("[X21] a pool above the proxy rolls back what was begun through it")
    void rollback() {
        ConnectionFactory factory = Stack.POOL_OVER_PROXY.factory();
        Connection first = get(factory.create());
        get(first.beginTransaction());
        run(first, "INSERT INTO item (name) VALUES ('never')");
        get(first.close());

        Connection next = get(factory.create());
        assertThat(ask(next, "SELECT count(*) FROM item")).isEqualTo("0");
        get(next.close());
    }

    @ParameterizedTest(name = "[X29] r2dbc:{0}:pgxc")
    @ValueSource(strings = {"proxy", "pool", "proxy:pool", "pool:proxy"})
    @DisplayName("[X29] all of it by URL alone")
    void byUrl(String drivers) {
        ConnectionFactory factory = ConnectionFactories.get(
                SANDBOX.url("maxSize=2", "initialSize=1").replace("r2dbc:pgxc:", "r2dbc:" + drivers + ":pgxc:"));
        Connection connection = get(factory.create());

        assertThat(factory.getMetadata().getName()).isEqualTo("PostgreSQL");
        assertThat(ask(connection, "SELECT 42")).isEqualTo("42");
        get(connection.close());
        Object layer = factory;
        while (layer instanceof Wrapped<?> wrapped && !(layer instanceof ConnectionPool)) {
            layer = wrapped.unwrap();
        }
        if (layer instanceof ConnectionPool pool) {
            get(pool.disposeLater());
        }
    }
}
