// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.r2dbc.pgxc.wire.BackendDecoder;
import org.jspecify.annotations.Nullable;

/**
 * The inbound bytes of a session: what has arrived and has not been wanted yet.
 *
 * <p>It takes ownership of what it is given. It changes only between decode loops and in {@link #moveOn}, never while a callback looks at
 * the bytes. What arrives becomes the buffer as it is. Where a part of a message was left over, only the rest of that message is copied
 * behind it, and what arrived comes next; where even that has not arrived, or more arrives before anybody wanted what is here, all of it
 * is joined.
 */
final class Inbound {

    private static final int USUAL = 512;

    private ByteBuf bytes = Unpooled.EMPTY_BUFFER;
    private @Nullable ByteBuf next;
    private boolean ended;

    /** What is to be decoded now. */
    ByteBuf bytes() {
        return bytes;
    }

    /** Takes ownership of {@code arrived}. */
    void add(ByteBuf arrived, ByteBufAllocator allocator) {
        if (ended) {
            arrived.release();
        } else if (!bytes.isReadable() && next == null) {
            bytes.release();
            bytes = arrived;
        } else {
            try {
                addBehind(arrived, allocator);
            } catch (RuntimeException | Error e) {
                arrived.release();
                throw e;
            }
        }
    }

    private void addBehind(ByteBuf arrived, ByteBufAllocator allocator) {
        if (next != null) {
            ByteBuf waiting = next;
            move(waiting, waiting.readableBytes(), allocator);
            next = null;
            waiting.release();
        } else if (completes(arrived, allocator)) {
            next = arrived;
            return;
        }
        move(arrived, arrived.readableBytes(), allocator);
        arrived.release();
    }

    /** Completes the message that was left over with the beginning of what has arrived, if that is all there. */
    private boolean completes(ByteBuf arrived, ByteBufAllocator allocator) {
        int header = BackendDecoder.HEADER - bytes.readableBytes();
        if (header > arrived.readableBytes()) {
            return false;
        }
        move(arrived, Math.max(0, header), allocator);
        long lacks = BackendDecoder.lacks(bytes);
        if (lacks < 0 || lacks > arrived.readableBytes()) {
            return false;
        }
        move(arrived, (int) lacks, allocator);
        return true;
    }

    private void move(ByteBuf arrived, int length, ByteBufAllocator allocator) {
        if (length > bytes.writableBytes()) {
            replace(allocator, Math.max(USUAL, length));
        }
        bytes.writeBytes(arrived, length);
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

    /** True if there are further bytes behind those that have been decoded: they are {@link #bytes} now. */
    boolean moveOn() {
        ByteBuf following = next;
        if (following == null || bytes.isReadable()) {
            return false;
        }
        bytes.release();
        bytes = following;
        next = null;
        return true;
    }

    /** Throws away all that is here. */
    void skip() {
        bytes.skipBytes(bytes.readableBytes());
        moveOn();
        bytes.skipBytes(bytes.readableBytes());
    }

    /** Gives memory back as soon as nothing is left in it. */
    void trim() {
        if (!bytes.isReadable() && next == null) {
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
        if (next != null) {
            next.release();
            next = null;
        }
    }
}
