// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.net;

import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.FastThreadLocalThread;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import reactor.core.scheduler.NonBlocking;
import reactor.netty.resources.LoopResources;

/**
 * The event loops that all connections of this process share, one per core, as daemon threads.
 *
 * <p>They are not colocated: a connection opened from one loop is served by the next one in turn, so that a pool filled from one thread
 * spreads over all of them (X12).
 */
public final class EventLoops implements LoopResources {

    private static final EventLoops SHARED = new EventLoops();

    private final EventLoopGroup group =
            new MultiThreadIoEventLoopGroup(Runtime.getRuntime().availableProcessors(), new LoopThreads(), transport());

    private final EventLoopGroup one = group.next();

    private EventLoops() {}

    /** Linux's own way of waiting where Netty's library for it is there: fewer objects and system calls than the JDK's. */
    private static IoHandlerFactory transport() {
        try {
            return Epoll.isAvailable() ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
        } catch (LinkageError e) {
            return NioIoHandler.newFactory();
        }
    }

    public static LoopResources shared() {
        return SHARED;
    }

    @Override
    public EventLoopGroup onServer(boolean useNative) {
        return group;
    }

    /** One loop answers for all of them: asking the group which channels it takes would move its turn, and connections would skip loops. */
    @Override
    public <C extends Channel> C onChannel(Class<C> type, EventLoopGroup asked) {
        return LoopResources.super.onChannel(type, one);
    }

    @Override
    public <C extends Channel> Class<? extends C> onChannelClass(Class<C> type, EventLoopGroup asked) {
        return LoopResources.super.onChannelClass(type, one);
    }

    @Override
    public boolean daemon() {
        return true;
    }

    /** The loops live as long as the process: other factories use them too. */
    @Override
    public void dispose() {}

    private static final class LoopThreads implements ThreadFactory {

        private final AtomicInteger started = new AtomicInteger();

        @Override
        public Thread newThread(Runnable task) {
            return new LoopThread(task, "pgxc-loop-" + started.incrementAndGet());
        }
    }

    /** Reactor and BlockHound know by the marker that nothing may block here. */
    private static final class LoopThread extends FastThreadLocalThread implements NonBlocking {

        LoopThread(Runnable task, String name) {
            super(null, task, name);
            setDaemon(true);
        }
    }
}
