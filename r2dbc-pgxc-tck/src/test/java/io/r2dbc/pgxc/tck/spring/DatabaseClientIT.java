// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.tck.spring;

import static io.r2dbc.pgxc.tck.Sandbox.all;
import static io.r2dbc.pgxc.tck.Sandbox.get;
import static org.assertj.core.api.Assertions.assertThat;

import io.r2dbc.pgxc.tck.Sandbox;
import io.r2dbc.pgxc.testing.StandingAsserts;
import io.r2dbc.spi.Parameters;
import io.r2dbc.spi.R2dbcType;
import java.math.BigDecimal;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.publisher.Mono;

/** Spring's {@code DatabaseClient}: what it binds, and what it reads. */
@ExtendWith(StandingAsserts.class)
class DatabaseClientIT {

    @RegisterExtension
    static final Sandbox SANDBOX = new Sandbox("pgxc_database_client");

    private final DatabaseClient client = DatabaseClient.create(SANDBOX.factory());

    /** A row as an application sees it. */
    record Event(Integer id, String name, DayOfWeek day, BigDecimal price, UUID token, Instant at, LocalDate due) {}

    @BeforeAll
    static void table() {
        SANDBOX.jdbc().execute("""
                        CREATE TYPE weekday AS ENUM ('MONDAY', 'TUESDAY');
                        CREATE TABLE event (id serial PRIMARY KEY, name text, day weekday, price numeric(8, 2), token uuid,
                            at timestamptz, due date, extra jsonb);
                        """);
    }

    @BeforeEach
    void clear() {
        SANDBOX.jdbc().execute("TRUNCATE event RESTART IDENTITY");
    }

    @Test
    @DisplayName(
            "[X10, X28] named parameters of many classes, enums among them, and what was inserted read back into a record")
    void roundTrip() {
        Instant at = Instant.parse("2024-02-29T12:34:56.789012Z");
        UUID token = UUID.randomUUID();
        Long count = get(client.sql("INSERT INTO event (name, day, price, token, at, due, extra)"
                        + " VALUES (:name, :day, :price, :token, :at, :due, :extra)")
                .bind("name", "opening")
                .bind("day", DayOfWeek.MONDAY)
                .bind("price", new BigDecimal("12.50"))
                .bind("token", token)
                .bind("at", at)
                .bind("due", LocalDate.of(2024, 3, 1))
                .bind("extra", "{\"a\": 1}")
                .fetch()
                .rowsUpdated());
        List<Event> events = all(client.sql("SELECT * FROM event WHERE day = :day AND extra = :extra")
                .bind("day", DayOfWeek.MONDAY)
                .bind("extra", "{\"a\": 1}")
                .mapProperties(Event.class)
                .all());

        assertThat(count).isEqualTo(1);
        assertThat(events)
                .containsExactly(new Event(
                        1, "opening", DayOfWeek.MONDAY, new BigDecimal("12.50"), token, at, LocalDate.of(2024, 3, 1)));
    }

    @Test
    @DisplayName("[X10] properties of an object, nulls included")
    void properties() {
        Event event = new Event(7, null, null, null, null, null, null);
        get(client.sql("INSERT INTO event (id, name, day, price, token, at, due)"
                        + " VALUES (:id, :name, :day, :price, :token, :at, :due)")
                .bindProperties(event)
                .then());

        assertThat(all(client.sql("SELECT * FROM event")
                        .mapProperties(Event.class)
                        .all()))
                .containsExactly(event);
    }

    @Test
    @DisplayName("[X10] NULL by class, and as Parameter")
    void nulls() {
        get(client.sql("INSERT INTO event (name, price, token) VALUES (:name, :price, :token)")
                .bindNull("name", String.class)
                .bind("price", Parameters.in(R2dbcType.NUMERIC))
                .bind("token", Parameters.in(UUID.class))
                .then());

        assertThat(get(client.sql("SELECT num_nulls(name, price, token) FROM event")
                        .mapValue(Integer.class)
                        .one()))
                .isEqualTo(3);
    }

    @Test
    @DisplayName("[X10] a name used twice is one parameter, a list is as many as it has elements")
    void expanded() {
        insert("one", "two", "three");

        assertThat(names(client.sql("SELECT name FROM event WHERE name = :name OR upper(name) = upper(:name)")
                        .bind("name", "two")))
                .containsExactly("two");
        assertThat(names(client.sql("SELECT name FROM event WHERE name IN (:names) ORDER BY id")
                        .bind("names", List.of("one", "three"))))
                .containsExactly("one", "three");
        assertThat(names(client.sql("SELECT name FROM event WHERE id = ANY($1) ORDER BY id")
                        .bind(0, new Integer[] {1, 2})))
                .containsExactly("one", "two");
        assertThat(names(client.sql("SELECT name FROM event WHERE name = $1 AND id = $2")
                        .bind("$1", "one")
                        .bind("$2", 1)))
                .containsExactly("one");
    }

    @Test
    @DisplayName("[X10] Parameters.in with a value, with and without a type")
    void parameters() {
        assertThat(get(client.sql("SELECT :a + :b")
                        .bind("a", Parameters.in(R2dbcType.INTEGER, 5))
                        .bind("b", Parameters.in(6))
                        .mapValue(Integer.class)
                        .one()))
                .isEqualTo(11);
    }

    @ParameterizedTest(name = "[X10] {0}")
    @ValueSource(strings = {"id", "\"id\""})
    @DisplayName("[X10] generated values by a bare and by a quoted name")
    void generated(String name) {
        List<Integer> ids = all(client.sql("INSERT INTO event (name) SELECT 'n' FROM generate_series(1, 3)")
                .filter(statement -> statement.returnGeneratedValues(name))
                .map(row -> row.get("id", Integer.class))
                .all());

        assertThat(ids).containsExactly(1, 2, 3);
    }

    @Test
    @DisplayName("[X30] a row as a map has the default classes of its columns")
    void maps() {
        Map<String, Object> row = get(client.sql(
                        "SELECT 1 AS \"Id\", 2::int8 AS big, 1.5 AS price, '{\"a\":1}'::json AS extra, NULL AS nothing")
                .fetch()
                .one());

        assertThat(row)
                .containsEntry("id", 1)
                .containsEntry("BIG", 2L)
                .containsEntry("price", new BigDecimal("1.5"))
                .containsEntry("extra", "{\"a\":1}")
                .containsEntry("nothing", null);
    }

    @Test
    @DisplayName("[X33] one() of several rows is an error, first() of many leaves nothing behind")
    void fewOfMany() {
        assertThat(get(client.sql("SELECT generate_series(1, 1000000)")
                        .mapValue(Integer.class)
                        .first()))
                .isEqualTo(1);
        assertThat(get(client.sql("SELECT generate_series(1, 2)")
                        .mapValue(Integer.class)
                        .one()
                        .map(String::valueOf)
                        .onErrorResume(e -> Mono.just(e.getClass().getSimpleName()))))
                .isEqualTo("IncorrectResultSizeDataAccessException");
    }

    private void insert(String... names) {
        for (String name : names) {
            get(client.sql("INSERT INTO event (name) VALUES (:name)")
                    .bind("name", name)
                    .then());
        }
    }

    private static List<String> names(DatabaseClient.GenericExecuteSpec spec) {
        return all(spec.mapValue(String.class).all());
    }
}
