// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.tck;

import static io.r2dbc.pgxc.tck.Sandbox.all;
import static io.r2dbc.pgxc.tck.Sandbox.ask;
import static io.r2dbc.pgxc.tck.Sandbox.column;
import static io.r2dbc.pgxc.tck.Sandbox.get;
import static io.r2dbc.pgxc.tck.Sandbox.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.r2dbc.pgxc.PgxcConnection;
import io.r2dbc.pgxc.codec.Codec;
import io.r2dbc.pgxc.codec.CodecRegistrar;
import io.r2dbc.pgxc.codec.PgType;
import io.r2dbc.pgxc.testing.StandingAsserts;
import io.r2dbc.pgxc.value.Composite;
import io.r2dbc.pgxc.value.Range;
import io.r2dbc.pgxc.wire.ClientMessage.Bind;
import io.r2dbc.pgxc.wire.ClientMessage.Query;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactories;
import io.r2dbc.spi.ConnectionFactory;
import io.r2dbc.spi.ConnectionFactoryOptions;
import io.r2dbc.spi.Option;
import io.r2dbc.spi.Parameters;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Types that users have made: found by themselves, read in both formats, written as what they are. */
@ExtendWith(StandingAsserts.class)
class UserTypesIT {

    @RegisterExtension
    static final Sandbox SANDBOX = new Sandbox("pgxc_user_types");

    private static final List<String> NAMES = List.of("street", "zip_code", "number");
    private static final Composite HOME = Composite.of(NAMES, Arrays.asList("Main \"St\", 1", null, 7));

    public enum Mood {
        SAD,
        HAPPY
    }

    public record Address(String street, @Nullable String zipCode, int number) {}

    public record Person(String name, Address home, List<Address> others, List<BigDecimal> prices) {}

    @BeforeAll
    static void types() {
        SANDBOX.jdbc().execute("CREATE TYPE mood AS ENUM ('sad', 'happy')");
        SANDBOX.jdbc().execute("CREATE TYPE shout AS ENUM ('SAD', 'HAPPY')");
        SANDBOX.jdbc().execute("CREATE DOMAIN zip AS text CHECK (value <> 'x')");
        SANDBOX.jdbc().execute("CREATE TYPE address AS (street text, zip_code zip, number int4)");
        SANDBOX.jdbc().execute("CREATE TYPE person AS (name text, home address, others address[], prices numeric[])");
        SANDBOX.jdbc().execute("CREATE TYPE floatrange AS RANGE (subtype = float8)");
        SANDBOX.jdbc()
                .execute("CREATE TABLE visits (id int PRIMARY KEY, at address, how mood, zips zip[], r floatrange)");
    }

    private static Object value(Connection connection, String sql, Class<?> target) {
        List<?> values = column(connection, sql, target);
        assertThat(values).hasSize(1);
        return values.get(0);
    }

    /** The first execution is answered in text, the second one in binary. */
    private static void assertBoth(WireTap tap, Connection connection, String sql, Object expected, Class<?> target) {
        for (int format = 0; format < 2; format++) {
            tap.forget();
            assertThat(value(connection, sql, target))
                    .as("%s, format %d", sql, format)
                    .isEqualTo(expected);
            List<Bind> binds = tap.client(Bind.class);
            assertThat(binds).hasSize(1);
            assertThat(binds.get(0).resultFormats()).isEqualTo(format == 0 ? List.of() : List.of(1));
        }
    }

    @Test
    @DisplayName("[X30, X8] enums, domains, composites, ranges and arrays of them, in text and in binary")
    void reads() {
        try (WireTap tap = WireTap.before(SANDBOX.endpoint())) {
            Connection connection =
                    get(ConnectionFactories.get(SANDBOX.url(tap.endpoint())).create());
            String home = "ROW('Main \"St\", 1', NULL, 7)::address";
            assertBoth(tap, connection, "SELECT 'happy'::mood", "happy", Object.class);
            assertBoth(tap, connection, "SELECT 'HAPPY'::shout", Mood.HAPPY, Mood.class);
            assertBoth(tap, connection, "SELECT " + home, HOME, Object.class);
            assertBoth(tap, connection, "SELECT " + home + " -- text", "(\"Main \"\"St\"\", 1\",,7)", String.class);
            assertBoth(
                    tap,
                    connection,
                    "SELECT " + home + " -- record",
                    new Address("Main \"St\", 1", null, 7),
                    Address.class);
            assertBoth(tap, connection, "SELECT ARRAY[" + home + ", NULL]", Arrays.asList(HOME, null), List.class);
            assertBoth(tap, connection, "SELECT ARRAY['a', NULL]::zip[]", Arrays.asList("a", null), List.class);
            assertBoth(
                    tap,
                    connection,
                    "SELECT '[1.5,Infinity)'::floatrange",
                    Range.closedOpen(1.5, Double.POSITIVE_INFINITY),
                    Range.class);
            assertBoth(tap, connection, "SELECT 'a'::zip", "a", Object.class);
            get(connection.close());
        }
    }

