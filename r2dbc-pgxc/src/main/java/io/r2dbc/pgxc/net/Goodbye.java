// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.net;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;
import io.r2dbc.pgxc.exchange.Failure.ConnectionLost;
import io.r2dbc.pgxc.wire.FrontendMessage.Bare;
import java.util.concurrent.TimeUnit;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * Closes a session in good order and within a second, whatever the peer does (X16).
 *
 * <p>A COMMIT or ROLLBACK that is under way is awaited for a part of that time; anything else that runs is stopped at the server. Then
 * Terminate, the end of our output, and reading on to the end of the stream, so that the peer meets no reset.
 */
final class Goodbye {

    private static final long PATIENCE_FOR_COMMIT = 600;
    private static final long PATIENCE_FOR_THE_PEER = 300;

    private final SessionHandler session;
    private final ExchangeQueue queue;
    private final Stopper stopper;
    private final Sinks.Empty<Void> gone = Sinks.empty();
    private volatile boolean said;
    private boolean begun;
    private boolean leaving;

    Goodbye(SessionHandler session, ExchangeQueue queue, Stopper stopper) {
        this.session = session;
        this.queue = queue;
        this.stopper = stopper;
    }

    boolean isSaid() {
        return said;
    }

    /** Whether nothing new is taken any more. */
    boolean hasBegun() {
        return begun;
    }

    /** Completes when the channel is closed. Any thread, any number of times. */
    Mono<Void> say() {
        return Mono.defer(() -> {
            said = true;
            session.mailbox().put(this::begin);
            return gone.asMono();
        });
    }

    private void begin() {
        if (session.end() != null || begun) {
            return;
        }
        begun = true;
        queue.takeWaiting().forEach(exchange -> session.tell(exchange, ConnectionLost.CLOSED));
        if (queue.endsTransaction()) {
            session.onIdle(this::leave);
            session.context().executor().schedule(this::leave, PATIENCE_FOR_COMMIT, TimeUnit.MILLISECONDS);
        } else {
            leave();
        }
    }

    private void leave() {
        if (session.end() != null || leaving) {
            return;
        }
        leaving = true;
        stopper.stopForGood();
        session.discard();
        if (!session.isConnected()) {
            session.fail(ConnectionLost.CLOSED);
            return;
        }
        session.send(Bare.TERMINATE).addListener((ChannelFutureListener) sent -> endOutput(sent.channel()));
        session.context()
                .executor()
                .schedule(() -> session.fail(ConnectionLost.CLOSED), PATIENCE_FOR_THE_PEER, TimeUnit.MILLISECONDS);
        session.readOn();
    }

    /** Over TLS its own last word goes first, so that the peer knows that nothing has been cut off. */
    private static void endOutput(Channel channel) {
        SslHandler tls = channel.pipeline().get(SslHandler.class);
        if (tls == null) {
            shutdownOutput(channel);
        } else {
            tls.closeOutbound().addListener(closed -> shutdownOutput(channel));
        }
    }

    private static void shutdownOutput(Channel channel) {
        if (channel instanceof DuplexChannel duplex) {
            duplex.shutdownOutput();
        }
    }

    /** The session is over. */
    void onEnd() {
        said = true;
        session.context().channel().closeFuture().addListener(closed -> gone.tryEmitEmpty());
    }
}
