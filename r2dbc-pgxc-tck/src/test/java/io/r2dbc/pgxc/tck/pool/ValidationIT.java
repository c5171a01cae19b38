// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.tck.pool;

import static io.r2dbc.pgxc.tck.Sandbox.ask;
import static io.r2dbc.pgxc.tck.Sandbox.get;
import static io.r2dbc.pgxc.tck.Sandbox.run;
import static io.r2dbc.pgxc.tck.Sandbox.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.r2dbc.pgxc.PgxcConnection;
import io.r2dbc.pgxc.tck.Sandbox;
import io.r2dbc.pgxc.tck.WireTap;
import io.r2dbc.pgxc.testing.StandingAsserts;
import io.r2dbc.spi.ConnectionFactories;
import io.r2dbc.spi.ValidationDepth;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;

/** Whether a connection can be used: pools ask in any state it may be in, and want one answer, never an error. */
@ExtendWith(StandingAsserts.class)
class ValidationIT {

    @RegisterExtension
    static final Sandbox SANDBOX = new Sandbox("pgxc_validation");

    @SuppressWarnings("ImmutableEnumChecker") // the actions are lambdas that capture nothing
    private enum State {
        NEW(c -> {}, "idle"),
        USED(c -> ask(c, "SELECT 1"), "idle"),
        ABOUT_TO_BEGIN(c -> get(c.beginTransaction()), "idle"),
        IN_A_TRANSACTION(
                c -> {
                    get(c.beginTransaction());
                    ask(c, "SELECT 1");
                },
                "idle in transaction"),
        IN_ONE_BY_SQL(c -> run(c, "BEGIN"), "idle in transaction"),
        IN_A_FAILED_ONE(
                c -> {
                    get(c.beginTransaction());
                    assertThat(catchThrowable(() -> ask(c, "SELECT 1 / 0"))).isNotNull();
                },
                "idle in transaction (aborted)"),
        COMMITTED(
                c -> {
                    get(c.beginTransaction());
                    ask(c, "SELECT 1");
                    get(c.commitTransaction());
                },
                "idle"),
        FAILED(c -> assertThat(catchThrowable(() -> ask(c, "SELECT 1 / 0"))).isNotNull(), "idle"),
        BUSY(c -> c.createStatement("SELECT pg_sleep(0.3)").execute().subscribe(), "idle");

        private final Consumer<PgxcConnection> reach;
        private final String state;

        State(Consumer<PgxcConnection> reach, String state) {
            this.reach = reach;
            this.state = state;
        }
    }

    @ParameterizedTest(name = "[H2, X16] {0}")
    @EnumSource
    @DisplayName("[H2, X16] an open connection is valid in every state, and is left in it")
    void open(State state) {
        PgxcConnection connection = SANDBOX.open();
        state.reach.accept(connection);
        boolean autoCommit = connection.isAutoCommit();

        for (ValidationDepth depth : ValidationDepth.values()) {
            assertThat(answers(connection, depth)).containsExactly(true);
        }
        assertThat(connection.isAutoCommit()).isEqualTo(autoCommit);
        assertThat(SANDBOX.backends("state = '" + state.state + "'")).isEqualTo(1);
    }

    @Test
    @DisplayName("[H2] a closed connection is not valid")
    void closed() {
        PgxcConnection connection = SANDBOX.open();
        get(connection.close());

        assertInvalid(connection);
    }

    @Test
    @DisplayName("[H2] a connection whose backend was ended is not valid")
    void lost() {
        PgxcConnection connection = SANDBOX.open();
        String backend = ask(connection, "SELECT pg_backend_pid()");
        SANDBOX.jdbc().queryForObject("SELECT pg_terminate_backend(?::int)", Boolean.class, backend);
        until("the backend is gone", () -> SANDBOX.backends("true") == 0);

        assertThat(answers(connection, ValidationDepth.REMOTE)).containsExactly(false);
        until("that is known here too", () -> !get(connection.validate(ValidationDepth.LOCAL)));
        assertInvalid(connection);
    }

    @Test
    @DisplayName("[H2, X16] a server that says nothing for 5 seconds is not valid, whether something runs or not")
    void silent() {
        try (WireTap tap = WireTap.before(SANDBOX.endpoint())) {
            PgxcConnection connection = SANDBOX.open(ConnectionFactories.get(SANDBOX.url(tap.endpoint())));
            Disposable running =
                    Flux.from(connection.createStatement("SELECT 1").execute()).subscribe();
            tap.stall();
            long start = System.nanoTime();

            assertThat(answers(connection, ValidationDepth.REMOTE)).containsExactly(false);
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(8));
            running.dispose();
            get(connection.close());
        }
    }

    @Test
    @DisplayName(
            "[H2] a Result that nobody demands holds validation up for 5 seconds at most, and the connection goes on")
    void stalled() {
        PgxcConnection connection = SANDBOX.open();
        Disposable demandsLittle = connection
                .createStatement("SELECT generate_series(1, 1000000), repeat('x', 100)")
                .execute()
                .concatMap(result -> result.map((row, metadata) -> row.get(0)))
                .concatMap(row -> Flux.never(), 5)
                .subscribe();
        List<Boolean> answers = answers(connection, ValidationDepth.REMOTE);

        assertThat(answers).hasSize(1);
        demandsLittle.dispose();
        assertThat(ask(connection, "SELECT 42")).isEqualTo("42");
    }

    private static void assertInvalid(PgxcConnection connection) {
        for (ValidationDepth depth : ValidationDepth.values()) {
            assertThat(answers(connection, depth)).containsExactly(false);
        }
    }

    private static List<Boolean> answers(PgxcConnection connection, ValidationDepth depth) {
        return Sandbox.all(connection.validate(depth));
    }
}
