// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import io.r2dbc.pgxc.testing.CannedResults;
import io.r2dbc.pgxc.testing.ScriptedServer;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;

/** Connections to a scripted server that comes with the first and goes with the last. */
final class ScriptedConnections implements AutoCloseable {

    private static final Duration LIMIT = Duration.ofSeconds(10);

    private final Consumer<CannedResults> results;
    private final Queue<PgxcConnection> opened = new ConcurrentLinkedQueue<>();
    private ScriptedServer server;

    ScriptedConnections(Consumer<CannedResults> results) {
        this.results = results;
    }

    PgxcConnection open() {
        if (server == null) {
            server = ScriptedServer.start(script -> script.startup().serve(results));
        }
        PgxcConnection connection = new PgxcConnectionFactory(PgxcConfiguration.builder()
                        .host(server.host())
                        .port(server.port())
                        .user("test")
                        .build())
                .create()
                .block(LIMIT);
        opened.add(connection);
        return connection;
    }

    @Override
    public void close() {
        for (PgxcConnection next = opened.poll(); next != null; next = opened.poll()) {
            next.close().block(LIMIT);
        }
        if (server != null) {
            server.close();
            server = null;
        }
    }
}
