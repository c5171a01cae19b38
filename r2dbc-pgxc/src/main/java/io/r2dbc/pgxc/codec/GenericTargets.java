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
        Class<?> array = arrayOf(generic);
        if (array != null) {
            return collection(registry.decoders().plan(type, format, array), generic);
        }
        if (raw == Range.class && generic.getActualTypeArguments()[0] instanceof Class<?> argument) {
            return registry.families().ranges().over(type, format, argument);
        }
        return registry.decoders().plan(type, format, raw);
    }

    /** The array class with the elements and the dimensions of a collection, or null if its elements' class is not plain. */
    private static @Nullable Class<?> arrayOf(Type target) {
        if (!(target instanceof ParameterizedType generic) || !COLLECTIONS.contains(generic.getRawType())) {
            return null;
        }
        Type argument = generic.getActualTypeArguments()[0];
        Class<?> element = argument instanceof Class<?> plain ? plain : arrayOf(argument);
        return element == null ? null : element.arrayType();
    }

    private static @Nullable Decoder<?> collection(@Nullable Decoder<?> array, ParameterizedType target) {
        return array == null
                ? null
                : (Decoder<Collection<?>>)
                        (buffer, offset, length) -> collection((Object[]) array.decode(buffer, offset, length), target);
    }

    /** Takes the array over; what it holds in further dimensions becomes what the target says. */
    private static Collection<?> collection(@Nullable Object[] array, ParameterizedType target) {
        List<?> all = target.getActualTypeArguments()[0] instanceof ParameterizedType inner
                ? Arrays.asList(Arrays.stream(array)
                        .map(one -> one instanceof Object[] next ? collection(next, inner) : one)
                        .toArray())
                : Arrays.asList(array);
        return target.getRawType() == Set.class ? new LinkedHashSet<>(all) : Collections.unmodifiableList(all);
    }

    /** The type whose text a value of a class is read from where the server does not say which one it is. */
    PgType textType(Type target) {
        Class<?> array = arrayOf(target);
        if (array != null) {
            return textType(array);
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
