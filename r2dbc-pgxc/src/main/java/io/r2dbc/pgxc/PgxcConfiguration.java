// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import io.netty.handler.ssl.SslContextBuilder;
import io.r2dbc.pgxc.codec.CodecRegistrar;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;
import javax.net.ssl.HostnameVerifier;
import org.ietf.jgss.GSSCredential;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.netty.resources.LoopResources;

/**
 * All that can be chosen about connections, checked and immutable; any thread.
 *
 * <p>Every knob is described once, at its method of {@link Builder}, and has the same name as an option of a URL or of
 * {@link io.r2dbc.spi.ConnectionFactoryOptions}. In text, durations are {@code 2s}, {@code 500ms}, {@code PT2S} or a number of
 * milliseconds; sizes are a number of bytes, {@code 512kB} or {@code 8MB}; switches are true/false or on/off; words are taken in
 * any case.
 *
 * <p>Knobs that are deliberately absent: a limit for the line of waiting statements (they wait unencoded, and cost little), a
 * size for socket buffers (the kernel tunes them better), retries (a pool's or the caller's business, who knows what may be
 * repeated), and anything that would send a statement again by itself.
 */
public final class PgxcConfiguration {

    private final String host;
    private final int port;
    private final @Nullable String database;
    private final @Nullable String userName;
    private final Mono<String> user;
    private final Mono<String> password;
    private final String applicationName;
    private final @Nullable String schema;
    private final @Nullable String timeZone;
    private final Map<String, String> options;
    private final Duration connectTimeout;
    private final @Nullable Duration statementTimeout;
    private final @Nullable Duration lockWaitTimeout;
    private final Duration responseTimeout;
    private final int pipelineLimit;
    private final int preparedStatementCacheQueries;
    private final int fetchSize;
    private final boolean syncOnly;
    private final StringType stringType;
    private final int stallBufferBytes;
    private final Duration stallTimeout;
    private final Duration cancelGrace;
    private final boolean deferBegin;
    private final ResetOnRelease resetOnRelease;
    private final int notificationBuffer;
    private final int scramMaxIterations;
    private final boolean allowCleartextPassword;
    private final Set<AuthenticationMethod> requireAuth;
    private final int maxMessageSize;
    private final boolean tcpKeepAlive;
    private final boolean tcpNoDelay;
    private final @Nullable LoopResources loopResources;
    private final List<CodecRegistrar> codecRegistrars;
    private final @Nullable String socket;
    private final ProtocolVersion protocolVersion;
    private final ProtocolVersion minProtocolVersion;
    private final TlsSettings tls;
    private final OAuthSettings oauth;
    private final GssSettings gss;

    private PgxcConfiguration(Builder builder) {
        host = builder.host;
        port = builder.port;
        database = builder.database;
        userName = builder.userName;
        user = builder.user;
        password = builder.password;
        applicationName = builder.applicationName;
        schema = builder.schema;
        timeZone = builder.timeZone;
        options = builder.options;
        connectTimeout = builder.connectTimeout;
        statementTimeout = builder.statementTimeout;
        lockWaitTimeout = builder.lockWaitTimeout;
        responseTimeout = builder.responseTimeout;
        pipelineLimit = builder.pipelineLimit;
        preparedStatementCacheQueries = builder.preparedStatementCacheQueries;
        fetchSize = builder.fetchSize;
        syncOnly = builder.syncOnly;
        stringType = builder.stringType;
        stallBufferBytes = builder.stallBufferBytes;
        stallTimeout = builder.stallTimeout;
        cancelGrace = builder.cancelGrace;
        deferBegin = builder.deferBegin;
        resetOnRelease = builder.resetOnRelease;
        notificationBuffer = builder.notificationBuffer;
        scramMaxIterations = builder.scramMaxIterations;
        allowCleartextPassword = builder.allowCleartextPassword;
        requireAuth = builder.requireAuth;
        maxMessageSize = builder.maxMessageSize;
        tcpKeepAlive = builder.tcpKeepAlive;
        tcpNoDelay = builder.tcpNoDelay;
        loopResources = builder.loopResources;
        codecRegistrars = List.copyOf(builder.codecRegistrars);
        socket = builder.socket;
        protocolVersion = builder.protocolVersion;
        minProtocolVersion = builder.minProtocolVersion;
        tls = builder.tls();
        oauth = new OAuthSettings(builder.oauthToken, builder.oauthIssuer).over(tls);
        gss = builder.gss();
        Require.that(
                gss.gssEncMode() == GssEncMode.DISABLE || tls.channelBinding() != ChannelBinding.REQUIRE,
                "option gssEncMode is " + Options.word(gss.gssEncMode())
                        + ", but channelBinding is require: a connection that"
                        + " GSSAPI encrypts has no certificate to bind to");
        Require.that(
                gss.gssEncMode() == GssEncMode.DISABLE || oauth.source() == null,
                "option gssEncMode is " + Options.word(gss.gssEncMode())
                        + ", but oauthToken is set: a token is sent over TLS only, which is not asked for where GSSAPI"
                        + " encrypts");
        Require.that(
                minProtocolVersion.compareTo(protocolVersion) <= 0,
                "option minProtocolVersion is " + minProtocolVersion + ", but protocolVersion asks for no more than "
                        + protocolVersion);
    }

