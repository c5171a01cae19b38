// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.net;

import io.r2dbc.pgxc.exchange.Failure.ConnectionLost;
import io.r2dbc.pgxc.exchange.ProtocolVersions;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import reactor.netty.resources.LoopResources;

/**
 * What a session needs to know of the configuration.
 *
 * @param host a name, an address, or a Unix socket ({@link UnixSocket})
 * @param port 0 where the host is the very file of a Unix socket
 * @param connectTimeout covers everything until the first ReadyForQuery
 * @param pipelineLimit how many exchanges may be written and unanswered at a time
 * @param stallTimeout how long a result nobody reads may hold up others; zero = for ever
 * @param cancelGrace how long a cancelled exchange is drained before the server is asked to stop
 * @param responseTimeout how long the server may say nothing while an answer is due; zero = for ever
 * @param maxMessageSize the longest message accepted, in bytes
 * @param encryption has no say where the server is reached by a Unix socket, and neither has {@code gssEncryption}
 */
public record SessionOptions(
        String host,
        int port,
        LoopResources loopResources,
        boolean tcpKeepAlive,
        boolean tcpNoDelay,
        Duration connectTimeout,
        int pipelineLimit,
        Duration stallTimeout,
        Duration cancelGrace,
        Duration responseTimeout,
        int maxMessageSize,
        Encryption encryption,
        GssEncryption gssEncryption,
        ProtocolVersions versions) {

    /** Null where the server is reached by TCP. */
    @Nullable
    UnixSocket unixSocket() {
        return UnixSocket.isMeantBy(host) ? UnixSocket.of(host, port) : null;
    }

    String address() {
        UnixSocket socket = unixSocket();
        return socket == null ? host + ":" + port : socket.path();
    }

    ConnectionLost tooLate() {
        String message =
                "No session with " + address() + " within " + connectTimeout.toMillis() + " ms (connectTimeout)";
        return new ConnectionLost("08001", message, new TimeoutException(message));
    }
}
