// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.exchange;

/** What stands in line for answers: an {@link Exchange}, which ends with ReadyForQuery, or a {@link Ride} ahead of one. */
public sealed interface Part permits Exchange, Ride {

    /** Whether nothing may be written behind this part at present. */
    boolean holdsBack();
}
