// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.replication;

import io.r2dbc.pgxc.value.Lsn;
import org.jspecify.annotations.Nullable;

/**
 * How far a physical slot is ({@code READ_REPLICATION_SLOT}).
 *
 * @param type {@code physical}
 * @param restartLsn from where on the server keeps its log; null if the slot reserves nothing yet
 * @param restartTimeline the timeline of that; null likewise
 */
public record SlotPosition(
        String type, @Nullable Lsn restartLsn, @Nullable Long restartTimeline) {}
