// SPDX-License-Identifier: Apache-2.0
/**
 * What a server says while it streams its write-ahead log, and what is asked of it: the frames inside CopyData, the messages of the
 * output plugin {@code pgoutput}, slots, timelines and base backups ("Streaming Replication Protocol" and "Logical Replication Message
 * Formats" in PostgreSQL's manual).
 *
 * <p>The room knows bytes and positions in the log, and nobody else. Everything that is read here is checked field by field: what does not
 * fit is a {@link io.r2dbc.pgxc.replication.ReplicationFormatException} that names the message, never a guess. Object identifiers are
 * unsigned on the wire and kept as the bits of an {@code int}, as everywhere in the driver; transaction ids are numbers of 0 to 4294967295.
 */
@NullMarked
package io.r2dbc.pgxc.replication;

import org.jspecify.annotations.NullMarked;
