// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.r2dbc.pgxc.PgxcConfiguration.ResetOnRelease;
import io.r2dbc.pgxc.PgxcConfiguration.StringType;
import io.r2dbc.pgxc.codec.CodecRegistrar;
import io.r2dbc.spi.ConnectionFactoryOptions;
import io.r2dbc.spi.Option;
import java.net.URLEncoder;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TimeZone;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;
import reactor.netty.resources.LoopResources;

class OptionsTest {

    private static final CodecRegistrar REGISTRAR = registry -> {};

    /** Options that a URL writes in front of its question mark. */
    private static final Set<String> NOT_IN_QUERY = Set.of("host", "port", "database", "user", "password", "protocol");

    /** One value of an option, and what comes of it: a setting, a warning (null) or a refusal (text of its message). */
    record Line(String name, Object value, Function<PgxcConfiguration, Object> setting, Object outcome) {

        @Override
        public String toString() {
            return name + "=" + value + (setting == null && outcome != null ? " is refused" : "");
        }
    }

    static Line set(String name, Object value, Function<PgxcConfiguration, Object> setting, Object outcome) {
        return new Line(name, value, setting, outcome);
    }

    private static Line hint(String name, Object value) {
        return new Line(name, value, null, null);
    }

    static Line refused(String name, Object value, String because) {
        return new Line(name, value, null, because);
    }

