// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.r2dbc.pgxc.testing.SelectorLoops;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import reactor.netty.resources.LoopResources;

/** Event loops whose channels count how often they are flushed with something to write, and remember the most that waited then. */
final class CountedWrites implements LoopResources {

    private final AtomicInteger writes = new AtomicInteger();
    private final AtomicLong mostPending = new AtomicLong();

    int soFar() {
        return writes.get();
    }

    /** The most bytes that had been handed to the channel and not yet taken by the socket. */
    long mostPending() {
        return mostPending.get();
    }

    @Override
    public EventLoopGroup onServer(boolean useNative) {
        return SelectorLoops.group();
    }

    @Override
    public boolean daemon() {
        return true;
    }

    @Override
    public <C extends Channel> C onChannel(Class<C> channelType, EventLoopGroup group) {
        if (channelType == SocketChannel.class) {
            return channelType.cast(new CountingChannel());
        }
        return LoopResources.super.onChannel(channelType, group);
    }

    private final class CountingChannel extends NioSocketChannel {
        @Override
        protected void doWrite(ChannelOutboundBuffer in) throws Exception {
            writes.incrementAndGet();
            mostPending.accumulateAndGet(in.totalPendingWriteBytes(), Math::max);
            super.doWrite(in);
        }
    }
}
