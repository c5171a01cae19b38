// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.codec;

import io.netty.buffer.ByteBuf;
import java.lang.reflect.Array;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes the Java side of an array, and puts the elements into it in the order in which they come: arrays of objects or
 * of primitives, or lists.
 */
interface Elements {

    /** A container for {@code size} elements, or for that many containers if it has more than one level. */
    Object create(int levels, int size);

    /** Appends an inner container. */
    void nest(Object container, int index, Object inner);

    /** Reads an element of the innermost level from its bytes. */
    void read(Object container, int index, ByteBuf buffer, int offset, int length);

    /** Puts SQL NULL. */
    void readNull(Object container, int index);

    /** Arrays of a class, or, where anything may be nested in it, of {@code Object} on every level. */
    record Objects(Class<?> leaf, Decoder<?> decoder) implements Elements {

        @Override
        public Object create(int levels, int size) {
            return leaf == Object.class ? new Object[size] : newArray(leaf, levels, size);
        }

        @Override
        public void nest(Object container, int index, Object inner) {
            ((Object[]) container)[index] = inner;
        }

        @Override
        public void read(Object container, int index, ByteBuf buffer, int offset, int length) {
            ((Object[]) container)[index] = decoder.decode(buffer, offset, length);
        }

        @Override
        public void readNull(Object container, int index) {}
    }

    /** Lists that can hold nulls and be changed. */
    record Lists(Decoder<?> decoder) implements Elements {

        @Override
        public Object create(int levels, int size) {
            return new ArrayList<@Nullable Object>(size);
        }

        @Override
        public void nest(Object container, int index, Object inner) {
            list(container).add(inner);
        }

        @Override
        public void read(Object container, int index, ByteBuf buffer, int offset, int length) {
            list(container).add(decoder.decode(buffer, offset, length));
        }

        @Override
        public void readNull(Object container, int index) {
            list(container).add(null);
        }

        @SuppressWarnings("unchecked") // made above
        private static List<@Nullable Object> list(Object container) {
            return (List<@Nullable Object>) container;
        }
    }

    /** Arrays of primitives, which cannot hold NULL. */
    interface Primitives extends Elements {

        PgType type();

        Class<?> leaf();

        @Override
        default Object create(int levels, int size) {
            return newArray(leaf(), levels, size);
        }

        @Override
        default void nest(Object container, int index, Object inner) {
            ((Object[]) container)[index] = inner;
        }

        @Override
        default void readNull(Object container, int index) {
            throw new ValueException(type() + "[]: NULL has no place in an array of " + leaf());
        }
    }

    /** {@code int[]} and {@code long[]} of integers, without boxes. */
    record Integers(PgType type, Format format, Class<?> leaf, LongReader reader) implements Primitives {

        @Override
        public void read(Object container, int index, ByteBuf buffer, int offset, int length) {
            long value = reader.read(buffer, offset, length);
            if (container instanceof long[] longs) {
                longs[index] = value;
            } else {
                ((int[]) container)[index] = (int)
                        IntegerCodecs.within(value, Integer.MIN_VALUE, Integer.MAX_VALUE, type, format, int.class);
            }
        }
    }

    /** {@code float[]} and {@code double[]} of floating point numbers, without boxes. */
    record Floats(PgType type, Format format, Class<?> leaf, DoubleReader reader) implements Primitives {

        @Override
        public void read(Object container, int index, ByteBuf buffer, int offset, int length) {
            double value = reader.read(buffer, offset, length);
            if (container instanceof double[] doubles) {
                doubles[index] = value;
            } else {
                ((float[]) container)[index] = FloatCodecs.toFloat(value, type, format);
            }
        }
    }

    /** The rarer ones, by way of their wrappers. */
    record Unboxed(PgType type, Class<?> leaf, Decoder<?> decoder) implements Primitives {

        @Override
        public void read(Object container, int index, ByteBuf buffer, int offset, int length) {
            Array.set(container, index, decoder.decode(buffer, offset, length));
        }
    }

    private static Object newArray(Class<?> leaf, int levels, int size) {
        Class<?> component = leaf;
        for (int i = 1; i < levels; i++) {
            component = component.arrayType();
        }
        return Array.newInstance(component, size);
    }
}
