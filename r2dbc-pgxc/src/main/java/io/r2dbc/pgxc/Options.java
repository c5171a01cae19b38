// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import io.netty.handler.ssl.SslContextBuilder;
import io.r2dbc.pgxc.codec.CodecRegistrar;
import io.r2dbc.spi.ConnectionFactoryOptions;
import io.r2dbc.spi.Option;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TimeZone;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import javax.net.ssl.HostnameVerifier;
import org.ietf.jgss.GSSCredential;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import reactor.netty.resources.LoopResources;
import reactor.util.Logger;
import reactor.util.Loggers;

/**
 * Reads the options that applications, URLs and frameworks hand over into a {@link PgxcConfiguration}.
 *
 * <p>Each option that is known has one line in the table: it is set, accepted as a mere hint with a warning, or refused
 * with a reason. An option is never silently without effect; only those of pools and proxies, which pass their own on to
 * the driver below, are passed over.
 */
final class Options {

    private static final Logger LOGGER = Loggers.getLogger(PgxcConfiguration.class);

    /** Options of the SPI that are somebody else's, of r2dbc-pool and of r2dbc-proxy. */
    private static final Set<String> FOREIGN = Set.of(
            "driver",
            "acquireRetry",
            "backgroundEvictionInterval",
            "initialSize",
            "maxAcquireTime",
            "maxCreateConnectionTime",
            "maxIdleTime",
            "maxLifeTime",
            "maxSize",
            "maxValidationTime",
            "minIdle",
            "poolName",
            "postAllocate",
            "preRelease",
            "proxyListener",
            "registerJmx",
            "validationDepth",
            "validationQuery");

    /** Testcontainers' own options. */
    private static final String FOREIGN_PREFIX = "TC_";

    private static final Map<String, BiConsumer<Options, OptionValue>> TABLE = table();

    private final PgxcConfiguration.Builder builder = PgxcConfiguration.builder();
    private @Nullable String schema;
    private @Nullable OptionValue ssl;
    private @Nullable OptionValue sslMode;
    private final Consumer<String> warn;

    private Options(Consumer<String> warn) {
        this.warn = warn;
    }

    /**
     * Returns the configuration that {@code given} asks for; no I/O.
     *
     * @throws IllegalArgumentException if an option is unknown, unreadable, out of bounds, or not part of this version
     */
    static PgxcConfiguration configuration(ConnectionFactoryOptions given) {
        return configuration(given, LOGGER::warn);
    }

    /** The same; {@code warn} gets one line for every option that is accepted without having its effect. */
    static PgxcConfiguration configuration(ConnectionFactoryOptions given, Consumer<String> warn) {
        Options options = new Options(warn);
        for (OptionValue value : values(given)) {
            options.apply(value);
        }
        options.encrypt();
        return options.builder.build();
    }

    /** The names of all options that have a meaning, refused ones included. */
    static Set<String> names() {
        return TABLE.keySet();
    }

    private void apply(OptionValue value) {
        BiConsumer<Options, OptionValue> known = TABLE.get(value.name());
        if (known != null) {
            known.accept(this, value);
        } else if (!FOREIGN.contains(value.name()) && !value.name().startsWith(FOREIGN_PREFIX)) {
            String nearest = NearestName.of(value.name(), TABLE.keySet());
            throw new IllegalArgumentException("option " + ErrorText.escaped(value.name()) + " is unknown"
                    + (nearest == null ? "" : "; did you mean " + nearest + "?"));
        }
    }

    /** The SPI lists its options only to a filter that is asked about each of them. */
    private static List<OptionValue> values(ConnectionFactoryOptions given) {
        List<OptionValue> values = new ArrayList<>();
        ConnectionFactoryOptions.builder().from(given, option -> {
            values.add(value(given, option));
            return false;
        });
        return values;
    }

    private static OptionValue value(ConnectionFactoryOptions given, Option<?> option) {
        return new OptionValue(option.name(), Require.nonNull(given.getValue(option), "option " + option.name()));
    }

