// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import static org.assertj.core.api.Assertions.assertThat;

import io.r2dbc.pgxc.codec.CodecRegistry;
import io.r2dbc.pgxc.codec.Format;
import io.r2dbc.pgxc.codec.PgType;
import io.r2dbc.pgxc.codec.ValueException;
import io.r2dbc.pgxc.testing.Readme;
import io.r2dbc.pgxc.value.Box;
import io.r2dbc.pgxc.value.Circle;
import io.r2dbc.pgxc.value.Composite;
import io.r2dbc.pgxc.value.Inet;
import io.r2dbc.pgxc.value.Interval;
import io.r2dbc.pgxc.value.Line;
import io.r2dbc.pgxc.value.LineSegment;
import io.r2dbc.pgxc.value.Lsn;
import io.r2dbc.pgxc.value.MacAddress;
import io.r2dbc.pgxc.value.Multirange;
import io.r2dbc.pgxc.value.Point;
import io.r2dbc.pgxc.value.Polygon;
import io.r2dbc.pgxc.value.Range;
import io.r2dbc.pgxc.value.Snapshot;
import io.r2dbc.pgxc.value.Tid;
import io.r2dbc.pgxc.value.TsVector;
import io.r2dbc.spi.ConnectionFactoryOptions;
import io.r2dbc.spi.Option;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.Period;
import java.time.Year;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("README.md")
final class ReadmeTest {

    private static final Readme README = Readme.read();
    private static final int INT4_MULTIRANGE = 4451;

    private static final List<Class<?>> NUMBERS = List.of(
            Byte.class,
            Short.class,
            Integer.class,
            Long.class,
            BigInteger.class,
            Float.class,
            Double.class,
            BigDecimal.class);

    /** Every class that is offered for some type; that a String is for all is said elsewhere. */
    private static final List<Class<?>> CLASSES = Stream.concat(
                    NUMBERS.stream(),
                    Stream.<Class<?>>of(
                            Boolean.class,
                            Year.class,
                            Character.class,
                            byte[].class,
                            ByteBuffer.class,
                            UUID.class,
                            LocalDate.class,
                            LocalTime.class,
                            OffsetTime.class,
                            LocalDateTime.class,
                            OffsetDateTime.class,
                            ZonedDateTime.class,
                            Instant.class,
                            Interval.class,
                            Duration.class,
                            Period.class,
                            BitSet.class,
                            boolean[].class,
                            InetAddress.class,
                            Inet.class,
                            MacAddress.class,
                            Point.class,
                            Line.class,
                            LineSegment.class,
                            Box.class,
                            io.r2dbc.pgxc.value.Path.class,
                            Polygon.class,
                            Circle.class,
                            Range.class,
                            Multirange.class,
                            Composite.class,
                            TsVector.class,
                            Lsn.class,
                            Snapshot.class,
                            Tid.class,
                            Short[].class,
                            Long[].class,
                            Map.class,
                            Thread.class))
            .toList();

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
                        "gssCredential",
                        "jaasApplicationName",
                        "lockWaitTimeout",
                        "loopResources",
                        "maxMessageSize",
                        "oauthIssuer",
                        "oauthToken",
                        "options",
                        "password",
                        "requireAuth",
                        "schema",
                        "socket",
                        "sslCert",
                        "sslContextBuilderCustomizer",
                        "sslCrl",
                        "sslHostnameVerifier",
                        "sslKey",
                        "sslPassword",
                        "sslRootCert",
                        "statementTimeout",
                        "timeZone",
                        "user");
    }

    @Test
    @DisplayName("[X30, X31] gives the classes that types are read as, in both formats, and no class that they are not")
    void types() throws ReflectiveOperationException {
        CodecRegistry registry = CodecRegistry.standard();
        int compared = 0;
        for (List<String> row : README.table("Types")) {
            Set<String> offered = new TreeSet<>(Readme.codes(row.get(1)));
            offered.addAll(Readme.codes(row.get(2)));
            if (row.get(2).startsWith("numbers")) {
                NUMBERS.forEach(number -> offered.add(number.getSimpleName()));
            }
            for (String type : Readme.codes(row.get(0))) {
                int oid = oid(type);
                assertThat(Readme.codes(row.get(1)))
                        .as(type)
                        .containsExactly(registry.defaultType(oid).getSimpleName());
                for (Format format : registry.readsBinary(oid) ? Format.values() : new Format[] {Format.TEXT}) {
                    for (Class<?> target : CLASSES) {
                        assertThat(reads(registry, oid, format, target))
                                .as("%s as %s in %s", type, target.getSimpleName(), format)
                                .isEqualTo(offered.contains(target.getSimpleName()));
                        compared++;
                    }
                }
            }
        }
        assertThat(compared).isGreaterThan(4_000);
    }

    private static int oid(String type) throws ReflectiveOperationException {
        return type.equals("int4multirange")
                ? INT4_MULTIRANGE
                : ((PgType) PgType.class.getField(type.toUpperCase(Locale.ROOT)).get(null)).oid();
    }

    private static boolean reads(CodecRegistry registry, int oid, Format format, Class<?> target) {
        try {
            registry.decoder(oid, format, target);
            return true;
        } catch (ValueException e) {
            assertThat(e).hasMessageContaining("no conversion to " + target.getTypeName());
            return false;
        }
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
        Set<String> ofGss = Set.of("gssEncMode", "krbServerName", "gssCredential", "jaasApplicationName");
        if (ofGss.contains(option)) {
            Field field = GssSettings.class.getDeclaredField(option);
            field.setAccessible(true);
            return field.get(configuration.gss());
        }
        boolean ofTls = option.startsWith("ssl") || option.equals("channelBinding");
        String name = option.startsWith("ssl")
                ? option.substring(3, 4).toLowerCase(Locale.ROOT) + option.substring(4)
                : option;
        Field field = (ofTls ? TlsSettings.class : PgxcConfiguration.class).getDeclaredField(name);
        field.setAccessible(true);
        return field.get(ofTls ? configuration.tls() : configuration);
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
