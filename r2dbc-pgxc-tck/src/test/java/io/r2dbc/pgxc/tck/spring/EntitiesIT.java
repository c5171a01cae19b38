// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.tck.spring;

import static io.r2dbc.pgxc.tck.Sandbox.all;
import static io.r2dbc.pgxc.tck.Sandbox.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.data.relational.core.query.Criteria.where;
import static org.springframework.data.relational.core.query.Query.query;

import io.r2dbc.pgxc.tck.Sandbox;
import io.r2dbc.pgxc.testing.StandingAsserts;
import io.r2dbc.spi.ConnectionFactory;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.data.annotation.Id;
import org.springframework.data.domain.PageRequest;
import org.springframework.data.domain.Pageable;
import org.springframework.data.domain.Sort;
import org.springframework.data.r2dbc.core.R2dbcEntityTemplate;
import org.springframework.data.r2dbc.dialect.DialectResolver;
import org.springframework.data.r2dbc.dialect.PostgresDialect;
import org.springframework.data.r2dbc.repository.Modifying;
import org.springframework.data.r2dbc.repository.Query;
import org.springframework.data.r2dbc.repository.support.R2dbcRepositoryFactory;
import org.springframework.data.relational.core.mapping.Table;
import org.springframework.data.relational.core.query.Update;
import org.springframework.data.repository.reactive.ReactiveCrudRepository;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Spring Data R2DBC, with no converter and no dialect of the driver's own. */
@ExtendWith(StandingAsserts.class)
class EntitiesIT {

    @RegisterExtension
    static final Sandbox SANDBOX = new Sandbox("pgxc_entities");

    private final ConnectionFactory factory = SANDBOX.factory();
    private final R2dbcEntityTemplate template = new R2dbcEntityTemplate(factory);

    @BeforeAll
    static void tables() {
        SANDBOX.jdbc().execute("""
                        CREATE TYPE mood AS ENUM ('SAD', 'HAPPY');
                        CREATE TABLE person (id bigserial PRIMARY KEY, name text, age int, mood mood);
                        CREATE TABLE "Everything" (id serial PRIMARY KEY, a_bool bool, a_short int2, an_int int4, a_long int8,
                            a_float float4, a_double float8, a_numeric numeric(10, 3), a_text text, a_uuid uuid, a_date date,
                            a_time time, a_timestamp timestamp, a_timestamptz timestamptz, an_instant timestamptz, bytes bytea,
                            a_json json, a_jsonb jsonb, texts text[], ints int4[], a_mood mood);
                        """);
    }

    @BeforeEach
    void clear() {
        SANDBOX.jdbc().execute("TRUNCATE person, \"Everything\" RESTART IDENTITY");
    }

    enum Mood {
        SAD,
        HAPPY
    }

    record Person(@Id Long id, String name, Integer age, Mood mood) {

        static Person of(String name, int age, Mood mood) {
            return new Person(null, name, age, mood);
        }
    }

    @SuppressWarnings("ArrayRecordComponent") // it is compared field by field
    @Table("Everything")
    record Everything(
            @Id Integer id,
            Boolean aBool,
            Short aShort,
            Integer anInt,
            Long aLong,
            Float aFloat,
            Double aDouble,
            BigDecimal aNumeric,
            String aText,
            UUID aUuid,
            LocalDate aDate,
            LocalTime aTime,
            LocalDateTime aTimestamp,
            OffsetDateTime aTimestamptz,
            Instant anInstant,
            ByteBuffer bytes,
            String aJson,
            String aJsonb,
            List<String> texts,
            Integer[] ints,
            Mood aMood) {}

    interface People extends ReactiveCrudRepository<Person, Long> {

        Flux<Person> findByAgeGreaterThanOrderByNameDesc(int age);

        Flux<Person> findByMood(Mood mood);

        Flux<Person> findByNameIn(List<String> names, Sort sort);

        Flux<Person> findByNameStartingWith(String start, Pageable page);

        Mono<Boolean> existsByName(String name);

        Mono<Long> deleteByAgeLessThan(int age);

        @Query("SELECT * FROM person WHERE name = :name OR lower(name) = lower(:name)")
        Flux<Person> named(String name);

        @Modifying
        @Query("UPDATE person SET age = age + 1 WHERE mood = :mood")
        Mono<Integer> celebrate(Mood mood);
    }

    private People people() {
        return new R2dbcRepositoryFactory(template).getRepository(People.class);
    }

    @Test
    @DisplayName("[X28] the dialect is PostgreSQL's, by the factory's name")
    void dialect() {
        assertThat(DialectResolver.getDialect(factory)).isInstanceOf(PostgresDialect.class);
    }