    private static Map<String, BiConsumer<Options, OptionValue>> table() {
        Map<String, BiConsumer<Options, OptionValue>> table = new HashMap<>();
        whereTo(table);
        session(table);
        statements(table);
        limits(table);
        hints(table);
        security(table);
        kerberos(table);
        absent(table);
        return Map.copyOf(table);
    }

    private static void whereTo(Map<String, BiConsumer<Options, OptionValue>> table) {
        table.put("host", set((b, v) -> b.host(v.text())));
        table.put("port", set((b, v) -> b.port(v.integer())));
        table.put("socket", set((b, v) -> b.socket(v.text())));
        table.put("database", set((b, v) -> b.database(v.text())));
        table.put("user", set((b, v) -> characters(v, b::user, b::user, b::user)));
        table.put("password", set((b, v) -> characters(v, b::password, b::password, b::password)));
        table.put("connectTimeout", set((b, v) -> b.connectTimeout(v.duration())));
        table.put("tcpKeepAlive", set((b, v) -> b.tcpKeepAlive(v.bool())));
        table.put("tcpNoDelay", set((b, v) -> b.tcpNoDelay(v.bool())));
        table.put("loopResources", set((b, v) -> b.loopResources(v.object(LoopResources.class))));
        table.put("protocol", (o, v) -> only(v, "", "empty: nothing stands between pgxc and the host"));
    }

    private static void session(Map<String, BiConsumer<Options, OptionValue>> table) {
        table.put("applicationName", set((b, v) -> b.applicationName(v.text())));
        table.put("schema", Options::schema);
        table.put("currentSchema", Options::schema);
        table.put("timeZone", set(Options::timeZone));
        table.put("options", set((b, v) -> b.options(v.pairs())));
        table.put("statementTimeout", set((b, v) -> b.statementTimeout(v.duration())));
        table.put("lockWaitTimeout", set((b, v) -> b.lockWaitTimeout(v.duration())));
        table.put("deferBegin", set((b, v) -> b.deferBegin(v.bool())));
        table.put("resetOnRelease", set((b, v) -> b.resetOnRelease(v.oneOf(PgxcConfiguration.ResetOnRelease.class))));
    }

    private static void statements(Map<String, BiConsumer<Options, OptionValue>> table) {
        table.put("pipelineLimit", set((b, v) -> b.pipelineLimit(v.integer())));
        table.put("preparedStatementCacheQueries", set((b, v) -> b.preparedStatementCacheQueries(v.integer())));
        table.put("fetchSize", set((b, v) -> b.fetchSize(v.integer())));
        table.put("syncOnly", set((b, v) -> b.syncOnly(v.bool())));
        table.put("stringType", set((b, v) -> b.stringType(v.oneOf(PgxcConfiguration.StringType.class))));
        table.put("extensions", set((b, v) -> v.objects(CodecRegistrar.class).forEach(b::codecRegistrar)));
    }

    private static void limits(Map<String, BiConsumer<Options, OptionValue>> table) {
        table.put("responseTimeout", set((b, v) -> b.responseTimeout(v.duration())));
        table.put("stallBufferBytes", set((b, v) -> b.stallBufferBytes(v.bytes())));
        table.put("stallTimeout", set((b, v) -> b.stallTimeout(v.duration())));
        table.put("cancelGrace", set((b, v) -> b.cancelGrace(v.duration())));
        table.put("notificationBuffer", set((b, v) -> b.notificationBuffer(v.integer())));
        table.put("scramMaxIterations", set((b, v) -> b.scramMaxIterations(v.integer())));
        table.put("maxMessageSize", set((b, v) -> b.maxMessageSize(v.bytes())));
        table.put("allowCleartextPassword", set((b, v) -> b.allowCleartextPassword(v.bool())));
    }

    /** Hints to another driver's ways: without effect here, and without harm. */
    private static void hints(Map<String, BiConsumer<Options, OptionValue>> table) {
        for (String hint : List.of(
                "preferAttachedBuffers",
                "forceBinary",
                "autodetectExtensions",
                "compatibilityMode",
                "errorResponseLogLevel",
                "noticeLogLevel")) {
            table.put(hint, (o, v) -> o.warn.accept("Option " + v + " has no effect in this driver"));
        }
    }

