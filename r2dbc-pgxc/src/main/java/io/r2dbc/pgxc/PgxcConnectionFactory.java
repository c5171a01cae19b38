// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import io.r2dbc.pgxc.auth.GssMechanism;
import io.r2dbc.pgxc.exchange.Credentials;
import io.r2dbc.pgxc.exchange.ParameterTyping;
import io.r2dbc.pgxc.exchange.ProtocolVersions;
import io.r2dbc.pgxc.exchange.SessionEndException;
import io.r2dbc.pgxc.exchange.SessionState;
import io.r2dbc.pgxc.net.Connector;
import io.r2dbc.pgxc.net.EventLoops;
import io.r2dbc.pgxc.net.Session;
import io.r2dbc.pgxc.net.SessionEvents;
import io.r2dbc.pgxc.net.SessionOptions;
import io.r2dbc.pgxc.replication.LogicalOptions;
import io.r2dbc.pgxc.replication.ReplicationMode;
import io.r2dbc.spi.ConnectionFactory;
import io.r2dbc.spi.ConnectionFactoryMetadata;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.Fuseable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.resources.LoopResources;

/**
 * Opens connections with one configuration.
 *
 * <p>It does no I/O of its own and needs no closing. It remembers, for all its connections, what it has learnt about SQL texts.
 */
public final class PgxcConnectionFactory implements ConnectionFactory {

    private static final short[] TEXT = {};

    private final PgxcConfiguration configuration;
    private final Registries registries;
    private final SqlTexts texts = new SqlTexts();
    private final ParameterTyping typing = new ParameterTyping();
    private final Mono<Credentials> credentials;
    private final Connector connector;
    private final TypeCatalog catalog;

    /** Makes a factory; whatever is wrong with the server shows when a connection is opened. */
    public PgxcConnectionFactory(PgxcConfiguration configuration) {
        this(
                configuration,
                Require.nonNull(configuration, "configuration").gss().mechanism(configuration.host()));
    }

    /** The same, to speak GSSAPI by something else than Kerberos. */
    PgxcConnectionFactory(PgxcConfiguration configuration, @Nullable GssMechanism gss) {
        this.configuration = configuration;
        this.registries = new Registries(configuration.codecRegistrars());
        this.credentials = credentials(configuration, gss);
        this.connector = new Connector(options(configuration));
        this.catalog =
                new TypeCatalog(registries, Mono.defer(this::sessionOfTheDrivers), configuration.connectTimeout());
    }

    private static SessionOptions options(PgxcConfiguration configuration) {
        LoopResources loops = configuration.loopResources();
        return new SessionOptions(
                configuration.host(),
                configuration.port(),
                loops == null ? EventLoops.shared() : loops,
                configuration.tcpKeepAlive(),
                configuration.tcpNoDelay(),
                configuration.connectTimeout(),
                configuration.pipelineLimit(),
                configuration.stallTimeout(),
                configuration.cancelGrace(),
                configuration.responseTimeout(),
                configuration.maxMessageSize(),
                configuration.tls().encryption(),
                configuration.gss().gssEncMode().encryption(),
                new ProtocolVersions(
                        configuration.protocolVersion().word(),
                        configuration.minProtocolVersion().word()));
    }

    /**
     * Opens a connection on each subscription.
     *
     * <p>A subscriber that cancels before it has got its connection leaves nothing behind. From {@code onNext} on the connection is the
     * subscriber's to close. Operators that let values race, as {@code Mono.firstWithSignal} does, drop a loser's value without telling
     * anybody when it arrives together with the winner's, and so does {@code subscribe(consumer)} when it is disposed in the moment in which
     * the connection comes: such a connection stays open. {@code Mono.usingWhen} closes it always.
     */
    @Override
    public Mono<PgxcConnection> create() {
        return Mono.defer(() -> {
            ConnectionCore core = new ConnectionCore(configuration, registries, catalog, texts);
            SessionState state =
                    new SessionState(configuration.preparedStatementCacheQueries(), typing, new ColumnFormats(core));
            return connector
                    .<PgxcConnection>open(this::startup, credentials, state, core, session -> {
                        core.opened(session);
                        distrust(state);
                        if (configuration.syncOnly()) {
                            state.profile(state.profile().withoutFlush());
                        }
                        return new WrappedConnection(core);
                    })
                    .onErrorMap(SessionEndException.class, e -> Errors.of(e.failure(), null));
        });
    }

