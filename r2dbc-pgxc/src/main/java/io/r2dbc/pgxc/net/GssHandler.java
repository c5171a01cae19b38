// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.r2dbc.pgxc.exchange.Failure.ProtocolViolation;
import io.r2dbc.pgxc.exchange.GssTalk;
import org.jspecify.annotations.Nullable;

/**
 * Encrypts all that leaves a channel, and decrypts all that arrives, in the packets of GSSAPI (protocol 48.2.10).
 *
 * <p>What is written becomes packets at once, so that the channel knows how much waits in it; what was read at a time is passed on in one
 * piece. A packet that is not the server's next one is the end of the session: what came before it still counts.
 */
final class GssHandler extends ChannelDuplexHandler {

    /** More than any mechanism adds to a packet, as a guess at how much room is needed. */
    private static final int AROUND = 128;

    private final GssTalk talk;
    private final GssPackets packets = new GssPackets();
    private final byte[] plain;
    private boolean passedOn;
    private boolean broken;

    /** Takes charge of the talk, which is established, and ends it with the channel. */
    GssHandler(GssTalk talk) {
        this.talk = talk;
        // the manual wants packets under 16 kB
        int limit = talk.wrapLimit(GssPackets.LONGEST - 1);
        if (limit <= 0) {
            throw new IllegalStateException("GSSAPI cannot make packets as short as PostgreSQL wants them");
        }
        this.plain = new byte[limit];
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        talk.end();
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
        ByteBuf written = (ByteBuf) message;
        ByteBuf packed = ctx.alloc().buffer(room(written.readableBytes()));
        try {
            pack(written, packed);
        } catch (RuntimeException e) {
            packed.release();
            promise.tryFailure(e);
            return;
        } finally {
            written.release();
        }
        ctx.write(packed, promise);
    }

    private int room(int bytes) {
        int count = bytes / plain.length + 1;
        return bytes + count * (GssPackets.LENGTH_WORD + AROUND);
    }

    private void pack(ByteBuf written, ByteBuf packed) {
        while (written.isReadable()) {
            int length = Math.min(written.readableBytes(), plain.length);
            written.readBytes(plain, 0, length);
            byte[] packet = talk.wrap(plain, 0, length);
            if (packet.length > GssPackets.LONGEST) {
                throw new IllegalStateException(
                        "GSSAPI made a packet of " + packet.length + " bytes, which is too long");
            }
            packed.writeInt(packet.length).writeBytes(packet);
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf arrived = (ByteBuf) message;
        if (broken) {
            arrived.release();
            return;
        }
        ByteBuf unpacked = allocated(ctx.alloc(), arrived);
        RuntimeException trouble = unpack(arrived, unpacked);
        arrived.release();
        if (unpacked.isReadable()) {
            passedOn = true;
            ctx.fireChannelRead(unpacked);
        } else {
            unpacked.release();
        }
        if (trouble != null) {
            breakOff(ctx, trouble);
        }
    }

    private static ByteBuf allocated(ByteBufAllocator allocator, ByteBuf arrived) {
        try {
            return allocator.buffer(arrived.readableBytes());
        } catch (RuntimeException | Error e) {
            arrived.release();
            throw e;
        }
    }

    /** Returns what was wrong with the packet behind those that have been unpacked. */
    private @Nullable RuntimeException unpack(ByteBuf arrived, ByteBuf unpacked) {
        try {
            while (packets.take(arrived)) {
                unpacked.writeBytes(talk.unwrap(packets.bytes(), 0, packets.length()));
            }
            return null;
        } catch (RuntimeException e) {
            return e;
        }
    }

    private void breakOff(ChannelHandlerContext ctx, RuntimeException trouble) {
        broken = true;
        SessionHandler session = ctx.pipeline().get(SessionHandler.class);
        if (session == null) {
            ctx.close();
        } else {
            session.fail(new ProtocolViolation(String.valueOf(trouble.getMessage()), trouble));
        }
    }

    /** Whoever asked for bytes gets some: a part of a packet is none. */
    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (!passedOn && !broken) {
            ctx.read();
        }
        passedOn = false;
        ctx.fireChannelReadComplete();
    }
}
