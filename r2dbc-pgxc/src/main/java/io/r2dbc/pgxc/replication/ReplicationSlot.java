// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.replication;

import org.jspecify.annotations.Nullable;

/**
 * Describes a slot to be made ({@code CREATE_REPLICATION_SLOT}): what makes a server keep its log until a client has got it.
 *
 * @param name lower-case letters, digits and underscores, up to 63
 * @param plugin the output plugin of a logical slot; null for a physical one
 * @param temporary whether it vanishes on an error and with the connection
 * @param reserveWal physical: whether the log is kept from now on, not from the first use
 * @param twoPhase logical, PostgreSQL 15: whether prepared transactions are decoded when they are prepared
 * @param failover logical, PostgreSQL 17: whether standbys keep the slot too
 * @param snapshot logical: what becomes of the snapshot of the moment; null for the server's habit, to export it
 */
public record ReplicationSlot(
        String name,
        @Nullable String plugin,
        boolean temporary,
        boolean reserveWal,
        boolean twoPhase,
        boolean failover,
        @Nullable Snapshot snapshot) {

    /** The output plugin that every server has, and that {@code logicalStream} reads. */
    public static final String PGOUTPUT = "pgoutput";

    /** What becomes of the snapshot that shows the database as it is where the slot begins. */
    public enum Snapshot {
        /** Other sessions may import it until the next command; not inside a transaction. */
        EXPORT,
        /** The transaction around it sees it from now on; the first command of a REPEATABLE READ transaction. */
        USE,
        /** Nothing. */
        NOTHING
    }

    /**
     * A slot for the log itself.
     *
     * @param name its name
     * @return one without options
     */
    public static ReplicationSlot physical(String name) {
        return new ReplicationSlot(name, null, false, false, false, false, null);
    }

    /**
     * A slot for decoded changes.
     *
     * @param name its name
     * @param plugin the output plugin, usually {@link #PGOUTPUT}
     * @return one without options
     */
    public static ReplicationSlot logical(String name, String plugin) {
        return new ReplicationSlot(name, plugin, false, false, false, false, null);
    }

    /**
     * See {@link #temporary}.
     *
     * @return the same slot with it
     */
    public ReplicationSlot asTemporary() {
        return new ReplicationSlot(name, plugin, true, reserveWal, twoPhase, failover, snapshot);
    }

    /**
     * See {@link #reserveWal}.
     *
     * @return the same slot with it
     */
    public ReplicationSlot withReservedWal() {
        return new ReplicationSlot(name, plugin, temporary, true, twoPhase, failover, snapshot);
    }

    /**
     * See {@link #twoPhase}.
     *
     * @return the same slot with it
     */
    public ReplicationSlot withTwoPhase() {
        return new ReplicationSlot(name, plugin, temporary, reserveWal, true, failover, snapshot);
    }

    /**
     * See {@link #failover}.
     *
     * @return the same slot with it
     */
    public ReplicationSlot withFailover() {
        return new ReplicationSlot(name, plugin, temporary, reserveWal, twoPhase, true, snapshot);
    }

    /**
     * See {@link #snapshot}.
     *
     * @param what what becomes of it
     * @return the same slot with it
     */
    public ReplicationSlot withSnapshot(Snapshot what) {
        return new ReplicationSlot(name, plugin, temporary, reserveWal, twoPhase, failover, what);
    }
}
