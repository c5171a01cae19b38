// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.net;

import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.DomainSocketChannel;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import reactor.core.publisher.Mono;
import reactor.netty.resources.LoopResources;

/**
 * The way to a server's Unix socket, on event loops of any kind (protocol S1.0.2).
 *
 * <p>Native event loops have channels and an address of their own. On the JDK's selector Netty has a channel for the JDK's address, which
 * Reactor Netty does not know of: it asks for the kind of channel by its interface, and gets this one.
 *
 * @param path of the socket's file; in Linux's abstract name space, which has no files, with {@code @} in front
 */
record UnixSocket(String path) {

    private static final String FILE = ".s.PGSQL.";
    private static final char ABSTRACT = '@';

    /** Whether a host is a Unix socket, or a folder of them. */
    static boolean isMeantBy(String host) {
        return host.startsWith("/") || host.charAt(0) == ABSTRACT;
    }

    /** The socket that a host and a port mean: the file itself, where there is no port or the name says so, else the server's in that folder. */
    static UnixSocket of(String host, int port) {
        boolean isFile = port == 0 || host.startsWith(FILE, host.lastIndexOf('/') + 1);
        String folder = host.endsWith("/") ? host.substring(0, host.length() - 1) : host;
        return new UnixSocket(isFile ? host : folder + "/" + FILE + port);
    }

    /** The address as channels on those event loops take it. */
    SocketAddress address(LoopResources loops) {
        boolean isAbstract = path.charAt(0) == ABSTRACT;
        if (isNative(loops)) {
            return new DomainSocketAddress(isAbstract ? '\0' + path.substring(1) : path);
        }
        if (isAbstract) {
            throw new IllegalArgumentException("option host or socket is '" + path
                    + "', but only Netty's native event loops can connect to a socket without a file");
        }
        return UnixDomainSocketAddress.of(path);
    }

    /** The same event loops, which know channels of Unix sockets too. */
    static LoopResources on(LoopResources loops) {
        return isNative(loops) ? loops : new Selectors(loops);
    }

    /** Asked by their channels for TCP, because not all event loops can tell of which class the others are. */
    private static boolean isNative(LoopResources loops) {
        Class<?> tcp = loops.onChannelClass(SocketChannel.class, loops.onClient(LoopResources.DEFAULT_NATIVE));
        return !NioSocketChannel.class.isAssignableFrom(tcp);
    }

    /** Event loops on the JDK's selector, which belong to somebody else. */
    private record Selectors(LoopResources loops) implements LoopResources {

        @Override
        public EventLoopGroup onServer(boolean useNative) {
            return loops.onServer(useNative);
        }

        @Override
        public EventLoopGroup onClient(boolean useNative) {
            return loops.onClient(useNative);
        }

        @Override
        public EventLoopGroup onServerSelect(boolean useNative) {
            return loops.onServerSelect(useNative);
        }

        @Override
        @SuppressWarnings("unchecked") // asked for by its interface, used as a channel only
        public <C extends Channel> C onChannel(Class<C> type, EventLoopGroup group) {
            return type == DomainSocketChannel.class
                    ? (C) (Channel) new NioDomainSocketChannel()
                    : loops.onChannel(type, group);
        }

        @Override
        @SuppressWarnings("unchecked") // as above
        public <C extends Channel> Class<? extends C> onChannelClass(Class<C> type, EventLoopGroup group) {
            return type == DomainSocketChannel.class
                    ? (Class<? extends C>) (Class<?>) NioDomainSocketChannel.class
                    : loops.onChannelClass(type, group);
        }

        @Override
        public boolean daemon() {
            return loops.daemon();
        }

        @Override
        public void dispose() {
            loops.dispose();
        }

        @Override
        public Mono<Void> disposeLater() {
            return loops.disposeLater();
        }
    }
}
