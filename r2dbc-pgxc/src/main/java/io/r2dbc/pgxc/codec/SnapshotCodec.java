// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.codec;

import io.netty.buffer.ByteBuf;
import io.r2dbc.pgxc.value.Snapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes {@code pg_snapshot} and {@code txid_snapshot}, which differ by name only: {@code Snapshot} and {@code
 * String}. A snapshot whose type is not given goes untyped, since older servers know the older name only.
 */
final class SnapshotCodec implements Family {

    /** Ahead of the transactions in progress in binary: how many they are, xmin and xmax. */
    private static final int HEADER = 20;

    private static final Encoding UNTYPED = new UntypedText(PgType.PG_SNAPSHOT.oid(), Object::toString);
    private static final Encoding PG_SNAPSHOT = TypedEncoding.binary(PgType.PG_SNAPSHOT, SnapshotCodec::write);
    private static final Encoding TXID_SNAPSHOT = TypedEncoding.binary(PgType.TXID_SNAPSHOT, SnapshotCodec::write);

    @Override
    public List<PgType> types() {
        return List.of(PgType.PG_SNAPSHOT, PgType.TXID_SNAPSHOT);
    }

    @Override
    public @Nullable Decoder<?> decoder(PgType type, Format format, Class<?> target) {
        if (target == Snapshot.class) {
            return format == Format.TEXT
                    ? (Decoder<Snapshot>) (buffer, offset, length) -> text(buffer, offset, length, type)
                    : (Decoder<Snapshot>) (buffer, offset, length) -> binary(buffer, offset, length, type);
        }
        return target == String.class
                ? (Decoder<String>) (buffer, offset, length) ->
                        binary(buffer, offset, length, type).toString()
                : null;
    }

    private static Snapshot binary(ByteBuf buffer, int offset, int length, PgType type) {
        int count = length < HEADER ? -1 : buffer.getInt(offset);
        if (count < 0 || length != HEADER + 8L * count) {
            throw ValueException.of(
                    type, Format.BINARY, Math.max(count, 0) + " transactions in progress in " + length + " bytes");
        }
        List<Long> inProgress = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            inProgress.add(buffer.getLong(offset + HEADER + 8 * i));
        }
        return snapshot(buffer.getLong(offset + 4), buffer.getLong(offset + 12), inProgress, type, Format.BINARY);
    }

    private static Snapshot text(ByteBuf buffer, int offset, int length, PgType type) {
        int end = offset + length;
        int first = buffer.indexOf(offset, end, (byte) ':');
        int second = first < 0 ? -1 : buffer.indexOf(first + 1, end, (byte) ':');
        if (second < 0) {
            throw ValueException.malformed(type, buffer, offset, length);
        }
        long xmin = Digits.integer(buffer, offset, first - offset, type);
        long xmax = Digits.integer(buffer, first + 1, second - first - 1, type);
        List<Long> inProgress = new ArrayList<>();
        int at = second + 1;
        boolean isMore = at < end;
        while (isMore) {
            int comma = buffer.indexOf(at, end, (byte) ',');
            isMore = comma >= 0;
            int stop = isMore ? comma : end;
            inProgress.add(Digits.integer(buffer, at, stop - at, type));
            at = stop + 1;
        }
        return snapshot(xmin, xmax, inProgress, type, Format.TEXT);
    }

    private static Snapshot snapshot(long xmin, long xmax, List<Long> inProgress, PgType type, Format format) {
        try {
            return new Snapshot(xmin, xmax, inProgress);
        } catch (IllegalArgumentException e) {
            throw new ValueException(type.getName() + " (" + format + "): " + e.getMessage(), e);
        }
    }

    private static void write(Object value, ByteBuf out) {
        Snapshot snapshot = (Snapshot) value;
        out.writeInt(snapshot.inProgress().size());
        out.writeLong(snapshot.xmin());
        out.writeLong(snapshot.xmax());
        for (long id : snapshot.inProgress()) {
            out.writeLong(id);
        }
    }

    @Override
    public Map<Class<?>, Encoding> encodings() {
        return Map.of(Snapshot.class, UNTYPED);
    }

    @Override
    public @Nullable Encoding encoding(Object value, PgType type) {
        if (!(value instanceof Snapshot)) {
            return null;
        }
        return type.equals(PgType.PG_SNAPSHOT) ? PG_SNAPSHOT : TXID_SNAPSHOT;
    }
}
