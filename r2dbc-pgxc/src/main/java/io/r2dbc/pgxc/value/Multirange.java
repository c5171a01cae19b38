// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.value;

import java.util.Iterator;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Holds a multirange of PostgreSQL: the ranges that make it up. The server gives them in order, without empty ones, and
 * joins those that touch or overlap; what was sent otherwise comes back so.
 *
 * @param ranges the ranges
 * @param <T> the class of their bounds
 */
public record Multirange<T>(List<Range<T>> ranges) implements Iterable<Range<T>> {

    /** Keeps the ranges as they are now. */
    public Multirange {
        ranges = List.copyOf(ranges);
    }

    /**
     * A multirange of these ranges.
     *
     * @param ranges the ranges
     * @param <T> the class of their bounds
     * @return the multirange
     */
    @SafeVarargs
    @SuppressWarnings("varargs") // List.of keeps no array
    public static <T> Multirange<T> of(Range<T>... ranges) {
        return new Multirange<>(List.of(ranges));
    }

    @Override
    public Iterator<Range<T>> iterator() {
        return ranges.iterator();
    }

    /** In the server's notation, with the bounds as Java prints them. */
    @Override
    public String toString() {
        return ranges.stream().map(Range::toString).collect(Collectors.joining(",", "{", "}"));
    }
}