    static Stream<Line> lines() {
        return Stream.concat(
                Stream.concat(TlsOptionsTest.lines(), Stream.concat(OAuthOptionsTest.lines(), GssOptionsTest.lines())),
                Stream.of(
                        set("host", "db.example", PgxcConfiguration::host, "db.example"),
                        set("host", "[::1]", PgxcConfiguration::host, "::1"),
                        refused("host", "h1:5432,h2:5433", "must be one host"),
                        refused("host", "", "must not be empty"),
                        refused("host", "a\0b", "NUL"),
                        set("port", "65535", PgxcConfiguration::port, 65_535),
                        set("port", 1, PgxcConfiguration::port, 1),
                        refused("port", "0", "1 to 65535"),
                        refused("port", "65536", "1 to 65535"),
                        refused("port", "http", "a whole number"),
                        set("database", "a/b", PgxcConfiguration::database, "a/b"),
                        refused("database", "d\0", "NUL"),
                        set("user", "me", c -> c.user().block(), "me"),
                        set("user", CharBuffer.wrap("me"), c -> c.user().block(), "me"),
                        set("user", (Supplier<String>) () -> "me", c -> c.user().block(), "me"),
                        set("user", Mono.just("me"), c -> c.user().block(), "me"),
                        refused("user", "m\0", "NUL"),
                        refused("user", "", "must not be empty"),
                        refused("user", 5, "CharSequence"),
                        set("password", "p", c -> c.password().block(), "p"),
                        set("password", CharBuffer.wrap("p"), c -> c.password().block(), "p"),
                        set(
                                "password",
                                (Supplier<String>) () -> "p",
                                c -> c.password().block(),
                                "p"),
                        set("password", Mono.just("p"), c -> c.password().block(), "p"),
                        refused("password", "s3cret\0", "NUL"),
                        set("connectTimeout", "2s", PgxcConfiguration::connectTimeout, Duration.ofSeconds(2)),
                        set(
                                "connectTimeout",
                                Duration.ofDays(1),
                                PgxcConfiguration::connectTimeout,
                                Duration.ofDays(1)),
                        refused("connectTimeout", "0", "PT0.001S"),
                        refused("connectTimeout", "-1s", "a duration such as"),
                        set("tcpKeepAlive", "off", PgxcConfiguration::tcpKeepAlive, false),
                        refused("tcpKeepAlive", "maybe", "true or false"),
                        set("tcpNoDelay", false, PgxcConfiguration::tcpNoDelay, false),
                        set("protocol", "", PgxcConfiguration::host, "localhost"),
                        refused("protocol", "tcp", "must be empty"),
                        refused("loopResources", "com.example.Loops", "given by program"),
                        set("applicationName", "shop", c -> c.settings().get("application_name"), "shop"),
                        refused("applicationName", "shop\0user\0postgres", "NUL"),
                        set("schema", "a,\"B\"", c -> c.settings().get("search_path"), "a,\"B\""),
                        set("currentSchema", "a", c -> c.settings().get("search_path"), "a"),
                        set("timeZone", "Europe/Berlin", c -> c.settings().get("TimeZone"), "Europe/Berlin"),
                        set("timeZone", "GMT+2", c -> c.settings().get("TimeZone"), "<+02:00>-02:00"),
                        set("timeZone", ZoneOffset.UTC, c -> c.settings().get("TimeZone"), "UTC"),
                        set(
                                "timeZone",
                                TimeZone.getTimeZone("Asia/Tokyo"),
                                c -> c.settings().get("TimeZone"),
                                "Asia/Tokyo"),
                        refused("timeZone", "", "must not be empty"),
                        set("options", "a=1;b.c=x=y", c -> c.settings().get("B.C"), "x=y"),
                        set(
                                "options",
                                Map.of("lock_timeout", "30s"),
                                c -> c.settings().get("lock_timeout"),
                                "30s"),
                        refused("options", "a", "name=value"),
                        refused("options", "-c geqo=off", "not the name of a setting"),
                        refused("options", "_pq_.x=1", "extension of the protocol"),
                        refused("options", "remotetype=coordinator", "wire format"),
                        set("statementTimeout", "PT2S", c -> c.settings().get("statement_timeout"), "2000"),
                        set("statementTimeout", "1500", PgxcConfiguration::statementTimeout, Duration.ofMillis(1500)),
                        refused("statementTimeout", "25d", "a duration from PT0S"),
                        set("lockWaitTimeout", "1 min", c -> c.settings().get("lock_timeout"), "60000"),
                        set(
                                "requireAuth",
                                "scram-sha-256, NONE",
                                PgxcConfiguration::requireAuth,
                                Set.of(AuthenticationMethod.NONE, AuthenticationMethod.SCRAM_SHA_256)),
                        set(
                                "require_auth",
                                "!password,!md5,!oauth,!sspi,!gss",
                                PgxcConfiguration::requireAuth,
                                Set.of(AuthenticationMethod.NONE, AuthenticationMethod.SCRAM_SHA_256)),
                        set("requireAuth", "OAuth", PgxcConfiguration::requireAuth, Set.of(AuthenticationMethod.OAUTH)),
                        set("syncOnly", "on", PgxcConfiguration::syncOnly, true),
                        set("deferBegin", "no", PgxcConfiguration::deferBegin, false),
                        set(
                                "resetOnRelease",
                                "Discard-All",
                                PgxcConfiguration::resetOnRelease,
                                ResetOnRelease.DISCARD_ALL),
                        refused("resetOnRelease", "all", "none, discard-all"),
                        set("pipelineLimit", "1", PgxcConfiguration::pipelineLimit, 1),
                        refused("pipelineLimit", "0", "1 to 65535"),
                        set("preparedStatementCacheQueries", "0", PgxcConfiguration::preparedStatementCacheQueries, 0),
                        refused("preparedStatementCacheQueries", "-1", "0 to 65535"),
                        set("fetchSize", "100", PgxcConfiguration::fetchSize, 100),
                        refused("fetchSize", "-5", "0 to 2147483647"),
                        refused("fetchSize", (Function<String, Integer>) sql -> 5, "text"),
                        set("stringType", "VarChar", PgxcConfiguration::stringType, StringType.VARCHAR),
                        set(
                                "stringType",
                                StringType.UNSPECIFIED,
                                PgxcConfiguration::stringType,
                                StringType.UNSPECIFIED),
                        refused("stringType", "text", "auto, varchar, unspecified"),
                        set("extensions", REGISTRAR, PgxcConfiguration::codecRegistrars, List.of(REGISTRAR)),
                        set("extensions", List.of(REGISTRAR), PgxcConfiguration::codecRegistrars, List.of(REGISTRAR)),
                        refused("extensions", "com.example.Codecs", "given by program"),
                        refused("extensions", List.of("x"), "given by program"),
                        set("responseTimeout", "0", PgxcConfiguration::responseTimeout, Duration.ZERO),
                        set("stallBufferBytes", "1MB", PgxcConfiguration::stallBufferBytes, 1 << 20),
                        refused("stallBufferBytes", "2GB", "a size such as"),
                        set("stallTimeout", "500ms", PgxcConfiguration::stallTimeout, Duration.ofMillis(500)),
                        set("cancelGrace", "0", PgxcConfiguration::cancelGrace, Duration.ZERO),
                        set("notificationBuffer", "16", PgxcConfiguration::notificationBuffer, 16),
                        refused("notificationBuffer", "0", "1 to 1048576"),
                        set("scramMaxIterations", "4096", PgxcConfiguration::scramMaxIterations, 4096),
                        refused("scramMaxIterations", "0", "1 to"),
                        set("maxMessageSize", "64kB", PgxcConfiguration::maxMessageSize, 65_536),
                        refused("maxMessageSize", "1", "65536 to"),
                        set("allowCleartextPassword", "on", PgxcConfiguration::allowCleartextPassword, true),
                        hint("preferAttachedBuffers", "true"),
                        hint("forceBinary", true),
                        hint("autodetectExtensions", "false"),
                        hint("compatibilityMode", "true"),
                        hint("errorResponseLogLevel", "DEBUG"),
                        hint("noticeLogLevel", "INFO"),
                        refused("requireAuth", "md5,!password", "not both"),
                        refused(
                                "requireAuth",
                                "kerberos",
                                "one of none, password, md5, scram-sha-256, oauth, gss, sspi"),
                        refused("requireAuth", "", "one of none, password, md5, scram-sha-256, oauth, gss, sspi"),
                        set("socket", "/run/.s.PGSQL.1", PgxcConfiguration::host, "/run/.s.PGSQL.1"),
                        refused("socket", "run/.s.PGSQL.1", "must be the path of a socket"),
                        refused("socket", "", "must not be empty"),
                        set("host", "/run/postgresql", PgxcConfiguration::host, "/run/postgresql"),
                        set("protocolVersion", "3.2", PgxcConfiguration::protocolVersion, ProtocolVersion.V3_2),
                        set(
                                "protocolVersion",
                                ProtocolVersion.V3_0,
                                PgxcConfiguration::protocolVersion,
                                ProtocolVersion.V3_0),
                        refused("protocolVersion", "3.1", "must be 3.0 or 3.2"),
                        set("minProtocolVersion", "3.0", PgxcConfiguration::minProtocolVersion, ProtocolVersion.V3_0),
                        refused("minProtocolVersion", "3.2", "protocolVersion asks for no more than 3.0"),
                        refused("hostRecheckTime", "10s", "not part of this version"),
                        set("targetServerType", "ANY", PgxcConfiguration::port, 5432),
                        refused("targetServerType", "primary", "not part of this version"),
                        set("loadBalanceHosts", "false", PgxcConfiguration::port, 5432),
                        refused("loadBalanceHosts", "true", "not part of this version")));
    }

