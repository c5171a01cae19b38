// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.wire;

import io.netty.buffer.ByteBuf;

/**
 * Where decoded messages go, and who decides whether the next one may be decoded at all.
 *
 * <p>What a message refers to in the buffer is valid during the call only. No method may compact or release the buffer.
 */
public interface BackendSink {

    /** Whether a message of this type would be welcome now; asked again, with no memory of earlier answers. */
    boolean wants(byte tag);

    /** Whether a CopyData whose payload begins with this byte would be welcome, although CopyData as such is not. */
    default boolean wantsCopyData(byte first) {
        return false;
    }

    void onRow(DataRow row);

    /** The payload of one CopyData message, which may be empty. */
    void onCopyData(ByteBuf in, int offset, int length);

    void onMessage(BackendMessage message);
}
