// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

/**
 * A NOTIFY that has arrived (protocol 48.2.6, NotificationResponse).
 *
 * @param channel its name, as the server spells it
 * @param payload empty if there was none
 * @param processId of the session that notified; one's own notifications come too
 * @param missed how many notifications this subscriber has lost just before this one, because it was too slow for its buffer
 */
public record PgxcNotification(String channel, String payload, int processId, long missed) {

    PgxcNotification withMissed(long lost) {
        return lost == 0 ? this : new PgxcNotification(channel, payload, processId, lost);
    }
}
