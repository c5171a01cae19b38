// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.codec;

import java.time.ZoneId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Finds the family that answers for a type: by OID, by what kind of type it is, or, for an extension's, by name. */
final class Families {

    private final TextCodecs text = new TextCodecs();
    private final ArrayCodec arrays;
    private final RangeCodec ranges;
    private final CompositeCodec composites;
    private final OpaqueCodec opaque;
    private final Map<Integer, Family> byOid = new HashMap<>();
    private final Map<String, Family> byName = new HashMap<>();
    private final Map<Class<?>, Encoding> byClass = new HashMap<>();

    Families(CodecRegistry registry, @Nullable ZoneId zone) {
        arrays = new ArrayCodec(registry);
        ranges = new RangeCodec(registry);
        composites = new CompositeCodec(registry);
        opaque = new OpaqueCodec(arrays);
        List<Family> all = List.of(
                new BooleanCodec(),
                new IntegerCodecs(),
                new FloatCodecs(),
                new NumericCodec(),
                text,
                new JsonCodecs(),
                new BinaryCodecs(),
                new UuidCodec(),
                new InetCodec(),
                new MacAddressCodec(),
                new BitCodecs(),
                new GeometryCodecs(),
                new TextSearchCodecs(),
                new SystemCodecs(),
                new XidCodecs(),
                new SnapshotCodec(),
                new VectorCodecs(),
                new DateCodec(),
                new TimeCodecs(),
                new TimestampCodecs(zone),
                new IntervalCodec(),
                new HstoreCodec(),
                new LtreeCodec(),
                new CubeCodec(),
                new PgVectorCodecs(),
                new PostgisCodec(),
                arrays,
                ranges,
                composites);
        for (Family family : all) {
            family.types().forEach(type -> byOid.put(type.oid(), family));
            family.names().forEach(name -> byName.put(name, family));
            byClass.putAll(family.encodings());
        }
    }

    /** The family of a type; a domain has none, what it restricts has. */
    Family of(PgType type) {
        Family known = byOid.get(type.oid());
        if (known != null) {
            return known;
        }
        return switch (type.category()) {
            case ARRAY -> arrays;
            case ENUM -> text;
            case RANGE, MULTIRANGE -> ranges;
            case COMPOSITE -> composites;
            default -> byName.getOrDefault(type.getName(), opaque);
        };
    }

    /** Whether the binary form of a type is its text. */
    boolean isText(PgType type) {
        return of(type) == text;
    }

    ArrayCodec arrays() {
        return arrays;
    }

    RangeCodec ranges() {
        return ranges;
    }

    CompositeCodec composites() {
        return composites;
    }

    /** The encoding that a class has without regard to a type, or null. */
    @Nullable
    Encoding encoding(Class<?> type) {
        Encoding encoding = byClass.get(type);
        if (encoding != null) {
            return encoding;
        }
        return Stream.<Function<Class<?>, @Nullable Encoding>>of(
                        BinaryCodecs::encoding,
                        InetCodec::encoding,
                        TextCodecs::encoding,
                        HstoreCodec::encoding,
                        PostgisCodec::encoding)
                .map(family -> family.apply(type))
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
    }
}
