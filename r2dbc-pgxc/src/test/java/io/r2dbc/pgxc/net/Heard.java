// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.r2dbc.spi.R2dbcException;
import io.r2dbc.spi.Result;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;

/** A subscriber that writes down what it hears: elements, then {@code complete} or {@code error} with its class and SQLSTATE. */
final class Heard extends BaseSubscriber<Object> {

    private final List<String> signals = new CopyOnWriteArrayList<>();
    private final CountDownLatch over = new CountDownLatch(1);
    private final long demand;
    private volatile @Nullable Throwable error;

    private Heard(long demand) {
        this.demand = demand;
    }

    /** Of a stream that is wanted whole. */
    static Heard of(Publisher<?> stream) {
        return of(stream, Long.MAX_VALUE);
    }

    /** Of a stream of which so many elements are wanted for now. */
    static Heard of(Publisher<?> stream, long demand) {
        Heard heard = new Heard(demand);
        Flux.from(stream).subscribe(heard);
        return heard;
    }

    /** All segments of all Results, as words. */
    static Flux<String> segments(Publisher<? extends Result> execution) {
        return Flux.from(execution).concatMap(result -> result.flatMap(segment -> Flux.just(word(segment))));
    }

    /** The columns of all rows, joined by {@code =}. */
    static Flux<String> rows(Publisher<? extends Result> execution) {
        return Flux.from(execution)
                .concatMap(result -> result.map((row, metadata) -> {
                    StringBuilder columns = new StringBuilder();
                    for (int i = 0; i < metadata.getColumnMetadatas().size(); i++) {
                        columns.append(i == 0 ? "" : "=").append(row.get(i));
                    }
                    return columns.toString();
                }));
    }

    static Flux<Long> counts(Publisher<? extends Result> execution) {
        return Flux.from(execution).concatMap(Result::getRowsUpdated);
    }

    private static String word(Result.Segment segment) {
        if (segment instanceof Result.RowSegment row) {
            return "row " + row.row().get(0);
        } else if (segment instanceof Result.UpdateCount count) {
            return "count " + count.value();
        } else if (segment instanceof Result.Message message) {
            return "message " + message.sqlState() + " " + message.message();
        }
        return segment.toString();
    }

    static String word(Throwable error) {
        String state = error instanceof R2dbcException r2dbc ? " " + r2dbc.getSqlState() : "";
        return "error " + error.getClass().getSimpleName() + state;
    }

    @Override
    protected void hookOnSubscribe(Subscription subscription) {
        if (demand > 0) {
            request(demand);
        }
    }

    @Override
    protected void hookOnNext(Object element) {
        signals.add(element.toString());
    }

    @Override
    protected void hookOnComplete() {
        signals.add("complete");
        over.countDown();
    }

    @Override
    protected void hookOnError(Throwable reason) {
        error = reason;
        signals.add(word(reason));
        over.countDown();
    }

    /** What has been heard so far. */
    List<String> signals() {
        return List.copyOf(signals);
    }

    boolean isOver() {
        return over.getCount() == 0;
    }

    /** All that was to be heard. */
    List<String> all() {
        return all(Duration.ofSeconds(10));
    }

    List<String> all(Duration limit) {
        try {
            assertThat(over.await(limit.toNanos(), TimeUnit.NANOSECONDS))
                    .as("still only %s", signals)
                    .isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while hearing " + signals, e);
        }
        return signals();
    }

    /** The error it ended with. */
    Throwable failure() {
        List<String> heard = all();
        Throwable reason = error;
        if (reason == null) {
            throw new AssertionError("ended without an error: " + heard);
        }
        return reason;
    }
}
