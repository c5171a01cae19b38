// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.exchange;

import io.netty.buffer.ByteBuf;
import io.r2dbc.pgxc.wire.FrontendMessage;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Where an exchange puts its messages when its turn to be written has come. Event loop only.
 *
 * <p>Everything put here in one turn of the event loop leaves in one flush.
 */
public interface Outbox {

    /** The buffer that is being filled; owned by the session. */
    ByteBuf buffer();

    /** Whether whoever has much to say should pause now and go on when the socket has taken what is there. */
    boolean isFull();

    /**
     * Puts a conversation part without a Sync of its own ahead of the exchange that is being written: it is answered first and
     * shares that exchange's Sync.
     */
    void ride(Ride ride);

    /** Submits a further exchange, behind everything that waits. */
    void enqueue(Exchange follower);

    /** Submits an exchange ahead of everything that waits. */
    void ahead(Exchange next);

    /**
     * Sends data behind the header of CopyData, uncopied unless it is short, and in several messages if it is long (48.2.5). Takes
     * ownership; nothing is sent for an empty buffer.
     */
    void copyData(ByteBuf data);

    /** The exchange, which is being answered, has something to say as long as it {@linkplain Exchange#isSpeaking says so}. */
    void speaks(Exchange speaker);

    /** Why work is not for the event loop. */
    enum Load {
        /** It takes the processor's time. */
        COMPUTES,
        /** It waits for others, nobody knows how long. */
        WAITS
    }

    /** Runs costly work elsewhere and hands its outcome back on the event loop; work that throws fails the session. */
    <T> void offload(Load load, Supplier<T> work, Consumer<T> then);

    default void send(FrontendMessage message) {
        message.writeTo(buffer());
    }
}