    /** One of those that its connections run on. */
    Executor eventLoop() {
        return connector.eventLoop();
    }

    /**
     * Listens to channels on a connection of its own, for as long as somebody subscribes: {@link #listen(Function, String...)} with
     * nothing to do in between.
     *
     * @param channels their names, literally: no case is folded, no quotes are needed
     */
    public Flux<PgxcNotification> listen(String... channels) {
        return listen(connection -> Mono.empty(), channels);
    }

    /**
     * Listens to channels on a connection of its own, for as long as somebody subscribes.
     *
     * <p>All subscribers of the returned Flux share one connection, from the first to the last. When it is lost another one is opened,
     * after a pause of 0.1 s that grows to 30 s, and LISTENs before anything else: the first notification after such a gap says
     * so ({@link PgxcNotification#afterReconnect}). The server is asked for a sign of life every 30 s, unless it is busy with what
     * {@code whenListening} has asked: set a {@link PgxcStatement#timeout} there. Each subscriber has a ring of
     * {@code notificationBuffer} and loses the oldest when it is full ({@link PgxcNotification#missed}); none holds up another, unless it blocks.
     *
     * <p>It fails with what time does not mend: a refused password, a database or a host that does not exist, TLS that does not come about,
     * {@code whenListening}, what else is the application's own; and on a standby, where LISTEN is impossible. Where it has listened before, it waits for a new primary and for
     * whatever else stands between for a while. A server that is not up yet is waited for; each failed try is a warning in the log. It
     * completes never. On Postgres-XC only sessions of the same coordinator are heard.
     *
     * @param whenListening what to do each time LISTEN has taken effect, first of all and after each gap: the moment to read, on
     *     the connection given or elsewhere, what the notifications tell changes of. Notifications that come meanwhile are passed on
     * @param channels their names, literally: no case is folded, no quotes are needed
     * @return a Flux that connects when it is subscribed to; its signals come on event loops
     * @throws IllegalArgumentException if there is no channel, or a name is empty or contains NUL
     */
    public Flux<PgxcNotification> listen(
            Function<? super PgxcConnection, ? extends Publisher<?>> whenListening, String... channels) {
        return new Listening(this, Listening.SIGN_OF_LIFE, Listening.SILENCE, whenListening, channels)
                .notifications(configuration.notificationBuffer());
    }

    /**
     * Opens a connection for replication on each subscription ("Streaming Replication Protocol" in PostgreSQL's manual); the subscriber's to
     * close. The user needs the attribute REPLICATION. Servers before PostgreSQL 9.3, and releases of Postgres-XC built on them, stream in the
     * byte order of their machine and are refused with {@link UnsupportedOperationException}.
     *
     * @param mode what it is for
     */
    public Mono<PgxcReplicationConnection> replication(ReplicationMode mode) {
        Require.nonNull(mode, "mode");
        return Mono.defer(() -> {
            ConnectionCore core = new ConnectionCore(configuration, registries, catalog, texts);
            SessionState state = new SessionState(0, typing, description -> TEXT);
            return connector
                    .<PgxcReplicationConnection>open(user -> startup(user, mode), credentials, state, core, session -> {
                        core.opened(session);
                        return new PgxcReplicationConnection(core, mode);
                    })
                    .onErrorMap(SessionEndException.class, e -> Errors.of(e.failure(), null))
                    .flatMap(PgxcConnectionFactory::readable);
        });
    }

    /**
     * Streams the changes of the database through a slot, on connections of its own: when one is lost, another is opened, with exponential
     * backoff between 50 ms and 30 s and jitter, and the stream goes on behind what was acknowledged last. Nothing of that comes again, and
     * nothing after it is left out; what had come and was not acknowledged comes again, beginning with an event that is marked
     * {@link PgxcLogicalEvent#afterReconnect}. Until a server has accepted the stream every failure is the subscriber's, and later every failure
     * that a new connection cannot mend. The slot has to be there.
     *
     * @param options which slot, whose changes, and how
     * @return a stream that begins when its {@link PgxcLogicalStream#events} is subscribed to
     */
    public PgxcLogicalStream logicalStream(LogicalOptions options) {
        return new PgxcLogicalStream(Require.nonNull(options, "options"), replication(ReplicationMode.LOGICAL));
    }

