// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import io.netty.buffer.ByteBuf;
import io.r2dbc.pgxc.exchange.CopyIn;
import io.r2dbc.pgxc.exchange.Failure;
import io.r2dbc.spi.Row;
import io.r2dbc.spi.RowMetadata;
import java.util.List;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.util.context.Context;

/** Turns COPY, as users ask for it, into exchanges: each subscription is one. */
final class Copies {

    private Copies() {}

    static Mono<Long> in(ConnectionCore core, String sql, Publisher<ByteBuf> data) {
        return feed(core, single(core, sql).sql(), data);
    }

    /** Whatever command asks for data as COPY FROM STDIN does. */
    static Mono<Long> feed(ConnectionCore core, String command, Publisher<? extends ByteBuf> data) {
        return Mono.create(sink -> {
            CopyInSource<ByteBuf> source =
                    new CopyInSource<>(core, data, CopyInBytes.INSTANCE, Context.of(sink.contextView()));
            CopyIn exchange = new CopyIn(command, source, new SinkOutcome(sink, source, command));
            sink.onCancel(() -> core.session().cancel(exchange));
            core.session().submit(exchange);
        });
    }

    static Flux<ByteBuf> out(ConnectionCore core, String sql) {
        SqlText copy = single(core, sql);
        return Flux.defer(() -> new CopyOutBytes(core, copy));
    }

    static Mono<Long> rowsIn(
            ConnectionCore core, String table, List<String> columns, Publisher<? extends @Nullable Object[]> rows) {
        String into = Identifiers.qualified(table);
        List<String> names = Require.nonNull(columns, "columns").stream()
                .map(Identifiers::asWritten)
                .toList();
        Require.that(!names.isEmpty(), "columns must name at least one column of " + table);
        Require.nonNull(rows, "rows");
        return Mono.create(sink -> CopyInRows.start(core, into, names, rows, sink));
    }

    static <T> Flux<T> rowsOut(
            ConnectionCore core, String query, BiFunction<? super Row, ? super RowMetadata, ? extends T> mapping) {
        SqlText text = core.sqlText(Require.sendable(query, "query"));
        if (text.isCopy() || text.statements().size() != 1) {
            throw new IllegalArgumentException("query must be one SELECT, VALUES, TABLE or the like, not: " + text);
        }
        Require.nonNull(mapping, "mapping");
        return Flux.defer(() -> new CopyOutRows<>(core, text, mapping));
    }

    private static SqlText single(ConnectionCore core, String sql) {
        SqlText text = core.sqlText(Require.sendable(sql, "sql"));
        if (!text.isCopy() || text.statements().size() != 1) {
            throw new IllegalArgumentException("sql must be one COPY statement, FROM STDIN or TO STDOUT, not: " + text);
        }
        return text;
    }

    /** The error of the source is the user's own, and comes back as it was. */
    record SinkOutcome(MonoSink<Long> sink, CopyInSource<?> source, String sql) implements CopyIn.Outcome {

        @Override
        public void succeeded(long rows) {
            StreamEnd.give(() -> sink.success(Math.max(0, rows)), context());
        }

        @Override
        public void failed(Failure failure) {
            Throwable own = source.failure();
            StreamEnd.give(() -> sink.error(own == null ? Errors.of(failure, sql) : own), context());
        }

        private Context context() {
            return Context.of(sink.contextView());
        }
    }
}
