// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.codec;

import io.netty.buffer.ByteBuf;
import java.time.LocalTime;
import java.time.OffsetTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes {@code time} as {@code LocalTime}, {@code timetz} as {@code OffsetTime}, and both as {@code String}.
 * The server's 24:00:00 exists as a string only. Digits beyond microseconds are dropped when written.
 */
final class TimeCodecs implements Family {

    private static final Encoding TIME =
            TypedEncoding.binary(PgType.TIME, (value, out) -> out.writeLong(((LocalTime) value).toNanoOfDay() / 1_000));
    private static final Encoding TIMETZ = TypedEncoding.binary(PgType.TIMETZ, TimeCodecs::write);

    /** The offset sits beside the microseconds, which need 37 bits, in one number. */
    private static final int OFFSET_BITS = 18;

    @Override
    public List<PgType> types() {
        return List.of(PgType.TIME, PgType.TIMETZ);
    }

    @Override
    public @Nullable Decoder<?> decoder(PgType type, Format format, Class<?> target) {
        return type.equals(PgType.TIME) ? time(format, target) : timetz(format, target);
    }

    private static @Nullable Decoder<?> time(Format format, Class<?> target) {
        LongReader micros = format == Format.BINARY
                ? TimeCodecs::binary
                : (buffer, offset, length) -> TemporalText.time(buffer, offset, length, PgType.TIME);
        if (target == LocalTime.class) {
            return (Decoder<LocalTime>) (b, o, l) -> localTime(micros.read(b, o, l), PgType.TIME, format);
        }
        return target == String.class
                ? (Decoder<String>) (b, o, l) -> TemporalText.time(new StringBuilder(16), micros.read(b, o, l))
                        .toString()
                : null;
    }

    private static @Nullable Decoder<?> timetz(Format format, Class<?> target) {
        LongReader packed = format == Format.BINARY ? TimeCodecs::binaryWithOffset : TimeCodecs::textWithOffset;
        if (target == OffsetTime.class) {
            return (Decoder<OffsetTime>) (b, o, l) -> {
                long value = packed.read(b, o, l);
                LocalTime time = localTime(micros(value), PgType.TIMETZ, format);
                return OffsetTime.of(time, ZoneOffset.ofTotalSeconds(offset(value)));
            };
        }
        return target == String.class
                ? (Decoder<String>) (b, o, l) -> {
                    long value = packed.read(b, o, l);
                    StringBuilder out = TemporalText.time(new StringBuilder(24), micros(value));
                    return TemporalText.offset(out, offset(value)).toString();
                }
                : null;
    }

    private static long binary(ByteBuf buffer, int offset, int length) {
        if (length != 8) {
            throw ValueException.length(PgType.TIME, 8, length);
        }
        return checked(buffer.getLong(offset), PgType.TIME);
    }

    private static long checked(long micros, PgType type) {
        if (micros < 0 || micros > TemporalText.DAY) {
            throw ValueException.of(type, Format.BINARY, micros + " microseconds are no time of day");
        }
        return micros;
    }

    private static long binaryWithOffset(ByteBuf buffer, int offset, int length) {
        if (length != 12) {
            throw ValueException.length(PgType.TIMETZ, 12, length);
        }
        int west = buffer.getInt(offset + 8);
        if (west <= -TemporalText.OFFSET_LIMIT || west >= TemporalText.OFFSET_LIMIT) {
            throw ValueException.of(PgType.TIMETZ, Format.BINARY, "offset of " + west + " seconds");
        }
        return pack(checked(buffer.getLong(offset), PgType.TIMETZ), -west);
    }

    private static long textWithOffset(ByteBuf buffer, int offset, int length) {
        int end = offset + length;
        int zone = TemporalText.zone(buffer, offset, end);
        if (zone == end) {
            throw ValueException.malformed(PgType.TIMETZ, buffer, offset, length);
        }
        long micros = TemporalText.time(buffer, offset, zone - offset, PgType.TIMETZ);
        return pack(micros, TemporalText.offset(buffer, zone, end, PgType.TIMETZ));
    }

    private static long pack(long micros, int offset) {
        return micros << OFFSET_BITS | offset + TemporalText.OFFSET_LIMIT;
    }

    private static long micros(long packed) {
        return packed >> OFFSET_BITS;
    }

    private static int offset(long packed) {
        return (int) (packed & (1 << OFFSET_BITS) - 1) - TemporalText.OFFSET_LIMIT;
    }

    private static LocalTime localTime(long micros, PgType type, Format format) {
        if (micros == TemporalText.DAY) {
            throw ValueException.of(type, format, "24:00:00 has no place in LocalTime; read it as String");
        }
        return LocalTime.ofNanoOfDay(micros * 1_000);
    }

    private static void write(Object value, ByteBuf out) {
        OffsetTime time = (OffsetTime) value;
        int offset = time.getOffset().getTotalSeconds();
        if (Math.abs(offset) >= TemporalText.OFFSET_LIMIT) {
            throw ValueException.unwritable("timetz", value, "the server's offsets end before 16 hours");
        }
        out.writeLong(time.toLocalTime().toNanoOfDay() / 1_000);
        out.writeInt(-offset);
    }

    @Override
    public Map<Class<?>, Encoding> encodings() {
        return Map.of(LocalTime.class, TIME, OffsetTime.class, TIMETZ);
    }

    @Override
    public @Nullable Encoding encoding(Object value, PgType type) {
        Encoding encoding = encodings().get(value.getClass());
        return encoding != null && encoding.typeOid() == type.oid() ? encoding : null;
    }
}
