// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import io.r2dbc.pgxc.exchange.Done;
import io.r2dbc.pgxc.exchange.Failure;
import io.r2dbc.pgxc.exchange.Ping;
import io.r2dbc.pgxc.net.Session;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;

/**
 * Asks a server whether it is there, by a Sync, and waits for the answer as long as the server is busy with what was asked before.
 *
 * <p>Only when the answer to the Sync itself is due does time count. How long a statement may take is its own business.
 */
final class SignOfLife implements Done {

    private final Session session;
    private final MonoSink<Boolean> sink;
    private final Ping ping = new Ping(this);
    private boolean wasDue;

    private SignOfLife(Session session, MonoSink<Boolean> sink) {
        this.session = session;
        this.sink = sink;
    }

    /** Whether it answers; no answer is one that has been due for as long as the limit, and less than twice as long. */
    static Mono<Boolean> of(Session session, Duration limit) {
        return Mono.create(sink -> new SignOfLife(session, sink).ask(limit));
    }

    private void ask(Duration limit) {
        long millis = Math.max(1, limit.toMillis());
        Disposable watch = session.scheduler()
                .schedulePeriodically(() -> session.execute(this::look), millis, millis, TimeUnit.MILLISECONDS);
        sink.onDispose(() -> {
            watch.dispose();
            session.cancel(ping);
        });
        session.submit(ping);
    }

    private void look() {
        boolean due = session.isDue(ping);
        if (due && wasDue) {
            sink.success(false);
        }
        wasDue = due;
    }

    @Override
    public void succeeded() {
        sink.success(true);
    }

    @Override
    public void failed(Failure failure) {
        sink.success(false);
    }
}
