// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.codec;

import io.netty.buffer.ByteBuf;
import io.r2dbc.pgxc.value.Interval;
import java.time.Duration;
import java.time.Period;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes {@code interval}: {@link Interval}, {@code Duration} where there are no months and days, {@code
 * Period} where there is no time, {@code String}.
 */
final class IntervalCodec implements Family {

    private static final int LONGEST = 256;

    private static final Encoding ENCODING = TypedEncoding.binary(PgType.INTERVAL, IntervalCodec::write);

    @Override
    public List<PgType> types() {
        return List.of(PgType.INTERVAL);
    }

    @Override
    public @Nullable Decoder<?> decoder(PgType type, Format format, Class<?> target) {
        Decoder<Interval> interval = format == Format.TEXT ? IntervalCodec::text : IntervalCodec::binary;
        if (target == Interval.class) {
            return interval;
        }
        if (target == Duration.class) {
            return converted(interval, Interval::toDuration, format);
        }
        if (target == Period.class) {
            return converted(interval, Interval::toPeriod, format);
        }
        return target == String.class ? converted(interval, IntervalPrinter::postgres, format) : null;
    }

    private static <T> Decoder<T> converted(
            Decoder<Interval> decoder, Function<Interval, T> conversion, Format format) {
        return (buffer, offset, length) -> {
            Interval interval = decoder.decode(buffer, offset, length);
            try {
                return conversion.apply(interval);
            } catch (ArithmeticException e) {
                throw ValueException.of(PgType.INTERVAL, format, String.valueOf(e.getMessage()));
            }
        };
    }

    private static Interval text(ByteBuf buffer, int offset, int length) {
        if (length > LONGEST) {
            throw ValueException.malformed(PgType.INTERVAL, buffer, offset, length);
        }
        try {
            return Interval.parse(Utf8.read(buffer, offset, length, PgType.INTERVAL, Format.TEXT));
        } catch (IllegalArgumentException e) {
            throw ValueException.malformed(PgType.INTERVAL, buffer, offset, length);
        }
    }

    private static Interval binary(ByteBuf buffer, int offset, int length) {
        if (length != 16) {
            throw ValueException.length(PgType.INTERVAL, 16, length);
        }
        return new Interval(buffer.getInt(offset + 12), buffer.getInt(offset + 8), buffer.getLong(offset));
    }

    private static void write(Object value, ByteBuf out) {
        Interval interval = interval(value);
        out.writeLong(interval.microseconds());
        out.writeInt(interval.days());
        out.writeInt(interval.months());
    }

    private static Interval interval(Object value) {
        try {
            if (value instanceof Duration duration) {
                return Interval.of(duration);
            }
            return value instanceof Period period ? Interval.of(period) : (Interval) value;
        } catch (ArithmeticException e) {
            throw ValueException.unwritable("interval", value, "out of range");
        }
    }

    @Override
    public Map<Class<?>, Encoding> encodings() {
        return Map.of(Interval.class, ENCODING, Duration.class, ENCODING, Period.class, ENCODING);
    }

    @Override
    public @Nullable Encoding encoding(Object value, PgType type) {
        return encodings().get(value.getClass());
    }
}
