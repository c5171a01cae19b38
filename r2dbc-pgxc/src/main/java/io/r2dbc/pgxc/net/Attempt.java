// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.net;

import io.netty.channel.Channel;
import io.netty.handler.ssl.SslContext;
import io.r2dbc.pgxc.exchange.Credentials;
import io.r2dbc.pgxc.exchange.Done;
import io.r2dbc.pgxc.exchange.Failure;
import io.r2dbc.pgxc.exchange.Failure.ConnectionLost;
import io.r2dbc.pgxc.exchange.Failure.ServerError;
import io.r2dbc.pgxc.exchange.GssTalk;
import io.r2dbc.pgxc.exchange.Line;
import io.r2dbc.pgxc.exchange.SessionEndException;
import io.r2dbc.pgxc.exchange.SessionState;
import io.r2dbc.pgxc.exchange.Startup;
import io.r2dbc.pgxc.net.Cancellation.Cover;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.core.scheduler.Schedulers;
import reactor.netty.Connection;

/**
 * One try at a session, which the subscriber either takes or abandons.
 *
 * <p>It may need more than one connection, one after the other: {@link Approach} says when. Each has the full security of its own way, and
 * one deadline covers them all.
 *
 * <p>Its end goes through a sink without a value, and the session is fetched behind it: a value could be dropped on its way to a
 * subscriber that leaves just then, and whoever abandons the try closes what nobody has taken.
 */
final class Attempt {

    private final SessionOptions options;
    private final Dialer dialer;
    private final ClearTextWarning warning;
    private final SessionState state;
    private final EventsOnceOpen events;
    private final long deadline;
    private final AtomicBoolean over = new AtomicBoolean();
    private final AtomicBoolean decided = new AtomicBoolean();
    private final Disposable.Swap timer = Disposables.swap();
    private volatile @Nullable MonoSink<Void> end;
    private volatile @Nullable Channel channel;
    private volatile @Nullable GssTalk talk;
    private volatile @Nullable Session session;
    private volatile @Nullable Failure failure;
    private volatile @Nullable ServerError refused;

    Attempt(SessionOptions options, Dialer dialer, ClearTextWarning warning, SessionState state, SessionEvents events) {
        this.options = options;
        this.dialer = dialer;
        this.warning = warning;
        this.state = state;
        this.events = new EventsOnceOpen(events);
        this.deadline = System.nanoTime() + options.connectTimeout().toNanos();
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
        timer.update(Schedulers.parallel().schedule(() -> fail(options.tooLate()), nanosLeft(), TimeUnit.NANOSECONDS));
        new Try(Approach.first(options), credentials, parameters).dial();
    }

    private long nanosLeft() {
        return Math.max(0, deadline - System.nanoTime());
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
        GssTalk begunTalk = talk;
        if (begunTalk != null) {
            begunTalk.end();
        }
        Session begun = session;
        if (begun != null) {
            begun.abort(ConnectionLost.CLOSED);
        }
    }

    private void succeed() {
        if (over.compareAndSet(false, true)) {
            timer.dispose();
            events.open();
            end("A subscriber failed while it was given its connection");
        }
    }