    private static void security(Map<String, BiConsumer<Options, OptionValue>> table) {
        table.put("ssl", (o, v) -> o.ssl = v);
        BiConsumer<Options, OptionValue> sslMode = (o, v) -> o.sslMode = v;
        table.put("sslMode", sslMode);
        table.put("sslmode", sslMode);
        BiConsumer<Options, OptionValue> negotiation = set((b, v) -> b.sslNegotiation(v.oneOf(SslNegotiation.class)));
        table.put("sslNegotiation", negotiation);
        table.put("sslnegotiation", negotiation);
        table.put("sslRootCert", set((b, v) -> b.sslRootCert(v.text())));
        table.put("sslCert", set((b, v) -> b.sslCert(v.text())));
        table.put("sslKey", set((b, v) -> b.sslKey(v.text())));
        table.put("sslPassword", set((b, v) -> b.sslPassword(v.object(CharSequence.class))));
        table.put("sslCrl", set((b, v) -> b.sslCrl(v.text())));
        table.put("sslSni", set((b, v) -> b.sslSni(v.bool())));
        table.put("sslHostnameVerifier", set((b, v) -> b.sslHostnameVerifier(v.object(HostnameVerifier.class))));
        table.put("sslContextBuilderCustomizer", set(Options::customizer));
        table.put("oauthToken", set(Options::token));
        table.put("oauthIssuer", set((b, v) -> b.oauthIssuer(v.text())));
        table.put("channelBinding", set((b, v) -> b.channelBinding(v.oneOf(ChannelBinding.class))));
        table.put("protocolVersion", set((b, v) -> b.protocolVersion(version(v))));
        table.put("minProtocolVersion", set((b, v) -> b.minProtocolVersion(version(v))));
        BiConsumer<Options, OptionValue> requireAuth =
                set((b, v) -> b.requireAuth(methods(v).toArray(AuthenticationMethod[]::new)));
        table.put("requireAuth", requireAuth);
        table.put("require_auth", requireAuth);
    }

    private static void kerberos(Map<String, BiConsumer<Options, OptionValue>> table) {
        table.put("gssEncMode", set((b, v) -> b.gssEncMode(v.oneOf(GssEncMode.class))));
        table.put("krbServerName", set((b, v) -> b.krbServerName(v.text())));
        table.put("jaasApplicationName", set((b, v) -> b.jaasApplicationName(v.text())));
        table.put("gssCredential", set(Options::credential));
    }

    private static void credential(PgxcConfiguration.Builder builder, OptionValue value) {
        Supplier<?> supplier = value.object(Supplier.class);
        builder.gssCredential(() -> new OptionValue(
                        value.name(), Require.nonNull(supplier.get(), "what option gssCredential supplies"))
                .object(GSSCredential.class));
    }

    @SuppressWarnings("unchecked") // of what class its arguments are shows when it is called
    private static void customizer(PgxcConfiguration.Builder builder, OptionValue value) {
        builder.sslContextBuilderCustomizer(
                (Function<SslContextBuilder, SslContextBuilder>) value.object(Function.class));
    }

    /** A list of methods, or of those that are not to be used, each with an exclamation mark. */
    private static Set<AuthenticationMethod> methods(OptionValue value) {
        if (!(value.value() instanceof CharSequence)) {
            return EnumSet.copyOf(value.objects(AuthenticationMethod.class));
        }
        Set<AuthenticationMethod> wanted = EnumSet.noneOf(AuthenticationMethod.class);
        Set<AuthenticationMethod> refused = EnumSet.noneOf(AuthenticationMethod.class);
        for (String part : value.text().split(",", -1)) {
            String word = part.strip();
            boolean isRefused = word.startsWith("!");
            OptionValue method = new OptionValue(value.name(), isRefused ? word.substring(1) : word);
            (isRefused ? refused : wanted).add(method.oneOf(AuthenticationMethod.class));
        }
        if (!wanted.isEmpty() && !refused.isEmpty()) {
            throw value.refused("a list of methods, or a list of methods with an exclamation mark each, not both");
        }
        return wanted.isEmpty() ? EnumSet.complementOf(EnumSet.copyOf(refused)) : wanted;
    }

