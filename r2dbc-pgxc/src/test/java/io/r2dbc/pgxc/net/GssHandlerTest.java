// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import io.r2dbc.pgxc.exchange.Credentials;
import io.r2dbc.pgxc.exchange.Credentials.Binding;
import io.r2dbc.pgxc.exchange.Credentials.Method;
import io.r2dbc.pgxc.exchange.GssTalk;
import io.r2dbc.pgxc.testing.GssSteps;
import io.r2dbc.pgxc.testing.ToyGss;
import io.r2dbc.pgxc.wire.Octets;
import java.nio.channels.ClosedChannelException;
import java.util.EnumSet;
import java.util.Objects;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What the handler makes of each read and each write, and whose the buffers are. */
final class GssHandlerTest {

    private final ToyGss gss = new ToyGss(0);
    private final GssTalk talk = established();
    private int reads;
    private int flushes;
    private final EmbeddedChannel channel = new EmbeddedChannel(
            new ChannelOutboundHandlerAdapter() {
                @Override
                public void read(ChannelHandlerContext ctx) {
                    reads++;
                }

                @Override
                public void flush(ChannelHandlerContext ctx) {
                    flushes++;
                    ctx.flush();
                }
            },
            new GssHandler(talk));

    private GssTalk established() {
        Credentials credentials =
                new Credentials("alice", null, false, 1, Binding.PREFER, EnumSet.allOf(Method.class), null, gss);
        GssTalk begun = Objects.requireNonNull(credentials.encryptingTalk());
        begun.next(new byte[0]);
        return begun;
    }

    private static ByteBuf sealed(int number, String text) {
        byte[] plain = Octets.of(text).bytes();
        return GssSteps.packet(ToyGss.seal(number, plain, 0, plain.length)).buffer();
    }

    @Test
    @DisplayName(
            "[S2.10.2] what is written together leaves in one flush, each write in packets of its own, and is released")
    void writes() {
        ByteBuf first = Octets.of("first").buffer();
        ByteBuf second = Unpooled.directBuffer().writeZero(40_000);
        channel.write(first);
        channel.write(second);
        channel.flush();
        assertThat(flushes).isOne();
        assertThat(first.refCnt()).isZero();
        assertThat(second.refCnt()).isZero();
        ByteBuf packed = channel.readOutbound();
        assertThat(Octets.of(packed)).isEqualTo(Octets.of(sealed(0, "first")));
        packed.release();
        packed = channel.readOutbound();
        int packets = 0;
        int bytes = 0;
        while (packed.isReadable()) {
            int length = packed.readInt();
            assertThat(length + 4).isBetween(5, 16_383);
            byte[] packet = new byte[length];
            packed.readBytes(packet);
            bytes += ToyGss.unseal(++packets, packet, 0, length).length;
        }
        packed.release();
        assertThat(packets).isEqualTo(3);
        assertThat(bytes).isEqualTo(40_000);
        channel.close();
    }

    @Test
    @DisplayName("[S2.10.2] all packets of one read are passed on in one piece")
    void onePiece() {
        channel.writeInbound(Unpooled.wrappedBuffer(sealed(0, "a"), sealed(1, "b"), sealed(2, "c")));
        ByteBuf read = channel.readInbound();
        assertThat(Octets.of(read)).isEqualTo(Octets.of("abc"));
        read.release();
        assertThat(channel.inboundMessages()).isEmpty();
        channel.close();
    }

    @Test
    @DisplayName("[S2.10.2] a read that brings no whole packet is followed by another; one that does is not")
    void readsOn() {
        channel.config().setAutoRead(false);
        int before = reads;
        ByteBuf packet = sealed(0, "text");
        channel.writeInbound(packet.readRetainedSlice(6));
        assertThat(reads).isEqualTo(before + 1);
        channel.writeInbound(packet);
        assertThat(reads).isEqualTo(before + 1);
        channel.<ByteBuf>readInbound().release();
        channel.close();
    }

    @Test
    @DisplayName("[S2.10.2] after a forged packet nothing is passed on any more, and the channel is closed")
    void broken() {
        channel.writeInbound(Unpooled.wrappedBuffer(sealed(0, "true"), sealed(7, "false")));
        assertThat(channel.isOpen()).isFalse();
        ByteBuf read = channel.readInbound();
        assertThat(Octets.of(read)).isEqualTo(Octets.of("true"));
        read.release();
        assertThat(channel.inboundMessages()).isEmpty();
        assertThat(gss.open()).isZero();
    }

    @Test
    @DisplayName("what cannot be encrypted fails its promise, and is released")
    void ended() {
        talk.end();
        ByteBuf late = Octets.of("late").buffer();
        ChannelPromise promise = channel.newPromise();
        channel.writeAndFlush(late, promise);
        assertThat(promise.cause())
                .isInstanceOf(IllegalStateException.class)
                .isNotInstanceOf(ClosedChannelException.class);
        assertThat(late.refCnt()).isZero();
        assertThat(channel.outboundMessages()).isEmpty();
        channel.close();
        assertThat(gss.open()).isZero();
    }

    @Test
    @DisplayName("the conversation ends with the channel")
    void closes() {
        assertThat(gss.open()).isOne();
        channel.close();
        assertThat(gss.open()).isZero();
    }
}
