// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.sample;

import io.r2dbc.pgxc.PgxcConnectionFactory;
import io.r2dbc.pgxc.PgxcNotification;
import io.r2dbc.spi.ConnectionFactories;
import java.util.function.Function;
import org.springframework.boot.r2dbc.autoconfigure.R2dbcConnectionDetails;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * The database's notifications, heard on one connection outside the pool that all listeners share, for as long as the application
 * runs. The driver opens another one when it is lost.
 *
 * <p>Each listener has a buffer of its own in the driver, so that a slow one loses its oldest events and keeps nobody waiting.
 *
 * <p>As a {@link SmartLifecycle} of the last phase, which is stopped first, it ends all streams before the web server waits
 * for its open requests: an event stream would keep it waiting until the time limit.
 */
@Component
final class EventFeed implements SmartLifecycle {

    /** The channel of NOTIFY. */
    static final String CHANNEL = "pgxc_sample";

    private final Flux<PgxcNotification> notifications;
    private final Sinks.Empty<Void> listening = Sinks.empty();
    private final Sinks.Empty<Void> end = Sinks.empty();
    private final Disposable.Swap own = Disposables.swap();

    EventFeed(R2dbcConnectionDetails database) {
        PgxcConnectionFactory driver =
                (PgxcConnectionFactory) ConnectionFactories.get(database.getConnectionFactoryOptions());
        notifications = driver.listen(connection -> Mono.fromRunnable(listening::tryEmitEmpty), CHANNEL)
                .onErrorComplete()
                .takeUntilOther(end.asMono());
    }

    /**
     * Events from the moment of subscription, preceded by {@code first} as soon as none is missed any more. Completes when the
     * application is closed.
     */
    <T> Flux<T> events(Function<PgxcNotification, T> mapping, T first) {
        return Flux.merge(notifications.map(mapping), listening.asMono().thenReturn(first))
                .takeUntilOther(end.asMono());
    }

    @Override
    public void start() {
        own.update(notifications.subscribe());
    }

    @Override
    public void stop() {
        own.dispose();
        end.tryEmitEmpty();
    }

    @Override
    public boolean isRunning() {
        return own.get() != null && !own.isDisposed();
    }
}
