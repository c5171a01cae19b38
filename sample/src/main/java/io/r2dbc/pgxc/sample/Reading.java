// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.sample;

import io.r2dbc.spi.Readable;
import java.math.BigDecimal;
import java.time.OffsetDateTime;

/**
 * One row of the table.
 */
record Reading(int id, long serial, String label, OffsetDateTime taken, BigDecimal amount, double level) {

    /** Reads a row of {@link ReadingTable#SELECT}; by index, because names would be looked up for every row. */
    static Reading of(Readable row) {
        return new Reading(
                row.get(0, Integer.class),
                row.get(1, Long.class),
                row.get(2, String.class),
                row.get(3, OffsetDateTime.class),
                row.get(4, BigDecimal.class),
                row.get(5, Double.class));
    }
}
