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
import io.r2dbc.pgxc.PgxcStatement;
import io.r2dbc.pgxc.codec.PgType;
import io.r2dbc.pgxc.testing.StandingAsserts;
import io.r2dbc.pgxc.wire.ClientMessage.Parse;
import io.r2dbc.spi.Blob;
import io.r2dbc.spi.Clob;
import io.r2dbc.spi.ConnectionFactories;
import io.r2dbc.spi.Parameter;
import io.r2dbc.spi.Parameters;
import io.r2dbc.spi.R2dbcBadGrammarException;
import io.r2dbc.spi.R2dbcType;
import io.r2dbc.spi.Statement;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.time.DayOfWeek;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** What applications and mapping libraries bind, and where it goes. */
@ExtendWith(StandingAsserts.class)
class ParametersIT {

    @RegisterExtension
    static final Sandbox SANDBOX = new Sandbox("pgxc_parameters");

    @BeforeAll
    static void tables() {
        SANDBOX.jdbc().execute("""
                        CREATE TYPE mood AS ENUM ('SAD', 'HAPPY');
                        CREATE TABLE everything (
                            id serial PRIMARY KEY, "Mixed Case" int DEFAULT 7, a_bool bool, a_short int2, an_int int4, a_long int8,
                            a_float float4, a_double float8, a_numeric numeric, a_text text, a_varchar varchar(20), a_char char(3),
                            a_bytea bytea, a_uuid uuid, a_date date, a_time time, a_timestamp timestamp, a_timestamptz timestamptz,
                            an_interval interval, a_json json, a_jsonb jsonb, an_xml xml, an_inet inet, a_mood mood, ints int4[],
                            texts text[]);
                        """);
    }

    private static final String COLUMNS =
            "a_bool, a_short, an_int, a_long, a_float, a_double, a_numeric, a_text, a_varchar, a_char, a_bytea, a_uuid,"
                    + " a_date, a_time, a_timestamp, a_timestamptz, an_interval, a_json, a_jsonb, an_xml, an_inet, a_mood,"
                    + " ints, texts";

    static Stream<Class<?>> classes() {
        return Stream.of(
                Object.class,
                String.class,
                DayOfWeek.class,
                Map.class,
                Thread.class,
                UUID.class,
                Byte[].class,
                Character[].class,
                Short[].class,
                BigDecimal[].class);
    }

    @ParameterizedTest(name = "[X10] {0}")
    @MethodSource("classes")
    @DisplayName("[X10] NULL of any class is taken where the server can tell its type by itself")
    void nulls(Class<?> type) {
        PgxcConnection connection = SANDBOX.open();
        List<Boolean> answers = first(
                connection
                        .createStatement("SELECT $1 IS NULL AND coalesce($1, $2) IS NULL")
                        .bindNull(0, type)
                        .bindNull("$2", type),
                Boolean.class);

        assertThat(answers).containsExactly(true);
    }

    @Test
    @DisplayName("[X10] NULL as String, as enum and as Object is taken by a column of any type")
    void nullsIntoEverything() {
        PgxcConnection connection = SANDBOX.open();
        for (Class<?> type : List.of(String.class, DayOfWeek.class, Object.class)) {
            PgxcStatement insert = insertAll(connection);
            for (int i = 0; i < COLUMNS.split(",").length; i++) {
                insert.bindNull(i, type);
            }
            assertThat(updated(insert)).isEqualTo(1);
        }
        assertThat(ask(connection, "SELECT count(*) FROM everything WHERE num_nonnulls(" + COLUMNS + ") = 0"))
                .isEqualTo("3");
    }

    private static PgxcStatement insertAll(PgxcConnection connection) {
        StringBuilder values = new StringBuilder("$1");
        for (int i = 2; i <= COLUMNS.split(",").length; i++) {
            values.append(", $").append(i);
        }
        return connection.createStatement("INSERT INTO everything (" + COLUMNS + ") VALUES (" + values + ")");
    }

