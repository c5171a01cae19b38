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
import io.r2dbc.pgxc.tck.WireTap;
import io.r2dbc.pgxc.testing.StandingAsserts;
import io.r2dbc.pool.ConnectionPool;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactories;
import io.r2dbc.spi.IsolationLevel;
import io.r2dbc.spi.R2dbcException;
import io.r2dbc.spi.Wrapped;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.reactivestreams.Subscription;
import reactor.core.Disposable;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Scheduler;

/** What one borrower of a pooled connection does, the next does not find. */
@ExtendWith(StandingAsserts.class)
class PoolIT {

    @RegisterExtension
    static final Sandbox SANDBOX = new Sandbox("pgxc_pool");

    @BeforeAll
    static void table() {
        SANDBOX.jdbc().execute("CREATE TABLE trace (id int PRIMARY KEY)");
    }

    /** A pool of one connection, so that the next borrower gets the same. */
    private static ConnectionPool pool(String... options) {
        return poolOf(SANDBOX.url(options));
    }

    private static ConnectionPool poolOf(String url) {
        ConnectionPool pool = (ConnectionPool) ConnectionFactories.get(
                url.replace("r2dbc:pgxc:", "r2dbc:pool:pgxc:") + "&initialSize=0&maxSize=1&maxAcquireTime=PT15S");
        SANDBOX.afterwards(() -> get(pool.disposeLater()));
        return pool;
    }

    /** What is left behind: by whom, and how the next one would notice. */
    @SuppressWarnings("ImmutableEnumChecker") // the actions are lambdas that capture nothing
    private enum Leftover {
        SQL_TRANSACTION(c -> run(c, "BEGIN"), "SELECT 'answers'", "answers"),
        SQL_TRANSACTION_WITH_WORK(
                c -> run(c, "BEGIN; INSERT INTO trace VALUES (1)"), "SELECT count(*) FROM trace", "0"),
        TRANSACTION(c -> get(unwrapped(c).beginTransaction()), "SELECT 'answers'", "answers"),
        FAILED_TRANSACTION(
                c -> {
                    run(c, "BEGIN");
                    assertThatThrownBy(() -> run(c, "SELECT 1 / 0")).isInstanceOf(R2dbcException.class);
                },
                "SELECT 'answers'",
                "answers"),
        SAVEPOINT(c -> get(c.createSavepoint("s")), "SELECT 'answers'", "answers"),
        LISTEN(c -> run(c, "LISTEN a"), "SELECT count(*) FROM pg_listening_channels()", "0"),
        LISTEN_AMONG_OTHERS(c -> run(c, "SELECT 1; LISTEN a"), "SELECT count(*) FROM pg_listening_channels()", "0"),
        LISTEN_IN_A_BATCH(
                c -> all(Flux.from(
                                c.createBatch().add("SELECT 1").add("LISTEN a").execute())
                        .concatMap(result -> result.getRowsUpdated())),
                "SELECT count(*) FROM pg_listening_channels()",
                "0"),
        STATEMENT_TIMEOUT(c -> get(c.setStatementTimeout(Duration.ofSeconds(7))), "SHOW statement_timeout", "0"),
        LOCK_TIMEOUT(c -> get(c.setLockWaitTimeout(Duration.ofSeconds(7))), "SHOW lock_timeout", "0"),
        ISOLATION(
                c -> get(c.setTransactionIsolationLevel(IsolationLevel.SERIALIZABLE)),
                "SHOW transaction_isolation",
                "read committed"),
        SETTING_IN_A_TRANSACTION(
                c -> {
                    get(c.beginTransaction());
                    get(c.setStatementTimeout(Duration.ofSeconds(7)));
                },
                "SHOW statement_timeout",
                "0"),
        RUNNING_STATEMENT(c -> abandoned(c, "SELECT pg_sleep(60)"), "SELECT 'answers'", "answers"),
        RUNNING_STATEMENT_IN_A_TRANSACTION(
                c -> {
                    get(c.beginTransaction());
                    abandoned(c, "INSERT INTO trace SELECT 1 FROM pg_sleep(60)");
                },
                "SELECT count(*) FROM trace",
                "0"),
        UNREAD_RESULT(
                c -> get(Flux.from(c.createStatement("SELECT generate_series(1, 1000000)")
                                .execute())
                        .next()),
                "SELECT 'answers'",
                "answers"),
        UNDEMANDED_ROWS(
                c -> Flux.from(c.createStatement("SELECT generate_series(1, 1000000)")
                                .execute())
                        .concatMap(result -> result.map((row, metadata) -> row.get(0)))
                        .subscribe(new BaseSubscriber<>() {
                            @Override
                            protected void hookOnSubscribe(Subscription subscription) {
                                subscription.request(5);
                            }

                            @Override
                            protected void hookOnError(Throwable released) {
                                // it hears that its connection was released, which is not what is tested here
                            }
                        }),
                "SELECT 'answers'",
                "answers");

        private final Consumer<Connection> leave;
        private final String question;
        private final String answer;

        Leftover(Consumer<Connection> leave, String question, String answer) {
            this.leave = leave;
            this.question = question;
            this.answer = answer;
        }

        private static void abandoned(Connection connection, String sql) {
            Disposable running = Flux.from(connection.createStatement(sql).execute())
                    .concatMap(result -> result.getRowsUpdated())
                    .subscribe();
            until("it runs", () -> SANDBOX.backends("state = 'active' AND wait_event = 'PgSleep'") == 1);
            running.dispose();
        }
    }

    private static PgxcConnection unwrapped(Connection connection) {
        return ((Wrapped<?>) connection).unwrap(PgxcConnection.class);
    }