    @ParameterizedTest(name = "[X29, X35] {0}")
    @MethodSource("lines")
    void table(Line line) {
        assertLine(
                line,
                ConnectionFactoryOptions.builder()
                        .option(Option.valueOf(line.name()), line.value())
                        .build());
        if (line.value() instanceof String text && !NOT_IN_QUERY.contains(line.name())) {
            assertLine(
                    line,
                    ConnectionFactoryOptions.parse("r2dbc:pgxc://localhost:5432/?" + line.name() + "="
                            + URLEncoder.encode(text, StandardCharsets.UTF_8)));
        }
    }

    private static void assertLine(Line line, ConnectionFactoryOptions options) {
        List<String> warnings = new ArrayList<>();
        if (line.setting() == null && line.outcome() != null) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Options.configuration(options, warnings::add))
                    .withMessageContaining("option " + line.name())
                    .withMessageContaining((String) line.outcome())
                    .satisfies(refusal -> assertThat(refusal.getMessage()).doesNotContain("s3cret", "\0"));
            return;
        }
        PgxcConfiguration configuration = Options.configuration(options, warnings::add);
        if (line.setting() == null) {
            assertThat(warnings).hasSize(1).first().asString().contains(line.name());
            return;
        }
        assertThat(warnings).isEmpty();
        assertThat(line.setting().apply(configuration)).isEqualTo(line.outcome());
    }

    @Test
    @DisplayName("[X29, X35] the table above has a line for every option there is")
    void complete() {
        Set<String> tried = new TreeSet<>();
        lines().forEach(line -> tried.add(line.name()));
        assertThat(tried).isEqualTo(new TreeSet<>(Options.names()));
    }

    @Test
    @DisplayName("[X29] loopResources is taken as an object")
    void loops() {
        LoopResources loops = LoopResources.create("options-test");
        try {
            ConnectionFactoryOptions options = ConnectionFactoryOptions.builder()
                    .option(Option.valueOf("loopResources"), loops)
                    .build();
            assertThat(Options.configuration(options).loopResources()).isSameAs(loops);
        } finally {
            loops.dispose();
        }
    }

    @Test
    @DisplayName("[X29] a URL with everything in it is read as written")
    void url() {
        PgxcConfiguration configuration = Options.configuration(ConnectionFactoryOptions.parse(
                "r2dbc:pgxc://u%40x:p%2Fw@[::1]:6543/shop?statementTimeout=2s&options=a.b%3D1%3Bjit%3Doff&schema=s"));
        assertThat(configuration.host()).isEqualTo("::1");
        assertThat(configuration.port()).isEqualTo(6543);
        assertThat(configuration.database()).isEqualTo("shop");
        assertThat(configuration.user().block()).isEqualTo("u@x");
        assertThat(configuration.password().block()).isEqualTo("p/w");
        assertThat(configuration.settings())
                .containsOnly(
                        entry("a.b", "1"),
                        entry("application_name", "r2dbc-pgxc"),
                        entry("jit", "off"),
                        entry("search_path", "s"),
                        entry("statement_timeout", "2000"));
        assertThat(configuration.toString()).contains("::1", "u@x").doesNotContain("p/w");
    }

    @Test
    @DisplayName("[X35] several hosts in a URL are refused")
    void refusedUrls() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Options.configuration(ConnectionFactoryOptions.parse("r2dbc:pgxc://h1:1,h2:2/d")))
                .withMessageContaining("several are not part of this version");
    }

    @Test
    @DisplayName("[X29] schema and its alias may agree, but not differ")
    void aliases() {
        assertThat(Options.configuration(ConnectionFactoryOptions.parse("r2dbc:pgxc://h?schema=a&currentSchema=a"))
                        .settings())
                .containsEntry("search_path", "a");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Options.configuration(
                        ConnectionFactoryOptions.parse("r2dbc:pgxc://h?schema=a&currentSchema=b")))
                .withMessageContaining("schema or currentSchema, not both");
    }

    @ParameterizedTest(name = "[X29] {0} belongs to somebody else and is passed over")
    @ValueSource(
            strings = {
                "driver",
                "initialSize",
                "maxSize",
                "maxIdleTime",
                "validationQuery",
                "proxyListener",
                "TC_IMAGE_TAG"
            })
    void foreign(String name) {
        ConnectionFactoryOptions options = ConnectionFactoryOptions.builder()
                .option(Option.valueOf(name), "x")
                .build();
        List<String> warnings = new ArrayList<>();
        assertThat(Options.configuration(options, warnings::add).host()).isEqualTo("localhost");
        assertThat(warnings).isEmpty();
    }

    @Test
    @DisplayName("[X35] an unknown option is refused with the nearest name")
    void unknown() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Options.configuration(ConnectionFactoryOptions.parse("r2dbc:pgxc://h?fetchsize=10")))
                .withMessage("option fetchsize is unknown; did you mean fetchSize?");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Options.configuration(
                        ConnectionFactoryOptions.parse("r2dbc:pgxc://h?preparedStatementsCacheQueries=10")))
                .withMessageContaining("did you mean preparedStatementCacheQueries?");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Options.configuration(ConnectionFactoryOptions.parse("r2dbc:pgxc://h?xyzzy=10")))
                .withMessage("option xyzzy is unknown");
    }

    @Test
    @DisplayName(
            "[A18, F16] random text in any option is read or refused, never anything else, and no NUL gets through")
    void randomText() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        List<String> names = new ArrayList<>(new TreeSet<>(Options.names()));
        String alphabet = "0129PTSsm.-+=;,kMB\0\n '\"[]:é";
        Set<String> accepted = new HashSet<>();
        for (int i = 0; i < 50_000; i++) {
            String name = names.get(random.nextInt(names.size()));
            StringBuilder value = new StringBuilder();
            int length = random.nextInt(8);
            for (int j = 0; j < length; j++) {
                value.append(alphabet.charAt(random.nextInt(alphabet.length())));
            }
            ConnectionFactoryOptions options = ConnectionFactoryOptions.builder()
                    .option(Option.valueOf(name), value.toString())
                    .build();
            try {
                PgxcConfiguration configuration = Options.configuration(options, warning -> {});
                accepted.add(name);
                assertThat(configuration.toString())
                        .as("seed %d, %s", seed, name)
                        .doesNotContain("\0");
            } catch (IllegalArgumentException refusal) {
                assertThat(refusal.getMessage())
                        .as("seed %d, %s=%s", seed, name, value)
                        .contains(name)
                        .doesNotContain("\0");
            }
        }
        assertThat(accepted).as("seed %d", seed).contains("host", "schema", "stallTimeout", "port");
    }
}
