// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.codec;

import io.r2dbc.pgxc.value.Multirange;
import io.r2dbc.pgxc.value.Range;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes ranges and multiranges over every type: {@code String}, {@link Range} with bounds of the natural class
 * of the type that the range is over, and {@link Multirange} or {@code List} of such.
 *
 * <p>Written without a type they are text that the server takes for the range that the statement asks for, or else for
 * the one over the type of the bounds: {@code Range<Integer>} may become an {@code int8range}.
 */
final class RangeCodec implements Family {

    private static final List<PgType> RANGES = List.of(
            PgType.INT4RANGE, PgType.INT8RANGE, PgType.NUMRANGE, PgType.DATERANGE, PgType.TSRANGE, PgType.TSTZRANGE);
    private static final List<Integer> MULTIRANGES = List.of(4451, 4536, 4532, 4535, 4533, 4534);

    private final CodecRegistry registry;

    RangeCodec(CodecRegistry registry) {
        this.registry = registry;
    }

    @Override
    public List<PgType> types() {
        return Stream.concat(RANGES.stream(), MULTIRANGES.stream().map(PgType::of))
                .toList();
    }

    @Override
    public @Nullable Decoder<?> decoder(PgType type, Format format, Class<?> target) {
        PgType subtype = type.subtype();
        if (subtype == null) {
            return null;
        }
        boolean isRange = type.category() == TypeCategory.RANGE;
        if (target == String.class) {
            Decoder<?> bound = registry.decoders().plan(subtype, format, String.class);
            return bound == null ? null : isRange ? printer(type, bound) : new MultirangeBytes.Printer(type, bound);
        }
        boolean wanted = isRange
                ? target == Range.class
                : target == Multirange.class || target == List.class || target == Collection.class;
        Decoder<?> part =
                wanted ? registry.decoders().plan(subtype, format, isRange ? Object.class : Range.class) : null;
        if (part == null) {
            return null;
        }
        if (isRange) {
            return format == Format.TEXT ? new RangeText(type, part) : new RangeBytes(type, part);
        }
        Decoder<? extends List<?>> ranges =
                format == Format.TEXT ? new MultirangeText(type, part) : new MultirangeBytes(type, part);
        return target == Multirange.class ? multirange(ranges) : ranges;
    }

    /** Ranges with bounds of a class, or null if there is no conversion. */
    @Nullable
    Decoder<?> over(PgType type, Format format, Class<?> bounds) {
        PgType subtype = type.category() == TypeCategory.RANGE ? type.subtype() : null;
        Decoder<?> bound = subtype == null ? null : registry.decoders().plan(subtype, format, bounds);
        return bound == null ? null : format == Format.TEXT ? new RangeText(type, bound) : new RangeBytes(type, bound);
    }

    private static Decoder<String> printer(PgType type, Decoder<?> bound) {
        RangeBytes strings = new RangeBytes(type, bound);
        return (buffer, offset, length) -> RangeText.print(strings.decode(buffer, offset, length));
    }

    @SuppressWarnings("unchecked") // made of ranges by their own decoder
    private static Decoder<Multirange<?>> multirange(Decoder<? extends List<?>> ranges) {
        return (buffer, offset, length) ->
                new Multirange<>((List<Range<Object>>) ranges.decode(buffer, offset, length));
    }

    @Override
    public Map<Class<?>, Encoding> encodings() {
        return Map.of();
    }

    /** The encoding by the value alone, or null if it is no range, or one over what cannot be written. */
    @Nullable
    Encoding encoding(Object value) {
        if (!(value instanceof Range) && !(value instanceof Multirange)) {
            return null;
        }
        Object bound = bound(value);
        Encoding element =
                bound == null ? TextCodecs.untyped() : registry.encodings().find(bound);
        if (element == null) {
            return null;
        }
        PgType range = bound == null ? null : registry.types().rangeOver(element.typeOid());
        int fallback = fallback(range, value instanceof Multirange);
        return new UntypedText(fallback, written -> RangeText.print(written, registry));
    }

    private static int fallback(@Nullable PgType range, boolean isMultirange) {
        if (range == null) {
            return PgType.TEXT.oid();
        }
        int index = RANGES.indexOf(range);
        return !isMultirange ? range.oid() : index < 0 ? PgType.TEXT.oid() : MULTIRANGES.get(index);
    }

    /** Any bound, or null if there is none. */
    private static @Nullable Object bound(Object value) {
        if (value instanceof Range<?> range) {
            return range.lower() != null ? range.lower() : range.upper();
        }
        for (Range<?> range : ((Multirange<?>) value)) {
            Object bound = bound(range);
            if (bound != null) {
                return bound;
            }
        }
        return null;
    }

    @Override
    public @Nullable Encoding encoding(Object value, PgType type) {
        boolean isRange = type.category() == TypeCategory.RANGE;
        PgType range = isRange ? type : type.subtype();
        PgType subtype = range == null ? null : range.subtype();
        if (range == null || subtype == null || !(isRange ? value instanceof Range : value instanceof Multirange)) {
            return null;
        }
        Object bound = bound(value);
        Encoding element = bound == null ? null : registry.encodings().typed(bound, subtype);
        if (bound != null && element == null) {
            return null;
        }
        if (element != null && element.format() == Format.TEXT) {
            return TypedEncoding.text(type, (written, out) -> Utf8.write(RangeText.print(written, registry), out));
        }
        return isRange
                ? TypedEncoding.binary(
                        type, (written, out) -> RangeBytes.write((Range<?>) written, subtype, registry, out))
                : TypedEncoding.binary(
                        type, (written, out) -> MultirangeBytes.write((Multirange<?>) written, subtype, registry, out));
    }
}
