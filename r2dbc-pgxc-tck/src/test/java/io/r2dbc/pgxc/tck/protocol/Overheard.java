// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.tck.protocol;

import static io.r2dbc.pgxc.tck.Sandbox.get;

import io.r2dbc.pgxc.PgxcConnection;
import io.r2dbc.pgxc.tck.Sandbox;
import io.r2dbc.pgxc.tck.WireTap;
import io.r2dbc.pgxc.wire.BackendEncoder;
import io.r2dbc.pgxc.wire.BackendMessage;
import io.r2dbc.pgxc.wire.ClientMessage;
import io.r2dbc.spi.ConnectionFactories;
import io.r2dbc.spi.R2dbcException;
import java.util.List;
import java.util.stream.Collectors;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** A connection whose words, and whose server's words, are read along; the start-up is forgotten. */
final class Overheard implements AutoCloseable {

    private final WireTap tap;
    private final PgxcConnection connection;

    private Overheard(WireTap tap, PgxcConnection connection) {
        this.tap = tap;
        this.connection = connection;
    }

    /** Opens a connection with options such as {@code fetchSize=10}. */
    static Overheard in(Sandbox sandbox, String... options) {
        WireTap tap = WireTap.before(sandbox.endpoint());
        try {
            PgxcConnection connection = sandbox.open(ConnectionFactories.get(sandbox.url(tap.endpoint(), options)));
            tap.forget();
            return new Overheard(tap, connection);
        } catch (RuntimeException e) {
            tap.close();
            throw e;
        }
    }

    PgxcConnection connection() {
        return connection;
    }

    WireTap tap() {
        return tap;
    }

    /** What the client said, as types: {@code "P D B E S"}. */
    String said() {
        return tap.clientTypes();
    }

    <M extends ClientMessage> List<M> said(Class<M> kind) {
        return tap.client(kind);
    }

    /** What the server said, as types: {@code "1 t T 2 D C Z"}. */
    String heard() {
        return tap.answers().stream().map(Overheard::type).collect(Collectors.joining(" "));
    }

    <M extends BackendMessage> List<M> heard(Class<M> kind) {
        return tap.messages(kind);
    }

    /** The tags of all commands, one after the other. */
    List<String> tags() {
        return heard(BackendMessage.CommandComplete.class).stream()
                .map(BackendMessage.CommandComplete::tag)
                .toList();
    }

    void forget() {
        tap.forget();
    }

    static String type(WireTap.Said said) {
        if (said instanceof WireTap.Message message) {
            return String.valueOf(
                    (char) BackendEncoder.encode(message.message()).bytes()[0]);
        }
        return said instanceof WireTap.Row ? "D" : "d";
    }

    // What tests do

    /** Runs SQL, takes all of its rows and counts, and answers the SQLSTATE it failed with, or "". */
    String state(String sql) {
        return state(Flux.from(connection.createStatement(sql).execute()).concatMap(result -> result.getRowsUpdated()));
    }

    static String state(Publisher<?> publisher) {
        String state = Flux.from(publisher)
                .then(Mono.just(""))
                .onErrorResume(R2dbcException.class, e -> Mono.justOrEmpty(e.getSqlState()))
                .block(Sandbox.LIMIT);
        return String.valueOf(state);
    }

    @Override
    public void close() {
        get(connection.close());
        tap.close();
    }
}
