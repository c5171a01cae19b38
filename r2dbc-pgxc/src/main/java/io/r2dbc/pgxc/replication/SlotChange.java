// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.replication;

import org.jspecify.annotations.Nullable;

/**
 * What is to become of a logical slot ({@code ALTER_REPLICATION_SLOT}, PostgreSQL 17).
 *
 * @param failover whether standbys keep it too; null to leave that alone
 * @param twoPhase whether prepared transactions are decoded when they are prepared (PostgreSQL 18); null to leave that alone
 */
public record SlotChange(
        @Nullable Boolean failover, @Nullable Boolean twoPhase) {

    /** Refuses a change that changes nothing. */
    public SlotChange {
        if (failover == null && twoPhase == null) {
            throw new IllegalArgumentException("a change of a slot needs failover or twoPhase");
        }
    }

    /**
     * A change of {@link #failover} alone.
     *
     * @param failover whether standbys keep the slot too
     * @return the change
     */
    public static SlotChange failover(boolean failover) {
        return new SlotChange(failover, null);
    }

    /**
     * A change of {@link #twoPhase} alone.
     *
     * @param twoPhase whether prepared transactions are decoded when they are prepared
     * @return the change
     */
    public static SlotChange twoPhase(boolean twoPhase) {
        return new SlotChange(null, twoPhase);
    }
}