    /** Returns a builder whose knobs are at their defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /** As what the server is to take a {@code String} that is bound to a parameter. */
    public enum StringType {
        /** As what the context asks for: json, uuid, an enum, text. Where the server cannot tell, as text. */
        AUTO,
        /** Always as text: predictable, but {@code where id = $1} then needs a cast unless {@code id} is text. */
        VARCHAR,
        /** Always as what the context asks for; where the server cannot tell, its error surfaces. */
        UNSPECIFIED
    }

    /** What a connection forgets when a pool takes it back, besides its transaction and its LISTENs. */
    public enum ResetOnRelease {
        /** Only what was set through R2DBC's own methods. */
        NONE,
        /** Everything, by DISCARD ALL: settings, temporary tables, prepared statements, advisory locks. */
        DISCARD_ALL
    }

    /** A name, an address, or, beginning with a slash or an at sign, a Unix socket or its folder. */
    String host() {
        return socket == null ? host : socket;
    }

    /** 0 where {@link #host} is the file of a socket, whatever its name. */
    int port() {
        return socket == null ? port : 0;
    }

    /** Null leaves it to the server, which takes the user's name. */
    @Nullable
    String database() {
        return database;
    }

    /** Asked for every connection; an error if no user is configured, never empty. */
    Mono<String> user() {
        return user;
    }

    /** Asked for every connection; empty if there is none. */
    Mono<String> password() {
        return password;
    }

    Duration connectTimeout() {
        return connectTimeout;
    }

    /** Null leaves it to the server. */
    @Nullable
    Duration statementTimeout() {
        return statementTimeout;
    }

    /** Null leaves it to the server. */
    @Nullable
    Duration lockWaitTimeout() {
        return lockWaitTimeout;
    }

    Duration responseTimeout() {
        return responseTimeout;
    }

    int pipelineLimit() {
        return pipelineLimit;
    }

    int preparedStatementCacheQueries() {
        return preparedStatementCacheQueries;
    }

    int fetchSize() {
        return fetchSize;
    }

    boolean syncOnly() {
        return syncOnly;
    }

    StringType stringType() {
        return stringType;
    }

    int stallBufferBytes() {
        return stallBufferBytes;
    }

    Duration stallTimeout() {
        return stallTimeout;
    }

    Duration cancelGrace() {
        return cancelGrace;
    }

    boolean deferBegin() {
        return deferBegin;
    }

    ResetOnRelease resetOnRelease() {
        return resetOnRelease;
    }

    int notificationBuffer() {
        return notificationBuffer;
    }

    int scramMaxIterations() {
        return scramMaxIterations;
    }

    Set<AuthenticationMethod> requireAuth() {
        return requireAuth;
    }

    boolean allowCleartextPassword() {
        return allowCleartextPassword;
    }

    int maxMessageSize() {
        return maxMessageSize;
    }

    boolean tcpKeepAlive() {
        return tcpKeepAlive;
    }

    boolean tcpNoDelay() {
        return tcpNoDelay;
    }

    /** Null asks for the driver's own. */
    @Nullable
    LoopResources loopResources() {
        return loopResources;
    }

    List<CodecRegistrar> codecRegistrars() {
        return codecRegistrars;
    }

    ProtocolVersion protocolVersion() {
        return protocolVersion;
    }

    ProtocolVersion minProtocolVersion() {
        return minProtocolVersion;
    }

    TlsSettings tls() {
        return tls;
    }

    OAuthSettings oauth() {
        return oauth;
    }

    GssSettings gss() {
        return gss;
    }

    /**
     * The server's settings that every new session is to have, by name in any case: those of the knobs, and {@code options}, which
     * have the last word. Names are safe to stand in SQL; values are not.
     */
    Map<String, String> settings() {
        Map<String, String> settings = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        settings.put("application_name", applicationName);
        if (schema != null) {
            settings.put("search_path", schema);
        }
        if (timeZone != null) {
            settings.put("TimeZone", timeZone);
        }
        if (statementTimeout != null) {
            settings.put("statement_timeout", Long.toString(statementTimeout.toMillis()));
        }
        if (lockWaitTimeout != null) {
            settings.put("lock_timeout", Long.toString(lockWaitTimeout.toMillis()));
        }
        settings.putAll(options);
        return settings;
    }

