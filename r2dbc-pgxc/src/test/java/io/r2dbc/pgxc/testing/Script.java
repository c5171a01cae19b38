// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.testing;

import io.r2dbc.pgxc.wire.BackendEncoder;
import io.r2dbc.pgxc.wire.BackendMessage;
import io.r2dbc.pgxc.wire.ClientMessage;
import io.r2dbc.pgxc.wire.Octets;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;

/**
 * What a server does on one connection, step by step.
 *
 * <p>The client's messages are read, and recorded, only by the steps that ask for one. After the last step everything
 * more the client says is recorded until it closes. A step that finds something else than it expects ends the script,
 * resets the connection, and fails the test when {@link ScriptedServer#close} is called.
 */
public final class Script {

    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration FOREVER = Duration.ZERO;

    private final List<Step> steps = new ArrayList<>();
    private boolean clientMayLeave;

    Script() {}

    /** Refuses encryption, accepts any start-up packet without a password, and says what a server says before ready. */
    public Script startup() {
        return expectStartup().greet();
    }

    /** Refuses encryption and reads the start-up packet; the answer is up to the next steps. */
    public Script expectStartup() {
        return add("expect a start-up packet", peer -> {
            ClientMessage packet = first(peer);
            while (packet instanceof ClientMessage.SslRequest || packet instanceof ClientMessage.GssEncRequest) {
                peer.write(Octets.of("N"));
                peer.flush();
                packet = first(peer);
            }
            if (!(packet instanceof ClientMessage.Startup)) {
                throw new AssertionError("expected a start-up packet, got " + packet);
            }
        });
    }

    /** Reads the request for encryption with TLS; the answer is up to the next steps. */
    public Script expectSslRequest() {
        return add("expect SSLRequest", peer -> {
            ClientMessage packet = first(peer);
            if (!(packet instanceof ClientMessage.SslRequest)) {
                throw new AssertionError("expected SSLRequest, got " + packet);
            }
        });
    }

    /** Answers the client's TLS handshake. */
    public Script startTls(SSLContext context, String... applicationProtocols) {
        return add("TLS handshake", peer -> peer.startTls(context, applicationProtocols));
    }

    /** Answers the client's TLS handshake, demands a certificate, and hands over the name in it. */
    public Script startMutualTls(SSLContext context, Consumer<String> name) {
        return add("TLS handshake with a certificate", peer -> name.accept(peer.startMutualTls(context)));
    }

    /** Answers the client's TLS handshake, and hands over the names that it has asked for. */
    public Script startNamedTls(SSLContext context, Consumer<List<String>> names) {
        return add("TLS handshake for a name", peer -> names.accept(peer.startNamedTls(context)));
    }

    /** Reads the request for TLS and agrees to it. */
    public Script acceptTls(SSLContext context) {
        return expectSslRequest().sendRaw((byte) 'S').startTls(context);
    }

    /** Ends TLS, as far as it goes out, in good order, and leaves the connection open. */
    public Script closeNotify() {
        return add("close_notify", Peer::closeNotify);
    }

    /** Ends the connection below TLS, which is not told. */
    public Script cutBelowTls() {
        return add("cut below TLS", Peer::halfCloseTransport);
    }

    /** Says AuthenticationOk and everything up to the first ReadyForQuery. */
    public Script greet() {
        return send(Greeting.messages());
    }

    /** Expects messages by their types, in this order and no others between them: {@code "P B D E S"}. */
    public Script expect(String types) {
        return add("expect " + types, peer -> {
            List<ClientMessage> seen = new ArrayList<>();
            for (String type : types.trim().split(" +", -1)) {
                ClientMessage message = next(peer, type + " of " + types + " after " + seen);
                if (!message.type().equals(type)) {
                    throw new AssertionError("expected " + types + ", got " + message.type() + " in place of " + type
                            + ": " + message + (seen.isEmpty() ? "" : " after " + seen));
                }
                seen.add(message);
            }
        });
    }

    /** Expects one message that is equal to the given one. */
    public Script expect(ClientMessage expected) {
        return add("expect " + expected, peer -> {
            ClientMessage message = next(peer, expected.toString());
            if (!message.equals(expected)) {
                throw new AssertionError("expected " + expected + ", got " + message);
            }
        });
    }

