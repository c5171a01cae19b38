// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.value;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Holds a {@code sparsevec} of the extension pgvector: a vector of many numbers, of which only those that are not zero are
 * kept.
 *
 * <p>Its elements are counted from 1, as in SQL.
 */
public final class SparseVector {

    private final int dimensions;
    private final int[] indices;
    private final float[] values;

    /**
     * Makes the vector.
     *
     * @param dimensions the number of all elements, at least 1; the server takes up to 1,000,000,000
     * @param indices where the elements stand that are not zero, ascending, from 1 to {@code dimensions}; the array is
     *     copied, and the server takes up to 16,000 of them
     * @param values as many numbers, finite and not zero; the array is copied
     * @throws IllegalArgumentException if one of these conditions is not met
     */
    public SparseVector(int dimensions, int[] indices, float[] values) {
        this.dimensions = dimensions;
        this.indices = indices.clone();
        this.values = values.clone();
        check();
    }

    /** Works on the copies, which nobody changes any more. */
    private void check() {
        if (dimensions < 1) {
            throw new IllegalArgumentException("a vector of " + dimensions + " dimensions");
        }
        if (indices.length != values.length) {
            throw new IllegalArgumentException(indices.length + " indices for " + values.length + " values");
        }
        for (int i = 0; i < indices.length; i++) {
            if (indices[i] < 1 || indices[i] > dimensions) {
                throw new IllegalArgumentException("index " + indices[i] + " is not one of 1 to " + dimensions);
            }
            if (i > 0 && indices[i] <= indices[i - 1]) {
                throw new IllegalArgumentException("index " + indices[i] + " behind " + indices[i - 1]);
            }
            if (values[i] == 0 || !Float.isFinite(values[i])) {
                throw new IllegalArgumentException(values[i] + " at index " + indices[i]);
            }
        }
    }

    /**
     * The vector of these numbers, of which the zeros are left out.
     *
     * @param elements all elements, at least one
     * @return the vector
     * @throws IllegalArgumentException if there is none, or one of them is not finite
     */
    public static SparseVector of(float... elements) {
        int[] indices = new int[elements.length];
        float[] values = new float[elements.length];
        int count = 0;
        for (int i = 0; i < elements.length; i++) {
            if (elements[i] != 0) {
                indices[count] = i + 1;
                values[count++] = elements[i];
            }
        }
        return new SparseVector(elements.length, Arrays.copyOf(indices, count), Arrays.copyOf(values, count));
    }

    /**
     * The number of all elements.
     *
     * @return 1 or more
     */
    public int dimensions() {
        return dimensions;
    }

    /**
     * Where the elements stand that are not zero.
     *
     * @return ascending, from 1 on, in an array of the caller's own
     */
    public int[] indices() {
        return indices.clone();
    }

    /**
     * The elements that are not zero.
     *
     * @return in the order of {@link #indices()}, in an array of the caller's own
     */
    public float[] values() {
        return values.clone();
    }

    /**
     * One element.
     *
     * @param index from 1 to {@link #dimensions()}
     * @return the element, 0 where none is kept
     * @throws IndexOutOfBoundsException if there is no such element
     */
    public float get(int index) {
        if (index < 1 || index > dimensions) {
            throw new IndexOutOfBoundsException("index " + index + " is not one of 1 to " + dimensions);
        }
        int found = Arrays.binarySearch(indices, index);
        return found < 0 ? 0 : values[found];
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof SparseVector vector
                && dimensions == vector.dimensions
                && Arrays.equals(indices, vector.indices)
                && Arrays.equals(values, vector.values);
    }

    @Override
    public int hashCode() {
        return 31 * (31 * dimensions + Arrays.hashCode(indices)) + Arrays.hashCode(values);
    }

    /**
     * The server's notation with Java's digits: {@code {1:1.5,3:2.0}/5}, for which the server prints {@code
     * {1:1.5,3:2}/5}.
     *
     * @return text that the server reads as the same vector
     */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("{");
        for (int i = 0; i < indices.length; i++) {
            text.append(i == 0 ? "" : ",").append(indices[i]).append(':').append(values[i]);
        }
        return text.append("}/").append(dimensions).toString();
    }
}
