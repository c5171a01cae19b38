// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.tck;

import static io.r2dbc.pgxc.tck.Sandbox.ask;
import static io.r2dbc.pgxc.tck.Sandbox.column;
import static io.r2dbc.pgxc.tck.Sandbox.get;
import static io.r2dbc.pgxc.tck.Sandbox.run;
import static io.r2dbc.pgxc.tck.Sandbox.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.r2dbc.pgxc.PgxcConnection;
import io.r2dbc.pgxc.PgxcConnectionFactory;
import io.r2dbc.pgxc.codec.PgType;
import io.r2dbc.pgxc.testing.StandingAsserts;
import io.r2dbc.pgxc.value.Composite;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactories;
import io.r2dbc.spi.Parameters;
import io.r2dbc.spi.R2dbcException;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Types that come, go and change while the application runs, and a catalogue that may not be asked. */
@ExtendWith(StandingAsserts.class)
class ChangingTypesIT {

    @RegisterExtension
    static final Sandbox SANDBOX = new Sandbox("pgxc_changing_types");

    @BeforeAll
    static void types() {
        SANDBOX.jdbc().execute("CREATE TYPE address AS (street text, zip_code text, number int4)");
    }

    private static Object value(Connection connection, String sql, Class<?> target) {
        List<?> values = column(connection, sql, target);
        assertThat(values).hasSize(1);
        return values.get(0);
    }

    private static String written(Connection connection, String type, Object value) {
        return String.valueOf(get(Flux.defer(() -> connection
                        .createStatement("SELECT $1::text")
                        .bind(0, Parameters.in(PgType.named(type), value))
                        .execute())
                .concatMap(result -> result.map(row -> row.get(0, String.class)))
                .next()
                .onErrorResume(e -> Mono.just("failed: " + e.getMessage()))));
    }

    @Test
    @DisplayName("[X30] a type made in a transaction is text to it, and known to all once it is committed")
    void learnsNewTypes() {
        PgxcConnection connection = SANDBOX.open();
        get(connection.beginTransaction());
        run(connection, "CREATE TYPE fresh AS (a int4)");
        assertThat(value(connection, "SELECT ROW(1)::fresh", Object.class)).isEqualTo("(1)");
        get(connection.commitTransaction());
        until("the type is known", () -> value(connection, "SELECT ROW(1)::fresh", Object.class) instanceof Composite);
        run(connection, "DROP TYPE fresh");
    }

    @Test
    @DisplayName("[X30, G11] a type that changes costs one error that says so, and is then read as it is now")
    void followsChanges() {
        PgxcConnection connection = SANDBOX.open();
        SANDBOX.jdbc().execute("CREATE TYPE changing AS (a int4)");
        String sql = "SELECT '(1)'::changing";
        assertThat(value(connection, sql, Object.class)).isEqualTo(Composite.of(List.of("a"), List.of(1)));
        SANDBOX.jdbc().execute("ALTER TYPE changing ADD ATTRIBUTE b text");
        String changed = "SELECT '(1,x)'::changing";
        assertThatThrownBy(() -> value(connection, changed, Object.class))
                .isInstanceOf(R2dbcException.class)
                .hasMessageContaining("changing")
                .hasMessageContaining("changed since");
        Composite both = Composite.of(List.of("a", "b"), List.of(1, "x"));
        until("the change is known", () -> isRead(connection, changed, both));
        SANDBOX.jdbc().execute("DROP TYPE changing");
    }

    @Test
    @DisplayName("[X30, G11] an array of a type that changes is read as it is now, too")
    void followsChangesWithinArrays() {
        PgxcConnection connection = SANDBOX.open();
        SANDBOX.jdbc().execute("CREATE TYPE inner_one AS (a int4)");
        assertThat(value(connection, "SELECT ARRAY['(1)']::inner_one[]", List.class))
                .isEqualTo(List.of(Composite.of(List.of("a"), List.of(1))));
        SANDBOX.jdbc().execute("ALTER TYPE inner_one ADD ATTRIBUTE b text");
        Composite[] both = {Composite.of(List.of("a", "b"), List.of(1, "x"))};
        String changed = "SELECT ARRAY['(1,x)']::inner_one[]";
        until("the change is known", () -> isRead(connection, changed, array -> Arrays.equals((Object[]) array, both)));
        SANDBOX.jdbc().execute("DROP TYPE inner_one");
    }

    @Test
    @DisplayName("[X10, G11] a type that is dropped and made anew, or gets an attribute, is written as it is now")
    void followsChangesInWriting() {
        PgxcConnection connection = SANDBOX.open();
        SANDBOX.jdbc().execute("CREATE TYPE moving AS (a int4)");
        assertThat(written(connection, "moving", Composite.of(1))).isEqualTo("(1)");
        SANDBOX.jdbc().execute("DROP TYPE moving");
        SANDBOX.jdbc().execute("CREATE TYPE moving AS (a int4)");
        until(
                "the new type is known",
                () -> written(connection, "moving", Composite.of(2)).equals("(2)"));
        SANDBOX.jdbc().execute("ALTER TYPE moving ADD ATTRIBUTE b text");
        until(
                "its attribute is known",
                () -> written(connection, "moving", Composite.of(1, "x")).equals("(1,x)"));
        SANDBOX.jdbc().execute("DROP TYPE moving");
    }

    @Test
    @DisplayName("[X30] where nobody may connect a second time the values are text, and nothing hangs")
    void doesWithoutTheCatalogue() {
        SANDBOX.jdbc().execute("CREATE ROLE lonely LOGIN CONNECTION LIMIT 1");
        try {
            PgxcConnectionFactory factory = (PgxcConnectionFactory) ConnectionFactories.get(SANDBOX.url()
                    .replace(SANDBOX.endpoint().user() + ":", "lonely:")
                    .replace(SANDBOX.endpoint().user() + "@", "lonely@"));
            PgxcConnection connection = get(factory.create());
            SANDBOX.jdbc().execute("GRANT USAGE ON SCHEMA pgxc_changing_types TO lonely");
            assertThat(ask(connection, "SELECT current_user")).isEqualTo("lonely");
            assertThat(value(connection, "SELECT ROW('a', 'b', 1)::address", Object.class))
                    .isEqualTo("(a,b,1)");
            get(connection.close());
        } finally {
            SANDBOX.jdbc().execute("DROP OWNED BY lonely");
            SANDBOX.jdbc().execute("DROP ROLE lonely");
        }
    }

    private static boolean isRead(Connection connection, String sql, Object expected) {
        return isRead(connection, sql, expected::equals);
    }

    private static boolean isRead(Connection connection, String sql, Predicate<Object> expected) {
        return Boolean.TRUE.equals(get(Flux.from(connection.createStatement(sql).execute())
                .concatMap(result -> result.map(row -> row.get(0, Object.class)))
                .next()
                .map(expected::test)
                .onErrorReturn(false)));
    }
}
