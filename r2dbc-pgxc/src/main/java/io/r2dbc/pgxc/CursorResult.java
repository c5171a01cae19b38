// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import io.r2dbc.spi.Readable;
import io.r2dbc.spi.Result;
import io.r2dbc.spi.Row;
import io.r2dbc.spi.RowMetadata;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Predicate;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;

/**
 * The rows of a {@code refcursor}, fetched when somebody subscribes. It can be consumed as long as its transaction lasts, and
 * only once: a cursor does not go back.
 */
final class CursorResult implements Result {

    private final Flux<? extends Result> fetched;

    CursorResult(Flux<? extends Result> fetched) {
        this.fetched = fetched;
    }

    @Override
    public Publisher<Long> getRowsUpdated() {
        return fetched.concatMap(Result::getRowsUpdated);
    }

    @Override
    public <T> Publisher<T> map(BiFunction<Row, RowMetadata, ? extends T> mappingFunction) {
        Require.nonNull(mappingFunction, "mappingFunction");
        return fetched.concatMap(result -> result.map(mappingFunction));
    }

    @Override
    public <T> Publisher<T> map(Function<? super Readable, ? extends T> mappingFunction) {
        Require.nonNull(mappingFunction, "mappingFunction");
        return fetched.concatMap(result -> result.map(mappingFunction));
    }

    @Override
    public Result filter(Predicate<Segment> predicate) {
        Require.nonNull(predicate, "predicate");
        return new CursorResult(fetched.map(result -> result.filter(predicate)));
    }

    @Override
    public <T> Publisher<T> flatMap(Function<Segment, ? extends Publisher<? extends T>> mappingFunction) {
        Require.nonNull(mappingFunction, "mappingFunction");
        return fetched.concatMap(result -> result.flatMap(mappingFunction));
    }
}
