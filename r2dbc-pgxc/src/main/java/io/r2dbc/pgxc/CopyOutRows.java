// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.r2dbc.pgxc.codec.ValueException;
import io.r2dbc.pgxc.exchange.CopyOut;
import io.r2dbc.pgxc.exchange.Description;
import io.r2dbc.pgxc.exchange.Exchange;
import io.r2dbc.pgxc.exchange.Failure;
import io.r2dbc.pgxc.exchange.ResultColumns;
import io.r2dbc.pgxc.wire.BackendMessage.RowDescription;
import io.r2dbc.spi.Row;
import io.r2dbc.spi.RowMetadata;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import reactor.core.Exceptions;

/**
 * Emits the rows of a query that come by binary COPY TO STDOUT, mapped like those of a Result.
 *
 * <p>The data is a stream of bytes that may be cut anywhere (S2.5.9). Servers cut it between rows, so usually a row is read where it has
 * arrived; what is left of a message, or waits for demand, is kept here, and no further message is taken meanwhile.
 */
final class CopyOutRows<T> extends DataFlux<T> implements Description.Reader {

    private static final short[] BINARY = {1};

    private final String query;
    private final boolean writes;
    private final BiFunction<? super Row, ? super RowMetadata, ? extends T> mapping;
    private @Nullable RowShape shape;
    private @Nullable PgxcRow cursor;
    private ByteBuf rest = Unpooled.EMPTY_BUFFER;
    private boolean headed;
    private boolean trailed;
    private boolean pending;
    private boolean held;

    CopyOutRows(ConnectionCore core, SqlText text, BiFunction<? super Row, ? super RowMetadata, ? extends T> mapping) {
        super(core, "COPY (" + text.bare() + ") TO STDOUT (FORMAT binary)");
        this.query = text.bare();
        this.writes = text.writes();
        this.mapping = mapping;
    }

    @Override
    Exchange make() {
        return new Description(query, this);
    }

    @Override
    public void described(RowDescription columns) {
        RowShape described = core().shapeOf(new ResultColumns(columns, BINARY));
        described.whenTypesAreThere(core().session()::wake);
        shape = described;
        cursor = new PgxcRow(described, query);
    }

    @Override
    public boolean isReady() {
        return shape != null && !shape.awaitsTypes();
    }

    @Override
    public Exchange follower() {
        CopyOut copy = new CopyOut(sql(), writes, this);
        exchange(copy);
        return copy;
    }

    @Override
    public void failed(Failure failure) {
        super.onEnd(failure);
    }

    @Override
    public boolean wantsData() {
        return !pending && super.wantsData();
    }

    /** The end needs no demand: the trailer, which begins like no row. */
    @Override
    public boolean wantsAtOnce(byte first) {
        return headed && !rest.isReadable() && first == (byte) (BinaryCopy.TRAILER >> 8);
    }

    @Override
    public void onData(ByteBuf in, int offset, int length) {
        if (rest.isReadable()) {
            rest.writeBytes(in, offset, length);
            readRest();
        } else {
            int read = read(in, offset, length);
            if (read < length) {
                rest = Unpooled.buffer(length - read).writeBytes(in, offset + read, length - read);
            }
        }
    }

    private void readRest() {
        rest.skipBytes(read(rest, rest.readerIndex(), rest.readableBytes()));
        rest.discardSomeReadBytes();
    }

    /** Emits rows as long as they are there and wanted; answers how many bytes that took. */
    private int read(ByteBuf in, int offset, int length) {
        int position = 0;
        pending = false;
        try {
            while (position < length) {
                int part = part(in, offset + position, length - position);
                if (part == BinaryCopy.INCOMPLETE) {
                    break;
                }
                position += part;
            }
        } catch (ValueException e) {
            fail(Errors.of(e, "", sql()));
        } catch (Throwable e) {
            fail(e);
            Exceptions.throwIfJvmFatal(e);
        }
        return position;
    }

    private int part(ByteBuf in, int offset, int available) {
        RowShape columns = shape;
        if (columns == null || trailed) {
            throw new ValueException("there is data behind the end of binary COPY");
        }
        if (!headed) {
            int header = (int) BinaryCopy.headerLength(in, offset, available);
            headed = header != BinaryCopy.INCOMPLETE;
            return header;
        }
        int row = BinaryCopy.rowLength(in, offset, available, columns.size());
        if (row == BinaryCopy.INCOMPLETE) {
            return row;
        }
        if (in.getShort(offset) == BinaryCopy.TRAILER) {
            trailed = true;
            return row;
        }
        if (!isWanted()) {
            pending = true;
            return BinaryCopy.INCOMPLETE;
        }
        emit(map(in, offset, row));
        return row;
    }

    private T map(ByteBuf in, int offset, int length) {
        PgxcRow row = cursor;
        if (row == null) {
            throw new IllegalStateException("The columns are not known yet");
        }
        row.enter(in, offset, length);
        try {
            return SegmentReader.present(mapping.apply(row, row.getMetadata()));
        } finally {
            row.leave();
        }
    }

    @Override
    void onMore() {
        if (pending) {
            readRest();
            core().session().wake();
        }
        if (held && !pending) {
            held = false;
            end();
        }
    }

    @Override
    void discard() {
        rest = Unpooled.EMPTY_BUFFER;
        pending = false;
    }

    @Override
    public void onEnd(@Nullable Failure failure) {
        if (failure == null && pending) {
            held = true;
        } else if (failure == null) {
            end();
        } else {
            super.onEnd(failure);
        }
    }

    private void end() {
        if (trailed) {
            super.onEnd(null);
        } else {
            super.onEnd(new Failure.Local(new ValueException("the data of binary COPY ended before its trailer")));
        }
    }
}
