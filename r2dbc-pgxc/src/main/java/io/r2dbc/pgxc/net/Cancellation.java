// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelOption;
import io.r2dbc.pgxc.wire.BackendMessage.BackendKeyData;
import io.r2dbc.pgxc.wire.FrontendMessage.CancelRequest;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;
import reactor.netty.resources.LoopResources;
import reactor.netty.tcp.TcpClient;

/**
 * Sends a CancelRequest on a second connection to the very address of the session (protocol 48.2.7) and waits for its end.
 *
 * <p>The end of that connection says that the request has been handed over, nothing more: whether it did anything shows on the session.
 */
final class Cancellation {

    /** Told how a request ended: in time, that is closed by the server or failed, or not. Any thread. */
    interface Listener {
        void onEnd(boolean inTime);
    }

    private static final Duration BOUND = Duration.ofSeconds(2);

    private final LoopResources loops;
    private final Supplier<SocketAddress> address;

    Cancellation(LoopResources loops, Supplier<SocketAddress> address) {
        this.loops = loops;
        this.address = address;
    }

    void send(BackendKeyData key, Listener listener) {
        TcpClient.newConnection()
                .runOn(loops)
                .remoteAddress(address)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) BOUND.toMillis())
                .connect()
                .flatMap(connection -> sendAndAwaitEnd(connection, key))
                .timeout(BOUND)
                .subscribe(
                        nothing -> {},
                        error -> listener.onEnd(!(error instanceof TimeoutException)),
                        () -> listener.onEnd(true));
    }

    private static Mono<Void> sendAndAwaitEnd(Connection connection, BackendKeyData key) {
        ByteBuf request = Unpooled.buffer();
        new CancelRequest(key.processId(), key.secretKey()).writeTo(request);
        return connection
                .outbound()
                .send(Mono.just(request))
                .then()
                .then(connection.inbound().receive().then())
                .doFinally(signal -> connection.dispose());
    }
}