    @ParameterizedTest(name = "[X21] {0}")
    @EnumSource
    @DisplayName("[X21] what a borrower leaves behind is undone when the connection is given back")
    void undone(Leftover leftover) {
        ConnectionPool pool = pool();
        Connection first = get(pool.create());
        String backend = ask(first, "SELECT pg_backend_pid()");
        leftover.leave.accept(first);
        long released = System.nanoTime();
        get(first.close());

        Connection next = get(pool.create());
        assertThat(next.isAutoCommit()).isTrue();
        assertThat(next.getTransactionIsolationLevel()).isEqualTo(IsolationLevel.READ_COMMITTED);
        assertThat(ask(next, leftover.question)).isEqualTo(leftover.answer);
        assertThat(ask(next, "SELECT pg_backend_pid()")).isEqualTo(backend);
        assertThat(SANDBOX.backends("state = 'idle'")).isEqualTo(1);
        assertThat(Duration.ofNanos(System.nanoTime() - released)).isLessThan(Duration.ofSeconds(5));
        get(next.close());
    }

    @Test
    @DisplayName("[X21] nothing is sent where nothing is to be undone, also after a transaction that was committed")
    void nothingToUndo() {
        try (WireTap tap = WireTap.before(SANDBOX.endpoint())) {
            ConnectionPool pool = poolOf(SANDBOX.url(tap.endpoint()));
            Connection connection = get(pool.create());
            get(connection.beginTransaction());
            ask(connection, "SELECT 1");
            get(connection.commitTransaction());
            tap.forget();
            get(connection.close());
            get(get(pool.create()).close());

            assertThat(tap.client()).isEmpty();
            get(pool.disposeLater());
        }
    }

    @Test
    @DisplayName("[X21] a setting goes back to what the URL says, not to the server's own")
    void urlSettings() {
        ConnectionPool pool = pool("statementTimeout=9s");
        Connection first = get(pool.create());
        get(first.setStatementTimeout(Duration.ofSeconds(7)));
        assertThat(ask(first, "SHOW statement_timeout")).isEqualTo("7s");
        get(first.close());

        Connection next = get(pool.create());
        assertThat(ask(next, "SHOW statement_timeout")).isEqualTo("9s");
        get(next.close());
    }

    @Test
    @DisplayName("[X21, X9] resetOnRelease=discard-all leaves nothing, and statements prepared before work again")
    void discardAll() {
        ConnectionPool pool = pool("resetOnRelease=discard-all");
        Connection first = get(pool.create());
        String backend = ask(first, "SELECT pg_backend_pid()");
        run(first, "SET search_path = pg_catalog");
        run(first, "SET timezone = 'Asia/Tokyo'");
        run(first, "CREATE TEMP TABLE mine (a int)");
        run(first, "LISTEN a");
        ask(first, "SELECT pg_advisory_lock(4711)::text");
        get(first.close());

        Connection next = get(pool.create());
        assertThat(ask(next, "SELECT pg_backend_pid()")).isEqualTo(backend);
        assertThat(ask(next, "SHOW search_path")).isEqualTo("pgxc_pool");
        assertThat(ask(next, "SHOW timezone")).isNotEqualTo("Asia/Tokyo");
        assertThat(ask(next, "SELECT to_regclass('mine') IS NULL")).isEqualTo("t");
        assertThat(ask(next, "SELECT count(*) FROM pg_listening_channels()")).isEqualTo("0");
        assertThat(ask(next, "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()"))
                .isEqualTo("0");
        get(next.close());
    }

    @Test
    @DisplayName("[X21] a connection that is not quiet in time is not used again")
    void notQuiet() {
        try (WireTap tap = WireTap.before(SANDBOX.endpoint())) {
            ConnectionPool pool = poolOf(SANDBOX.url(tap.endpoint()));
            Connection first = get(pool.create());
            run(first, "BEGIN");
            AtomicReference<PgxcConnection> inner = new AtomicReference<>(unwrapped(first));
            tap.stall();
            long start = System.nanoTime();
            assertThatThrownBy(() -> get(inner.get().preRelease()))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("5 s");
            assertThat(Duration.ofNanos(System.nanoTime() - start))
                    .isBetween(Duration.ofMillis(4_500), Duration.ofSeconds(8));
            get(pool.disposeLater());
        }
    }

    @Test
    @DisplayName("[X21] a pool lets go of a connection that was lost while it was lent, and opens another")
    void lost() {
        ConnectionPool pool = pool();
        Connection first = get(pool.create());
        run(first, "BEGIN");
        String backend = ask(first, "SELECT pg_backend_pid()");
        SANDBOX.jdbc().queryForObject("SELECT pg_terminate_backend(?::int)", Boolean.class, backend);
        until("the backend is gone", () -> SANDBOX.backends("pid = " + backend) == 0);
        get(Flux.from(first.close()).onErrorComplete());

        Connection next = get(pool.create());
        assertThat(ask(next, "SELECT pg_backend_pid()")).isNotEqualTo(backend);
        get(next.close());
    }

    @Test
    @DisplayName("[X12] a pool finds the connection's event loop, and what is in the end can not be unwrapped any more")
    void unwrapping() {
        ConnectionPool pool = pool();
        Connection pooled = get(pool.create());

        assertThat(unwrapped(pooled)).isNotNull();
        assertThat(((Wrapped<?>) pooled).unwrap(Scheduler.class)).isNotNull();
        Connection innermost = pooled;
        int layers = 0;
        while (innermost instanceof Wrapped<?> wrapped) {
            innermost = (Connection) wrapped.unwrap();
            layers++;
            assertThat(layers).isLessThan(10);
        }
        assertThat(innermost).isInstanceOf(PgxcConnection.class);
        assertThat(column(innermost, "SELECT 42", Integer.class)).containsExactly(42);
        get(pooled.close());
    }
}
