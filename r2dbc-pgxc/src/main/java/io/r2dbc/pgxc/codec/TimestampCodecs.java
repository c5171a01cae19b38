// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.codec;

import io.netty.buffer.ByteBuf;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.zone.ZoneRules;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes {@code timestamp} as {@code LocalDateTime} and {@code timestamptz} as {@code OffsetDateTime}, {@code
 * ZonedDateTime} or {@code Instant}; each also as the others, by way of the session's zone, as the server's own cast
 * does; and both as {@code String}.
 *
 * <p>The infinities are MIN and MAX of {@code LocalDateTime}, {@code OffsetDateTime} and {@code Instant}. Digits beyond
 * microseconds are dropped when written, so that no value moves to a later second.
 */
final class TimestampCodecs implements Family {

    /** Makes a Java value of microseconds since 2000-01-01, which are never an infinity. */
    private interface Conversion<T> {

        T of(long micros);
    }

    private static final long EPOCH_SECOND = TemporalText.EPOCH_DAY * 86_400L;

    /** 4714-11-24 BC. */
    private static final long FIRST = -2_451_545 * TemporalText.DAY;

    /** 294277-01-01, one microsecond more than the server holds. */
    private static final long END = 106_751_983L * TemporalText.DAY;

    private static final Set<Object> INFINITIES =
            Set.of(LocalDate.MAX, LocalDateTime.MAX, OffsetDateTime.MAX, Instant.MAX);
    private static final Set<Object> NEGATIVE_INFINITIES =
            Set.of(LocalDate.MIN, LocalDateTime.MIN, OffsetDateTime.MIN, Instant.MIN);

    private final ZoneId zone;
    private final boolean convertsLocal;
    private final ZoneRules rules;
    private final @Nullable ZoneOffset fixed;
    private final Encoding timestamp =
            TypedEncoding.binary(PgType.TIMESTAMP, (value, out) -> write(value, PgType.TIMESTAMP, out));
    private final Encoding timestamptz =
            TypedEncoding.binary(PgType.TIMESTAMPTZ, (value, out) -> write(value, PgType.TIMESTAMPTZ, out));

    /** Without a zone instants are shown in UTC, but no local time is taken for one. */
    TimestampCodecs(@Nullable ZoneId sessionZone) {
        this.zone = sessionZone == null ? ZoneOffset.UTC : sessionZone;
        this.convertsLocal = sessionZone != null;
        this.rules = zone.getRules();
        this.fixed = rules.isFixedOffset() ? rules.getOffset(Instant.EPOCH) : null;
    }

    @Override
    public List<PgType> types() {
        return List.of(PgType.TIMESTAMP, PgType.TIMESTAMPTZ);
    }

    @Override
    public @Nullable Decoder<?> decoder(PgType type, Format format, Class<?> target) {
        LongReader micros = format == Format.BINARY
                ? (buffer, offset, length) -> binary(buffer, offset, length, type)
                : (buffer, offset, length) -> TemporalText.micros(buffer, offset, length, type);
        return type.equals(PgType.TIMESTAMP) ? timestamp(micros, format, target) : timestamptz(micros, format, target);
    }

    private @Nullable Decoder<?> timestamp(LongReader micros, Format format, Class<?> target) {
        if (target == LocalDateTime.class) {
            return decoder(micros, LocalDateTime.MIN, LocalDateTime.MAX, TimestampCodecs::local);
        }
        if (target == String.class) {
            return decoder(micros, "-infinity", "infinity", value -> print(value, null));
        }
        if (!convertsLocal) {
            return null;
        }
        if (target == OffsetDateTime.class) {
            return decoder(
                    micros,
                    OffsetDateTime.MIN,
                    OffsetDateTime.MAX,
                    value -> zoned(value).toOffsetDateTime());
        }
        if (target == Instant.class) {
            return decoder(
                    micros, Instant.MIN, Instant.MAX, value -> zoned(value).toInstant());
        }
        return target == ZonedDateTime.class ? finite(micros, PgType.TIMESTAMP, format, this::zoned) : null;
    }

    private @Nullable Decoder<?> timestamptz(LongReader micros, Format format, Class<?> target) {
        if (target == OffsetDateTime.class) {
            return decoder(micros, OffsetDateTime.MIN, OffsetDateTime.MAX, this::offset);
        }
        if (target == String.class) {
            return decoder(micros, "-infinity", "infinity", value -> print(value, offsetAt(value)));
        }
        if (target == Instant.class) {
            return decoder(micros, Instant.MIN, Instant.MAX, TimestampCodecs::instant);
        }
        if (target == ZonedDateTime.class) {
            return finite(
                    micros, PgType.TIMESTAMPTZ, format, value -> instant(value).atZone(zone));
        }
        return target == LocalDateTime.class && convertsLocal
                ? decoder(
                        micros,
                        LocalDateTime.MIN,
                        LocalDateTime.MAX,
                        value -> offset(value).toLocalDateTime())
                : null;
    }

    private static <T> Decoder<T> decoder(LongReader micros, T min, T max, Conversion<T> conversion) {
        return (buffer, offset, length) -> {
            long value = micros.read(buffer, offset, length);
            if (value == TemporalText.INFINITY) {
                return max;
            }
            return value == TemporalText.NEGATIVE_INFINITY ? min : conversion.of(value);
        };
    }