    @Test
    @DisplayName("[X30] nested composites and arrays of them become records within records")
    void readsNested() {
        PgxcConnection connection = SANDBOX.open();
        String sql = "SELECT ROW('Ann', ROW('a', 'b', 1), ARRAY[ROW('c', NULL, 2)]::address[], '{1.50,2}')::person";
        for (int i = 0; i < 2; i++) {
            Person person = (Person) value(connection, sql, Person.class);
            assertThat(person.name()).isEqualTo("Ann");
            assertThat(person.home()).isEqualTo(new Address("a", "b", 1));
            assertThat(person.others()).containsExactly(new Address("c", null, 2));
            assertThat(person.prices()).containsExactly(new BigDecimal("1.50"), new BigDecimal("2"));
        }
    }

    @Test
    @DisplayName("[X30] rows without a type, and the rows of a table as values")
    void readsRows() {
        PgxcConnection connection = SANDBOX.open();
        run(connection, "INSERT INTO visits (id, how) VALUES (7, 'sad')");
        for (int i = 0; i < 2; i++) {
            assertThat(value(connection, "SELECT ROW(1, NULL, 'a b')", Object.class))
                    .isEqualTo(Composite.of("1", null, "a b"));
            assertThat(value(connection, "SELECT ROW('a', 'b', 3)", Address.class))
                    .isEqualTo(new Address("a", "b", 3));
            assertThat(value(connection, "SELECT v FROM visits v WHERE id = 7", Object.class))
                    .isEqualTo(Composite.of(
                            List.of("id", "at", "how", "zips", "r"), Arrays.asList(7, null, "sad", null, null)));
        }
        run(connection, "DELETE FROM visits");
    }

    @Test
    @DisplayName(
            "[X10, X30] parameters: by the name of the type, by a registered record, or untyped; in binary where it can be")
    void writes() {
        try (WireTap tap = WireTap.before(SANDBOX.endpoint())) {
            CodecRegistrar codecs = registry -> registry.register(Address.class, PgType.named("address"))
                    .register(Codec.labels(
                            Mood.class,
                            PgType.named("mood"),
                            mood -> mood.name().toLowerCase(Locale.ROOT)));
            ConnectionFactory factory =
                    ConnectionFactories.get(ConnectionFactoryOptions.parse(SANDBOX.url(tap.endpoint()))
                            .mutate()
                            .option(Option.valueOf("extensions"), codecs)
                            .build());
            Connection connection = get(factory.create());
            Address home = new Address("a, \"b\"", "c", 1);
            tap.forget();
            insert(connection, 1, home, Mood.HAPPY);
            insert(connection, 2, Parameters.in(PgType.named("address"), HOME), "sad");
            insert(connection, 3, Composite.of("x", null, 3), Mood.SAD);
            assertThat(tap.client(Bind.class).get(0).formats()).contains(1);
            assertThat(column(connection, "SELECT at FROM visits ORDER BY id", Address.class))
                    .containsExactly(home, new Address("Main \"St\", 1", null, 7), new Address("x", null, 3));
            assertThat(column(connection, "SELECT how FROM visits ORDER BY id", Mood.class))
                    .containsExactly(Mood.HAPPY, Mood.SAD, Mood.SAD);
            Flux<Object> list = Flux.from(connection
                            .createStatement("SELECT ($1::address[])[2].street")
                            .bind(0, List.of(home, new Address("second", null, 2)))
                            .execute())
                    .concatMap(result -> result.map(row -> row.get(0, Object.class)));
            assertThat(all(list)).containsExactly("second");
            run(connection, "DELETE FROM visits");
            get(connection.close());
        }
    }

    private static void insert(Connection connection, int id, Object at, Object how) {
        assertThat(all(Flux.from(connection
                                .createStatement("INSERT INTO visits (id, at, how) VALUES ($1, $2, $3)")
                                .bind(0, id)
                                .bind(1, at)
                                .bind(2, how)
                                .execute())
                        .concatMap(result -> result.getRowsUpdated())))
                .containsExactly(1L);
    }

    @Test
    @DisplayName("[X10] a type that does not exist is said by its name, and the connection goes on")
    void refusesUnknownNames() {
        PgxcConnection connection = SANDBOX.open();
        Flux<Object> query = connection
                .createStatement("SELECT $1")
                .bind(0, Parameters.in(PgType.named("no_such_type"), Composite.of(1)))
                .execute()
                .concatMap(result -> result.map(row -> row.get(0, Object.class)));
        assertThatThrownBy(() -> all(query))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("$1")
                .hasMessageContaining("no_such_type");
        assertThat(ask(connection, "SELECT 1")).isEqualTo("1");
    }

