// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.exchange;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** Where the data of CopyData messages goes, and how much of it is wanted. Event loop only. */
public interface DataConsumer {

    /** Whether a further message is wanted now. */
    boolean wantsData();

    /** Whether a message that begins with this byte is wanted although no other is. */
    default boolean wantsAtOnce(byte first) {
        return false;
    }

    /** The payload of one CopyData message, valid during the call only unless it is retained; it may be empty. */
    void onData(ByteBuf in, int offset, int length);

    /** The last call: null after everything has come. */
    void onEnd(@Nullable Failure failure);
}
