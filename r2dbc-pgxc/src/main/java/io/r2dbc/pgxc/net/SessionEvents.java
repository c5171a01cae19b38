// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.net;

import io.r2dbc.pgxc.exchange.Failure;
import io.r2dbc.pgxc.wire.BackendMessage.NotificationResponse;
import io.r2dbc.pgxc.wire.BackendMessage.ParameterStatus;
import io.r2dbc.pgxc.wire.ErrorFields;
import org.jspecify.annotations.Nullable;

/** Who hears what the server says unasked (protocol 48.2.6). Event loop only. */
public interface SessionEvents {

    /** Nobody listens. */
    SessionEvents NONE = new SessionEvents() {
        @Override
        public void onNotification(NotificationResponse notification) {}

        @Override
        public void onNotice(ErrorFields notice) {}

        @Override
        public void onParameter(ParameterStatus parameter) {}

        @Override
        public void onEnd(@Nullable Failure failure) {}

        @Override
        public boolean isListening() {
            return false;
        }
    };

    void onNotification(NotificationResponse notification);

    void onNotice(ErrorFields notice);

    void onParameter(ParameterStatus parameter);

    /** The end of the session; null if it was closed from this side. */
    void onEnd(@Nullable Failure failure);

    /** Whether somebody waits for notifications, so that no stalled result may hold them up. */
    boolean isListening();
}
