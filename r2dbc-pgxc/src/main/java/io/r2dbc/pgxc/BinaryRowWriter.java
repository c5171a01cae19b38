// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import io.netty.buffer.ByteBuf;
import io.r2dbc.pgxc.codec.CodecRegistry;
import io.r2dbc.pgxc.codec.Encoding;
import io.r2dbc.pgxc.codec.ValueException;
import io.r2dbc.pgxc.exchange.Outbox;
import io.r2dbc.pgxc.wire.BackendMessage.Column;
import io.r2dbc.pgxc.wire.FrontendMessage.CopyData;
import java.math.BigDecimal;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import reactor.core.Exceptions;

/**
 * Writes rows of values as the stream of binary COPY (protocol 48.2.5), many to a message: here {@code codec} and {@code wire} meet.
 *
 * <p>A row is written whole or not at all.
 */
final class BinaryRowWriter implements CopyInSource.Writer<@Nullable Object[]> {

    private static final int NONE = -1;

    private final CodecRegistry registry;
    private final List<Column> columns;
    private final String sql;
    private final @Nullable Class<?>[] plannedFor;
    private final @Nullable Encoding[] plans;
    private boolean headed;
    private int frame = NONE;
    private long rows;

    BinaryRowWriter(CodecRegistry registry, List<Column> columns, String sql) {
        this.registry = registry;
        this.columns = columns;
        this.sql = sql;
        this.plannedFor = new Class<?>[columns.size()];
        this.plans = new Encoding[columns.size()];
    }

    @Override
    public int write(@Nullable Object[] row, Outbox out) {
        if (row.length != columns.size()) {
            discard(row);
            ValueException width = new ValueException(row.length + " values for " + columns.size() + " columns");
            throw Errors.of(width, where(), sql);
        }
        ByteBuf buffer = open(out);
        int start = buffer.writerIndex();
        int written = 0;
        try {
            buffer.writeShort(row.length);
            for (; written < row.length; written++) {
                writeValue(row[written], written, buffer);
            }
            CopyData.end(buffer, frame);
        } catch (ValueException | IllegalArgumentException e) {
            buffer.writerIndex(start);
            throw Errors.of(new ValueException(String.valueOf(e.getMessage()), e), where(row, written), sql);
        } catch (Throwable e) {
            buffer.writerIndex(start);
            Exceptions.throwIfJvmFatal(e);
            throw Errors.of(new ValueException(e.toString(), e), where(row, written), sql);
        } finally {
            for (int i = written + 1; i < row.length; i++) {
                release(row[i]);
            }
        }
        rows++;
        return buffer.writerIndex() - start;
    }

    private void writeValue(@Nullable Object given, int column, ByteBuf out) {
        int lengthAt = out.writerIndex();
        out.writeInt(-1);
        if (given != null) {
            Object value = given instanceof ByteBuf bound ? BoundBuffer.take(bound) : given;
            encoding(value, column).write(value, out);
            out.setInt(lengthAt, out.writerIndex() - lengthAt - 4);
        }
    }

    private Encoding encoding(Object value, int column) {
        Encoding plan = plans[column];
        if (plan == null || plannedFor[column] != value.getClass()) {
            plan = registry.binaryEncoding(value, columns.get(column).typeOid());
            plans[column] = plan;
            plannedFor[column] = isSimple(value) ? value.getClass() : null;
        }
        return plan;
    }

    /** Whether the class alone decides the encoding, and not what a value of it holds. */
    private static boolean isSimple(Object value) {
        Package home = value.getClass().getPackage();
        String name = home == null ? "" : home.getName();
        return name.equals("java.lang")
                || name.equals("java.time")
                || value instanceof BigDecimal
                || value instanceof UUID;
    }

    private String where() {
        return "row " + rows + ", counted from 0: ";
    }

    private String where(@Nullable Object[] row, int column) {
        if (column >= columns.size()) {
            return where();
        }
        Object value = row[column];
        String what = value == null ? "NULL" : value.getClass().getTypeName();
        return "row " + rows + ", counted from 0, column \""
                + columns.get(column).name() + "\" (" + what + " as "
                + registry.type(columns.get(column).typeOid()) + "): ";
    }

    private ByteBuf open(Outbox out) {
        ByteBuf buffer = out.buffer();
        if (frame == NONE) {
            frame = CopyData.begin(buffer);
            if (!headed) {
                headed = true;
                BinaryCopy.writeHeader(buffer);
            }
            CopyData.end(buffer, frame);
        }
        return buffer;
    }

    @Override
    public void pause(Outbox out) {
        frame = NONE;
    }

    @Override
    public void end(Outbox out) {
        ByteBuf buffer = open(out);
        buffer.writeShort(BinaryCopy.TRAILER);
        CopyData.end(buffer, frame);
    }

    @Override
    public void discard(@Nullable Object[] row) {
        for (Object value : row) {
            release(value);
        }
    }

    private static void release(@Nullable Object value) {
        if (value instanceof ByteBuf bound) {
            BoundBuffer.take(bound);
        }
    }
}
