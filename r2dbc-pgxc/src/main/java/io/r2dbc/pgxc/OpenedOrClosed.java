// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;

/**
 * Opens a large object for a subscriber that may leave while the server does so: the answer is awaited nevertheless, and what has been
 * opened in vain is closed, for the descriptor would be lost until the transaction's end.
 */
final class OpenedOrClosed {

    private final MonoSink<PgxcLargeObject> sink;
    /** The object is there, or nobody wants it any more: whichever comes second closes it. */
    private final AtomicBoolean decided = new AtomicBoolean();

    private volatile @Nullable PgxcLargeObject object;

    private OpenedOrClosed(MonoSink<PgxcLargeObject> sink) {
        this.sink = sink;
    }

    static Mono<PgxcLargeObject> of(Mono<PgxcLargeObject> opening) {
        return Mono.create(sink -> {
            OpenedOrClosed handing = new OpenedOrClosed(sink);
            sink.onCancel(handing::left);
            opening.subscribe(handing::opened, sink::error);
        });
    }

    private void opened(PgxcLargeObject opened) {
        object = opened;
        if (decided.compareAndSet(false, true)) {
            sink.success(opened);
        } else {
            close(opened);
        }
    }

    /** The sink does not say so of an object that has been taken. */
    private void left() {
        PgxcLargeObject opened = decided.compareAndSet(false, true) ? null : object;
        if (opened != null) {
            close(opened);
        }
    }

    private static void close(PgxcLargeObject opened) {
        opened.close().subscribe(nothing -> {}, error -> {});
    }
}
