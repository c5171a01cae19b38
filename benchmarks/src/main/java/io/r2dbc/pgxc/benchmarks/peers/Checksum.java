// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.benchmarks.peers;

import java.math.BigDecimal;
import java.time.OffsetDateTime;

/**
 * Makes one number of a row's values, such that no client can leave out one of them. It is cheap and allocates nothing, for it
 * is part of what is measured.
 */
public final class Checksum {

    /** Of a row of {@link Tables#SIX_COLUMNS}. */
    public static long ofSix(int id, long counter, String name, OffsetDateTime at, BigDecimal price, double ratio) {
        return id
                + 3 * counter
                + ofText(name)
                + 5 * (at.toEpochSecond() + at.getNano())
                + Double.doubleToRawLongBits(price.doubleValue())
                + Double.doubleToRawLongBits(ratio);
    }

    /** Of a row of {@link Tables#ONE_TEXT}. */
    public static long ofText(String text) {
        int length = text.length();
        return 7L * length + text.charAt(length - 1);
    }

    private Checksum() {}
}
