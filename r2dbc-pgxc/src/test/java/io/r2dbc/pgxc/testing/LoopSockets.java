// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.testing;

import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.SingleThreadIoEventLoop;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.EventExecutor;
import io.r2dbc.pgxc.net.EventLoops;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The sockets that the driver's shared event loops serve at a moment, those of cancel requests included.
 *
 * <p>Netty no longer lists its channels, so this looks into what the loops wait with; what they have in hand is done by then.
 */
final class LoopSockets {

    private static final long PATIENCE_SECONDS = 5;

    private LoopSockets() {}

    static Set<Object> open() throws InterruptedException {
        Set<Object> all = Collections.newSetFromMap(new IdentityHashMap<>());
        for (EventLoopGroup group : List.of(EventLoops.shared().onServer(false), SelectorLoops.group())) {
            for (EventExecutor loop : group) {
                all.addAll(on(loop));
            }
        }
        return all;
    }

    private static Collection<?> on(EventExecutor loop) throws InterruptedException {
        try {
            return loop.submit(() -> sockets(loop)).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new AssertionError("an event loop of the driver does not answer: " + loop, e);
        }
    }

    private static Collection<?> sockets(EventExecutor loop) {
        try {
            Object handler = read(SingleThreadIoEventLoop.class, "ioHandler", loop);
            return handler instanceof NioIoHandler ? selected(handler) : registered(handler);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("Netty has been rebuilt, and its sockets are elsewhere", e);
        }
    }

    private static Collection<?> selected(Object handler) throws ReflectiveOperationException {
        Selector selector = (Selector) read(NioIoHandler.class, "selector", handler);
        return selector.keys().stream()
                .filter(SelectionKey::isValid)
                .map(SelectionKey::channel)
                .filter(channel -> channel instanceof SocketChannel && channel.isOpen())
                .toList();
    }

    private static Collection<?> registered(Object handler) throws ReflectiveOperationException {
        Method channels = EpollIoHandler.class.getDeclaredMethod("registeredChannelsList");
        channels.setAccessible(true);
        return ((List<?>) channels.invoke(handler))
                .stream().filter(channel -> ((Channel) channel).isOpen()).toList();
    }

    private static Object read(Class<?> type, String name, Object owner) throws ReflectiveOperationException {
        Field field = type.getDeclaredField(name);
        field.setAccessible(true);
        return field.get(owner);
    }
}