    @Test
    @DisplayName("[X30] the catalogue is read once for all connections, whoever meets a type first, and not before")
    void readsOnce() {
        try (WireTap tap = WireTap.before(SANDBOX.endpoint())) {
            ConnectionFactory factory = ConnectionFactories.get(SANDBOX.url(tap.endpoint()));
            List<Connection> connections = all(Flux.range(0, 8).flatMap(i -> factory.create()));
            connections.forEach(
                    connection -> assertThat(ask(connection, "SELECT 1")).isEqualTo("1"));
            assertThat(questions(tap)).isZero();
            List<Object> values = all(Flux.fromIterable(connections)
                    .flatMap(connection -> Flux.from(connection
                                    .createStatement("SELECT ROW('a', 'b', 1)::address")
                                    .execute())
                            .concatMap(result -> result.map(row -> row.get(0, Object.class)))));
            assertThat(values).hasSize(8).containsOnly(Composite.of(NAMES, List.of("a", "b", 1)));
            assertThat(questions(tap)).isEqualTo(1);
            connections.forEach(connection -> get(connection.close()));
        }
    }

    private static long questions(WireTap tap) {
        return tap.client(Query.class).stream()
                .filter(query -> query.sql().contains("pg_catalog.pg_type"))
                .count();
    }

    @Test
    @DisplayName(
            "[X30] a transaction that meets a type is not disturbed: the catalogue is asked on a connection of its own")
    void leavesTransactionsAlone() {
        try (WireTap tap = WireTap.before(SANDBOX.endpoint())) {
            Connection connection =
                    get(ConnectionFactories.get(SANDBOX.url(tap.endpoint())).create());
            tap.forget();
            get(connection.beginTransaction());
            assertThat(value(connection, "SELECT ROW('a', 'b', 1)::address", Object.class))
                    .isInstanceOf(Composite.class);
            get(connection.commitTransaction());
            String said = tap.clientTypes();
            assertThat(questions(tap)).isEqualTo(1);
            assertThat(said.indexOf("startup")).as(said).isGreaterThan(0).isLessThan(said.indexOf("Q"));
            get(connection.close());
        }
    }

    @Test
    @DisplayName(
            "[X10] of two types of one name that is meant which the search path finds; lists go by the name of their elements")
    void writesByName() {
        SANDBOX.jdbc().execute("CREATE SCHEMA pgxc_user_types_2");
        SANDBOX.jdbc().execute("CREATE TYPE pgxc_user_types_2.address AS (a int4, b int4, c int4)");
        try {
            PgxcConnection connection = SANDBOX.open();
            assertThat(written(connection, "address", HOME)).isEqualTo("(\"Main \"\"St\"\", 1\",,7)");
            assertThat(written(connection, "address", List.of(Composite.of("a", null, 1), Composite.of("b", "c", 2))))
                    .isEqualTo("{\"(a,,1)\",\"(b,c,2)\"}");
            assertThat(written(connection, "_mood", List.of("sad", "happy"))).isEqualTo("{sad,happy}");
            assertThat(written(connection, "int4", 7)).isEqualTo("7");
        } finally {
            SANDBOX.jdbc().execute("DROP SCHEMA pgxc_user_types_2 CASCADE");
        }
    }

    @Test
    @DisplayName(
            "[X10] a String and a NULL under the name of a type are of this type, also when it is met for the first time")
    void namesStringsAndNulls() {
        for (int i = 0; i < 2; i++) {
            PgxcConnection connection = SANDBOX.open();
            for (Object value :
                    List.of(Parameters.in(PgType.named("mood"), "sad"), Parameters.in(PgType.named("mood")))) {
                Flux<String> types = Flux.from(connection
                                .createStatement("SELECT pg_typeof($1)::text")
                                .bind(0, value)
                                .execute())
                        .concatMap(result -> result.map(row -> row.get(0, String.class)));
                assertThat(all(types)).containsExactly("mood");
            }
        }
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
    @DisplayName("[X30] metadata names the type and its class")
    void describes() {
        PgxcConnection connection = SANDBOX.open();
        Mono<String> described = connection
                .createStatement("SELECT 'happy'::mood, ROW('a', 'b', 1)::address, ARRAY[]::address[]")
                .execute()
                .concatMap(result -> result.map((row, metadata) -> metadata.getColumnMetadatas().stream()
                        .map(column -> column.getType().getName() + " "
                                + column.getJavaType().getSimpleName())
                        .toList()
                        .toString()))
                .next();
        assertThat(get(described)).isEqualTo("[mood String, address Composite, address[] Composite[]]");
    }
}
