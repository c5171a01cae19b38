// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.codec;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Chooses how values are read: by a codec of the user's own, or by the family of their type. */
final class Decoders {

    private final List<Codec<?>> codecs;
    private final Families families;

    Decoders(List<Codec<?>> codecs, Families families) {
        this.codecs = codecs;
        this.families = families;
    }

    /** A decoder of exactly this class, or null if there is no conversion. */
    @Nullable
    Decoder<?> plan(PgType type, Format format, Class<?> target) {
        Codec<?> codec = codecFor(type, target);
        if (codec != null && (format == Format.TEXT || codec.readsBinary())) {
            return UserCodecs.decoder(codec, type, format);
        }
        PgType base = type.base();
        if (base != null) {
            return plan(base, format, target);
        }
        Family family = families.of(type);
        Class<?> wanted = target == Object.class ? family.defaultTarget(type, format) : target;
        if (wanted == String.class || wanted == CharSequence.class) {
            return format == Format.TEXT ? TextCodecs.string(type, format) : family.decoder(type, format, String.class);
        }
        return family.decoder(type, format, wanted);
    }

    @Nullable
    Codec<?> codecFor(PgType type, Class<?> target) {
        for (Codec<?> codec : codecs) {
            boolean wanted = target == Object.class ? codec.isDefault() : target == codec.javaType();
            if (wanted && (codec.reads(type) || (target != Object.class && mayBe(codec.type(), type)))) {
                return codec;
            }
        }
        return null;
    }

    /** A type known by its name only may be any type known by its OID only; the class asked for has decided. */
    private static boolean mayBe(PgType named, PgType column) {
        return named.oid() == 0 && !column.isNamed();
    }

    /** The class of values read without a class. */
    Class<?> defaultType(PgType type) {
        Codec<?> codec = codecFor(type, Object.class);
        if (codec != null) {
            return codec.javaType();
        }
        PgType base = type.base();
        if (base != null) {
            return defaultType(base);
        }
        PgType element = type.element();
        if (element == null) {
            return families.of(type).defaultTarget(type, Format.TEXT);
        }
        // each of its elements may have another number of dimensions
        return ArrayCodec.isOverArray(element)
                ? Object[].class
                : defaultType(element).arrayType();
    }

    /** Whether whoever might read values of a type here understands its binary form. */
    boolean readsBinary(PgType type) {
        return readsBinary(type, new HashMap<>());
    }

    /** What consists of other types reads them; each is looked at once, however often it occurs. */
    private boolean readsBinary(PgType type, Map<PgType, Boolean> seen) {
        Boolean before = seen.get(type);
        if (before != null) {
            return before;
        }
        PgType component = type.component();
        boolean reads = type.hasBinaryForm()
                && codecs.stream().allMatch(codec -> codec.readsBinary() || !codec.reads(type))
                && (component == null || readsBinary(component, seen))
                && type.attributes().stream().allMatch(attribute -> readsBinary(attribute.type(), seen))
                && (type.base() != null || families.of(type).readsBinary());
        boolean hasNoAttributes =
                type.category() == TypeCategory.COMPOSITE && type.attributes().isEmpty();
        seen.put(type, reads && !hasNoAttributes);
        return reads && !hasNoAttributes;
    }
}
