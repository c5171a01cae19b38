// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.value;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Holds a range of PostgreSQL: all values between two bounds, each of which may belong to it or not, or may be missing.
 *
 * <p>A missing bound is null, and never belongs to the range. A bound that is the type's own {@code infinity} is another
 * thing, and is a value as any other. The server turns ranges over integers and dates into the form {@code [from,to)}:
 * what was sent as {@code [1,4]} comes back as {@code [1,5)}, and these two are not equal here.
 *
 * @param <T> the class of the bounds, such as {@code Integer} for {@code int4range}
 */
public final class Range<T> {

    private static final Range<?> EMPTY = new Range<>(null, false, null, false, true);
    private static final Range<?> ALL = new Range<>(null, false, null, false, false);

    private final @Nullable T lower;
    private final @Nullable T upper;
    private final boolean lowerInclusive;
    private final boolean upperInclusive;
    private final boolean empty;

    private Range(@Nullable T lower, boolean withLower, @Nullable T upper, boolean withUpper, boolean empty) {
        this.lower = lower;
        this.upper = upper;
        this.lowerInclusive = withLower && lower != null;
        this.upperInclusive = withUpper && upper != null;
        this.empty = empty;
    }

    /**
     * A range by its bounds.
     *
     * @param lower the lower bound, or null for none
     * @param lowerInclusive whether the lower bound belongs to the range; no matter without one
     * @param upper the upper bound, or null for none
     * @param upperInclusive whether the upper bound belongs to the range; no matter without one
     * @param <T> the class of the bounds
     * @return the range
     */
    public static <T> Range<T> of(
            @Nullable T lower, boolean lowerInclusive, @Nullable T upper, boolean upperInclusive) {
        return new Range<>(lower, lowerInclusive, upper, upperInclusive, false);
    }

    /**
     * {@code [lower,upper]}.
     *
     * @param lower the lower bound
     * @param upper the upper bound
     * @param <T> the class of the bounds
     * @return the range with both bounds
     */
    public static <T> Range<T> closed(T lower, T upper) {
        return of(lower, true, upper, true);
    }

    /**
     * {@code [lower,upper)}, the usual form.
     *
     * @param lower the lower bound
     * @param upper the upper bound
     * @param <T> the class of the bounds
     * @return the range with its lower bound and without its upper one
     */
    public static <T> Range<T> closedOpen(T lower, T upper) {
        return of(lower, true, upper, false);
    }

    /**
     * {@code (lower,upper]}.
     *
     * @param lower the lower bound
     * @param upper the upper bound
     * @param <T> the class of the bounds
     * @return the range without its lower bound and with its upper one
     */
    public static <T> Range<T> openClosed(T lower, T upper) {
        return of(lower, false, upper, true);
    }

    /**
     * {@code (lower,upper)}.
     *
     * @param lower the lower bound
     * @param upper the upper bound
     * @param <T> the class of the bounds
     * @return the range without its bounds
     */
    public static <T> Range<T> open(T lower, T upper) {
        return of(lower, false, upper, false);
    }

    /**
     * {@code [lower,)}.
     *
     * @param lower the lower bound
     * @param <T> the class of the bounds
     * @return the range of this value and all above it
     */
    public static <T> Range<T> atLeast(T lower) {
        return of(lower, true, null, false);
    }

    /**
     * {@code (,upper)}.
     *
     * @param upper the upper bound
     * @param <T> the class of the bounds
     * @return the range of all below this value
     */
    public static <T> Range<T> lessThan(T upper) {
        return of(null, false, upper, false);
    }

    /**
     * {@code (,)}.
     *
     * @param <T> the class of the bounds
     * @return the range of all values
     */
    @SuppressWarnings("unchecked") // it holds none
    public static <T> Range<T> all() {
        return (Range<T>) ALL;
    }

    /**
     * {@code empty}.
     *
     * @param <T> the class of the bounds
     * @return the range of no value
     */
    @SuppressWarnings("unchecked") // it holds none
    public static <T> Range<T> empty() {
        return (Range<T>) EMPTY;
    }

    /**
     * The lower bound.
     *
     * @return null if there is none
     */
    public @Nullable T lower() {
        return lower;
    }

    /**
     * The upper bound.
     *
     * @return null if there is none
     */
    public @Nullable T upper() {
        return upper;
    }

    /**
     * Whether the lower bound belongs to the range.
     *
     * @return false if it does not, or if there is none
     */
    public boolean isLowerInclusive() {
        return lowerInclusive;
    }

    /**
     * Whether the upper bound belongs to the range.
     *
     * @return false if it does not, or if there is none
     */
    public boolean isUpperInclusive() {
        return upperInclusive;
    }

    /**
     * Whether this is the server's {@code empty}. A range such as {@code [1,1)} is no value here either, but only the
     * server makes {@code empty} of it.
     *
     * @return true if it has no bounds because it has no values
     */
    public boolean isEmpty() {
        return empty;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Range<?> range
                && empty == range.empty
                && lowerInclusive == range.lowerInclusive
                && upperInclusive == range.upperInclusive
                && Objects.equals(lower, range.lower)
                && Objects.equals(upper, range.upper);
    }

    @Override
    public int hashCode() {
        return Objects.hash(lower, upper, lowerInclusive, upperInclusive, empty);
    }

    /** In the server's notation, with the bounds as Java prints them. */
    @Override
    public String toString() {
        return empty
                ? "empty"
                : (lowerInclusive ? "[" : "(") + (lower == null ? "" : lower) + "," + (upper == null ? "" : upper)
                        + (upperInclusive ? "]" : ")");
    }
}
