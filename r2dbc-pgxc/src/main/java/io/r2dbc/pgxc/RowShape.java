// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import io.r2dbc.pgxc.codec.CodecRegistry;
import io.r2dbc.pgxc.codec.Decoder;
import io.r2dbc.pgxc.codec.DoubleReader;
import io.r2dbc.pgxc.codec.Format;
import io.r2dbc.pgxc.codec.LongReader;
import io.r2dbc.pgxc.codec.PgType;
import io.r2dbc.pgxc.wire.BackendMessage.Column;
import io.r2dbc.pgxc.wire.BackendMessage.RowDescription;
import io.r2dbc.spi.Result;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is the same for all rows of a statement's Results: columns, formats, and how each column is read, planned once per column.
 *
 * <p>The plan of a column is kept for the last class asked for, compared by identity. Event loop only, but for detached rows, which have a
 * shape of their own.
 */
final class RowShape {

    /** What reading needs of the session that the rows come from. Any thread. */
    interface Source {

        /** The codecs as the session's settings have them now. */
        CodecRegistry registry();

        /** Is told the OID of a type whose values are not as the catalogue said. */
        void doubt(int typeOid);

        /** The rows of a cursor that is open in the session. */
        Result cursor(String name);
    }

    private final List<Column> columns;
    private final short @Nullable [] formats;
    private final PgxcRowMetadata metadata;
    private final @Nullable Class<?>[] plannedFor;
    private final @Nullable Decoder<?>[] plans;
    private @Nullable LongReader @Nullable [] longs;
    private @Nullable DoubleReader @Nullable [] doubles;
    private final Source source;
    private CodecRegistry registry;
    private boolean isKnown;
    private boolean awaitsTypes;
    private @Nullable List<Runnable> waiting;

    /**
     * Plans nothing yet.
     *
     * @param source where the rows come from
     */
    RowShape(RowDescription description, short @Nullable [] formats, Source source) {
        this(description.columns(), formats, new PgxcRowMetadata(description.columns(), source::registry), source);
    }

    private RowShape(List<Column> columns, short @Nullable [] formats, PgxcRowMetadata metadata, Source source) {
        this.columns = columns;
        this.formats = formats;
        this.metadata = metadata;
        this.source = source;
        this.registry = source.registry();
        this.plannedFor = new Class<?>[columns.size()];
        this.plans = new Decoder<?>[columns.size()];
    }

    /** Whether the types of all columns are known for good. */
    boolean isKnown() {
        return isKnown;
    }

    void isKnown(boolean known) {
        isKnown = known;
    }

    List<Integer> typeOids() {
        return columns.stream().map(Column::typeOid).toList();
    }

    /** Rows cannot be read before it is known what types the columns are of. */
    void awaitTypes() {
        awaitsTypes = true;
    }

    boolean awaitsTypes() {
        return awaitsTypes;
    }

    /** Calls back when rows can be read. */
    void whenTypesAreThere(Runnable action) {
        List<Runnable> others = waiting == null ? new ArrayList<>(1) : waiting;
        others.add(action);
        waiting = others;
    }

    void typesAreThere() {
        awaitsTypes = false;
        List<Runnable> actions = waiting;
        waiting = null;
        if (actions != null) {
            actions.forEach(Runnable::run);
        }
    }

    PgType type(int index) {
        return source.registry().type(column(index).typeOid());
    }

    /** Values are not as their type says. */
    void doubt(int typeOid) {
        source.doubt(typeOid);
    }

    Result cursor(String name) {
        return source.cursor(name);
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
        CodecRegistry current = source.registry();
        if (registry != current) {
            registry = current;
            Arrays.fill(plans, null);
            Arrays.fill(plannedFor, null);
            longs = null;
            doubles = null;
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

    LongReader longs(int index) {
        @Nullable LongReader[] kept = longs == null ? new LongReader[columns.size()] : longs;
        longs = kept;
        LongReader reader = kept[index];
        if (reader == null) {
            reader = registry.longReader(column(index).typeOid(), format(index));
            kept[index] = reader;
        }
        return reader;
    }

    DoubleReader doubles(int index) {
        @Nullable DoubleReader[] kept = doubles == null ? new DoubleReader[columns.size()] : doubles;
        doubles = kept;
        DoubleReader reader = kept[index];
        if (reader == null) {
            reader = registry.doubleReader(column(index).typeOid(), format(index));
            kept[index] = reader;
        }
        return reader;
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
