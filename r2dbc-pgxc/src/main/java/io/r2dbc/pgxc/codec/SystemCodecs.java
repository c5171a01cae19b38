// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.codec;

import io.netty.buffer.ByteBuf;
import io.r2dbc.pgxc.value.Lsn;
import io.r2dbc.pgxc.value.Tid;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes small types of the server's own: {@code tid} as {@code Tid}, {@code pg_lsn} as {@code Lsn}, {@code
 * refcursor}, which is the name of a cursor, and {@code void}, which is the empty string and is never written. All of them
 * are {@code String} too.
 */
final class SystemCodecs implements Family {

    private static final int TID_BYTES = 6;
    private static final int MOST_HEX_DIGITS = 8;

    private static final Encoding TID = TypedEncoding.binary(PgType.TID, (value, out) -> {
        Tid tid = (Tid) value;
        out.writeInt((int) tid.block());
        out.writeShort(tid.offset());
    });
    private static final Encoding PG_LSN =
            TypedEncoding.binary(PgType.PG_LSN, (value, out) -> out.writeLong(((Lsn) value).value()));

    @Override
    public List<PgType> types() {
        return List.of(PgType.TID, PgType.PG_LSN, PgType.REFCURSOR, PgType.VOID);
    }

    @Override
    public @Nullable Decoder<?> decoder(PgType type, Format format, Class<?> target) {
        if (type.equals(PgType.TID)) {
            return tid(format, target);
        }
        if (type.equals(PgType.PG_LSN)) {
            return lsn(format, target);
        }
        if (target != String.class) {
            return null;
        }
        return type.equals(PgType.VOID) ? (Decoder<String>) SystemCodecs::nothing : TextCodecs.string(type, format);
    }

    private static String nothing(ByteBuf buffer, int offset, int length) {
        if (length != 0) {
            throw ValueException.length(PgType.VOID, 0, length);
        }
        return "";
    }

    private static @Nullable Decoder<?> tid(Format format, Class<?> target) {
        if (target == Tid.class) {
            return format == Format.TEXT
                    ? (Decoder<Tid>) SystemCodecs::tidFromText
                    : (Decoder<Tid>) SystemCodecs::tidFromBytes;
        }
        return target == String.class
                ? (Decoder<String>) (buffer, offset, length) ->
                        tidFromBytes(buffer, offset, length).toString()
                : null;
    }

    private static Tid tidFromBytes(ByteBuf buffer, int offset, int length) {
        if (length != TID_BYTES) {
            throw ValueException.length(PgType.TID, TID_BYTES, length);
        }
        return new Tid(buffer.getUnsignedInt(offset), buffer.getUnsignedShort(offset + 4));
    }

    private static Tid tidFromText(ByteBuf buffer, int offset, int length) {
        int end = offset + length;
        int comma = buffer.indexOf(offset, end, (byte) ',');
        if (comma < 0 || buffer.getByte(offset) != '(' || buffer.getByte(end - 1) != ')') {
            throw ValueException.malformed(PgType.TID, buffer, offset, length);
        }
        long block = Digits.integer(buffer, offset + 1, comma - offset - 1, PgType.TID);
        long row = Digits.integer(buffer, comma + 1, end - comma - 2, PgType.TID);
        if (block < 0 || block > 0xFFFF_FFFFL || row < 0 || row > 0xFFFF) {
            throw ValueException.malformed(PgType.TID, buffer, offset, length);
        }
        return new Tid(block, (int) row);
    }

    private static @Nullable Decoder<?> lsn(Format format, Class<?> target) {
        if (target == Lsn.class) {
            return format == Format.TEXT
                    ? (Decoder<Lsn>) SystemCodecs::lsnFromText
                    : (Decoder<Lsn>) SystemCodecs::lsnFromBytes;
        }
        return target == String.class
                ? (Decoder<String>) (buffer, offset, length) ->
                        lsnFromBytes(buffer, offset, length).toString()
                : null;
    }

    private static Lsn lsnFromBytes(ByteBuf buffer, int offset, int length) {
        if (length != Long.BYTES) {
            throw ValueException.length(PgType.PG_LSN, Long.BYTES, length);
        }
        return new Lsn(buffer.getLong(offset));
    }

    private static Lsn lsnFromText(ByteBuf buffer, int offset, int length) {
        int end = offset + length;
        int slash = buffer.indexOf(offset, end, (byte) '/');
        long upper = slash < 0 ? -1 : hex(buffer, offset, slash);
        long lower = slash < 0 ? -1 : hex(buffer, slash + 1, end);
        if (upper < 0 || lower < 0) {
            throw ValueException.malformed(PgType.PG_LSN, buffer, offset, length);
        }
        return new Lsn(upper << 32 | lower);
    }

    /** One to eight digits, or -1. */
    private static long hex(ByteBuf buffer, int from, int to) {
        long value = from < to && to - from <= MOST_HEX_DIGITS ? 0 : -1;
        for (int i = from; i < to && value >= 0; i++) {
            int digit = Character.digit(buffer.getByte(i), 16);
            value = digit < 0 ? -1 : value << 4 | digit;
        }
        return value;
    }

    @Override
    public Map<Class<?>, Encoding> encodings() {
        return Map.of(Tid.class, TID, Lsn.class, PG_LSN);
    }

    @Override
    public @Nullable Encoding encoding(Object value, PgType type) {
        if (value instanceof Tid && type.equals(PgType.TID)) {
            return TID;
        }
        return value instanceof Lsn && type.equals(PgType.PG_LSN) ? PG_LSN : null;
    }
}