    /** Returns where connections go, and as whom; no password and no token. */
    @Override
    public String toString() {
        return ErrorText.escaped("PgxcConfiguration[host=" + host() + ", port=" + port + ", database=" + database
                + ", user=" + (userName == null ? "(not known yet)" : userName) + ", sslMode=" + tls.mode()
                + ", settings=" + settings() + "]");
    }

    /**
     * Collects the knobs; each is documented at its method: what it means, its unit, default and bounds, and when to leave it
     * alone. Values out of bounds are an {@link IllegalArgumentException} at once. Not for use by several threads.
     */
    public static final class Builder {

        private static final Duration LONGEST = Duration.ofDays(365);
        private static final Duration LONGEST_AT_SERVER = Duration.ofMillis(Integer.MAX_VALUE);
        private static final int SMALLEST_CEILING = 64 << 10;

        private String host = "localhost";
        private int port = 5432;
        private @Nullable String database;
        private @Nullable String userName;
        private Mono<String> user = Mono.error(
                () -> new IllegalArgumentException("option user is missing, but every connection needs one"));
        private Mono<String> password = Mono.empty();
        private @Nullable Mono<String> oauthToken;
        private @Nullable String oauthIssuer;
        private String applicationName = "r2dbc-pgxc";
        private @Nullable String schema;
        private @Nullable String timeZone;
        private Map<String, String> options = Map.of();
        private Duration connectTimeout = Duration.ofSeconds(10);
        private @Nullable Duration statementTimeout;
        private @Nullable Duration lockWaitTimeout;
        private Duration responseTimeout = Duration.ZERO;
        private int pipelineLimit = 256;
        private int preparedStatementCacheQueries = 256;
        private int fetchSize;
        private boolean syncOnly;
        private StringType stringType = StringType.AUTO;
        private int stallBufferBytes = 8 << 20;
        private Duration stallTimeout = Duration.ofSeconds(30);
        private Duration cancelGrace = Duration.ofMillis(100);
        private boolean deferBegin = true;
        private ResetOnRelease resetOnRelease = ResetOnRelease.NONE;
        private int notificationBuffer = 8192;
        private int scramMaxIterations = 100_000;
        private boolean allowCleartextPassword;
        private Set<AuthenticationMethod> requireAuth = EnumSet.allOf(AuthenticationMethod.class);
        private int maxMessageSize = Integer.MAX_VALUE;
        private boolean tcpKeepAlive = true;
        private boolean tcpNoDelay = true;
        private @Nullable LoopResources loopResources;
        private final List<CodecRegistrar> codecRegistrars = new ArrayList<>();
        private @Nullable String socket;
        private ProtocolVersion protocolVersion = ProtocolVersion.V3_0;
        private ProtocolVersion minProtocolVersion = ProtocolVersion.V3_0;
        private SslMode sslMode = SslMode.PREFER;
        private SslNegotiation sslNegotiation = SslNegotiation.POSTGRES;
        private @Nullable String sslRootCert;
        private @Nullable String sslCert;
        private @Nullable String sslKey;
        private @Nullable CharSequence sslPassword;
        private @Nullable String sslCrl;
        private boolean sslSni = true;
        private @Nullable HostnameVerifier sslHostnameVerifier;
        private Function<? super SslContextBuilder, ? extends SslContextBuilder> sslContextBuilderCustomizer =
                Function.identity();
        private ChannelBinding channelBinding = ChannelBinding.PREFER;
        private GssEncMode gssEncMode = GssEncMode.DISABLE;
        private String krbServerName = "postgres";
        private @Nullable Supplier<? extends GSSCredential> gssCredential;
        private @Nullable String jaasApplicationName;

        private Builder() {}

        /**
         * The name or address of the server, IPv6 addresses with or without brackets. Default {@code localhost}. One host. One that
         * begins with a slash is the folder of a Unix socket, which {@link #port} tells from others there, or the socket itself, if its
         * name begins as those of PostgreSQL do; {@code @} in place of the first slash means Linux's sockets without a file.
         */
        public Builder host(String host) {
            String name = sendable("host", Require.nonEmpty(host, "option host"));
            Require.that(
                    name.indexOf(',') < 0,
                    "option host is '" + ErrorText.escaped(name)
                            + "', but must be one host: several are not part of this version");
            boolean bracketed = name.startsWith("[") && name.endsWith("]");
            this.host = bracketed ? name.substring(1, name.length() - 1) : name;
            return this;
        }

        /**
         * The Unix socket of the server, its file: goes before {@link #host}, and needs no port. Default none. For a server on this
         * machine: faster than TCP, and no password or certificate is needed where the server asks the kernel who comes
         * ({@code peer}).
         */
        public Builder socket(String socket) {
            String path = sendable("socket", Require.nonEmpty(socket, "option socket"));
            Require.that(
                    path.startsWith("/") || path.startsWith("@"),
                    "option socket is '" + ErrorText.escaped(path)
                            + "', but must be the path of a socket, such as /run/postgresql/.s.PGSQL.5432");
            this.socket = path;
            return this;
        }

