// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.value;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Holds a value of a composite type of PostgreSQL, or of a {@code ROW(...)}: its attributes in order, with their names
 * where the type has names.
 *
 * <p>What was read has its attributes in their types' natural classes. The attributes of a {@code ROW(...)} travel
 * without their types, and are strings. Two composites are equal if their names and values are.
 */
public final class Composite {

    private final List<String> names;
    private final List<@Nullable Object> values;

    private Composite(List<String> names, List<@Nullable Object> values) {
        this.names = names;
        this.values = values;
    }

    /**
     * A composite without names, to be sent: its values are the attributes of the type in the type's order.
     *
     * @param values the values, null for SQL NULL
     * @return the composite
     */
    public static Composite of(@Nullable Object... values) {
        return new Composite(List.of(), Collections.unmodifiableList(Arrays.asList(values.clone())));
    }

    /**
     * A composite with names.
     *
     * @param names the attributes' names
     * @param values as many values, null for SQL NULL
     * @return the composite
     * @throws IllegalArgumentException if there are more of the one than of the other
     */
    public static Composite of(List<String> names, List<? extends @Nullable Object> values) {
        if (names.size() != values.size()) {
            throw new IllegalArgumentException(names.size() + " names for " + values.size() + " values");
        }
        return new Composite(List.copyOf(names), Collections.unmodifiableList(new ArrayList<>(values)));
    }

    /**
     * The number of attributes.
     *
     * @return 0 or more
     */
    public int size() {
        return values.size();
    }

    /**
     * The attributes' names.
     *
     * @return in order; none if it has no names
     */
    public List<String> names() {
        return names;
    }

    /**
     * The attributes' values.
     *
     * @return in order, null for SQL NULL
     */
    public List<@Nullable Object> values() {
        return values;
    }

    /**
     * The value of an attribute.
     *
     * @param index from 0
     * @return null for SQL NULL
     * @throws IndexOutOfBoundsException if there is no such attribute
     */
    public @Nullable Object get(int index) {
        return values.get(index);
    }

    /**
     * The value of an attribute.
     *
     * @param name its name
     * @return null for SQL NULL
     * @throws NoSuchElementException if there is no such attribute
     */
    public @Nullable Object get(String name) {
        int index = names.indexOf(name);
        if (index < 0) {
            throw new NoSuchElementException("There is no attribute \"" + name + "\" among " + names);
        }
        return values.get(index);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Composite composite
                && names.equals(composite.names)
                && Objects.deepEquals(values.toArray(), composite.values.toArray());
    }

    @Override
    public int hashCode() {
        return 31 * names.hashCode() + Arrays.deepHashCode(values.toArray());
    }

    /** The values as Java prints them, between parentheses. */
    @Override
    public String toString() {
        return values.stream().map(Composite::print).collect(Collectors.joining(",", "(", ")"));
    }

    private static String print(@Nullable Object value) {
        if (value == null) {
            return "";
        }
        String array = Arrays.deepToString(new Object[] {value});
        return value.getClass().isArray() ? array.substring(1, array.length() - 1) : value.toString();
    }
}
