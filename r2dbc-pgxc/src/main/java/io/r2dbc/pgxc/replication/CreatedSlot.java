// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.replication;

import io.r2dbc.pgxc.value.Lsn;
import org.jspecify.annotations.Nullable;

/**
 * What the server says of a slot it has made.
 *
 * @param name its name
 * @param consistentPoint where a logical slot begins; 0/0 for a physical one
 * @param snapshotName what to import with {@code SET TRANSACTION SNAPSHOT}; null if none was exported
 * @param plugin its output plugin; null for a physical slot
 */
public record CreatedSlot(
        String name,
        Lsn consistentPoint,
        @Nullable String snapshotName,
        @Nullable String plugin) {}