    /** Where the server has said why it did not want us one way, that is the reason, and not that the other way did not come about. */
    private void fail(Failure reason) {
        if (over.compareAndSet(false, true)) {
            ServerError earlier = refused;
            failure = earlier == null || reason instanceof ServerError ? reason : earlier;
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

    private static String why(Throwable cause) {
        return cause.getMessage() == null ? cause.toString() : cause.getMessage();
    }

    /** One connection: dialled, encrypted or not, and then a session's that says StartupMessage on it. */
    private final class Try implements Done {

        private final Approach approach;
        private final Credentials credentials;
        private final Map<String, String> parameters;
        private @Nullable Startup startup;
        private @Nullable GssTalk gss;

        Try(Approach approach, Credentials credentials, Map<String, String> parameters) {
            this.approach = approach;
            this.credentials = credentials;
            this.parameters = parameters;
        }

        /** Whoever has nothing to say to Kerberos need not ask the server for it. */
        void dial() {
            if (!approach.asksForGss()) {
                dialOnceReady();
                return;
            }
            GssTalk begun = credentials.encryptingTalk();
            if (begun == null) {
                onNobody(new IllegalStateException("Nobody is there to speak GSSAPI"));
                return;
            }
            gss = begun;
            talk = begun;
            if (over.get()) {
                begun.end();
                return;
            }
            Mono.fromRunnable(begun::prepare)
                    .subscribeOn(GssThreads.shared())
                    .subscribe(nothing -> {}, this::onNobody, this::dialOnceReady);
        }

        private void onNobody(Throwable cause) {
            if (!over.get()) {
                goOn(approach.withoutGss(), new Failure.Refused(why(cause), cause));
            }
        }

        /** What TLS is made of must be there first. */
        private void dialOnceReady() {
            if (approach.encrypted()) {
                options.encryption().context().subscribe(this::dial, this::onUnusable);
            } else {
                dial(null);
            }
        }

        /** The user's files, or the user's own code, would not do: nothing else is tried, and what they say is not rewritten. */
        private void onUnusable(Throwable cause) {
            fail(
                    cause instanceof RuntimeException e
                            ? new Failure.Local(e)
                            : new ConnectionLost("08001", "TLS cannot be set up: " + why(cause), cause));
        }

        private void dial(@Nullable SslContext context) {
            if (!over.get()) {
                dialer.dial(Attempt.this::nanosLeft, Attempt.this::onChannel)
                        .subscribe(connection -> onConnected(connection, context), this::onRefused);
            }
        }

        private void onRefused(Throwable cause) {
            fail(
                    cause instanceof IllegalArgumentException misuse
                            ? new Failure.Local(misuse)
                            : new ConnectionLost(
                                    "08001", "Cannot connect to " + options.address() + ": " + why(cause), cause));
        }

        private void onConnected(Connection connection, @Nullable SslContext context) {
            if (over.get()) {
                connection.dispose();
            } else if (gss != null) {
                GssAnswer answer = new GssAnswer(connection, context);
                connection.addHandlerLast("pgxc-ask", new GssNegotiation(gss, options.address(), answer));
            } else if (context == null) {
                talk(connection, lineOf(connection.channel()), Cover.NONE);
            } else {
                Tls tls = new Tls(options.encryption(), context, options);
                TlsAnswer answer = new TlsAnswer(connection, lineOf(connection.channel()), tls);
                connection.addHandlerLast("pgxc-ask", new TlsNegotiation(tls, answer));
            }
        }

        private void talk(Connection connection, Line line, Cover cover) {
            if (over.get()) {
                connection.dispose();
                return;
            }
            Channel connected = connection.channel();
            SessionHandler handler = new SessionHandler(
                    options, state, events, new Cancellation(dialer, connected::remoteAddress, cover));
            connection.addHandlerLast("pgxc", handler);
            Session begun = new Session(handler);
            session = begun;
            startup = new Startup(parameters, approach.versions(), credentials, line, this);
            begun.submit(startup);
            if (over.get()) {
                undo();
            }
        }

        /** What does not leave this machine need not be hidden; the address that was reached decides, not the name that was given. */
        private Line lineOf(Channel connected) {
            boolean isLocal = !(connected.remoteAddress() instanceof InetSocketAddress peer)
                    || (peer.getAddress() != null && peer.getAddress().isLoopbackAddress());
            return isLocal ? Line.LOCAL : Line.OPEN;
        }

        @Override
        public void succeeded() {
            succeed();
        }

        @Override
        public void failed(Failure reason) {
            Failure told =
                    reason instanceof ConnectionLost lost && lost.sqlState().equals("08006")
                            ? new ConnectionLost("08006", options.address() + ": " + lost.message(), lost.cause())
                            : reason;
            goOn(approach.after(reason, startup != null && startup.hasBegunLogin()), told);
        }

        private void goOn(@Nullable Approach next, Failure reason) {
            if (next == null) {
                fail(reason);
            } else if (!over.get()) {
                session = null;
                refused = reason instanceof ServerError error ? error : null;
                new Try(next, credentials, parameters).dial();
            }
        }

        /** What became of asking for encryption by GSSAPI. */
        private final class GssAnswer implements EncryptionListener {

            private final Connection connection;
            private final @Nullable SslContext context;

            GssAnswer(Connection connection, @Nullable SslContext context) {
                this.connection = connection;
                this.context = context;
            }

            @Override
            public void onEncrypted(Line line) {
                talk(connection, line, Cover.by(credentials::encryptingTalk, options.address()));
            }

            /** TLS may be asked for on the same connection, unless it is not to be asked for at all. */
            @Override
            public void onDeclined() {
                Approach next = approach.withoutGss();
                if (next == null) {
                    fail(new ConnectionLost(
                            "08001",
                            options.address() + " does not offer encryption by GSSAPI, which gssEncMode demands",
                            null));
                } else if (next.encrypted() && options.encryption().direct()) {
                    connection.dispose();
                    new Try(next, credentials, parameters).dial();
                } else {
                    new Try(next, credentials, parameters).onConnected(connection, context);
                }
            }

            @Override
            public void onFailed(Failure reason, boolean isViolation) {
                if (!over.get()) {
                    goOn(isViolation ? null : approach.withoutGss(), reason);
                }
            }
        }

        /** What became of asking for TLS. */
        private final class TlsAnswer implements EncryptionListener {

            private final Connection connection;
            private final Line unencrypted;
            private final Tls tls;

            TlsAnswer(Connection connection, Line unencrypted, Tls tls) {
                this.connection = connection;
                this.unencrypted = unencrypted;
                this.tls = tls;
            }

            @Override
            public void onEncrypted(Line line) {
                talk(connection, line, Cover.by(tls));
            }

            @Override
            public void onDeclined() {
                Failure declined = new ConnectionLost(
                        "08001", options.address() + " does not offer TLS, which sslMode demands", null);
                Approach next = approach.withoutTls();
                if (next == null) {
                    fail(declined);
                    return;
                }
                warning.give(unencrypted, "it does not offer TLS");
                new Try(next, credentials, parameters).talk(connection, unencrypted, Cover.NONE);
            }

            @Override
            public void onFailed(Failure reason, boolean isViolation) {
                if (over.get()) {
                    return;
                }
                Approach next = isViolation ? null : approach.withoutTls();
                if (next != null) {
                    warning.give(unencrypted, reason.message());
                }
                goOn(next, reason);
            }
        }
    }
}
