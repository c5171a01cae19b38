// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.net;

import io.r2dbc.pgxc.exchange.Failure;
import io.r2dbc.pgxc.exchange.Line;

/** Is told once what became of asking for encryption, on the event loop. Whoever asked has left the pipeline then, or the channel is closed. */
interface EncryptionListener {

    /** Everything is encrypted from now on. */
    void onEncrypted(Line line);

    /** The server does not offer it; it goes on to listen. */
    void onDeclined();

    /**
     * Nothing more can be said on this channel.
     *
     * @param isViolation whether the peer broke the rules, and nothing should be tried again
     */
    void onFailed(Failure failure, boolean isViolation);
}
