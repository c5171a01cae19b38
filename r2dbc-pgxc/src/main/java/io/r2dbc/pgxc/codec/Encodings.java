// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.codec;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Chooses how a value is written: by its class, by what it holds, or as a type that was asked for. */
final class Encodings {

    private final List<Codec<?>> codecs;
    private final Map<Class<?>, PgType> records;
    private final DatabaseTypes types;
    private final Families families;
    private final Map<Class<?>, Optional<Encoding>> resolved = new ConcurrentHashMap<>();

    Encodings(List<Codec<?>> codecs, Map<Class<?>, PgType> records, DatabaseTypes types, Families families) {
        this.codecs = codecs;
        this.records = records;
        this.types = types;
        this.families = families;
    }

    /** The encoding that a value has without regard to a type, or null if it cannot be written. */
    @Nullable
    Encoding find(Object value) {
        Encoding encoding = find(value.getClass());
        if (encoding != null) {
            return encoding;
        }
        PgType type = registeredType(value.getClass());
        if (type != null) {
            return typed(value, type);
        }
        return families.arrays().isDimension(value)
                ? families.arrays().encoding(value)
                : families.ranges().encoding(value);
    }

    @Nullable
    PgType unknownTypeOf(Object value) {
        Object leaf = families.arrays().firstLeaf(value);
        PgType registered = leaf == null ? null : records.get(leaf.getClass());
        return registered == null || types.named(registered.getName()) != null ? null : registered;
    }

    /** The type that is registered for a record, or the array type over it for an array of such, as far as it is known. */
    @Nullable
    PgType registeredType(Class<?> type) {
        Class<?> leaf = type;
        while (leaf.isArray()) {
            leaf = leaf.getComponentType();
        }
        PgType registered = records.get(leaf);
        PgType known = registered == null ? null : types.named(registered.getName());
        return known == null || leaf == type ? known : known.array();
    }

    /** The encoding that the class alone decides; collections, and arrays of objects, are decided by what they hold. */
    @Nullable
    Encoding find(Class<?> type) {
        Optional<Encoding> known = resolved.get(type);
        if (known == null) {
            // no ClassValue: what it keeps for a class of the driver's would keep this registry for ever
            known = Optional.ofNullable(resolve(type));
            resolved.put(type, known);
        }
        return known.orElse(null);
    }

    private @Nullable Encoding resolve(Class<?> type) {
        for (Codec<?> codec : codecs) {
            if (codec.javaType().isAssignableFrom(type)) {
                return UserCodecs.encoding(codec);
            }
        }
        return families.encoding(type);
    }

    @Nullable
    Encoding typed(Object value, PgType type) {
        for (Codec<?> codec : codecs) {
            if (codec.javaType().isInstance(value) && codec.reads(type)) {
                return UserCodecs.encoding(codec, type);
            }
        }
        PgType base = type.base();
        if (base != null) {
            Encoding restricted = typed(value, base);
            return restricted == null ? null : new TypedEncoding(type, restricted.format(), restricted::write);
        }
        Encoding converted = families.of(type).encoding(value, type);
        if (converted != null) {
            return converted;
        }
        if (TextCodecs.isText(value)) {
            return TextCodecs.as(type);
        }
        Encoding own = find(value);
        return own != null && own.typeOid() == type.oid() ? own : null;
    }

    /** The same encoding where it writes the binary form of a type, or another that does; null if there is none. */
    @Nullable
    Encoding binary(Object value, PgType type, Encoding encoding) {
        if (type.equals(PgType.CHAR)) {
            return TypedEncoding.binary(type, (one, out) -> QuotedByte.write(one, encoding, out));
        }
        if (encoding instanceof ArrayEncoding array && array.format() == Format.TEXT && type.element() != null) {
            return binaryArray(value, type.element(), array);
        }
        return hasBytes(type, encoding) ? encoding : null;
    }

    private @Nullable Encoding binaryArray(Object value, PgType element, ArrayEncoding array) {
        Object leaf = families.arrays().firstLeaf(value);
        Encoding binary = leaf == null || leaf == value ? array.element() : binary(leaf, element, array.element());
        return binary == null ? null : array.with(TypedEncoding.binary(element, binary::write));
    }

    /** Whether what an encoding writes may stand where the binary form of a type is due. */
    boolean hasBytes(PgType type, Encoding encoding) {
        PgType base = type.base();
        return encoding.format() == Format.BINARY || (base == null ? families.isText(type) : hasBytes(base, encoding));
    }
}