    private static ProtocolVersion version(OptionValue value) {
        for (ProtocolVersion version : ProtocolVersion.values()) {
            if (value.value() == version || word(value).equals(version.toString())) {
                return version;
            }
        }
        throw value.refused("3.0 or 3.2");
    }

    /** What is said by either of the two: {@code sslMode} has the last word, but cannot take back what {@code r2dbcs:} promises. */
    private void encrypt() {
        boolean demanded = ssl != null && ssl.bool();
        if (sslMode != null) {
            SslMode mode = sslMode.oneOf(SslMode.class);
            if (demanded && mode == SslMode.DISABLE) {
                throw sslMode.refused("another mode: ssl=true, or r2dbcs: in the URL, asks for TLS");
            }
            builder.sslMode(mode);
        } else if (ssl != null) {
            builder.sslMode(demanded ? SslMode.VERIFY_FULL : SslMode.DISABLE);
        }
    }

    private static void absent(Map<String, BiConsumer<Options, OptionValue>> table) {
        table.put("hostRecheckTime", absent("several hosts are not part of this version; leave it out"));
        table.put(
                "targetServerType",
                (o, v) -> only(v, "any", "any: choosing among servers is not part of this version"));
        table.put("loadBalanceHosts", (o, v) -> {
            if (v.bool()) {
                throw v.refused("false: several hosts are not part of this version");
            }
        });
    }

    private static BiConsumer<Options, OptionValue> set(BiConsumer<PgxcConfiguration.Builder, OptionValue> setter) {
        return (options, value) -> setter.accept(options.builder, value);
    }

    private static BiConsumer<Options, OptionValue> absent(String reason) {
        return (options, value) -> {
            throw new IllegalArgumentException("option " + value + " is refused: " + reason);
        };
    }

    private static void only(OptionValue value, String right, String explanation) {
        among(value, Set.of(right), explanation);
    }

    private static void among(OptionValue value, Set<String> right, String explanation) {
        if (!right.contains(word(value))) {
            throw value.refused(explanation);
        }
    }

    private static String word(OptionValue value) {
        Object given = value.value();
        return given instanceof Enum<?> constant
                ? word(constant)
                : value.text().strip().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** A constant as options have it. */
    static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Two names for one thing: the same value twice is fine. */
    private void schema(OptionValue value) {
        String path = value.text();
        if (schema != null && !schema.equals(path)) {
            throw value.refused("the same as its alias: give schema or currentSchema, not both");
        }
        schema = path;
        builder.schema(path);
    }

    private static void timeZone(PgxcConfiguration.Builder builder, OptionValue value) {
        if (value.value() instanceof ZoneId zone) {
            builder.timeZone(zone);
        } else if (value.value() instanceof TimeZone zone) {
            builder.timeZone(zone.toZoneId());
        } else {
            builder.timeZone(value.text());
        }
    }

    private static void characters(
            OptionValue value,
            Consumer<CharSequence> constant,
            Consumer<Supplier<CharSequence>> supplied,
            Consumer<Publisher<CharSequence>> published) {
        if (value.value() instanceof Supplier<?> supplier) {
            supplied.accept(() -> characters(value, supplier.get()));
        } else if (value.value() instanceof Publisher<?> publisher) {
            published.accept(Mono.from(publisher).map(element -> characters(value, element)));
        } else {
            constant.accept(characters(value, value.value()));
        }
    }

    private static void token(PgxcConfiguration.Builder builder, OptionValue value) {
        if (value.value() instanceof Supplier<?> supplier) {
            builder.oauthToken(() -> characters(value, supplier.get()));
        } else if (value.value() instanceof Publisher<?> publisher) {
            builder.oauthToken(Mono.from(publisher).map(element -> characters(value, element)));
        } else {
            throw value.refused("a supplier or a publisher of tokens, given by program: tokens expire, and text that"
                    + " configures is no place for them");
        }
    }

    private static CharSequence characters(OptionValue value, @Nullable Object given) {
        Object characters = Require.nonNull(given, "what option " + value.name() + " supplies");
        return new OptionValue(value.name(), characters).object(CharSequence.class);
    }
}
