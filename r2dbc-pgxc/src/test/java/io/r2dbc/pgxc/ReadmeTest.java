// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import static org.assertj.core.api.Assertions.assertThat;

import io.r2dbc.pgxc.codec.CodecRegistry;
import io.r2dbc.pgxc.codec.PgType;
import io.r2dbc.pgxc.testing.Readme;
import io.r2dbc.spi.ConnectionFactoryOptions;
import io.r2dbc.spi.Option;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("README.md")
final class ReadmeTest {

    private static final Readme README = Readme.read();

    @Test
    @DisplayName("has snippets, and all of them compile")
    void snippets(@TempDir Path folder) {
        assertThat(README.snippets())
                .isNotEmpty()
                .allSatisfy(
                        snippet -> assertThat(Readme.compile(snippet, folder)).isNotBlank());
    }

    @Test
    @DisplayName("[X29] lists every knob of the configuration, and no other")
    void options() {
        Set<String> knobs = Stream.of(PgxcConfiguration.Builder.class.getDeclaredMethods())
                .filter(method -> Modifier.isPublic(method.getModifiers()))
                .map(Method::getName)
                .filter(name -> !name.equals("build"))
                .map(name -> name.equals("codecRegistrar") ? "extensions" : name)
                .collect(Collectors.toCollection(TreeSet::new));

        assertThat(defaults().keySet()).containsExactlyElementsOf(knobs);
        assertThat(Options.names()).containsAll(knobs);
    }

    @Test
    @DisplayName("[X29] gives the defaults that options really have")
    void defaultsOfOptions() throws ReflectiveOperationException {
        PgxcConfiguration untouched = PgxcConfiguration.builder().build();
        Set<String> withoutOne = new TreeSet<>();
        for (Map.Entry<String, String> entry : defaults().entrySet()) {
            String option = entry.getKey();
            List<String> said = Readme.codes(entry.getValue());
            if (said.isEmpty()) {
                withoutOne.add(option);
            } else {
                Object given = value(configured(option, said.get(0)), option);
                assertThat(value(untouched, option)).as(option).isNotNull().isEqualTo(given);
            }
        }
        assertThat(withoutOne)
                .as("options whose default is no value that could be given")
                .containsExactly(
                        "database",
                        "extensions",
                        "lockWaitTimeout",
                        "loopResources",
                        "maxMessageSize",
                        "options",
                        "password",
                        "schema",
                        "statementTimeout",
                        "timeZone",
                        "user");
    }

    @Test
    @DisplayName("[X30] gives the classes that types really have")
    void types() throws ReflectiveOperationException {
        int compared = 0;
        for (List<String> row : README.table("Types")) {
            for (String type : Readme.codes(row.get(0))) {
                int oid = ((PgType) PgType.class
                                .getField(type.toUpperCase(Locale.ROOT))
                                .get(null))
                        .oid();
                Class<?> read = CodecRegistry.standard().defaultType(oid);
                assertThat(Readme.codes(row.get(1))).as(type).containsExactly(read.getSimpleName());
                compared++;
            }
        }
        assertThat(compared).isGreaterThan(20);
    }

    /** The last cell of each option's line. */
    private static Map<String, String> defaults() {
        Map<String, String> defaults = new TreeMap<>();
        List<String> twice = new ArrayList<>();
        for (List<String> row : README.table("Options")) {
            assertThat(row).as("cells").hasSize(4).doesNotContain("");
            String name = Readme.codes(row.get(0)).get(0);
            if (defaults.put(name, row.get(3)) != null) {
                twice.add(name);
            }
        }
        assertThat(twice).isEmpty();
        return defaults;
    }

    private static Object value(PgxcConfiguration configuration, String option) throws ReflectiveOperationException {
        Field field = PgxcConfiguration.class.getDeclaredField(option);
        field.setAccessible(true);
        return field.get(configuration);
    }

    private static PgxcConfiguration configured(String option, String value) {
        return Options.configuration(
                ConnectionFactoryOptions.builder()
                        .option(Option.valueOf(option), value)
                        .build(),
                warning -> {
                    throw new AssertionError(warning);
                });
    }
}
