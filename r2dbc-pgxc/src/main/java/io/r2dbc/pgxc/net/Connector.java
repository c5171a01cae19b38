// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.net;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.r2dbc.pgxc.exchange.Credentials;
import io.r2dbc.pgxc.exchange.Done;
import io.r2dbc.pgxc.exchange.Failure;
import io.r2dbc.pgxc.exchange.Failure.ConnectionLost;
import io.r2dbc.pgxc.exchange.SessionEndException;
import io.r2dbc.pgxc.exchange.SessionState;
import io.r2dbc.pgxc.exchange.Startup;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.core.scheduler.Schedulers;
import reactor.netty.Connection;
import reactor.netty.tcp.TcpClient;

/**
 * Opens sessions: TCP, start-up, authentication, one deadline over all of it, and nothing left behind when it fails or is cancelled.
 *
 * <p>Failures come as {@link SessionEndException}.
 */
public final class Connector {

    private final SessionOptions options;

    public Connector(SessionOptions options) {
        this.options = options;
    }

    /**
     * Opens a session on each subscription.
     *
     * @param parameters of StartupMessage, for the user
     * @param credentials resolved anew for each session; part of the deadline
     */
    public Mono<Session> open(
            Function<String, Map<String, String>> parameters,
            Mono<Credentials> credentials,
            SessionState state,
            SessionEvents events) {
        return Mono.defer(() -> {
            long deadline = System.nanoTime() + options.connectTimeout().toNanos();
            return credentials
                    .timeout(options.connectTimeout(), Mono.error(this::tooLate))
                    .flatMap(login -> Mono.create(sink ->
                            new Attempt(login, parameters.apply(login.user()), state, events, sink).begin(deadline)));
        });
    }

    private SessionEndException tooLate() {
        return new SessionEndException(new ConnectionLost(
                "08001",
                "No session with " + options.address() + " within "
                        + options.connectTimeout().toMillis() + " ms (connectTimeout)",
                null));
    }

    /** One try, delivered at most once, and undone if nobody wants it any more. */
    private final class Attempt implements Done {

        private final Credentials credentials;
        private final Map<String, String> parameters;
        private final SessionState state;
        private final SessionEvents events;
        private final MonoSink<Session> sink;
        private final AtomicBoolean over = new AtomicBoolean();
        private final Disposable.Swap timer = Disposables.swap();
        private volatile @Nullable Channel channel;
        private volatile @Nullable Session session;

        Attempt(
                Credentials credentials,
                Map<String, String> parameters,
                SessionState state,
                SessionEvents events,
                MonoSink<Session> sink) {
            this.credentials = credentials;
            this.parameters = parameters;
            this.state = state;
            this.events = events;
            this.sink = sink;
        }

        void begin(long deadline) {
            long left = Math.max(0, deadline - System.nanoTime());
            sink.onCancel(() -> {
                over.set(true);
                undo();
            });
            timer.update(Schedulers.parallel().schedule(this::onDeadline, left, TimeUnit.NANOSECONDS));
            TcpClient.newConnection()
                    .runOn(options.loopResources())
                    .remoteAddress(() -> InetSocketAddress.createUnresolved(options.host(), options.port()))
                    .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int)
                            Math.min(Integer.MAX_VALUE, left / 1_000_000 + 1))
                    .option(ChannelOption.SO_KEEPALIVE, options.tcpKeepAlive())
                    .option(ChannelOption.TCP_NODELAY, options.tcpNoDelay())
                    .doOnChannelInit((observer, opened, address) -> onChannel(opened))
                    .connect()
                    .subscribe(this::onConnected, this::onRefused);
        }

        /** A channel is there, for the first address or the next one, and is not connected yet. */
        private void onChannel(Channel opened) {
            channel = opened;
            if (over.get()) {
                opened.close();
            }
        }

        /** Closes the channel; cancelling what connects it could lose the connection that is just being made. */
        private void undo() {
            timer.dispose();
            Channel opened = channel;
            if (opened != null) {
                opened.close();
            }
            Session begun = session;
            if (begun != null) {
                begun.abort(ConnectionLost.CLOSED);
            }
        }

        private void onDeadline() {
            if (over.compareAndSet(false, true)) {
                undo();
                sink.error(tooLate());
            }
        }

        private void onConnected(Connection connection) {
            if (over.get()) {
                connection.dispose();
                return;
            }
            Channel connected = connection.channel();
            SessionHandler handler = new SessionHandler(
                    options, state, events, new Cancellation(options.loopResources(), connected::remoteAddress));
            connection.addHandlerLast("pgxc", handler);
            Session begun = new Session(handler);
            session = begun;
            begun.submit(new Startup(
                    parameters, isLoopback(connected) ? credentials.overProtectedLine() : credentials, this));
            if (over.get()) {
                undo();
            }
        }

        /** What does not leave this machine need not be hidden; the address that was reached decides, not the name that was given. */
        private static boolean isLoopback(Channel channel) {
            return channel.remoteAddress() instanceof InetSocketAddress peer
                    && peer.getAddress() != null
                    && peer.getAddress().isLoopbackAddress();
        }

        private void onRefused(Throwable cause) {
            failed(new ConnectionLost(
                    "08001", "Cannot connect to " + options.address() + ": " + cause.getMessage(), cause));
        }

        @Override
        public void succeeded() {
            Session open = session;
            if (open != null && over.compareAndSet(false, true)) {
                timer.dispose();
                LostErrors.guard("A subscriber failed while it was given its connection", () -> sink.success(open));
            }
        }

        @Override
        public void failed(Failure failure) {
            if (over.compareAndSet(false, true)) {
                undo();
                LostErrors.guard(
                        "A subscriber failed while it was told that connecting failed",
                        () -> sink.error(new SessionEndException(failure)));
            }
        }
    }
}
