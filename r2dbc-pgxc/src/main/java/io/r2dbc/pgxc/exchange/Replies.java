// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.exchange;

import io.r2dbc.pgxc.wire.BackendMessage;
import io.r2dbc.pgxc.wire.ProtocolException;

/** The one sentence for an answer that nothing asked for (protocol S8.6). */
final class Replies {

    private Replies() {}

    static ProtocolException unexpected(BackendMessage message, String asked) {
        String name = message instanceof Enum<?> signal
                ? signal.name()
                : message.getClass().getSimpleName();
        return unexpected(name, asked);
    }

    static ProtocolException unexpected(String name, String asked) {
        return new ProtocolException(name + " is not an answer that " + asked + " can have here");
    }
}
