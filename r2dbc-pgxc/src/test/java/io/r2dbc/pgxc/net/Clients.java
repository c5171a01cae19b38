// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.net;

import io.r2dbc.pgxc.PgxcConfiguration;
import io.r2dbc.pgxc.PgxcConnection;
import io.r2dbc.pgxc.PgxcConnectionFactory;
import io.r2dbc.pgxc.SslMode;
import io.r2dbc.pgxc.exchange.ProtocolVersions;
import io.r2dbc.pgxc.testing.ScriptedServer;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import reactor.core.publisher.Mono;

/** Connections of the driver to a scripted server. */
final class Clients {

    /** Longer than anything here takes on a machine that is busy. */
    static final Duration SOON = Duration.ofSeconds(10);

    private Clients() {}

    static PgxcConfiguration.Builder of(ScriptedServer server) {
        return PgxcConfiguration.builder()
                .host(server.host())
                .port(server.port())
                .user("alice")
                .sslMode(SslMode.DISABLE)
                .password("secret");
    }

    static Mono<PgxcConnection> connecting(PgxcConfiguration.Builder configuration) {
        return new PgxcConnectionFactory(configuration.build()).create();
    }

    static Mono<PgxcConnection> connecting(ScriptedServer server) {
        return connecting(of(server));
    }

    static PgxcConnection connect(PgxcConfiguration.Builder configuration) {
        return Objects.requireNonNull(connecting(configuration).block(SOON));
    }

    static PgxcConnection connect(ScriptedServer server) {
        return connect(of(server));
    }

    /** Waits until the script, or whoever else counts the latch down, has come to where it does. */
    static void await(CountDownLatch latch) {
        try {
            if (!latch.await(SOON.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new AssertionError("nobody came there within " + SOON);
            }
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted", e);
        }
    }

    static void close(PgxcConnection connection) {
        connection.close().block(SOON);
    }

    /** What a session is made with, past the configuration. */
    static SessionOptions options(String host, int port, Encryption encryption) {
        return new SessionOptions(
                host,
                port,
                EventLoops.shared(),
                true,
                true,
                SOON,
                1,
                SOON,
                SOON,
                SOON,
                Integer.MAX_VALUE,
                encryption,
                GssEncryption.DISABLE,
                ProtocolVersions.ONLY_3_0);
    }
}
