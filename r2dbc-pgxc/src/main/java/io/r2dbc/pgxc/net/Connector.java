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
import reactor.core.Fuseable;
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
    private volatile @Nullable TcpClient client;

    public Connector(SessionOptions options) {
        this.options = options;
    }

    /** Made by the first who connects, and kept. */
    private TcpClient client() {
        TcpClient made = client;
        if (made == null) {
            made = TcpClient.newConnection()
                    .runOn(options.loopResources())
                    .remoteAddress(() -> InetSocketAddress.createUnresolved(options.host(), options.port()))
                    .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int)
                            Math.min(Integer.MAX_VALUE, options.connectTimeout().toMillis() + 1))
                    .option(ChannelOption.SO_KEEPALIVE, options.tcpKeepAlive())
                    .option(ChannelOption.TCP_NODELAY, options.tcpNoDelay());
            client = made;
        }
        return made;
    }

    /**
     * Opens a session on each subscription. A subscriber that has cancelled gets nothing, and then the session ends.
     *
     * @param parameters of StartupMessage, for the user
     * @param credentials resolved anew for each session; part of the deadline
     * @param face makes of the session what the subscriber gets
     */
    public <T> Mono<T> open(
            Function<String, Map<String, String>> parameters,
            Mono<Credentials> credentials,
            SessionState state,
            SessionEvents events,
            Function<Session, T> face) {
        return Mono.defer(() -> {
            Attempt attempt = new Attempt(state, events);
            return timely(credentials)
                    .flatMap(login -> attempt.outcome(login, parameters.apply(login.user())))
                    .<T>handle((session, subscriber) -> {
                        if (attempt.take()) {
                            subscriber.next(face.apply(session));
                        }
                    })
                    .doOnCancel(attempt::abandon);
        });
    }

    /** What is there already needs no watch. */
    private Mono<Credentials> timely(Mono<Credentials> credentials) {
        return credentials instanceof Fuseable.ScalarCallable
                ? credentials
                : credentials.timeout(options.connectTimeout(), Mono.error(this::tooLate));
    }

    private SessionEndException tooLate() {
        return new SessionEndException(new ConnectionLost(
                "08001",
                "No session with " + options.address() + " within "
                        + options.connectTimeout().toMillis() + " ms (connectTimeout)",
                null));
    }

    /**
     * One try, which the subscriber either takes or abandons.
     *
     * <p>Its end goes through a sink without a value, and the session is fetched behind it: a value could be dropped on its way to a
     * subscriber that leaves just then, and whoever abandons the try closes what nobody has taken.
     */
    private final class Attempt implements Done {

        private final SessionState state;
        private final SessionEvents events;
        private final long deadline =
                System.nanoTime() + options.connectTimeout().toNanos();
        private final AtomicBoolean over = new AtomicBoolean();
        private final AtomicBoolean decided = new AtomicBoolean();
        private final Disposable.Swap timer = Disposables.swap();
        private volatile @Nullable MonoSink<Void> end;
        private volatile @Nullable Channel channel;
        private volatile @Nullable Session session;
        private volatile @Nullable Failure failure;

        Attempt(SessionState state, SessionEvents events) {
            this.state = state;
            this.events = events;
        }

        Mono<Session> outcome(Credentials credentials, Map<String, String> parameters) {
            return Mono.<Void>create(sink -> {
                        end = sink;
                        begin(credentials, parameters);
                    })
                    .then(Mono.fromCallable(this::session));
        }

        private @Nullable Session session() {
            Failure reason = failure;
            if (reason != null) {
                throw new SessionEndException(reason);
            }
            return session;
        }

        boolean take() {
            return decided.compareAndSet(false, true);
        }

        void abandon() {
            over.set(true);
            if (decided.compareAndSet(false, true)) {
                undo();
            }
        }

        private void begin(Credentials credentials, Map<String, String> parameters) {
            if (over.get()) {
                return;
            }
            long left = Math.max(0, deadline - System.nanoTime());
            timer.update(Schedulers.parallel().schedule(this::onDeadline, left, TimeUnit.NANOSECONDS));
            client().doOnChannelInit((observer, opened, address) -> onChannel(opened))
                    .connect()
                    .subscribe(connection -> onConnected(connection, credentials, parameters), this::onRefused);
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
            failed(tooLate().failure());
        }

        private void onConnected(Connection connection, Credentials credentials, Map<String, String> parameters) {
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
            if (over.compareAndSet(false, true)) {
                timer.dispose();
                end("A subscriber failed while it was given its connection");
            }
        }

        @Override
        public void failed(Failure reason) {
            if (over.compareAndSet(false, true)) {
                failure = reason;
                undo();
                end("A subscriber failed while it was told that connecting failed");
            }
        }

        private void end(String trouble) {
            MonoSink<Void> sink = end;
            if (sink != null) {
                LostErrors.guard(trouble, sink::success);
            }
        }
    }
}
