// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.replication;

import io.r2dbc.pgxc.value.Lsn;

/**
 * Says where the log goes on when a stream has come to the end of an old timeline.
 *
 * @param timeline the one that follows
 * @param start where it begins: what to ask for next
 */
public record NextTimeline(long timeline, Lsn start) {}
