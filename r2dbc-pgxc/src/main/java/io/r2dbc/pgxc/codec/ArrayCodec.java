// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.codec;

import java.lang.invoke.MethodType;
import java.lang.reflect.Modifier;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes arrays of every type, of up to six dimensions: Java arrays of any class that the element type is read
 * into, primitives included; {@code List}, nested for further dimensions; {@code Object[]}; and {@code String}. Lower
 * bounds other than 1 are seen in the string only.
 */
final class ArrayCodec implements Family {

    /** The server's limit. */
    static final int MAX_DIMENSIONS = 6;

    /** Stands for as many dimensions as the value has. */
    static final int ANY = 0;

    private final CodecRegistry registry;

    ArrayCodec(CodecRegistry registry) {
        this.registry = registry;
    }

    @Override
    public List<PgType> types() {
        return List.of(); // their category tells
    }

    @Override
    public Class<?> defaultTarget(PgType type, Format format) {
        return Object.class;
    }

    @Override
    public @Nullable Decoder<?> decoder(PgType type, Format format, Class<?> target) {
        PgType element = type.element();
        if (element == null) {
            return null;
        }
        if (target == String.class) {
            Decoder<?> string = registry.decoders().plan(element, format, String.class);
            return string == null ? null : new ArrayBytes.Printer(type, element, string);
        }
        return decoder(type, element, format, target);
    }

    /** Takes the text of an array of unknown elements apart. */
    @Nullable
    Decoder<?> ofUnknown(PgType type, Class<?> target) {
        return target == Object.class ? null : decoder(type, PgType.UNKNOWN, Format.TEXT, target);
    }

    private @Nullable Decoder<?> decoder(PgType type, PgType element, Format format, Class<?> target) {
        if (target == Object.class || target == Object[].class) {
            boolean open = target != Object.class || isOverArray(element);
            Class<?> leaf = open ? Object.class : registry.decoders().defaultType(element);
            Decoder<?> decoder = registry.decoders().plan(element, format, leaf);
            return decoder == null ? null : reader(type, element, format, new Elements.Objects(leaf, decoder), ANY);
        }
        if (target == List.class || target == Collection.class || target == Set.class) {
            Decoder<?> decoder = registry.decoders().plan(element, format, Object.class);
            Decoder<?> list = decoder == null ? null : reader(type, element, format, new Elements.Lists(decoder), ANY);
            return list == null || target != Set.class ? list : set(list);
        }
        int levels = 0;
        Class<?> leaf = target;
        while (leaf.isArray()) {
            leaf = leaf.getComponentType();
            levels++;
            Elements elements = elements(element, format, leaf);
            if (elements != null) {
                return reader(type, element, format, elements, levels);
            }
        }
        return null;
    }

    /** In the order of the array, each element once. */
    private static Decoder<Set<?>> set(Decoder<?> list) {
        return (buffer, offset, length) -> new LinkedHashSet<>((List<?>) list.decode(buffer, offset, length));
    }

    private @Nullable Elements elements(PgType element, Format format, Class<?> leaf) {
        Class<?> wrapper = MethodType.methodType(leaf).wrap().returnType();
        boolean isLeaf = !leaf.isArray() || leaf == byte[].class || leaf == naturalArray(element);
        Decoder<?> decoder = isLeaf ? registry.decoders().plan(element, format, wrapper) : null;
        if (decoder == null) {
            return null;
        }
        if (!leaf.isPrimitive()) {
            return new Elements.Objects(leaf, decoder);
        }
        boolean custom = registry.decoders().codecFor(element, wrapper) != null;
        if (!custom && isInteger(element) && (leaf == int.class || leaf == long.class)) {
            return new Elements.Integers(element, format, leaf, IntegerCodecs.reader(element, format));
        }
        if (!custom && isFloat(element) && (leaf == float.class || leaf == double.class)) {
            return new Elements.Floats(element, format, leaf, FloatCodecs.reader(element, format));
        }
        return new Elements.Unboxed(element, leaf, decoder);
    }

    private static boolean isInteger(PgType type) {
        return type.category() == TypeCategory.NUMBER && !isFloat(type) && !type.equals(PgType.NUMERIC);
    }

    private static boolean isFloat(PgType type) {
        return type.equals(PgType.FLOAT4) || type.equals(PgType.FLOAT8);
    }

    private static Decoder<?> reader(PgType type, PgType element, Format format, Elements elements, int levels) {
        return format == Format.TEXT
                ? new ArrayText(type, elements, levels)
                : new ArrayBytes(type, element, elements, levels);
    }