        /** The port of the server, 1 to 65535. Default 5432. */
        public Builder port(int port) {
            this.port = within("port", port, 1, 65_535);
            return this;
        }

        /** The database. Default: what the server chooses, which is the one named like the user. */
        public Builder database(String database) {
            this.database = sendable("database", Require.nonEmpty(database, "option database"));
            return this;
        }

        /** The user. There is no default: connecting without one is an error. */
        public Builder user(CharSequence user) {
            String name = sendable("user", Require.nonEmpty(text("user", user), "option user"));
            this.userName = name;
            this.user = Mono.just(name);
            return this;
        }

        /** The user, asked for again by every connection. The supplier may block: it does not run on an event loop. */
        public Builder user(Supplier<? extends CharSequence> user) {
            return user(asked("user", user));
        }

        /** The user, asked for again by every connection, within its {@link #connectTimeout}. The first element counts. */
        public Builder user(Publisher<? extends CharSequence> user) {
            this.userName = null;
            this.user = checked("user", user)
                    .switchIfEmpty(Mono.error(() -> new IllegalArgumentException("option user is an empty publisher")));
            return this;
        }

        /** The password. Default none, which only suits servers that do not ask for one. */
        public Builder password(CharSequence password) {
            this.password = Mono.just(sendable("password", text("password", password)));
            return this;
        }

        /** The password, asked for again by every connection, so that it may change. The supplier may block, as for the user. */
        public Builder password(Supplier<? extends CharSequence> password) {
            return password(asked("password", password));
        }

        /** The password, asked for again by every connection. An empty publisher means none; an error fails the connection. */
        public Builder password(Publisher<? extends CharSequence> password) {
            this.password = checked("password", password);
            return this;
        }

        /**
         * The OAuth token for servers that ask for one (PostgreSQL 18, OAUTHBEARER, RFC 7628), asked for again by every connection, so that
         * tokens can be renewed: of {@code supplier}, which may block, as for the user. Default none.
         *
         * <p>Where to get tokens, and for which scope, is the application's business: the driver talks to no issuer, neither to find one
         * (discovery) nor to have somebody log in, and asks for a token even if the server then does not. It wants the bare token, without
         * {@code Bearer} in front.
         *
         * <p>Whoever sees a token can use it. It is in no message of the driver's and no log, and is sent over TLS only, to a server
         * that is known for certain: {@link #sslMode} must be {@code verify-full}, or {@code verify-ca} with {@link #sslRootCert}, and by Unix sockets no
         * token is sent at all. A login by token cannot be bound, so {@code channelBinding=require} refuses it; and where GSSAPI encrypts
         * there is no TLS, so {@link #gssEncMode} must be {@code disable}.
         *
         * <p>With a password too, the server chooses: it asks for one or the other, and where it offers both, what it names first counts.
         * As an option it is an object too, a supplier or a publisher, and no text: tokens expire, and a URL is no place for them.
         */
        public Builder oauthToken(Supplier<? extends CharSequence> supplier) {
            return oauthToken(asked("oauthToken", supplier));
        }

        /**
         * The same of a publisher, within the {@link #connectTimeout}. The first element counts. An empty one is an error, and an error of
         * its own fails the connection; it is cancelled if connecting is.
         */
        public Builder oauthToken(Publisher<? extends CharSequence> publisher) {
            this.oauthToken = OAuthSettings.tokens(Require.nonNull(publisher, "option oauthToken"));
            return this;
        }

        /**
         * Whose tokens {@link #oauthToken(Supplier) oauthToken} has, as the issuer calls itself or as the address of its description. Default
         * none. For the error's sake only: if the server refuses a token and says that it takes those of somebody else, the error says so
         * too. The driver does not look at tokens, and goes to no address that a server names.
         */
        public Builder oauthIssuer(String oauthIssuer) {
            this.oauthIssuer =
                    OAuthSettings.issuer(sendable("oauthIssuer", Require.nonEmpty(oauthIssuer, "option oauthIssuer")));
            return this;
        }

        /** The name under which {@code pg_stat_activity} and the server's log list the connections. Default {@code r2dbc-pgxc}. */
        public Builder applicationName(String applicationName) {
            this.applicationName = sendable("applicationName", applicationName);
            return this;
        }

        /**
         * The {@code search_path}: names as in SQL, separated by commas, quoted where SQL would need it. Default: the server's
         * setting. As an option also called {@code currentSchema}.
         */
        public Builder schema(String schema) {
            this.schema = sendable("schema", schema);
            return this;
        }

