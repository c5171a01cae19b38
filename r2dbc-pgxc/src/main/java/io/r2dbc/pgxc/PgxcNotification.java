// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

/**
 * A NOTIFY that has arrived (protocol 48.2.6, NotificationResponse).
 *
 * @param channel its name, as the server spells it
 * @param payload empty if there was none
 * @param processId of the session that notified; one's own notifications come too
 * @param missed how many notifications this subscriber has lost just before this one, because it was too slow for its buffer
 * @param afterReconnect whether the connection had been lost before this one, so that any number may have been missed
 *     meanwhile; only with {@link PgxcConnectionFactory#listen(String...)}
 */
public record PgxcNotification(String channel, String payload, int processId, long missed, boolean afterReconnect) {

    /** Tells as well of one that was lost before it. */
    PgxcNotification after(PgxcNotification lost) {
        return new PgxcNotification(
                channel, payload, processId, missed + 1 + lost.missed, afterReconnect || lost.afterReconnect);
    }

    PgxcNotification withReconnect() {
        return new PgxcNotification(channel, payload, processId, missed, true);
    }
}
