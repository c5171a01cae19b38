// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import io.r2dbc.pgxc.codec.CodecRegistry;
import io.r2dbc.pgxc.codec.Decoder;
import io.r2dbc.pgxc.codec.Format;
import io.r2dbc.pgxc.wire.BackendMessage.Column;
import io.r2dbc.pgxc.wire.BackendMessage.RowDescription;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What is the same for all rows of a statement's Results: columns, formats, and how each column is read, planned once per column.
 *
 * <p>The plan of a column is kept for the last class asked for, compared by identity. Event loop only, but for detached rows, which have a
 * shape of their own.
 */
final class RowShape {

    private final List<Column> columns;
    private final short @Nullable [] formats;
    private final PgxcRowMetadata metadata;
    private final @Nullable Class<?>[] plannedFor;
    private final @Nullable Decoder<?>[] plans;
    private final Supplier<CodecRegistry> source;
    private CodecRegistry registry;

    /**
     * Plans nothing yet.
     *
     * @param source the codecs as the session's settings have them when it is asked
     */
    RowShape(RowDescription description, short @Nullable [] formats, Supplier<CodecRegistry> source) {
        this(description.columns(), formats, new PgxcRowMetadata(description.columns(), source.get()), source);
    }

    private RowShape(
            List<Column> columns,
            short @Nullable [] formats,
            PgxcRowMetadata metadata,
            Supplier<CodecRegistry> source) {
        this.columns = columns;
        this.formats = formats;
        this.metadata = metadata;
        this.source = source;
        this.registry = source.get();
        this.plannedFor = new Class<?>[columns.size()];
        this.plans = new Decoder<?>[columns.size()];
    }

    /** The same shape with plans of its own, for a row that leaves the event loop. */
    RowShape copy() {
        return new RowShape(columns, formats, metadata, source);
    }

    PgxcRowMetadata metadata() {
        return metadata;
    }

    int size() {
        return columns.size();
    }

    Column column(int index) {
        return columns.get(index);
    }

    /** Decoding follows the session's settings: with another registry all plans are void. */
    void refresh() {
        CodecRegistry current = source.get();
        if (registry != current) {
            registry = current;
            java.util.Arrays.fill(plans, null);
            java.util.Arrays.fill(plannedFor, null);
        }
    }

    @SuppressWarnings("unchecked") // the class a plan was made for is compared before it is used
    <T> Decoder<T> decoder(int index, Class<T> type) {
        Decoder<?> plan = plans[index];
        if (plan == null || plannedFor[index] != type) {
            plan = registry.decoder(column(index).typeOid(), format(index), type);
            plans[index] = plan;
            plannedFor[index] = type;
        }
        return (Decoder<T>) plan;
    }

    private Format format(int index) {
        if (formats == null) {
            return Format.of(column(index).format());
        }
        if (formats.length == 0) {
            return Format.TEXT;
        }
        return Format.of(formats.length == 1 ? formats[0] : formats[index]);
    }
}