        /**
         * The session's time zone, which decides how timestamps are printed and read. Default: the server's setting, because the
         * server does not know every zone that Java knows, and refuses connections that ask for an unknown one.
         */
        public Builder timeZone(ZoneId timeZone) {
            this.timeZone = ServerTimeZone.of(Require.nonNull(timeZone, "option timeZone"));
            return this;
        }

        /** The same by name. Offsets are read as Java reads them: {@code GMT+2} is east of Greenwich. */
        public Builder timeZone(String timeZone) {
            this.timeZone = ServerTimeZone.of(sendable("timeZone", Require.nonEmpty(timeZone, "option timeZone")));
            return this;
        }

        /**
         * More of the server's settings for every session, by name; in text {@code name=value;name=value}. They win over the
         * knobs that set the same. Refused are names that are no settings ({@code user}, {@code options}), and those that
         * would change the protocol.
         */
        public Builder options(Map<String, String> options) {
            Map<String, String> checked = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
            Require.nonNull(options, "option options").forEach((name, value) -> {
                ServerSetting.check(name, value);
                checked.put(name, value);
            });
            this.options = Collections.unmodifiableMap(checked);
            return this;
        }

        /**
         * The longest time from the call to a connection that is ready: name resolution, TCP, passwords and all; the addresses of a
         * name share it. Default 10 s; more than zero. Leave it, unless the network needs longer; a pool's own limit should not be shorter.
         */
        public Builder connectTimeout(Duration connectTimeout) {
            this.connectTimeout = duration("connectTimeout", connectTimeout, Duration.ofMillis(1), LONGEST);
            return this;
        }

        /**
         * The server's {@code statement_timeout} for every session, in whole milliseconds; zero is no limit. Default: the server's
         * setting.
         */
        public Builder statementTimeout(Duration statementTimeout) {
            this.statementTimeout = serverTimeout("statementTimeout", statementTimeout);
            return this;
        }

        /** The server's {@code lock_timeout} for every session, in whole milliseconds; zero is no limit. Default: the server's. */
        public Builder lockWaitTimeout(Duration lockWaitTimeout) {
            this.lockWaitTimeout = serverTimeout("lockWaitTimeout", lockWaitTimeout);
            return this;
        }

        /**
         * How long the server may say nothing at all while an answer is due and wanted; then the connection is closed. Default
         * zero: for ever. Must be longer than the slowest statement; {@link #statementTimeout} is the better tool for slow
         * statements, this one is for servers and networks that fall silent.
         */
        public Builder responseTimeout(Duration responseTimeout) {
            this.responseTimeout = duration("responseTimeout", responseTimeout, Duration.ZERO, LONGEST);
            return this;
        }

        /**
         * How many statements of one connection may be sent before the answer to the first has come. Default 256; 1 to 65535; 1
         * switches pipelining off, for poolers that cannot bear it. Larger values gain nothing measurable.
         */
        public Builder pipelineLimit(int pipelineLimit) {
            this.pipelineLimit = within("pipelineLimit", pipelineLimit, 1, 65_535);
            return this;
        }

        /**
         * How many prepared statements a connection keeps at the server. Default 256; 0 to 65535; 0 keeps none, as poolers in
         * transaction mode without support for prepared statements need. Each costs memory in every server process.
         */
        public Builder preparedStatementCacheQueries(int preparedStatementCacheQueries) {
            this.preparedStatementCacheQueries =
                    within("preparedStatementCacheQueries", preparedStatementCacheQueries, 0, 65_535);
            return this;
        }

        /**
         * How many rows to ask of the server at a time where the statement does not say. Default 0: all, and back-pressure by
         * the socket alone, which is fastest. Set it where other statements must run between the chunks of a large result.
         */
        public Builder fetchSize(int fetchSize) {
            this.fetchSize = within("fetchSize", fetchSize, 0, Integer.MAX_VALUE);
            return this;
        }

        /**
         * Whether the driver does without Flush, which some poolers and proxies swallow, so that a query with a fetch size
         * would hang. Then {@code fetchSize} has no effect outside a transaction: all rows are asked for at once, and the socket
         * is the back-pressure. Default false.
         */
        public Builder syncOnly(boolean syncOnly) {
            this.syncOnly = syncOnly;
            return this;
        }

        /** As what bound strings are sent; see {@link StringType}. Default {@code auto}. */
        public Builder stringType(StringType stringType) {
            this.stringType = Require.nonNull(stringType, "option stringType");
            return this;
        }

        /**
         * How many bytes of rows that nobody reads yet a connection keeps, so that statements behind them can run. Default 8 MiB;
         * 0 keeps none. It is heap per connection, but only while somebody waits behind an unread result.
         */
        public Builder stallBufferBytes(int stallBufferBytes) {
            this.stallBufferBytes = within("stallBufferBytes", stallBufferBytes, 0, Integer.MAX_VALUE);
            return this;
        }