    private static Decoder<ZonedDateTime> finite(
            LongReader micros, PgType type, Format format, Conversion<ZonedDateTime> conversion) {
        return (buffer, offset, length) -> {
            long value = micros.read(buffer, offset, length);
            if (value == TemporalText.INFINITY || value == TemporalText.NEGATIVE_INFINITY) {
                throw ValueException.overflow(type, format, value > 0 ? "infinity" : "-infinity", ZonedDateTime.class);
            }
            return conversion.of(value);
        };
    }

    private static long binary(ByteBuf buffer, int offset, int length, PgType type) {
        if (length != 8) {
            throw ValueException.length(type, 8, length);
        }
        return buffer.getLong(offset);
    }

    private static long epochSecond(long micros) {
        return Math.floorDiv(micros, TemporalText.SECOND) + EPOCH_SECOND;
    }

    private static int nano(long micros) {
        return (int) Math.floorMod(micros, TemporalText.SECOND) * 1_000;
    }

    private static LocalDateTime local(long micros) {
        return LocalDateTime.ofEpochSecond(epochSecond(micros), nano(micros), ZoneOffset.UTC);
    }

    private static Instant instant(long micros) {
        return Instant.ofEpochSecond(epochSecond(micros), nano(micros));
    }

    private ZoneOffset offsetAt(long micros) {
        return fixed != null ? fixed : rules.getOffset(instant(micros));
    }

    private OffsetDateTime offset(long micros) {
        ZoneOffset offset = offsetAt(micros);
        return OffsetDateTime.of(LocalDateTime.ofEpochSecond(epochSecond(micros), nano(micros), offset), offset);
    }

    private ZonedDateTime zoned(long localMicros) {
        return local(localMicros).atZone(zone);
    }

    private static String print(long micros, @Nullable ZoneOffset offset) {
        LocalDateTime local = LocalDateTime.ofEpochSecond(
                epochSecond(micros), nano(micros), offset == null ? ZoneOffset.UTC : offset);
        StringBuilder out = new StringBuilder(40);
        TemporalText.date(out, local.getYear(), local.getMonthValue(), local.getDayOfMonth())
                .append(' ');
        TemporalText.time(out, local.toLocalTime().toNanoOfDay() / 1_000);
        if (offset != null) {
            TemporalText.offset(out, offset.getTotalSeconds());
        }
        return out.append(local.getYear() > 0 ? "" : " BC").toString();
    }

    private void write(Object value, PgType type, ByteBuf out) {
        if (INFINITIES.contains(value)) {
            out.writeLong(TemporalText.INFINITY);
        } else if (NEGATIVE_INFINITIES.contains(value)) {
            out.writeLong(TemporalText.NEGATIVE_INFINITY);
        } else {
            out.writeLong(type.equals(PgType.TIMESTAMP) ? localMicros(value) : instantMicros(value));
        }
    }

    private long localMicros(Object value) {
        Instant asIfInUtc = local(value).toInstant(ZoneOffset.UTC);
        return micros(asIfInUtc.getEpochSecond(), asIfInUtc.getNano(), value, PgType.TIMESTAMP);
    }

    private LocalDateTime local(Object value) {
        if (value instanceof LocalDate date) {
            return date.atStartOfDay();
        }
        if (value instanceof LocalDateTime time) {
            return time;
        }
        instantMicros(value); // refuses what LocalDateTime could not hold
        return LocalDateTime.ofInstant(instant(value), zone);
    }

    private long instantMicros(Object value) {
        Instant instant = instant(value);
        return micros(instant.getEpochSecond(), instant.getNano(), value, PgType.TIMESTAMPTZ);
    }

    private Instant instant(Object value) {
        if (value instanceof Instant instant) {
            return instant;
        }
        if (value instanceof OffsetDateTime time) {
            return time.toInstant();
        }
        if (value instanceof ZonedDateTime time) {
            return time.toInstant();
        }
        return value instanceof Date date
                ? date.toInstant()
                : ((LocalDateTime) value).atZone(zone).toInstant();
    }

    private static long micros(long epochSecond, int nano, Object value, PgType type) {
        long seconds = epochSecond - EPOCH_SECOND;
        boolean inRange = seconds >= FIRST / TemporalText.SECOND && seconds < END / TemporalText.SECOND;
        if (!inRange) {
            throw ValueException.unwritable(type.getName(), value, value + " is out of range");
        }
        return seconds * TemporalText.SECOND + nano / 1_000;
    }

    @Override
    public Map<Class<?>, Encoding> encodings() {
        return Map.of(
                LocalDateTime.class, timestamp,
                OffsetDateTime.class, timestamptz,
                ZonedDateTime.class, timestamptz,
                Instant.class, timestamptz,
                Date.class, timestamptz);
    }

    @Override
    public @Nullable Encoding encoding(Object value, PgType type) {
        if (value instanceof LocalDate) {
            return type.equals(PgType.TIMESTAMP) ? timestamp : null;
        }
        boolean isLocal = value instanceof LocalDateTime;
        boolean converts = isLocal != type.equals(PgType.TIMESTAMP);
        if (!encodings().containsKey(value.getClass()) || converts && !convertsLocal) {
            return null;
        }
        return type.equals(PgType.TIMESTAMP) ? timestamp : timestamptz;
    }
}
