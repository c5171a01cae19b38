// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.r2dbc.pgxc.codec.CodecRegistry;
import io.r2dbc.pgxc.codec.Format;
import io.r2dbc.pgxc.codec.PgType;
import io.r2dbc.pgxc.wire.BackendMessage.Column;
import io.r2dbc.pgxc.wire.BackendMessage.RowDescription;
import io.r2dbc.pgxc.wire.Tag;
import io.r2dbc.spi.Result;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;

/**
 * Rows of six columns as a server would send them, the same on every machine.
 */
final class SixColumns {

    static final RowDescription DESCRIPTION = new RowDescription(List.of(
            column("id", PgType.INT4, 4),
            column("serial", PgType.INT8, 8),
            column("label", PgType.TEXT, -1),
            column("taken", PgType.TIMESTAMPTZ, 8),
            column("amount", PgType.NUMERIC, -1),
            column("level", PgType.FLOAT8, 8)));

    private static final OffsetDateTime BEGIN = OffsetDateTime.of(2026, 1, 1, 0, 0, 0, 0, ZoneOffset.UTC);

    /** As the server prints timestamps: ISO style, in UTC. */
    private static final DateTimeFormatter PRINTED =
            DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.SSS'+00'", Locale.ROOT);

    private SixColumns() {}

    private static Column column(String name, PgType type, int size) {
        return new Column(name, 0, 0, type.oid(), size, -1, Format.TEXT.code());
    }

    /** A buffer of DataRow messages, outside the heap as a socket's is; the caller releases it. */
    static ByteBuf encoded(int rows, Format format) {
        ByteBuf out = PooledByteBufAllocator.DEFAULT.directBuffer(rows * 128);
        for (int row = 1; row <= rows; row++) {
            write(values(row), format, out);
        }
        return out;
    }

    private static List<Object> values(int row) {
        return List.of(
                row,
                row * 1_000_003L,
                String.format(Locale.ROOT, "reading number %05d", row),
                BEGIN.plusNanos(row * 1_500_000_000L + 1_000_000),
                BigDecimal.valueOf(row * 7919L % 10_000_000, 2),
                2 + Math.sin(row));
    }

    private static void write(List<Object> values, Format format, ByteBuf out) {
        int start = out.writerIndex();
        out.writeByte(Tag.DATA_ROW).writeInt(0).writeShort(values.size());
        for (int i = 0; i < values.size(); i++) {
            int length = out.writerIndex();
            out.writeInt(0);
            write(values.get(i), DESCRIPTION.columns().get(i).typeOid(), format, out);
            out.setInt(length, out.writerIndex() - length - 4);
        }
        out.setInt(start + 1, out.writerIndex() - start - 1);
    }

    private static void write(Object value, int typeOid, Format format, ByteBuf out) {
        if (format == Format.TEXT) {
            String text = value instanceof OffsetDateTime time ? PRINTED.format(time) : value.toString();
            out.writeCharSequence(text, StandardCharsets.UTF_8);
        } else {
            CodecRegistry.standard().encoding(value, typeOid).write(value, out);
        }
    }

    /** A session of its own, which knows the types every server has. */
    record Source() implements RowShape.Source {

        @Override
        public CodecRegistry registry() {
            return CodecRegistry.standard();
        }

        @Override
        public void doubt(int typeOid) {
            throw new IllegalStateException("type " + typeOid + " is not as it should be");
        }

        @Override
        public Result cursor(String name) {
            throw new IllegalStateException("there is no cursor " + name);
        }
    }
}