        /**
         * How long an unread result larger than {@link #stallBufferBytes} may keep others waiting before it is given up with an
         * error. Default 30 s; zero is for ever, at the price that one forgotten result stops its connection.
         */
        public Builder stallTimeout(Duration stallTimeout) {
            this.stallTimeout = duration("stallTimeout", stallTimeout, Duration.ZERO, LONGEST);
            return this;
        }

        /**
         * How long the rest of a cancelled result is simply read away before the server is asked to stop, which costs a second
         * connection for a moment. Default 100 ms; zero asks at once.
         */
        public Builder cancelGrace(Duration cancelGrace) {
            this.cancelGrace = duration("cancelGrace", cancelGrace, Duration.ZERO, LONGEST);
            return this;
        }

        /**
         * Whether BEGIN waits for the first statement and travels with it. Default true. False sends it at once: only where
         * the moment of the transaction's start is of interest.
         */
        public Builder deferBegin(boolean deferBegin) {
            this.deferBegin = deferBegin;
            return this;
        }

        /** What a pooled connection forgets when it is given back; see {@link ResetOnRelease}. Default {@code none}. */
        public Builder resetOnRelease(ResetOnRelease resetOnRelease) {
            this.resetOnRelease = Require.nonNull(resetOnRelease, "option resetOnRelease");
            return this;
        }

        /**
         * How many notifications or notices are kept for each subscriber that is slow, before the oldest are dropped and
         * counted. Default 8192; 1 to 1048576.
         */
        public Builder notificationBuffer(int notificationBuffer) {
            this.notificationBuffer = within("notificationBuffer", notificationBuffer, 1, 1 << 20);
            return this;
        }

        /**
         * The most hashing rounds that a server may ask for in SCRAM. Default 100000. A hostile server could otherwise burn the
         * client's processor; raise it only for a server whose {@code scram_iterations} is known to be higher.
         */
        public Builder scramMaxIterations(int scramMaxIterations) {
            this.scramMaxIterations = within("scramMaxIterations", scramMaxIterations, 1, Integer.MAX_VALUE);
            return this;
        }

        /**
         * By what a server may ask who we are; a server that asks by anything else, or lets in without asking although {@code none} is
         * not among them, is refused before anything is said. Default: by everything that the driver knows. As an option also
         * the other way round, {@code !password,!md5}.
         */
        public Builder requireAuth(AuthenticationMethod... requireAuth) {
            List<AuthenticationMethod> methods = List.of(Require.nonNull(requireAuth, "option requireAuth"));
            Require.that(!methods.isEmpty(), "option requireAuth is empty, but must name a method at least");
            this.requireAuth = EnumSet.copyOf(methods);
            return this;
        }

        /**
         * Whether the password may be sent as clear text over an unencrypted connection to another machine. Default false. Leave
         * it: whoever can listen to the network then has the password.
         */
        public Builder allowCleartextPassword(boolean allowCleartextPassword) {
            this.allowCleartextPassword = allowCleartextPassword;
            return this;
        }

        /**
         * The longest message accepted from the server, in bytes, where that is less than the ceiling of the message's kind.
         * Default: those ceilings, 1 GiB for a row. At least 64 KiB. A longer message ends the connection.
         */
        public Builder maxMessageSize(int maxMessageSize) {
            this.maxMessageSize = within("maxMessageSize", maxMessageSize, SMALLEST_CEILING, Integer.MAX_VALUE);
            return this;
        }

        /**
         * Whether and how connections are encrypted; see {@link SslMode}. Default {@code prefer}, which protects against listeners,
         * but against nobody who can change what passes: use {@code verify-full} on networks that are not trusted. As options,
         * {@code ssl=true} and URLs with {@code r2dbcs:} mean {@code verify-full}, and {@code ssl=false} means {@code disable},
         * unless {@code sslMode} says otherwise.
         */
        public Builder sslMode(SslMode sslMode) {
            this.sslMode = Require.nonNull(sslMode, "option sslMode");
            return this;
        }

        /**
         * How TLS begins; see {@link SslNegotiation}. Default {@code postgres}; {@code direct} needs a mode that demands TLS, and a
         * server from PostgreSQL 17 on.
         */
        public Builder sslNegotiation(SslNegotiation sslNegotiation) {
            this.sslNegotiation = Require.nonNull(sslNegotiation, "option sslNegotiation");
            return this;
        }

        /**
         * A file with the certificates of those who may vouch for the server, PEM or DER. Default: whom the JVM trusts. Files are
         * read when the first connection needs them, once for all connections of a factory.
         */
        public Builder sslRootCert(String sslRootCert) {
            this.sslRootCert = file("sslRootCert", sslRootCert);
            return this;
        }