    @ParameterizedTest(name = "[X10] {0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "a_bool|true",
                "an_int|42",
                "a_numeric|1.50",
                "a_char|abc",
                "a_bytea|\\x0102",
                "a_uuid|123e4567-e89b-12d3-a456-426614174000",
                "a_date|2024-02-29",
                "a_timestamptz|2024-02-29 12:00:00+00",
                "an_interval|1 mon 2 days",
                "a_json|{\"a\": 1}",
                "a_jsonb|{\"a\": 1}",
                "an_xml|<a/>",
                "an_inet|10.0.0.0/8",
                "a_mood|HAPPY",
                "ints|{1,NULL,3}",
                "texts|{a,b}"
            })
    @DisplayName("[X10] a String is taken by a column of any type, without a cast")
    void strings(String column, String value) {
        PgxcConnection connection = SANDBOX.open("timeZone=UTC");
        String sql = "INSERT INTO everything (" + column + ") VALUES ($1) RETURNING " + column + "::text";

        assertThat(first(connection.createStatement(sql).bind(0, value), String.class))
                .containsExactly(value);
    }

    @Test
    @DisplayName("[X10] enums go by their name, to text as to an enum of the database")
    void enums() {
        PgxcConnection connection = SANDBOX.open();
        String sql = "INSERT INTO everything (a_mood, a_text) VALUES ($1, $2) RETURNING a_mood, a_text";
        List<String> row = get(connection
                .createStatement(sql)
                .bind(0, Mood.HAPPY)
                .bind("$2", Mood.SAD)
                .execute()
                .concatMap(result -> result.map(r -> List.of(r.get(0, String.class), r.get(1, String.class)))));

        assertThat(row).containsExactly("HAPPY", "SAD");
        assertThat(first(connection.createStatement("SELECT 'SAD'::mood"), Mood.class))
                .containsExactly(Mood.SAD);
    }

    /** One constant has a body, so its class is not the enum's. */
    private enum Mood {
        SAD,
        HAPPY {
            @Override
            public String toString() {
                return "happy";
            }
        }
    }

    @ParameterizedTest(name = "[X10] {0}")
    @ValueSource(
            strings = {
                "SELECT concat($1)",
                "SELECT $1",
                "SELECT coalesce($1, $1)",
                "SELECT name FROM (VALUES ('x')) t(name) WHERE $1 IS NULL OR name = $1",
                "SELECT format('%s', $1)"
            })
    @DisplayName("[X10] where the server cannot tell a String's type it is text, and that is learnt once for a factory")
    void undeduced(String sql) {
        try (WireTap tap = WireTap.before(SANDBOX.endpoint())) {
            var factory = ConnectionFactories.get(SANDBOX.url(tap.endpoint()));
            PgxcConnection one = SANDBOX.open(factory);
            assertThat(first(one.createStatement(sql).bind(0, "x"), String.class))
                    .containsExactly("x");
            PgxcConnection two = SANDBOX.open(factory);
            tap.forget();
            assertThat(first(two.createStatement(sql).bind(0, "x"), String.class))
                    .containsExactly("x");

            assertThat(tap.client(Parse.class)).hasSize(1);
            get(one.close());
            get(two.close());
        }
    }

    @Test
    @DisplayName("[X10] learning a type in a transaction does not cost the transaction")
    void undeducedInTransaction() {
        PgxcConnection connection = SANDBOX.open();
        get(connection.beginTransaction());
        run(connection, "INSERT INTO everything (an_int) VALUES (4711)");

        assertThat(first(connection.createStatement("SELECT concat($1, 'b')").bind(0, "a"), String.class))
                .containsExactly("ab");
        assertThat(column(connection, "SELECT an_int FROM everything WHERE an_int = 4711", Integer.class))
                .hasSize(1);
        get(connection.rollbackTransaction());
    }

    @Test
    @DisplayName("[X10] stringType varchar and unspecified do what they say")
    void stringTypes() {
        PgxcConnection varchar = SANDBOX.open("stringType=varchar");
        PgxcConnection unspecified = SANDBOX.open("stringType=unspecified");

        assertThat(first(varchar.createStatement("SELECT pg_typeof($1)::text").bind(0, "x"), String.class))
                .containsExactly("character varying");
        assertThatThrownBy(() -> updated(varchar.createStatement("INSERT INTO everything (a_json) VALUES ($1)")
                        .bind(0, "{}")))
                .isInstanceOf(R2dbcBadGrammarException.class);
        assertThat(updated(unspecified
                        .createStatement("INSERT INTO everything (a_json) VALUES ($1)")
                        .bind(0, "{}")))
                .isEqualTo(1);
        assertThatThrownBy(() ->
                        first(unspecified.createStatement("SELECT concat($1)").bind(0, "x"), String.class))
                .isInstanceOf(R2dbcBadGrammarException.class);
    }

    static Stream<Parameter> parameters() {
        return Stream.of(
                Parameters.in(5),
                Parameters.in(5L),
                Parameters.in(R2dbcType.INTEGER, 5),
                Parameters.in(R2dbcType.BIGINT, 5),
                Parameters.in(R2dbcType.SMALLINT, 5L),
                Parameters.in(R2dbcType.DECIMAL, 5),
                Parameters.in(R2dbcType.VARCHAR, "5"),
                Parameters.in(PgType.INT2, 5),
                Parameters.in(PgType.TEXT, "5"));
    }

    @ParameterizedTest(name = "[X10] {0}")
    @MethodSource("parameters")
    @DisplayName("[X10] a Parameter brings its type along, inferred, R2DBC's or PostgreSQL's")
    void parameterObjects(Parameter parameter) {
        PgxcConnection connection = SANDBOX.open();

        assertThat(first(connection.createStatement("SELECT $1").bind(0, parameter), String.class))
                .containsExactly("5");
        assertThat(first(
                        connection
                                .createStatement("SELECT $1::text IS NULL")
                                .bind(0, Parameters.in(parameter.getType())),
                        Boolean.class))
                .containsExactly(true);
    }

    @Test
    @DisplayName("[X10] the same $1 may stand in several places, and indexes count from 0")
    void reused() {
        PgxcConnection connection = SANDBOX.open();

        assertThat(first(
                        connection
                                .createStatement("SELECT $2 || $1 || $2")
                                .bind(1, "b")
                                .bind("$1", "a"),
                        String.class))
                .containsExactly("bab");
    }

    @ParameterizedTest(name = "[X10, X20] {0}")
    @ValueSource(strings = {"id", "\"id\"", "Mixed Case", "\"Mixed Case\"", ""})
    @DisplayName("[X10, X20] names of generated values are taken bare or quoted, and no name means all")
    void generatedValues(String name) {
        PgxcConnection connection = SANDBOX.open();
        String[] names = name.isEmpty() ? new String[0] : new String[] {name};
        List<Integer> answers = get(connection
                .createStatement("INSERT INTO everything (an_int) VALUES ($1)")
                .bind(0, 1)
                .returnGeneratedValues(names)
                .execute()
                .concatMap(result -> result.map(
                        (row, metadata) -> List.of(metadata.getColumnMetadatas().size(), row.get(0, Integer.class)))));

        assertThat(answers.get(0)).isEqualTo(name.isEmpty() ? 26 : 1);
        assertThat(answers.get(1)).isPositive();
    }

    @Test
    @DisplayName("[X10] a RETURNING clause of one's own stays as it is")
    void ownReturning() {
        PgxcConnection connection = SANDBOX.open();

        assertThat(first(
                        connection
                                .createStatement("INSERT INTO everything (an_int) VALUES (12) RETURNING an_int")
                                .returnGeneratedValues("id"),
                        Integer.class))
                .containsExactly(12);
    }

    @Test
    @DisplayName("[X34] Blob and Clob are collected, in line with their statement, and read back as such")
    void largeObjects() {
        PgxcConnection connection = SANDBOX.open();
        Statement insert = connection
                .createStatement("INSERT INTO everything (a_bytea, a_text) VALUES ($1, $2) RETURNING a_bytea, a_text")
                .bind(0, Blob.from(Flux.just(bytes(1, 2), bytes(3))))
                .bind(1, Clob.from(Flux.just("a", "bc")));
        List<Object> parts = all(Flux.from(insert.execute())
                .concatMap(result -> result.map(row -> List.of(row.get(0, Blob.class), row.get(1, Clob.class))))
                .concatMap(large -> Flux.concat(
                        ((Blob) large.get(0)).stream(),
                        Mono.from(((Blob) large.get(0)).discard()),
                        ((Clob) large.get(1)).stream(),
                        Mono.from(((Clob) large.get(1)).discard()))));

        assertThat(parts).containsExactly(bytes(1, 2, 3), "abc");
    }

    private static ByteBuffer bytes(int... values) {
        ByteBuffer buffer = ByteBuffer.allocate(values.length);
        for (int value : values) {
            buffer.put((byte) value);
        }
        return buffer.flip();
    }

    private static <T> List<T> first(Statement statement, Class<T> type) {
        return all(Flux.from(statement.execute()).concatMap(result -> result.map((row, metadata) -> row.get(0, type))));
    }

    private static long updated(PgxcStatement statement) {
        return get(statement.execute().concatMap(result -> result.getRowsUpdated()));
    }
}
