// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.replication;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.r2dbc.pgxc.value.Lsn;
import java.time.Instant;

/**
 * A piece of the write-ahead log (WALData, once called XLogData): bytes of the log itself from a physical stream, one message of the output
 * plugin from a logical slot.
 *
 * <p>What a stream of the driver emits owns its bytes: they lie on the heap, belong to the subscriber, stay valid as long as they are
 * referenced, and need no release, so that an element an operator drops is no leak.
 *
 * @param start where the piece begins in the log
 * @param walEnd how far the server's log reached when it was sent
 * @param serverTime when it was sent
 * @param data the bytes
 */
public record WalData(Lsn start, Lsn walEnd, Instant serverTime, ByteBuf data) implements StreamMessage {

    static WalData read(Fields fields, ByteBuf in) {
        Lsn start = fields.lsn();
        Lsn walEnd = fields.lsn();
        Instant time = fields.time();
        return new WalData(start, walEnd, time, in.slice(fields.position(), fields.remaining()));
    }

    /**
     * The position behind the piece, if it is one of a physical stream: what to acknowledge once its bytes are durable.
     *
     * @return {@link #start} and the number of bytes
     */
    public Lsn end() {
        return new Lsn(start.value() + data.readableBytes());
    }

    /**
     * Copies the bytes into a heap buffer of their own.
     *
     * @return a piece that is valid for as long as it is referenced
     */
    public WalData detached() {
        byte[] bytes = new byte[data.readableBytes()];
        data.getBytes(data.readerIndex(), bytes);
        return new WalData(start, walEnd, serverTime, Unpooled.wrappedBuffer(bytes));
    }
}