        /**
         * A file with this side's certificate and those above it, for servers that ask for one; PEM, or PKCS#12 with the key in it.
         * Default none.
         */
        public Builder sslCert(String sslCert) {
            this.sslCert = file("sslCert", sslCert);
            return this;
        }

        /**
         * A file with the private key of {@link #sslCert}: PKCS#8 as PEM or DER, encrypted or not, or PKCS#12 with the certificate in
         * it. Default none.
         */
        public Builder sslKey(String sslKey) {
            this.sslKey = file("sslKey", sslKey);
            return this;
        }

        /** The password of {@link #sslKey}, if that is encrypted. Default none. */
        public Builder sslPassword(CharSequence sslPassword) {
            this.sslPassword = text("sslPassword", sslPassword);
            return this;
        }

        /**
         * A file with lists of certificates that are not valid any more, PEM or DER. Default none: nothing is looked up. If it is
         * set, every certificate of the server's chain needs a list that speaks for its issuer.
         */
        public Builder sslCrl(String sslCrl) {
            this.sslCrl = file("sslCrl", sslCrl);
            return this;
        }

        /**
         * Whether the name of the host is told before encryption begins, which proxies need that serve several. Default true; never
         * for addresses. Set it to false where listeners must not know the name.
         */
        public Builder sslSni(boolean sslSni) {
            this.sslSni = sslSni;
            return this;
        }

        /**
         * Decides, with {@code verify-full}, whether a certificate is that of the host. Default: the usual rules (RFC 6125), names
         * and addresses among its alternative names. It runs on an event loop and must not block.
         */
        public Builder sslHostnameVerifier(HostnameVerifier sslHostnameVerifier) {
            this.sslHostnameVerifier = Require.nonNull(sslHostnameVerifier, "option sslHostnameVerifier");
            return this;
        }

        /**
         * Has the last word on how TLS is set up: another provider, cipher suites, key stores. Default: the JDK's provider and its
         * choices. It runs once for all connections of a factory, not on an event loop. What it returns is taken, so it can undo what
         * the other options ask for; it must leave the application protocol {@code postgresql} for {@code direct}.
         */
        public Builder sslContextBuilderCustomizer(
                Function<? super SslContextBuilder, ? extends SslContextBuilder> sslContextBuilderCustomizer) {
            this.sslContextBuilderCustomizer =
                    Require.nonNull(sslContextBuilderCustomizer, "option sslContextBuilderCustomizer");
            return this;
        }

        /** Whether the login is bound to the TLS connection; see {@link ChannelBinding}. Default {@code prefer}. */
        public Builder channelBinding(ChannelBinding channelBinding) {
            this.channelBinding = Require.nonNull(channelBinding, "option channelBinding");
            return this;
        }

        /**
         * Whether connections are encrypted by GSSAPI; see {@link GssEncMode}. Default {@code disable}, other than in libpq, which
         * prefers it: to look for a ticket, and to ask Kerberos for one for the server, takes time and blocks a thread for each
         * connection that is made, and most users have no Kerberos. Requests to cancel are encrypted the same way.
         */
        public Builder gssEncMode(GssEncMode gssEncMode) {
            this.gssEncMode = Require.nonNull(gssEncMode, "option gssEncMode");
            return this;
        }

        /**
         * By which name Kerberos knows the server: the first part of its principal, before the name of its {@link #host}. Default
         * {@code postgres}. The host should be given by the name that the principal has; what Kerberos makes of aliases and addresses is
         * up to its configuration. Of use only with {@link #gssEncMode}, or where the server asks for GSSAPI or SSPI.
         */
        public Builder krbServerName(String krbServerName) {
            String name = sendable("krbServerName", Require.nonEmpty(krbServerName, "option krbServerName"));
            Require.that(
                    name.indexOf('@') < 0 && name.indexOf('/') < 0,
                    "option krbServerName is '" + ErrorText.escaped(name)
                            + "', but must be the first part of a principal alone, such as postgres");
            this.krbServerName = name;
            return this;
        }

        /**
         * As whom to speak GSSAPI, asked for again by every connection, and by every request to cancel that is to be encrypted by
         * it. The supplier may block: it does not run on an event loop. The credential stays its owner's, who disposes of it when no
         * connection is being made any more.
         *
         * <p>Default: the ticket that {@code kinit} has put into the user's ticket cache, a file that {@code KRB5CCNAME} names; caches
         * that are no files are unknown to the JDK. Nobody is asked for a password. It does not matter what the system property
         * {@code javax.security.auth.useSubjectCredsOnly} says, nor whose {@code Subject} is current where a connection is subscribed
         * to, because another thread does this work. To speak as such a {@code Subject}, make a credential in its name once, by
         * {@code Subject.doAs} and {@code GSSManager.createCredential}, and supply that.
         */
        public Builder gssCredential(Supplier<? extends GSSCredential> gssCredential) {
            this.gssCredential = Require.nonNull(gssCredential, "option gssCredential");
            return this;
        }

