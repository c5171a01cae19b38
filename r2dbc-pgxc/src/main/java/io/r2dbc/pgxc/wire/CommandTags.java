// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.wire;

import io.r2dbc.pgxc.wire.BackendMessage.CommandComplete;
import org.jspecify.annotations.Nullable;

/**
 * Reads CommandComplete, and makes no new message where the bytes are those of the last one: the same statements run again and again,
 * and most of them touch the same number of rows.
 */
final class CommandTags {

    private byte @Nullable [] bytes;
    private @Nullable CommandComplete last;

    CommandComplete read(Body body) {
        CommandComplete known = last;
        if (known != null && bytes != null && body.remainsOnly(bytes)) {
            return known;
        }
        byte[] all = body.copyRest();
        CommandComplete read = CommandComplete.read(body);
        bytes = all;
        last = read;
        return read;
    }
}
