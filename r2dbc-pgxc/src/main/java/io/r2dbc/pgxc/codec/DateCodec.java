// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.codec;

import io.netty.buffer.ByteBuf;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads and writes {@code date}: {@code LocalDate}, whose MIN and MAX are the infinities, and {@code String}. */
final class DateCodec implements Family {

    /** 4713-11-24 before the proleptic calendar's year 0, day 0 of the server's count. */
    private static final long FIRST = -2_451_545;

    /** 5874898-01-01, one day more than the server holds. */
    private static final long END = 2_145_031_949;

    private static final Encoding ENCODING = TypedEncoding.binary(PgType.DATE, DateCodec::write);

    @Override
    public List<PgType> types() {
        return List.of(PgType.DATE);
    }

    @Override
    public @Nullable Decoder<?> decoder(PgType type, Format format, Class<?> target) {
        LongReader days = format == Format.BINARY
                ? DateCodec::binary
                : (buffer, offset, length) -> TemporalText.days(buffer, offset, length, PgType.DATE);
        if (target == LocalDate.class) {
            return (Decoder<LocalDate>) (buffer, offset, length) -> date(days.read(buffer, offset, length));
        }
        if (target == String.class) {
            return (Decoder<String>) (buffer, offset, length) -> print(days.read(buffer, offset, length));
        }
        return null;
    }

    private static long binary(ByteBuf buffer, int offset, int length) {
        if (length != 4) {
            throw ValueException.length(PgType.DATE, 4, length);
        }
        int days = buffer.getInt(offset);
        return switch (days) {
            case Integer.MAX_VALUE -> TemporalText.INFINITY;
            case Integer.MIN_VALUE -> TemporalText.NEGATIVE_INFINITY;
            default -> days;
        };
    }

    private static LocalDate date(long days) {
        if (days == TemporalText.INFINITY) {
            return LocalDate.MAX;
        }
        return days == TemporalText.NEGATIVE_INFINITY
                ? LocalDate.MIN
                : LocalDate.ofEpochDay(days + TemporalText.EPOCH_DAY);
    }

    private static String print(long days) {
        if (days == TemporalText.INFINITY || days == TemporalText.NEGATIVE_INFINITY) {
            return days > 0 ? "infinity" : "-infinity";
        }
        LocalDate date = date(days);
        StringBuilder out = new StringBuilder(16);
        TemporalText.date(out, date.getYear(), date.getMonthValue(), date.getDayOfMonth());
        return out.append(date.getYear() > 0 ? "" : " BC").toString();
    }

    private static void write(Object value, ByteBuf out) {
        LocalDate date = (LocalDate) value;
        if (date.equals(LocalDate.MAX)) {
            out.writeInt(Integer.MAX_VALUE);
            return;
        }
        if (date.equals(LocalDate.MIN)) {
            out.writeInt(Integer.MIN_VALUE);
            return;
        }
        long days = date.toEpochDay() - TemporalText.EPOCH_DAY;
        if (days < FIRST || days >= END) {
            throw ValueException.unwritable("date", value, value + " is out of range");
        }
        out.writeInt((int) days);
    }

    @Override
    public Map<Class<?>, Encoding> encodings() {
        return Map.of(LocalDate.class, ENCODING);
    }

    @Override
    public @Nullable Encoding encoding(Object value, PgType type) {
        return value instanceof LocalDate ? ENCODING : null;
    }
}
