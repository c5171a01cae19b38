// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * One use of a large object: it is opened, worked with, and closed on every end.
 *
 * <p>A subscriber may leave while the server opens it: the answer is awaited nevertheless, and what has been opened in vain is closed, for
 * the descriptor would be lost until the transaction's end. Whoever comes first, the work or the leaving, decides which of the two closes
 * it: a work that went on with a closed descriptor would cost the transaction.
 */
final class LargeObjectUse {

    private enum State {
        OPENING,
        OPENED,
        AT_WORK,
        LEFT
    }

    private final AtomicReference<State> state = new AtomicReference<>(State.OPENING);
    private volatile @Nullable PgxcLargeObject object;
    private volatile @Nullable Throwable notClosed;

    private LargeObjectUse() {}

    static <T> Flux<T> of(
            Mono<PgxcLargeObject> opening, Function<? super PgxcLargeObject, ? extends Publisher<T>> work) {
        return Flux.defer(() -> new LargeObjectUse().run(opening, work));
    }

    private <T> Flux<T> run(
            Mono<PgxcLargeObject> opening, Function<? super PgxcLargeObject, ? extends Publisher<T>> work) {
        return Flux.<T, PgxcLargeObject>usingWhen(
                        opened(opening),
                        given -> state.compareAndSet(State.OPENED, State.AT_WORK) ? work.apply(given) : Flux.empty(),
                        given -> given.close().doOnError(e -> notClosed = e),
                        (given, error) -> given.close().onErrorComplete(),
                        given -> given.close().onErrorComplete())
                .onErrorMap(e -> {
                    // what went wrong, and not that something did
                    Throwable closing = notClosed;
                    return closing == null ? e : closing;
                });
    }

    private Mono<PgxcLargeObject> opened(Mono<PgxcLargeObject> opening) {
        return Mono.create(sink -> {
            sink.onCancel(this::left);
            opening.contextWrite(sink.contextView())
                    .subscribe(
                            given -> {
                                object = given;
                                if (state.compareAndSet(State.OPENING, State.OPENED)) {
                                    sink.success(given);
                                } else {
                                    closeInVain(given);
                                }
                            },
                            sink::error);
        });
    }

    private void left() {
        State before = state.getAndUpdate(now -> now == State.AT_WORK ? now : State.LEFT);
        PgxcLargeObject given = object;
        if (before == State.OPENED && given != null) {
            closeInVain(given);
        }
    }

    private static void closeInVain(PgxcLargeObject given) {
        given.close().subscribe(nothing -> {}, error -> {});
    }
}
