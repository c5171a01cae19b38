// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.codec;

import java.lang.reflect.Array;
import java.util.AbstractList;
import java.util.Arrays;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** Looks at an array of primitives as at a collection. */
final class Dimension extends AbstractList<Object> {

    private final Object array;
    private final int size;

    private Dimension(Object array) {
        this.array = array;
        this.size = Array.getLength(array);
    }

    /** The elements of a collection, an array of objects or an array of primitives, without a copy. */
    static Collection<? extends @Nullable Object> of(Object value) {
        if (value instanceof Collection<?> collection) {
            return collection;
        }
        return value instanceof Object[] objects ? Arrays.asList(objects) : new Dimension(value);
    }

    @Override
    public Object get(int index) {
        if (array instanceof int[] ints) {
            return ints[index];
        }
        if (array instanceof long[] longs) {
            return longs[index];
        }
        if (array instanceof double[] doubles) {
            return doubles[index];
        }
        return Array.get(array, index);
    }

    @Override
    public int size() {
        return size;
    }
}
