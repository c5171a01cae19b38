// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/**
 * Takes over a Netty buffer that was bound as a value (X34): whatever becomes of the execution, the caller's buffer is released when it has
 * been subscribed to.
 */
final class BoundBuffer {

    private BoundBuffer() {}

    /** Releases the buffer, and leaves its bytes on the heap, where nobody has to count references: a statement may be executed again. */
    static ByteBuf take(ByteBuf bound) {
        try {
            return Unpooled.copiedBuffer(bound);
        } finally {
            bound.release();
        }
    }
}
