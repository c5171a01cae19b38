// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;

/**
 * The one inbound buffer of a session: what has arrived and has not been wanted yet.
 *
 * <p>It takes ownership of what it is given. It changes only between decode loops, never while a callback looks at the bytes. Usually
 * what arrives becomes the buffer as it is; only the part of a message that was left over is copied.
 */
final class Inbound {

    private ByteBuf bytes = Unpooled.EMPTY_BUFFER;
    private boolean ended;

    ByteBuf bytes() {
        return bytes;
    }

    /** Takes ownership of {@code arrived}. */
    void add(ByteBuf arrived, ByteBufAllocator allocator) {
        if (ended) {
            arrived.release();
            return;
        }
        if (!bytes.isReadable()) {
            bytes.release();
            bytes = arrived;
            return;
        }
        try {
            if (arrived.readableBytes() > bytes.writableBytes()) {
                replace(allocator, arrived.readableBytes());
            }
            bytes.writeBytes(arrived);
        } finally {
            arrived.release();
        }
    }

    /** Grows by what has arrived, doubling, never by what a length word announces (S8.3). */
    private void replace(ByteBufAllocator allocator, int more) {
        int needed = Math.addExact(bytes.readableBytes(), more);
        int capacity = (int) Math.min(Integer.MAX_VALUE, Math.max(needed, 2L * bytes.readableBytes()));
        ByteBuf larger = allocator.buffer(capacity);
        larger.writeBytes(bytes);
        bytes.release();
        bytes = larger;
    }

    /** Gives memory back as soon as nothing is left in it. */
    void trim() {
        if (!bytes.isReadable()) {
            release();
        }
    }

    /** Nobody will look at it any more: what it holds is released, and so is what still arrives. */
    void end() {
        release();
        ended = true;
    }

    private void release() {
        bytes.release();
        bytes = Unpooled.EMPTY_BUFFER;
    }
}
