// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.net;

import io.r2dbc.pgxc.exchange.Failure;
import io.r2dbc.pgxc.wire.BackendMessage.NotificationResponse;
import io.r2dbc.pgxc.wire.BackendMessage.ParameterStatus;
import io.r2dbc.pgxc.wire.ErrorFields;
import org.jspecify.annotations.Nullable;

/**
 * Passes on what a session says, but not its end before it was open: another connection may follow in the same attempt.
 */
final class EventsOnceOpen implements SessionEvents {

    private final SessionEvents listener;
    private boolean open;

    EventsOnceOpen(SessionEvents listener) {
        this.listener = listener;
    }

    /** The session is open. Event loop only, as everything here. */
    void open() {
        open = true;
    }

    @Override
    public void onNotification(NotificationResponse notification) {
        listener.onNotification(notification);
    }

    @Override
    public void onNotice(ErrorFields notice) {
        listener.onNotice(notice);
    }

    @Override
    public void onParameter(ParameterStatus parameter) {
        listener.onParameter(parameter);
    }

    @Override
    public void onEnd(@Nullable Failure failure) {
        if (open) {
            listener.onEnd(failure);
        }
    }

    @Override
    public boolean isListening() {
        return listener.isListening();
    }
}
