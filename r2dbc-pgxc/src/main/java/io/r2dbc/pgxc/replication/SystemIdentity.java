// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.replication;

import io.r2dbc.pgxc.value.Lsn;
import org.jspecify.annotations.Nullable;

/**
 * Says which server it is, and how far its log reaches ({@code IDENTIFY_SYSTEM}).
 *
 * @param systemId the same for a server and all its standbys
 * @param timeline its present timeline
 * @param position how far its log has been flushed
 * @param database the database the connection is to; null in physical mode and on servers before 9.4
 */
public record SystemIdentity(
        String systemId,
        long timeline,
        Lsn position,
        @Nullable String database) {}