    /** Expects one message of a kind, and lets the test look at it; what the look throws fails the script. */
    public <M extends ClientMessage> Script expect(Class<M> kind, Consumer<M> look) {
        return add("expect " + kind.getSimpleName(), peer -> {
            ClientMessage message = next(peer, kind.getSimpleName());
            if (!kind.isInstance(message)) {
                throw new AssertionError("expected " + kind.getSimpleName() + ", got " + message);
            }
            look.accept(kind.cast(message));
        });
    }

    public Script expectQuery(String sql) {
        return expect(new ClientMessage.Query(sql));
    }

    /** Fails if the client has said anything more by now; to be put behind a {@link #pause} that ends when it should have. */
    public Script expectNothing() {
        return add("expect nothing", peer -> {
            peer.patience(Duration.ofMillis(1));
            try {
                Optional<ClientMessage> message = peer.read();
                throw new AssertionError("expected nothing yet, got "
                        + message.map(Object::toString).orElse("the end of the connection"));
            } catch (SocketTimeoutException nothing) {
                // as expected
            }
        });
    }

    /** Expects that the client closes, with or without Terminate before. */
    public Script expectEnd() {
        return add("expect the end of the connection", peer -> {
            Optional<ClientMessage> message = readOrReset(peer);
            if (message.isPresent() && message.get() instanceof ClientMessage.Terminate) {
                message = readOrReset(peer);
            }
            if (message.isPresent()) {
                throw new AssertionError("expected the end of the connection, got " + message.get());
            }
        });
    }

    /** Expects that the client closes, whatever it was just about to say: half a handshake, or half a message. */
    public Script expectEndOfBytes() {
        return add("expect the end of the bytes", Peer::skipToEnd);
    }

    /** The same where the client need not have read all that was sent to it: then its end is a reset. */
    public Script expectEndUnread() {
        return add("expect the end of the bytes, or a reset", Peer::skipToEndOrReset);
    }

    /** Expects Terminate, and then the end of the client's output in good order: not a reset. */
    public Script expectGoodbye() {
        return expect("X").add("expect a FIN", peer -> {
            Optional<ClientMessage> message = peer.read();
            if (message.isPresent()) {
                throw new AssertionError("expected the end of the connection, got " + message.get());
            }
        });
    }

    /** Sends messages, or bytes that are none, in one write. */
    public Script send(Octets... messages) {
        return send(Arrays.asList(messages));
    }

    public Script send(List<Octets> messages) {
        Octets whole = Octets.join(messages);
        return add("send " + whole, peer -> {
            peer.write(whole);
            peer.flush();
        });
    }

    /** Sends what is known only when the step is reached: an answer to what the client said. */
    public Script sendMade(Supplier<Octets> maker) {
        return add("send an answer", peer -> {
            peer.write(maker.get());
            peer.flush();
        });
    }

    public Script send(BackendMessage... messages) {
        return send(Arrays.stream(messages).map(BackendEncoder::encode).toList());
    }

    public Script sendRaw(byte... bytes) {
        return send(Octets.of(bytes));
    }

    /** Sends each byte as a segment of its own; a client that is slow may still find several at once. */
    public Script sendSlices(Octets... messages) {
        Octets whole = Octets.join(messages);
        return add("send byte by byte " + whole, peer -> {
            for (int i = 0; i < whole.size(); i++) {
                peer.write(whole.slice(i, i + 1));
                peer.flush();
            }
        });
    }

    /** Plays the server's side of a SCRAM login up to its verdict. */
    public Script scram(ScramServer server) {
        return send(ScramServer.offer())
                .expect(ClientMessage.Authentication.class, server::hearFirst)
                .sendMade(server::challenge)
                .expect(ClientMessage.Authentication.class, server::hearProof)
                .sendMade(server::verdict);
    }

    /** Says the same over and over until the client has gone. */
    public Script flood(Octets message) {
        return add("flood", peer -> {
            try {
                while (!Thread.currentThread().isInterrupted()) {
                    peer.write(message);
                    peer.flush();
                }
            } catch (IOException gone) {
                // that is how a flood ends
            }
        });
    }

