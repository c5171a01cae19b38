// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import static org.assertj.core.api.Assertions.assertThat;

import io.r2dbc.pgxc.exchange.Credentials;
import io.r2dbc.pgxc.exchange.Done;
import io.r2dbc.pgxc.exchange.Failure;
import io.r2dbc.pgxc.exchange.ParameterTyping;
import io.r2dbc.pgxc.exchange.ProtocolVersions;
import io.r2dbc.pgxc.exchange.SessionState;
import io.r2dbc.pgxc.net.EmbeddedSession;
import io.r2dbc.pgxc.net.Encryption;
import io.r2dbc.pgxc.net.EventLoops;
import io.r2dbc.pgxc.net.GssEncryption;
import io.r2dbc.pgxc.net.SessionOptions;
import io.r2dbc.pgxc.testing.Greeting;
import io.r2dbc.pgxc.wire.Octets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** A connection over an {@link EmbeddedSession}: the whole driver, with the socket in the hands of the test. Results come as text. */
public final class EmbeddedConnection implements AutoCloseable {

    private final EmbeddedSession session;
    private final PgxcConnection connection;
    private final List<Object> startUp = new ArrayList<>();

    private EmbeddedConnection(PgxcConfiguration configuration) {
        Registries registries = new Registries(configuration.codecRegistrars());
        TypeCatalog catalog = new TypeCatalog(registries, Mono.empty(), configuration.connectTimeout());
        ConnectionCore core = new ConnectionCore(configuration, registries, catalog, new SqlTexts());
        SessionState state = new SessionState(
                configuration.preparedStatementCacheQueries(), new ParameterTyping(), columns -> new short[0]);
        session = new EmbeddedSession(options(configuration), state, core);
        core.opened(session.session());
        connection = new PgxcConnection(core);
    }

    private static SessionOptions options(PgxcConfiguration configuration) {
        return new SessionOptions(
                "embedded",
                5432,
                EventLoops.shared(),
                true,
                true,
                configuration.connectTimeout(),
                configuration.pipelineLimit(),
                configuration.stallTimeout(),
                configuration.cancelGrace(),
                configuration.responseTimeout(),
                configuration.maxMessageSize(),
                Encryption.NONE,
                GssEncryption.DISABLE,
                ProtocolVersions.ONLY_3_0);
    }

    /** A connection that is ready. */
    public static EmbeddedConnection open() {
        return open(PgxcConfiguration.builder().build());
    }

    public static EmbeddedConnection open(PgxcConfiguration configuration) {
        EmbeddedConnection made = starting(configuration);
        made.server().hears(Octets.join(Greeting.messages()));
        assertThat(made.startUp).containsExactly("succeeded");
        return made;
    }

    /** A connection that has said StartupMessage and has heard nothing yet. */
    public static EmbeddedConnection starting() {
        return starting(PgxcConfiguration.builder().build());
    }

    private static EmbeddedConnection starting(PgxcConfiguration configuration) {
        EmbeddedConnection made = new EmbeddedConnection(configuration);
        made.session.startUp(new Credentials("alice", "secret", true, 100_000), new Done() {
            @Override
            public void succeeded() {
                made.startUp.add("succeeded");
            }

            @Override
            public void failed(Failure failure) {
                made.startUp.add(failure);
            }
        });
        return made;
    }

    public PgxcConnection connection() {
        return connection;
    }

    /** The server's side. */
    public EmbeddedSession server() {
        return session;
    }

    /** What create() would have failed with; null if it has not failed. */
    public @Nullable RuntimeException startUpFailure() {
        assertThat(startUp).hasSizeLessThanOrEqualTo(1);
        return !startUp.isEmpty() && startUp.get(0) instanceof Failure failure ? Errors.of(failure, null) : null;
    }

    @Override
    public void close() {
        session.dispose();
    }
}