    private static Mono<PgxcReplicationConnection> readable(PgxcReplicationConnection connection) {
        ServerVersion version = connection.serverVersion();
        return version.isAtLeast(9, 3)
                ? Mono.just(connection)
                : connection
                        .close()
                        .then(Mono.error(new UnsupportedOperationException(
                                "Replication needs a server built on PostgreSQL 9.3 or later, and this one is "
                                        + version)));
    }

    private Map<String, String> startup(String user, ReplicationMode mode) {
        Map<String, String> parameters = startup(user);
        if (mode == ReplicationMode.PHYSICAL) {
            parameters.remove("database");
        }
        parameters.put("replication", mode == ReplicationMode.PHYSICAL ? "true" : "database");
        return parameters;
    }

    /** A session for questions of the driver's own, which nobody else sees. */
    Mono<Session> sessionOfTheDrivers() {
        SessionState state = new SessionState(0, typing, description -> TEXT);
        return connector.open(this::startup, credentials, state, SessionEvents.NONE, Function.identity());
    }

    /** Put together once where both are known: then nothing is waited for. */
    private static Mono<Credentials> credentials(PgxcConfiguration configuration, @Nullable GssMechanism gss) {
        Mono<Optional<String>> password =
                configuration.password().map(Optional::of).defaultIfEmpty(Optional.empty());
        Mono<Credentials> credentials = Mono.zip(
                        configuration.user(), password, configuration.oauth().token())
                .map(known -> new Credentials(
                        known.getT1(),
                        known.getT2().orElse(null),
                        configuration.allowCleartextPassword(),
                        configuration.scramMaxIterations(),
                        binding(configuration),
                        methods(configuration),
                        known.getT3().orElse(null),
                        gss));
        boolean known = configuration.user() instanceof Fuseable.ScalarCallable
                && configuration.password() instanceof Fuseable.ScalarCallable
                && configuration.oauth().source() == null;
        if (!known) {
            return credentials;
        }
        // what is known is there at once, if only to say that there is no user
        CompletableFuture<Credentials> outcome = credentials.toFuture();
        return outcome.isCompletedExceptionally() ? credentials : Mono.just(outcome.join());
    }

    private static Set<Credentials.Method> methods(PgxcConfiguration configuration) {
        Set<Credentials.Method> methods = EnumSet.noneOf(Credentials.Method.class);
        configuration.requireAuth().forEach(method -> methods.add(Credentials.Method.valueOf(method.name())));
        return methods;
    }

    private static Credentials.Binding binding(PgxcConfiguration configuration) {
        return switch (configuration.tls().channelBinding()) {
            case DISABLE -> Credentials.Binding.DISABLE;
            case PREFER -> Credentials.Binding.PREFER;
            case REQUIRE -> Credentials.Binding.REQUIRE;
        };
    }

    private Map<String, String> startup(String user) {
        Map<String, String> parameters = new LinkedHashMap<>();
        parameters.put("user", user);
        String database = configuration.database();
        if (database != null) {
            parameters.put("database", database);
        }
        Map<String, String> settings = configuration.settings();
        settings.put("client_encoding", "UTF8");
        settings.putIfAbsent("DateStyle", "ISO");
        parameters.putAll(settings);
        return parameters;
    }

    /** Where the server may be Postgres-XC binary results are not asked for: its coordinators pass text off as binary (S9.5). */
    private static void distrust(SessionState state) {
        if (ServerVersion.parse(state.parameters().get("server_version")).mayBeCluster()) {
            state.profile(state.profile().withTextResults());
        }
    }

    @Override
    public ConnectionFactoryMetadata getMetadata() {
        return PgxcConnectionFactoryMetadata.INSTANCE;
    }

    @Override
    public String toString() {
        return "PgxcConnectionFactory[" + configuration + "]";
    }
}