    static void checkLevels(PgType type, Format format, int dimensions, int levels) {
        if (levels != ANY && dimensions != levels) {
            throw ValueException.of(type, format, dimensions + " dimensions where the class asked for has " + levels);
        }
    }

    @Override
    public Map<Class<?>, Encoding> encodings() {
        return Map.of();
    }

    /** Whether a value is written as an array, and not as one element. */
    boolean isDimension(Object value) {
        return (value instanceof Collection || value.getClass().isArray())
                && registry.encodings().find(value.getClass()) == null;
    }

    /** Whether a class may hold elements that can be written, by what it says itself. */
    boolean canEncode(Class<?> type) {
        Class<?> leaf = leaf(type);
        return Collection.class.isAssignableFrom(type) || type.isArray() && (isOpen(leaf) || encoding(type) != null);
    }

    /** Whether values of a class are of another one, which may be one that can be written. */
    private static boolean isOpen(Class<?> leaf) {
        return leaf == Object.class || Modifier.isAbstract(leaf.getModifiers());
    }

    private Class<?> leaf(Class<?> type) {
        Class<?> leaf = type;
        while (leaf.isArray() && registry.encodings().find(leaf) == null) {
            leaf = leaf.getComponentType();
        }
        return MethodType.methodType(leaf).wrap().returnType();
    }

    /** The encoding that an array class decides by itself. */
    @Nullable
    Encoding encoding(Class<?> type) {
        Class<?> leaf = leaf(type);
        Encoding element = registry.encodings().find(leaf);
        return element == null ? null : ArrayEncoding.of(registry, this, element, leaf, null);
    }

    /** The encoding of an array or a collection: by its class, else by the first element that is not null. */
    @Nullable
    Encoding encoding(Object value) {
        Encoding byClass = value.getClass().isArray() ? encoding(value.getClass()) : null;
        if (byClass != null) {
            return byClass;
        }
        Object leaf = firstLeaf(value);
        if (leaf == null) {
            return canEncode(value.getClass())
                    ? ArrayEncoding.of(registry, this, TextCodecs.untyped(), String.class, null)
                    : null;
        }
        Encoding found = registry.encodings().find(leaf);
        Encoding composite =
                found == null ? null : registry.families().composites().inArray(leaf, registry.type(found.typeOid()));
        Encoding element = composite != null ? composite : found;
        return element == null ? null : ArrayEncoding.of(registry, this, element, leaf.getClass(), null);
    }

    @Override
    public @Nullable Encoding encoding(Object value, PgType type) {
        PgType element = type.element();
        if (element == null || !isDimension(value)) {
            return null;
        }
        Object leaf = firstLeaf(value, 0, naturalArray(element));
        if (leaf == null) {
            return ArrayEncoding.of(registry, this, TextCodecs.as(element), String.class, element);
        }
        Encoding composite = registry.families().composites().inArray(leaf, element);
        Encoding encoding = composite != null ? composite : registry.encodings().typed(leaf, element);
        return encoding == null ? null : ArrayEncoding.of(registry, this, encoding, leaf.getClass(), element);
    }

    /** The first element that is not null, the value itself if it is no array or collection. */
    @Nullable
    Object firstLeaf(Object value) {
        return firstLeaf(value, 0, null);
    }

    /** Whether it is a domain over an array type, by way of others or not. */
    static boolean isOverArray(PgType type) {
        PgType base = type.base();
        return base != null && (base.element() != null || isOverArray(base));
    }

    /** The class of elements that are arrays themselves, such as vectors, or null. */
    private @Nullable Class<?> naturalArray(PgType element) {
        if (element.equals(PgType.BIT) || element.equals(PgType.VARBIT)) {
            return boolean[].class;
        }
        Class<?> natural = registry.decoders().defaultType(element);
        return natural.isArray() && !isOverArray(element) ? natural : null;
    }

    /** Depth first; a collection that holds itself ends at the server's limit. */
    private @Nullable Object firstLeaf(Object value, int depth, @Nullable Class<?> natural) {
        if (value.getClass() == natural || !isDimension(value)) {
            return value;
        }
        if (depth == MAX_DIMENSIONS) {
            return null;
        }
        for (Object inner : Dimension.of(value)) {
            Object leaf = inner == null ? null : firstLeaf(inner, depth + 1, natural);
            if (leaf != null) {
                return leaf;
            }
        }
        return null;
    }
}
