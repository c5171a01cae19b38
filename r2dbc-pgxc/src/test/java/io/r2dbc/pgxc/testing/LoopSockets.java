// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.testing;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.SingleThreadIoEventLoop;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.EventExecutor;
import io.r2dbc.pgxc.net.EventLoops;
import java.lang.reflect.Field;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The sockets that the driver's shared event loops serve at a moment, those of cancel requests included.
 *
 * <p>Netty no longer lists its channels, so this looks into the selectors; what the loops have in hand is done by then.
 */
final class LoopSockets {

    private static final long PATIENCE_SECONDS = 5;

    private LoopSockets() {}

    static Set<SocketChannel> open() throws InterruptedException {
        Set<SocketChannel> all = Collections.newSetFromMap(new IdentityHashMap<>());
        EventLoopGroup group = EventLoops.shared().onServer(false);
        for (EventExecutor loop : group) {
            Selector selector = selector(loop);
            all.addAll(on(loop, selector));
        }
        return all;
    }

    private static Set<SocketChannel> on(EventExecutor loop, Selector selector) throws InterruptedException {
        try {
            return loop.submit(() -> sockets(selector)).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new AssertionError("an event loop of the driver does not answer: " + loop, e);
        }
    }

    private static Set<SocketChannel> sockets(Selector selector) {
        Set<SocketChannel> sockets = Collections.newSetFromMap(new IdentityHashMap<>());
        for (SelectionKey key : selector.keys()) {
            if (key.isValid() && key.channel() instanceof SocketChannel socket && socket.isOpen()) {
                sockets.add(socket);
            }
        }
        return sockets;
    }

    private static Selector selector(EventExecutor loop) {
        try {
            Object handler = read(SingleThreadIoEventLoop.class, "ioHandler", loop);
            return (Selector) read(NioIoHandler.class, "selector", handler);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("Netty has been rebuilt, and its selectors are elsewhere", e);
        }
    }

    private static Object read(Class<?> type, String name, Object owner) throws ReflectiveOperationException {
        Field field = type.getDeclaredField(name);
        field.setAccessible(true);
        return field.get(owner);
    }
}
