// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.net;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;
import reactor.netty.tcp.TcpClient;

/**
 * Opens channels to the server, by TCP or by its Unix socket; what is spoken there is others' business.
 */
final class Dialer {

    private final SessionOptions options;
    private volatile @Nullable TcpClient client;

    Dialer(SessionOptions options) {
        this.options = options;
    }

    /**
     * Dials the configured server.
     *
     * @param onChannel sees each channel before it is connected: one for each address that the name has
     */
    Mono<? extends Connection> dial(Consumer<Channel> onChannel) {
        return Mono.defer(() -> client().doOnChannelInit((observer, opened, address) -> onChannel.accept(opened))
                .connect());
    }

    /** Dials an address that has been reached before. */
    Mono<? extends Connection> dial(Supplier<SocketAddress> address, Duration limit) {
        return client().remoteAddress(address)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, millis(limit))
                .connect();
    }

    /** Made by the first who dials, and kept. */
    private TcpClient client() {
        TcpClient made = client;
        if (made == null) {
            TcpClient plain = TcpClient.newConnection()
                    .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, millis(options.connectTimeout()));
            UnixSocket socket = options.unixSocket();
            made = socket == null ? byTcp(plain) : byFile(plain, socket);
            client = made;
        }
        return made;
    }

    private TcpClient byTcp(TcpClient plain) {
        return plain.runOn(options.loopResources())
                .remoteAddress(() -> InetSocketAddress.createUnresolved(options.host(), options.port()))
                .option(ChannelOption.SO_KEEPALIVE, options.tcpKeepAlive())
                .option(ChannelOption.TCP_NODELAY, options.tcpNoDelay());
    }

    private TcpClient byFile(TcpClient plain, UnixSocket socket) {
        SocketAddress address = socket.address(options.loopResources());
        return plain.runOn(UnixSocket.on(options.loopResources())).remoteAddress(() -> address);
    }

    private static int millis(Duration limit) {
        return (int) Math.min(Integer.MAX_VALUE, limit.toMillis() + 1);
    }
}
