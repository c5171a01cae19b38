// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.value;

import java.util.List;
import java.util.stream.Collectors;

/**
 * Holds a {@code pg_snapshot} of PostgreSQL, or a {@code txid_snapshot}, which is the same under its older name: which
 * transactions had ended at a moment.
 *
 * <p>Below {@code xmin} all had ended; from {@code xmax} on none had begun; between them those had ended that are not in
 * {@code inProgress}.
 *
 * @param xmin the lowest identifier of a transaction that was in progress, at least 1
 * @param xmax one above the highest identifier of a transaction that had ended, not below {@code xmin}
 * @param inProgress the transactions in progress, ascending, each at least {@code xmin} and below {@code xmax}
 */
public record Snapshot(long xmin, long xmax, List<Long> inProgress) {

    /**
     * Makes the value.
     *
     * @param xmin the lowest identifier of a transaction that was in progress
     * @param xmax one above the highest identifier of a transaction that had ended
     * @param inProgress the transactions in progress; the list is copied
     * @throws IllegalArgumentException if the numbers are not in the order that the server demands
     */
    public Snapshot {
        inProgress = List.copyOf(inProgress);
        if (xmin < 1 || xmax < xmin) {
            throw new IllegalArgumentException("xmin " + xmin + " and xmax " + xmax + " are not 1 <= xmin <= xmax");
        }
        long least = xmin;
        for (long id : inProgress) {
            if (id < least || id >= xmax) {
                throw new IllegalArgumentException(
                        "transactions in progress are not ascending from " + xmin + " to below " + xmax + ": " + id);
            }
            least = id + 1;
        }
    }

    /** As the server prints it: {@code 10:20:10,14,15}. */
    @Override
    public String toString() {
        return xmin + ":" + xmax + ":"
                + inProgress.stream().map(String::valueOf).collect(Collectors.joining(","));
    }
}
