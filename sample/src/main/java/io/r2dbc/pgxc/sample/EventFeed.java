// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.sample;

import io.r2dbc.pgxc.PgxcConnection;
import io.r2dbc.pgxc.PgxcNotification;
import io.r2dbc.spi.ConnectionFactories;
import io.r2dbc.spi.ConnectionFactory;
import java.util.function.Function;
import org.springframework.boot.r2dbc.autoconfigure.R2dbcConnectionDetails;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * The database's notifications, heard on one connection that all listeners share.
 *
 * <p>Each listener has a buffer of its own in the driver, so that a slow one loses its oldest events and keeps nobody waiting.
 * The connection is opened by the first listener, outside the pool, and a new one is opened by the next listener if it is lost.
 *
 * <p>As a {@link SmartLifecycle} of the last phase, which is stopped first, it ends all streams before the web server waits
 * for its open requests: an event stream would keep it waiting until the time limit.
 */
@Component
final class EventFeed implements SmartLifecycle {

    /** The channel of NOTIFY. */
    static final String CHANNEL = "pgxc_sample";

    private final Mono<PgxcConnection> listening;
    private final Sinks.Empty<Void> end = Sinks.empty();
    private volatile boolean running;

    EventFeed(R2dbcConnectionDetails database) {
        ConnectionFactory driver = ConnectionFactories.get(database.getConnectionFactoryOptions());
        listening = Mono.from(driver.create())
                .cast(PgxcConnection.class)
                .flatMap(EventFeed::listen)
                .doOnNext(connection -> end.asMono().then(connection.close()).subscribe())
                .cacheInvalidateWhen(EventFeed::lost);
    }

    private static Mono<PgxcConnection> listen(PgxcConnection connection) {
        return Flux.from(connection.createStatement("LISTEN " + CHANNEL).execute())
                .flatMap(result -> result.getRowsUpdated())
                .then(Mono.just(connection))
                .onErrorResume(error -> connection.close().then(Mono.error(error)));
    }

    private static Mono<Void> lost(PgxcConnection connection) {
        return connection.notifications().then().onErrorComplete();
    }

    /**
     * Events from the moment of subscription, preceded by {@code first} as soon as none is missed any more. Completes when the
     * application is closed, and when the connection is lost: browsers then connect again by themselves.
     */
    <T> Flux<T> events(Function<PgxcNotification, T> mapping, T first) {
        return listening
                .flatMapMany(connection ->
                        Flux.merge(connection.notifications().map(mapping).onErrorComplete(), Flux.just(first)))
                .takeUntilOther(end.asMono());
    }

    @Override
    public void start() {
        running = true;
    }

    @Override
    public void stop() {
        running = false;
        end.tryEmitEmpty();
    }

    @Override
    public boolean isRunning() {
        return running;
    }
}
