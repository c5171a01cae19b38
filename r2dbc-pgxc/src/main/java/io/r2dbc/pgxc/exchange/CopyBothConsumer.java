// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.exchange;

import io.netty.buffer.ByteBuf;
import io.r2dbc.pgxc.wire.DataRow;

/**
 * Who is streamed to, and how much of it is wanted. Event loop only.
 *
 * <p>{@link #onEnd} or {@link #onFailure} is the last call.
 */
public interface CopyBothConsumer {

    /** Whether the payload of a further CopyData is wanted now. */
    boolean wantsData();

    /** Whether a payload that begins with this byte is wanted even though nothing else is. */
    boolean wantsAtOnce(byte first);

    /** The command has been written. */
    void onAsked();

    /** Streaming has begun, in both directions. */
    void onStart();

    /** The payload of one CopyData; what lies in the buffer is valid during the call only. */
    void onData(ByteBuf in, int offset, int length);

    /** A row of the result that may follow the stream. */
    void onRow(DataRow row);

    /** ReadyForQuery: all is over. */
    void onEnd();

    /** The server's error, known with its ReadyForQuery, or the end of the session. */
    void onFailure(Failure failure);
}
