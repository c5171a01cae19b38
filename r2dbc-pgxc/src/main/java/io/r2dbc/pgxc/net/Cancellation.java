// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.r2dbc.pgxc.exchange.Failure;
import io.r2dbc.pgxc.exchange.GssTalk;
import io.r2dbc.pgxc.exchange.Line;
import io.r2dbc.pgxc.exchange.SessionEndException;
import io.r2dbc.pgxc.wire.BackendMessage.BackendKeyData;
import io.r2dbc.pgxc.wire.FrontendMessage.CancelRequest;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.netty.Connection;

/**
 * Sends a CancelRequest on a second connection to the very address of the session (protocol 48.2.7) and waits for its end.
 *
 * <p>Where the session is encrypted the request is too, with the same checks: it carries the session's secret, which never leaves in clear
 * text then (S2.7.3).
 *
 * <p>The end of that connection says that the request has been handed over, nothing more: whether it did anything shows on the session.
 */
final class Cancellation {

    /** How a request ended. */
    enum Fate {
        /** The server has closed the connection: it has taken the request. */
        HANDED_OVER,
        /** It did not reach the server. */
        FAILED,
        /** It is not known whether the server has it, or will have it. */
        UNKNOWN
    }

    /** Told how a request ended, and why if it did not end well. Any thread. */
    interface Listener {
        void onEnd(Fate fate, @Nullable Throwable cause);
    }

    /** Makes a new connection as safe as the session's is. */
    interface Cover {

        /** That of a session that is not encrypted. */
        Cover NONE = connection -> Mono.empty();

        Mono<Void> over(Connection connection);

        static Cover by(Tls tls) {
            return connection -> asking(connection, answer -> new TlsNegotiation(tls, answer));
        }

        /** By GSSAPI; each connection needs a talk of its own. */
        static Cover by(Supplier<GssTalk> talks, String address) {
            return connection -> Mono.defer(() -> {
                GssTalk talk = talks.get();
                return Mono.<Void>fromRunnable(talk::prepare)
                        .subscribeOn(GssThreads.shared())
                        .then(asking(connection, answer -> new GssNegotiation(talk, address, answer)))
                        .doOnError(failed -> talk.end())
                        .doOnCancel(talk::end);
            });
        }

        private static Mono<Void> asking(Connection connection, Function<EncryptionListener, ChannelHandler> asker) {
            return Mono.create(sink -> connection.addHandlerLast("pgxc-ask", asker.apply(new Answer(sink))));
        }
    }

    private static final Duration BOUND = Duration.ofSeconds(2);

    private final Dialer dialer;
    private final Supplier<SocketAddress> address;
    private final Cover cover;

    /**
     * Makes one for a session.
     *
     * @param address that the session has reached
     * @param cover how the session is encrypted
     */
    Cancellation(Dialer dialer, Supplier<SocketAddress> address, Cover cover) {
        this.dialer = dialer;
        this.address = address;
        this.cover = cover;
    }

    void send(BackendKeyData key, Listener listener) {
        Socket socket = new Socket();
        dialer.dial(address, BOUND, socket::opened)
                .flatMap(connection -> cover.over(connection)
                        .then(Mono.defer(() -> socket.mayCarry() ? sendAndAwaitEnd(connection, key) : Mono.empty())))
                .timeout(BOUND)
                .doFinally(signal -> socket.close())
                .subscribe(
                        nothing -> {},
                        error -> listener.onEnd(
                                error instanceof TimeoutException && !socket.isGivenUp() ? Fate.UNKNOWN : Fate.FAILED,
                                error),
                        () -> listener.onEnd(Fate.HANDED_OVER, null));
    }

    /**
     * Closes the channel however late it is there: a connection could be made in the moment in which the wait for it ends. Either the
     * request is sent, or it is given up and never will be.
     */
    private static final class Socket {

        private enum Request {
            DUE,
            SENT,
            GIVEN_UP
        }

        private final AtomicReference<Request> request = new AtomicReference<>(Request.DUE);
        private volatile boolean over;
        private volatile @Nullable Channel channel;

        boolean mayCarry() {
            return request.compareAndSet(Request.DUE, Request.SENT);
        }

        boolean isGivenUp() {
            return request.compareAndSet(Request.DUE, Request.GIVEN_UP) || request.get() == Request.GIVEN_UP;
        }

        void opened(Channel opened) {
            channel = opened;
            if (over) {
                opened.close();
            }
        }

        void close() {
            over = true;
            Channel opened = channel;
            if (opened != null) {
                opened.close();
            }
        }
    }

    private record Answer(MonoSink<Void> sink) implements EncryptionListener {

        @Override
        public void onEncrypted(Line line) {
            sink.success();
        }

        @Override
        public void onDeclined() {
            onFailed(
                    new Failure.ConnectionLost(
                            "08001", "The server does not offer any more what the session is encrypted by", null),
                    false);
        }

        @Override
        public void onFailed(Failure failure, boolean isViolation) {
            sink.error(new SessionEndException(failure));
        }
    }

    private static Mono<Void> sendAndAwaitEnd(Connection connection, BackendKeyData key) {
        ByteBuf request = Unpooled.buffer();
        new CancelRequest(key.processId(), key.secretKey()).writeTo(request);
        return connection
                .outbound()
                .send(Mono.just(request))
                .then()
                // once it has been sent any end will do
                .then(connection.inbound().receive().then().onErrorComplete());
    }
}
