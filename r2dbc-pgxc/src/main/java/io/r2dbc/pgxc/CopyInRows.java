// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import io.r2dbc.pgxc.exchange.CopyIn;
import io.r2dbc.pgxc.exchange.Description;
import io.r2dbc.pgxc.exchange.Exchange;
import io.r2dbc.pgxc.exchange.Failure;
import io.r2dbc.pgxc.exchange.ResultColumns;
import io.r2dbc.pgxc.wire.BackendMessage.RowDescription;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.MonoSink;
import reactor.util.context.Context;

/** Copies rows of values into a table by binary COPY, having asked what types its columns are of. Event loop only, but for the start. */
final class CopyInRows implements Description.Reader {

    private static final short[] BINARY = {1};

    private final ConnectionCore core;
    private final String query;
    private final String copy;
    private final Publisher<? extends @Nullable Object[]> rows;
    private final MonoSink<Long> sink;
    private Exchange current;
    private @Nullable RowDescription columns;
    private @Nullable RowShape shape;

    private CopyInRows(
            ConnectionCore core,
            String table,
            List<String> columns,
            Publisher<? extends @Nullable Object[]> rows,
            MonoSink<Long> sink) {
        String list = String.join(", ", columns);
        this.core = core;
        this.query = "SELECT " + list + " FROM " + table;
        this.copy = "COPY " + table + " (" + list + ") FROM STDIN (FORMAT binary)";
        this.rows = rows;
        this.sink = sink;
        this.current = new Description(query, this);
    }

    /** Names are SQL already. Any thread. */
    static void start(
            ConnectionCore core,
            String table,
            List<String> columns,
            Publisher<? extends @Nullable Object[]> rows,
            MonoSink<Long> sink) {
        CopyInRows started = new CopyInRows(core, table, columns, rows, sink);
        Exchange first = started.current;
        sink.onCancel(() -> core.session().execute(() -> core.session().cancel(started.current)));
        core.session().submit(first);
    }

    @Override
    public void described(RowDescription described) {
        columns = described;
        shape = core.shapeOf(new ResultColumns(described, BINARY));
        shape.whenTypesAreThere(core.session()::wake);
    }

    @Override
    public boolean isReady() {
        return shape != null && !shape.awaitsTypes();
    }

    @Override
    public Exchange follower() {
        BinaryRowWriter writer =
                new BinaryRowWriter(core.registry(), columns == null ? List.of() : columns.columns(), copy);
        CopyInSource<@Nullable Object[]> source =
                new CopyInSource<>(core, rows, writer, Context.of(sink.contextView()));
        current = new CopyIn(copy, source, new Copies.SinkOutcome(sink, source, copy));
        return current;
    }

    @Override
    public void failed(Failure failure) {
        StreamEnd.give(() -> sink.error(Errors.of(failure, query)), Context.of(sink.contextView()));
    }
}
