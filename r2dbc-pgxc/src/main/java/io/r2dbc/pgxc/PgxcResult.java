// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import io.r2dbc.spi.Readable;
import io.r2dbc.spi.Result;
import io.r2dbc.spi.Row;
import io.r2dbc.spi.RowMetadata;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;

/**
 * The outcome of one statement or binding: rows, a count, messages. It can be consumed once.
 *
 * <p>Rows are read from the socket at the pace of whoever consumes them, on the connection's event loop, where the mapping functions run;
 * these must not block. Outside a transaction the end of the last Result says that its work is committed.
 */
public final class PgxcResult implements Result {

    private final ResultPipe pipe;
    private final @Nullable Predicate<Segment> filter;
    private final boolean outOfCall;

    /**
     * Describes what comes through a pipe.
     *
     * @param outOfCall whether a row is the OUT parameters of a CALL
     */
    PgxcResult(ResultPipe pipe, @Nullable Predicate<Segment> filter, boolean outOfCall) {
        this.pipe = pipe;
        this.filter = filter;
        this.outOfCall = outOfCall;
    }

    ResultPipe pipe() {
        return pipe;
    }

    /** The count of the command's tag, and for SELECT the number of rows; nothing where the command has no count. */
    @Override
    public Flux<Long> getRowsUpdated() {
        return read(SegmentReader.Count.INSTANCE);
    }

    /** Maps rows; the OUT parameters of a CALL are none. */
    @Override
    public <T> Flux<T> map(BiFunction<Row, RowMetadata, ? extends T> mappingFunction) {
        return read(new SegmentReader.Rows<>(Require.nonNull(mappingFunction, "mappingFunction")));
    }

    /** Maps rows, and the OUT parameters of a CALL. */
    @Override
    public <T> Flux<T> map(Function<? super Readable, ? extends T> mappingFunction) {
        return read(new SegmentReader.Readables<>(Require.nonNull(mappingFunction, "mappingFunction")));
    }

    /** The row of a row segment lives only while the predicate looks at it. */
    @Override
    public PgxcResult filter(Predicate<Segment> predicate) {
        Predicate<Segment> further = Require.nonNull(predicate, "predicate");
        return new PgxcResult(pipe, filter == null ? further : filter.and(further), outOfCall);
    }

    /** Rows come as copies of their own, so that what is made of them may take its time; an error comes as a {@link Result.Message}. */
    @Override
    public <T> Flux<T> flatMap(Function<Segment, ? extends Publisher<? extends T>> mappingFunction) {
        Function<Segment, ? extends Publisher<? extends T>> mapping =
                Require.nonNull(mappingFunction, "mappingFunction");
        return read(SegmentReader.Segments.INSTANCE).concatMap(mapping, 1);
    }

    private <T> DemandFlux<T> read(SegmentReader<T> reader) {
        return new ResultPipe.Reading<>(pipe, outOfCall ? new SegmentReader.OutOfCall<>(reader) : reader, filter);
    }
}
