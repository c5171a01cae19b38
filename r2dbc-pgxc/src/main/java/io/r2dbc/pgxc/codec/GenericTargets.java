// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.codec;

import io.r2dbc.pgxc.value.Range;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Plans the reading into the components of records, which say what a list or a range is to hold. */
final class GenericTargets {

    private static final List<Class<?>> COLLECTIONS = List.of(List.class, Collection.class, Set.class);

    private final CodecRegistry registry;

    GenericTargets(CodecRegistry registry) {
        this.registry = registry;
    }

    /** A decoder into this class, or null if there is no conversion. */
    @Nullable
    Decoder<?> plan(PgType type, Format format, Type target) {
        if (target instanceof Class<?> plain) {
            return registry.decoders().plan(type, format, CodecRegistry.boxed(plain));
        }
        if (!(target instanceof ParameterizedType generic) || !(generic.getRawType() instanceof Class<?> raw)) {
            return null;
        }
        if (generic.getActualTypeArguments()[0] instanceof Class<?> argument) {
            if (COLLECTIONS.contains(raw)) {
                return collection(registry.decoders().plan(type, format, argument.arrayType()), raw);
            }
            if (raw == Range.class) {
                return registry.families().ranges().over(type, format, argument);
            }
        }
        return registry.decoders().plan(type, format, raw);
    }

    private static @Nullable Decoder<?> collection(@Nullable Decoder<?> array, Class<?> raw) {
        if (array == null) {
            return null;
        }
        return raw == Set.class
                ? (Decoder<Set<?>>) (buffer, offset, length) ->
                        new LinkedHashSet<>(Arrays.asList((Object[]) array.decode(buffer, offset, length)))
                : (Decoder<List<?>>) (buffer, offset, length) ->
                        Collections.unmodifiableList(Arrays.asList((Object[]) array.decode(buffer, offset, length)));
    }

    /** The type whose text a value of a class is read from where the server does not say which one it is. */
    PgType textType(Type target) {
        if (target instanceof ParameterizedType generic
                && generic.getRawType() instanceof Class<?> raw
                && COLLECTIONS.contains(raw)
                && generic.getActualTypeArguments()[0] instanceof Class<?> argument) {
            return textType(argument.arrayType());
        }
        if (target instanceof ParameterizedType generic && generic.getRawType() == Range.class) {
            PgType range = registry.types()
                    .rangeOver(textType(generic.getActualTypeArguments()[0]).oid());
            return range == null ? PgType.TEXT : range;
        }
        if (!(target instanceof Class<?> plain)) {
            return PgType.TEXT;
        }
        if (plain.isArray() && plain.getComponentType().isRecord()) {
            return registry.type(PgType.RECORD.arrayOid());
        }
        if (plain.isRecord()) {
            return PgType.RECORD;
        }
        int oid = registry.typeOidOf(plain);
        int deduced = plain.isArray() ? PgType.TEXT.arrayOid() : PgType.TEXT.oid();
        return registry.type(oid == 0 ? deduced : oid);
    }
}
