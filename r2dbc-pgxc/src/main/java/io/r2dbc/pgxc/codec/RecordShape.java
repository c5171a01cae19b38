// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.codec;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Constructor;
import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Knows the components of a Java record, and takes it apart and makes it. An attribute and a component belong together if
 * their names are the same, or are so without underscores and in lower case: {@code zip_code} and {@code zipCode}.
 */
final class RecordShape {

    private static final ClassValue<RecordShape> SHAPES = new ClassValue<>() {
        @Override
        protected RecordShape computeValue(Class<?> type) {
            return new RecordShape(type);
        }
    };

    private final Class<?> type;
    private final RecordComponent[] components;
    private final MethodHandle constructor;
    private final MethodHandle[] accessors;

    private RecordShape(Class<?> type) {
        this.type = type;
        this.components = type.getRecordComponents();
        MethodHandles.Lookup lookup = MethodHandles.lookup();
        Class<?>[] classes =
                Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
        try {
            Constructor<?> canonical = type.getDeclaredConstructor(classes);
            canonical.setAccessible(true);
            constructor = lookup.unreflectConstructor(canonical)
                    .asSpreader(Object[].class, components.length)
                    .asType(MethodType.methodType(Object.class, Object[].class));
            accessors = new MethodHandle[components.length];
            for (int i = 0; i < accessors.length; i++) {
                Method accessor = components[i].getAccessor();
                accessor.setAccessible(true);
                accessors[i] = lookup.unreflect(accessor).asType(MethodType.methodType(Object.class, Object.class));
            }
        } catch (ReflectiveOperationException | InaccessibleObjectException e) {
            throw new ValueException(
                    type.getTypeName()
                            + " cannot be made: open its package to the module r2dbc.pgxc, or make it public",
                    e);
        }
    }

    static RecordShape of(Class<?> type) {
        return SHAPES.get(type);
    }

    String name() {
        return type.getTypeName();
    }

    int size() {
        return components.length;
    }

    /** The component that belongs to each attribute, or -1. One of the very name comes first, and none belongs to two. */
    int[] match(List<Attribute> attributes) {
        int[] matches = new int[attributes.size()];
        boolean[] taken = new boolean[components.length];
        for (int i = 0; i < matches.length; i++) {
            matches[i] = take(attributes.get(i).name(), taken, Function.identity());
        }
        for (int i = 0; i < matches.length; i++) {
            if (matches[i] < 0) {
                matches[i] = take(attributes.get(i).name(), taken, RecordShape::plain);
            }
        }
        return matches;
    }

    private int take(String attribute, boolean[] taken, Function<String, String> form) {
        String wanted = form.apply(attribute);
        for (int i = 0; i < components.length; i++) {
            if (!taken[i] && form.apply(components[i].getName()).equals(wanted)) {
                taken[i] = true;
                return i;
            }
        }
        return -1;
    }

    private static String plain(String name) {
        return name.replace("_", "").toLowerCase(Locale.ROOT);
    }

    String component(int index) {
        return components[index].getName();
    }

    Type typeOf(int index) {
        return components[index].getGenericType();
    }

    boolean isPrimitive(int index) {
        return components[index].getType().isPrimitive();
    }

    /** Runs the record's constructor, which may refuse the values. */
    Object create(@Nullable Object[] values) {
        try {
            return constructor.invokeExact(values);
        } catch (Error e) {
            throw e;
        } catch (Throwable e) {
            throw new ValueException(name() + " refuses the values: " + e, e);
        }
    }

    /** The value of a component. */
    @Nullable
    Object get(Object value, int index) {
        try {
            return accessors[index].invokeExact(value);
        } catch (Error e) {
            throw e;
        } catch (Throwable e) {
            throw new ValueException(name() + "." + component(index) + "() failed: " + e, e);
        }
    }
}
