// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import static io.r2dbc.pgxc.Dialogue.SOON;
import static io.r2dbc.pgxc.testing.ServerMessages.authenticationOk;
import static io.r2dbc.pgxc.testing.ServerMessages.complete;
import static io.r2dbc.pgxc.testing.ServerMessages.copyBoth;
import static io.r2dbc.pgxc.testing.ServerMessages.copyDone;
import static io.r2dbc.pgxc.testing.ServerMessages.parameter;
import static io.r2dbc.pgxc.testing.ServerMessages.ready;

import io.r2dbc.pgxc.replication.ReplicationMode;
import io.r2dbc.pgxc.testing.Script;
import io.r2dbc.pgxc.testing.ScriptedServer;
import io.r2dbc.pgxc.wire.BackendEncoder;
import io.r2dbc.pgxc.wire.ClientMessage;
import io.r2dbc.pgxc.wire.Octets;
import java.util.function.Consumer;

/** A replication connection of the driver to a server that follows a script, which begins behind the start-up. */
final class ReplicationDialogue implements AutoCloseable {

    static final String START = "START_REPLICATION PHYSICAL 0/1000000";

    private final ScriptedServer server;
    private final PgxcReplicationConnection connection;

    private ReplicationDialogue(
            ReplicationMode mode, Consumer<PgxcConfiguration.Builder> options, ScriptedServer server) {
        this.server = server;
        PgxcConfiguration.Builder builder = PgxcConfiguration.builder()
                .host(server.host())
                .port(server.port())
                .user("alice")
                .database("books")
                .sslMode(SslMode.DISABLE);
        options.accept(builder);
        try {
            this.connection =
                    new PgxcConnectionFactory(builder.build()).replication(mode).block(SOON);
        } catch (RuntimeException e) {
            server.close();
            throw e;
        }
    }

    static ReplicationDialogue of(Consumer<Script> script) {
        return with(options -> {}, script);
    }

    static ReplicationDialogue with(Consumer<PgxcConfiguration.Builder> options, Consumer<Script> script) {
        ScriptedServer server = ScriptedServer.start(begun -> script.accept(begun.startup()));
        return new ReplicationDialogue(ReplicationMode.PHYSICAL, options, server);
    }

    static ReplicationDialogue logical(Consumer<Script> script) {
        ScriptedServer server = ScriptedServer.start(begun -> script.accept(begun.startup()));
        return new ReplicationDialogue(ReplicationMode.LOGICAL, options -> {}, server);
    }

    /** With a server of another version. */
    static ReplicationDialogue ofVersion(String version, Consumer<Script> script) {
        ScriptedServer server = ScriptedServer.start(begun -> script.accept(
                begun.expectStartup().send(authenticationOk(), parameter("server_version", version), ready())));
        return new ReplicationDialogue(ReplicationMode.PHYSICAL, options -> {}, server);
    }

    /** The server accepts the stream that every test asks for. */
    static Script streaming(Script script) {
        return script.expectQuery(START).send(copyBoth());
    }

    /** What a server says once both sides have said CopyDone. */
    static Octets over() {
        return Octets.join(complete("START_STREAMING"), complete("START_REPLICATION"), ready());
    }

    /** The client ends the stream, and the server takes note. */
    static Script ended(Script script) {
        return script.expect("c").send(copyDone(), over());
    }

    static Octets wal(long start, String data) {
        return BackendEncoder.copyData(Octets.join(
                Octets.hex("77%016X%016X00000000000F4240".formatted(start, start + 0x100)), Octets.of(data)));
    }

    /** One message of the output plugin. */
    static Octets change(long start, String hex) {
        return BackendEncoder.copyData(Octets.join(
                Octets.hex("77%016X%016X00000000000F4240".formatted(start, start + 0x100)), Octets.hex(hex)));
    }

    static Octets keepalive(long walEnd, boolean reply) {
        return BackendEncoder.copyData(Octets.hex("6B%016X00000000000F4240%s".formatted(walEnd, reply ? "01" : "00")));
    }

    /** A status update with these positions, whatever the client's clock says. */
    static Consumer<ClientMessage.CopyData> status(long written, long flushed, long applied) {
        return said -> {
            String expected = "72%016x%016x%016x".formatted(written, flushed, applied);
            String hex = said.data().hex();
            if (!hex.startsWith(expected) || !hex.endsWith("00") || hex.length() != 68) {
                throw new AssertionError("expected " + expected + ", got " + hex);
            }
        };
    }

    PgxcReplicationConnection connection() {
        return connection;
    }

    ScriptedServer server() {
        return server;
    }

    /** Closes the connection, waits for the script's end, and fails if it does not come. */
    @Override
    public void close() {
        try {
            connection.close().block(SOON);
        } finally {
            server.close();
        }
    }
}