    /** Gives the client a moment, so that what was sent and what will be usually arrive apart; nothing may depend on it. */
    public Script breathe() {
        return add("breathe", peer -> LockSupport.parkNanos(200_000));
    }

    /** Neither reads nor writes until the test counts the latch down. */
    public Script pause(CountDownLatch released) {
        return add("pause", peer -> {
            try {
                if (!released.await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                    throw new AssertionError("the test did not end the pause within " + PATIENCE);
                }
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                throw new AssertionError("interrupted in a pause", interrupted);
            }
        });
    }

    /** Lets the test know, or do, something at this point. */
    public Script then(Runnable action) {
        return add("action", peer -> action.run());
    }

    /** Neither reads nor writes until the server is closed; nothing can follow. */
    public Script hang() {
        return addOpenEnded("hang", Script::awaitInterrupt);
    }

    /** Closes at once: the client sees the end of input, or a reset if it had sent more than was read. */
    public Script closeNow() {
        return add("close", Peer::close);
    }

    /** Closes with a reset. */
    public Script reset() {
        return add("reset", Peer::reset);
    }

    /** Ends the output and goes on with the script, or with recording. */
    public Script halfClose() {
        return add("half-close", Peer::halfClose);
    }

    /** From the next step on the client may close at any time, and that ends the script without failing the test. */
    public Script clientMayLeave() {
        return add("client may leave", peer -> clientMayLeave = true);
    }

    /** Answers whatever the client asks, as {@link CannedResults} describes, until it leaves; nothing can follow. */
    public Script serve() {
        return serve(results -> {});
    }

    public Script serve(Consumer<CannedResults> setup) {
        CannedResults results = new CannedResults();
        setup.accept(results);
        return addOpenEnded("serve", peer -> new CannedSession(peer, results).run());
    }

    /** Plays all steps; the thread is interrupted when the server is closed. */
    void play(Peer peer, Consumer<String> progress) throws IOException {
        for (int i = 0; i < steps.size(); i++) {
            Step step = steps.get(i);
            String name = "step " + (i + 1) + " of " + steps.size() + ", " + step.name;
            progress.accept(step.openEnded ? "" : name);
            if (!played(step, name, peer)) {
                return;
            }
        }
        progress.accept("");
        record(peer);
    }

    private boolean played(Step step, String name, Peer peer) {
        try {
            peer.patience(step.openEnded ? FOREVER : PATIENCE);
            step.action.play(peer);
            return true;
        } catch (IOException gone) {
            if (clientMayLeave || step.openEnded) {
                return false;
            }
            throw new AssertionError(name + ": " + gone, gone);
        } catch (AssertionError | RuntimeException failure) {
            throw new AssertionError(name + ": " + failure.getMessage(), failure);
        }
    }

    private static void record(Peer peer) throws IOException {
        peer.patience(FOREVER);
        Optional<ClientMessage> message = peer.read();
        while (message.isPresent()) {
            message = peer.read();
        }
    }

    static ClientMessage first(Peer peer) throws IOException {
        return peer.readFirst().orElseThrow(() -> new IOException("the client closed without a first packet"));
    }

    private static ClientMessage next(Peer peer, String expected) throws IOException {
        try {
            return peer.read().orElseThrow(() -> new IOException("the client closed instead of " + expected));
        } catch (SocketTimeoutException nothing) {
            throw new AssertionError("nothing came within " + PATIENCE + " instead of " + expected, nothing);
        }
    }

    private static Optional<ClientMessage> readOrReset(Peer peer) throws IOException {
        try {
            return peer.read();
        } catch (SocketTimeoutException nothing) {
            throw new AssertionError("the client did not close within " + PATIENCE, nothing);
        } catch (IOException reset) {
            return Optional.empty();
        }
    }

    private static void awaitInterrupt(Peer peer) {
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
    }

    Script add(String name, Action action) {
        steps.add(new Step(name, action, false));
        return this;
    }

    private Script addOpenEnded(String name, Action action) {
        steps.add(new Step(name, action, true));
        return this;
    }

    private record Step(String name, Action action, boolean openEnded) {}

    interface Action {
        void play(Peer peer) throws IOException;
    }
}
