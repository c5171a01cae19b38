// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.replication;

/** Says what a replication connection is for: the start-up parameter {@code replication}. */
public enum ReplicationMode {
    /** Replication commands of the whole server; the connection is to no database. */
    PHYSICAL,
    /** Replication commands and SQL, in the configured database. */
    LOGICAL
}
