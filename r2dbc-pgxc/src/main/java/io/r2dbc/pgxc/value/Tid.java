// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.value;

/**
 * Holds a {@code tid} of PostgreSQL: where a version of a row lies in its table, as the column {@code ctid} says. It
 * changes when the row is updated or the table rewritten.
 *
 * @param block the number of the table's page, 0 to 4,294,967,295
 * @param offset the place in that page, 0 to 65,535; the first row's is 1
 */
public record Tid(long block, int offset) {

    /**
     * Makes the value.
     *
     * @param block the number of the table's page
     * @param offset the place in that page
     * @throws IllegalArgumentException if one of them is out of range
     */
    public Tid {
        if (block < 0 || block > 0xFFFF_FFFFL) {
            throw new IllegalArgumentException("block " + block + " is not one of 0 to 4294967295");
        }
        if (offset < 0 || offset > 0xFFFF) {
            throw new IllegalArgumentException("offset " + offset + " is not one of 0 to 65535");
        }
    }

    /** As the server prints it: {@code (0,1)}. */
    @Override
    public String toString() {
        return "(" + block + "," + offset + ")";
    }
}