    @Test
    @DisplayName("[X10, X30] an entity of all simple types goes and comes back the same, from text and from binary")
    void everything() {
        Everything given = new Everything(
                null,
                true,
                (short) 2,
                4,
                8L,
                1.5f,
                0.1,
                new BigDecimal("1234.500"),
                "text",
                UUID.randomUUID(),
                LocalDate.of(2024, 2, 29),
                LocalTime.of(12, 34, 56, 789_000_000),
                LocalDateTime.of(2024, 2, 29, 12, 34, 56),
                OffsetDateTime.parse("2024-02-29T12:34:56Z"),
                Instant.parse("2024-02-29T12:34:56.789Z"),
                ByteBuffer.wrap(new byte[] {1, 2}),
                "{\"b\":  1}",
                "{\"b\": 1}",
                List.of("a", "b \"c\""),
                new Integer[] {1, 2},
                Mood.HAPPY);
        Everything saved = get(template.insert(given));

        assertThat(saved.id()).isEqualTo(1);
        for (int execution = 1; execution <= 2; execution++) {
            List<Everything> found = all(template.select(Everything.class)
                    .matching(query(where("id").is(1)))
                    .all());
            assertThat(found).usingRecursiveFieldByFieldElementComparator().containsExactly(saved);
        }
    }

    @Test
    @DisplayName("[X10, X30] an entity of nothing but NULL")
    void nothing() {
        Everything given = new Everything(
                null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null,
                null, null, null, null);
        Everything saved = get(template.insert(given));

        assertThat(all(template.select(Everything.class).all())).containsExactly(saved);
    }

    @Test
    @DisplayName("[X10] the template inserts, updates, counts and deletes")
    void template() {
        Person ann = get(template.insert(Person.of("Ann", 30, Mood.HAPPY)));
        Person bob = get(template.insert(Person.of("Bob", 40, null)));

        assertThat(List.of(ann.id(), bob.id())).containsExactly(1L, 2L);
        assertThat(get(template.update(new Person(2L, "Bob", 41, Mood.SAD))).age())
                .isEqualTo(41);
        assertThat(get(template.update(query(where("name").is("Ann")), Update.update("age", 31), Person.class)))
                .isEqualTo(1);
        assertThat(get(template.count(query(where("age").greaterThan(30)), Person.class)))
                .isEqualTo(2);
        assertThat(get(template.exists(query(where("mood").is(Mood.SAD)), Person.class)))
                .isTrue();
        assertThat(get(template.delete(query(where("name").like("A%")), Person.class)))
                .isEqualTo(1);
        assertThat(all(template.select(Person.class).all())).containsExactly(new Person(2L, "Bob", 41, Mood.SAD));
    }

    @Test
    @DisplayName("[X10, X30] a repository saves, finds by its methods' names, by queries, sorted and in pages")
    void repository() {
        People people = people();
        List<Person> saved = all(people.saveAll(List.of(
                Person.of("Ann", 30, Mood.HAPPY),
                Person.of("Bob", 40, Mood.SAD),
                Person.of("Carl", 50, null),
                Person.of("Cleo", 20, Mood.HAPPY))));

        assertThat(saved).extracting(Person::id).containsExactly(1L, 2L, 3L, 4L);
        assertThat(names(people.findByAgeGreaterThanOrderByNameDesc(30))).containsExactly("Carl", "Bob");
        assertThat(names(people.findByMood(Mood.HAPPY))).containsExactlyInAnyOrder("Ann", "Cleo");
        assertThat(names(people.findByNameIn(List.of("Cleo", "Ann"), Sort.by("age"))))
                .containsExactly("Cleo", "Ann");
        assertThat(names(people.findByNameStartingWith("C", PageRequest.of(1, 1, Sort.by("name")))))
                .containsExactly("Cleo");
        assertThat(names(people.named("ANN"))).containsExactly("Ann");
        assertThat(get(people.existsByName("Bob"))).isTrue();
        assertThat(get(people.celebrate(Mood.HAPPY))).isEqualTo(2);
        assertThat(get(people.findById(1L))).isEqualTo(new Person(1L, "Ann", 31, Mood.HAPPY));
        assertThat(get(people.deleteByAgeLessThan(25))).isEqualTo(1);
        assertThat(get(people.count())).isEqualTo(3);
        get(people.deleteAll());
        assertThat(get(people.findById(1L))).isNull();
    }

    @Test
    @DisplayName("[C4] a stream of many entities is left early, and the next query answers")
    void stream() {
        SANDBOX.jdbc().execute("INSERT INTO person (name, age) SELECT 'n', a FROM generate_series(1, 100000) a");

        assertThat(all(people().findAll().take(3))).hasSize(3);
        assertThat(get(people().findAll().count())).isEqualTo(100_000);
    }

    private static List<String> names(Flux<Person> people) {
        return all(people.map(Person::name));
    }
}
