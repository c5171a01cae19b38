// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.tck;

import static io.r2dbc.pgxc.tck.Sandbox.all;
import static io.r2dbc.pgxc.tck.Sandbox.column;
import static org.assertj.core.api.Assertions.assertThat;

import io.r2dbc.pgxc.PgxcConnection;
import io.r2dbc.pgxc.codec.PgType;
import io.r2dbc.pgxc.testing.StandingAsserts;
import io.r2dbc.pgxc.value.Cube;
import io.r2dbc.spi.Parameters;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Flux;

/** Types of the extensions that come with PostgreSQL, against the extensions themselves. */
@ExtendWith(StandingAsserts.class)
class ExtensionTypesIT {

    @RegisterExtension
    static final Sandbox SANDBOX = new Sandbox("pgxc_extensions");

    @BeforeAll
    static void extensions() {
        for (String extension : List.of("hstore", "ltree", "cube", "citext")) {
            SANDBOX.jdbc().execute("CREATE EXTENSION " + extension + " SCHEMA pgxc_extensions");
        }
    }

    static Stream<Arguments> values() {
        return Stream.of(
                Arguments.of(
                        "hstore",
                        "\"a\"=>\"1\", \"b\"=>NULL, \"q\\\"\\\\\"=>\"\"",
                        map("a", "1", "b", null, "q\"\\", "")),
                Arguments.of("hstore", "", Map.of()),
                Arguments.of("ltree", "Top.Science.Astronomy", "Top.Science.Astronomy"),
                Arguments.of("lquery", "Top.*.Astro*", "Top.*.Astro*"),
                Arguments.of("ltxtquery", "Science & Europe", "Science & Europe"),
                Arguments.of("citext", "MiXed", "MiXed"),
                Arguments.of("cube", "(1, 2.5),(3, -4)", Cube.class),
                Arguments.of("cube", "(1, 2)", Cube.class));
    }

    private static Map<String, @Nullable String> map(@Nullable String... entries) {
        Map<String, @Nullable String> map = new LinkedHashMap<>();
        for (int i = 0; i < entries.length; i += 2) {
            map.put(String.valueOf(entries[i]), entries[i + 1]);
        }
        return map;
    }

    @ParameterizedTest(name = "[X30, X10] {0} ''{1}''")
    @MethodSource("values")
    @DisplayName("[X30, X10] read in text and in binary, as value and as String, and written as the same value")
    void goAndComeBack(String type, String literal, Object expected) {
        PgxcConnection connection = SANDBOX.open();
        String sql = "SELECT '" + literal.replace("'", "''") + "'::" + type;
        Object text = column(connection, sql, Object.class).get(0);
        Object binary = column(connection, sql, Object.class).get(0);
        assertThat(binary).isEqualTo(text);
        if (expected instanceof Class<?> wanted) {
            assertThat(binary).isInstanceOf(wanted);
        } else {
            assertThat(binary).isEqualTo(expected);
        }
        String asString = sql + " -- as String";
        String printed = column(connection, asString, String.class).get(0);
        assertThat(column(connection, asString, String.class)).containsExactly(printed);
        assertThat(column(connection, sql + "::text", String.class)).containsExactly(printed);

        for (Object parameter : List.of(binary, Parameters.in(PgType.named(type), binary))) {
            Flux<String> back = Flux.from(connection
                            .createStatement("SELECT $1::" + type + "::text")
                            .bind(0, parameter)
                            .execute())
                    .concatMap(result -> result.map((row, metadata) -> row.get(0, String.class)));
            assertThat(all(back)).containsExactly(printed);
        }
        List<Object> both = Arrays.asList(binary, null, binary);
        Flux<Object> array = Flux.from(connection
                        .createStatement("SELECT $1::" + type + "[]")
                        .bind(0, both)
                        .execute())
                .concatMap(result -> result.map((row, metadata) -> row.get(0, List.class)));
        assertThat(all(array)).containsExactly(both);
    }
}