        /**
         * The entry of the JVM's login configuration (JAAS, {@code java.security.auth.login.config}) by which to get a Kerberos ticket:
         * how a service speaks by its keytab. Default none: the ticket cache, as at {@link #gssCredential}, which cannot be set together
         * with it. Every connection logs in anew.
         */
        public Builder jaasApplicationName(String jaasApplicationName) {
            this.jaasApplicationName = Require.nonEmpty(jaasApplicationName, "option jaasApplicationName");
            return this;
        }

        /**
         * The version of the protocol to ask for; see {@link ProtocolVersion}. Default {@code 3.0}, which every server speaks. A
         * server that does not know the one asked for may go on with a lower one, down to {@link #minProtocolVersion}; one that
         * refuses instead is asked once more, for 3.0, if that would do.
         */
        public Builder protocolVersion(ProtocolVersion protocolVersion) {
            this.protocolVersion = Require.nonNull(protocolVersion, "option protocolVersion");
            return this;
        }

        /** The lowest version of the protocol that will do. Default {@code 3.0}. Not more than {@link #protocolVersion}. */
        public Builder minProtocolVersion(ProtocolVersion minProtocolVersion) {
            this.minProtocolVersion = Require.nonNull(minProtocolVersion, "option minProtocolVersion");
            return this;
        }

        /** Whether the kernel probes idle connections, so that a vanished peer is noticed. Default true. */
        public Builder tcpKeepAlive(boolean tcpKeepAlive) {
            this.tcpKeepAlive = tcpKeepAlive;
            return this;
        }

        /** Whether small packets leave at once. Default true; false slows every exchange down. */
        public Builder tcpNoDelay(boolean tcpNoDelay) {
            this.tcpNoDelay = tcpNoDelay;
            return this;
        }

        /** The event loops to run on; the caller disposes of them. Default: loops shared by all of the driver's connections. */
        public Builder loopResources(LoopResources loopResources) {
            this.loopResources = Require.nonNull(loopResources, "option loopResources");
            return this;
        }

        /** Adds codecs of the user's own, which go before the driver's. As an option {@code extensions}. */
        public Builder codecRegistrar(CodecRegistrar codecRegistrar) {
            codecRegistrars.add(Require.nonNull(codecRegistrar, "option extensions"));
            return this;
        }

        /** Returns the configuration; the builder may be used further. */
        public PgxcConfiguration build() {
            return new PgxcConfiguration(this);
        }

        private TlsSettings tls() {
            return new TlsSettings(
                    sslMode,
                    sslNegotiation,
                    sslRootCert,
                    sslCert,
                    sslKey,
                    sslPassword,
                    sslCrl,
                    sslSni,
                    sslHostnameVerifier,
                    sslContextBuilderCustomizer,
                    channelBinding);
        }

        private GssSettings gss() {
            return new GssSettings(gssEncMode, krbServerName, gssCredential, jaasApplicationName);
        }

        private static String file(String name, @Nullable String value) {
            return sendable(name, Require.nonEmpty(value, "option " + name));
        }

        private static String text(String name, @Nullable CharSequence value) {
            return Require.nonNull(value, "option " + name).toString();
        }

        private static String sendable(String name, @Nullable String value) {
            return Require.sendable(value, "option " + name);
        }

        private static Mono<CharSequence> asked(String name, Supplier<? extends CharSequence> supplier) {
            Require.nonNull(supplier, "option " + name);
            return Mono.<CharSequence>fromSupplier(supplier).subscribeOn(Schedulers.boundedElastic());
        }

        private static Mono<String> checked(String name, Publisher<? extends CharSequence> source) {
            return Mono.from(Require.nonNull(source, "option " + name)).map(value -> sendable(name, value.toString()));
        }

        private static int within(String name, int value, int least, int most) {
            Require.that(
                    value >= least && value <= most,
                    "option " + name + " is " + value + ", but must be " + least + " to " + most);
            return value;
        }

        private static Duration duration(String name, @Nullable Duration value, Duration least, Duration most) {
            Duration duration = Require.nonNull(value, "option " + name);
            Require.that(
                    duration.compareTo(least) >= 0 && duration.compareTo(most) <= 0,
                    String.format(
                            Locale.ROOT,
                            "option %s is %s, but must be a duration from %s to %s",
                            name,
                            duration,
                            least,
                            most));
            return duration;
        }

        /** The server counts in milliseconds, and zero means for ever: what is shorter than one becomes one. */
        private static Duration serverTimeout(String name, @Nullable Duration value) {
            Duration duration = duration(name, value, Duration.ZERO, LONGEST_AT_SERVER);
            return duration.isZero() || duration.toMillis() > 0 ? duration : Duration.ofMillis(1);
        }
    }
}
