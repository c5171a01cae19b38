// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.net;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
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
     * @param nanosLeft until when it must be reached; the addresses of its name share that
     * @param onChannel sees each channel before it is connected: one for each address that is tried
     */
    Mono<? extends Connection> dial(LongSupplier nanosLeft, Consumer<Channel> onChannel) {
        return Mono.defer(() -> {
            AddressTurns turns = new AddressTurns(nanosLeft);
            return client().resolvedAddressesSelector((config, found) -> turns.onResolved(found))
                    .doOnChannelInit((observer, opened, address) -> {
                        turns.onChannel(opened);
                        onChannel.accept(opened);
                    })
                    .connect();
        });
    }

    /**
     * Dials an address that has been reached before.
     *
     * @param onChannel sees the channel before it is connected
     */
    Mono<? extends Connection> dial(Supplier<SocketAddress> address, Duration limit, Consumer<Channel> onChannel) {
        return client().remoteAddress(address)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, millis(limit))
                .doOnChannelInit((observer, opened, at) -> onChannel.accept(opened))
                .connect();
    }

    /** Made by the first who dials, and kept. */
    private TcpClient client() {
        TcpClient made = client;
        if (made == null) {
            TcpClient plain = TcpClient.newConnection();
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
