// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.testing;

import io.r2dbc.pgxc.wire.ClientMessage;
import io.r2dbc.pgxc.wire.Octets;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;

/**
 * A server on loopback that plays a script on each connection and remembers what the clients said.
 *
 * <pre>{@code
 * try (ScriptedServer server = ScriptedServer.start(script -> script.startup()
 *         .expect("P B D E S")
 *         .send(parseComplete(), bindComplete(), rowDescription(column("a", INT4)), row("1"), complete("SELECT 1"), ready())
 *         .expectEnd())) {
 *     // connect to server.port()
 * }
 * }</pre>
 *
 * <p>The first connection plays the first script, and so on; the last script serves all further connections. Cancel
 * requests come on connections of their own and take no script. One daemon thread for each connection. {@link #close}
 * throws what went wrong on any of them, so a test that closes its server cannot miss a broken expectation.
 */
public final class ScriptedServer implements AutoCloseable {

    private static final Duration GRACE = Duration.ofSeconds(5);

    private final List<Script> scripts;
    private final boolean allScriptsMustPlay;
    private final ServerSocket acceptor;
    private final CountDownLatch accepting = new CountDownLatch(1);
    private final List<Connection> connections = new CopyOnWriteArrayList<>();
    private final List<Connection> sessions = new CopyOnWriteArrayList<>();
    private final List<Throwable> failures = new CopyOnWriteArrayList<>();
    private final Journal<Received> received = new Journal<>();
    private final Journal<ClientMessage.CancelRequest> cancels = new Journal<>();
    private volatile Runnable onCancel = () -> {};
    private volatile boolean cancelsHang;
    private volatile Octets cancelAnswer = Octets.NONE;
    private volatile boolean closing;
    private volatile Opening firstOnConnection = peer -> {};

    private ScriptedServer(List<Script> scripts, boolean allScriptsMustPlay) throws IOException {
        this.scripts = scripts;
        this.allScriptsMustPlay = allScriptsMustPlay;
        this.acceptor = new ServerSocket();
        // a client that is not read from notices after a few megabytes, its own buffer included
        acceptor.setReceiveBufferSize(1 << 16);
        acceptor.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }

    /** A server that accepts everybody and answers what {@link CannedResults} has. */
    public static ScriptedServer start() {
        return start(List.of(new Script().startup().serve()), false);
    }

    /** A server with one script for each connection; each must be played. */
    @SafeVarargs
    public static ScriptedServer start(Consumer<Script>... writers) {
        List<Consumer<Script>> each = new ArrayList<>();
        for (Consumer<Script> writer : writers) {
            each.add(writer);
        }
        return startEach(each);
    }

    /** A server with one script for each connection; each must be played. */
    public static ScriptedServer startEach(List<Consumer<Script>> writers) {
        List<Script> scripts = new ArrayList<>();
        for (Consumer<Script> writer : writers) {
            Script script = new Script();
            writer.accept(script);
            scripts.add(script);
        }
        return start(scripts, true);
    }

    private static ScriptedServer start(List<Script> scripts, boolean allScriptsMustPlay) {
        try {
            ScriptedServer server = new ScriptedServer(scripts, allScriptsMustPlay);
            daemon("scripted-server-" + server.port(), server::accept).start();
            return server;
        } catch (IOException noSocket) {
            throw new AssertionError("cannot listen on loopback", noSocket);
        }
    }

    public String host() {
        return acceptor.getInetAddress().getHostAddress();
    }

    public int port() {
        return acceptor.getLocalPort();
    }

    /** Runs something on each cancel request, before its connection is closed. */
    public ScriptedServer onCancel(Runnable action) {
        onCancel = action;
        return this;
    }

    /** Leaves the connections of cancel requests open until the client closes them. */
    public ScriptedServer hangOnCancel() {
        cancelsHang = true;
        return this;
    }

    /** Says something on the connections of cancel requests, which no server does. */
    public ScriptedServer answerCancels(Octets answer) {
        cancelAnswer = answer;
        return this;
    }

    /** Refuses all connections from now on; those that are there go on. */
    public void refuseConnections() {
        closeQuietly(acceptor);
        try {
            // the socket listens until the thread that waits at it has left
            if (!accepting.await(10, TimeUnit.SECONDS)) {
                throw new AssertionError("the acceptor did not end");
            }
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted", e);
        }
    }

    /** Begins every connection with a TLS handshake instead of a request for it, as servers can from 17 on. */
    public ScriptedServer directTls(SSLContext context, String... applicationProtocols) {
        firstOnConnection = peer -> peer.startTls(context, applicationProtocols);
        return this;
    }

    /** Answers the request for TLS on every connection, before the script: those of cancel requests too. */
    public ScriptedServer negotiatedTls(SSLContext context) {
        firstOnConnection = peer -> {
            if (!(peer.peekFirst().orElse(null) instanceof ClientMessage.SslRequest)) {
                throw new AssertionError("the connection did not begin with a request for TLS");
            }
            peer.write(Octets.of("S"));
            peer.flush();
            peer.startTls(context);
        };
        return this;
    }

    /** Answers the request for GSSAPI on every connection, before the script: those of cancel requests too. */
    public ScriptedServer negotiatedGss(ToyGss gss) {
        firstOnConnection = peer -> {
            if (!(peer.peekFirst().orElse(null) instanceof ClientMessage.GssEncRequest)) {
                throw new AssertionError("the connection did not begin with a request for GSSAPI");
            }
            peer.write(Octets.of("G"));
            peer.flush();
            peer.startGss(gss, false);
        };
        return this;
    }

    /** How many connections have begun a script. */
    public int connectionCount() {
        return sessions.size();
    }

    /** Everything read so far, of all connections, start-up packets included. */
    public List<ClientMessage> received() {
        return received.entries().stream().map(Received::message).toList();
    }

    /** Everything read so far on one connection, counted from 0. */
    public List<ClientMessage> received(int connection) {
        return received.entries().stream()
                .filter(entry -> entry.connection == connection)
                .map(Received::message)
                .toList();
    }

    /** The types of everything read so far: {@code "startup P B D E S"}. */
    public String receivedTypes() {
        return String.join(" ", received().stream().map(ClientMessage::type).toList());
    }

    /** Everything read so far, as soon as that is so many messages. */
    public List<ClientMessage> awaitMessages(int count, Duration timeout) {
        return received.await(count + " messages", all -> all.size() >= count, timeout).stream()
                .map(Received::message)
                .toList();
    }

    /** The first message of a kind, as soon as it has been read. */
    public <M extends ClientMessage> M awaitMessage(Class<M> kind, Duration timeout) {
        String what = kind.getSimpleName();
        return received.await(what, all -> all.stream().anyMatch(e -> kind.isInstance(e.message)), timeout).stream()
                .map(Received::message)
                .filter(kind::isInstance)
                .map(kind::cast)
                .findFirst()
                .orElseThrow();
    }

    public List<ClientMessage.CancelRequest> cancelRequests() {
        return cancels.entries();
    }

    public List<ClientMessage.CancelRequest> awaitCancelRequests(int count, Duration timeout) {
        return cancels.await(count + " cancel requests", all -> all.size() >= count, timeout);
    }

    /**
     * Waits a little for scripts to come to their end, then closes all connections.
     *
     * @throws AssertionError if an expectation was not met, a script did not come to its end, or was never played
     */
    @Override
    public void close() {
        long deadline = System.nanoTime() + GRACE.toNanos();
        connections.forEach(connection -> connection.awaitEndOfScript(deadline));
        closing = true;
        closeQuietly(acceptor);
        connections.forEach(Connection::end);
        if (allScriptsMustPlay && sessions.size() < scripts.size()) {
            failures.add(
                    new AssertionError("only " + sessions.size() + " of " + scripts.size() + " scripts were played"));
        }
        if (!failures.isEmpty()) {
            AssertionError error = new AssertionError(failures.get(0).getMessage(), failures.get(0));
            failures.stream().skip(1).forEach(error::addSuppressed);
            throw error;
        }
    }

    private void accept() {
        while (!closing) {
            try {
                Connection connection = new Connection(acceptor.accept());
                connections.add(connection);
                connection.thread.start();
            } catch (IOException closed) {
                break;
            }
        }
        accepting.countDown();
    }

    private static Thread daemon(String name, Runnable task) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }

    private static void closeQuietly(AutoCloseable closeable) {
        try {
            closeable.close();
        } catch (Exception alreadyGone) {
            // closing is all that was wanted
        }
    }

    private interface Opening {
        void open(Peer peer) throws IOException;
    }

    private record Received(int connection, ClientMessage message) {
        @Override
        public String toString() {
            return message.toString();
        }
    }

    /** One accepted socket and the thread that serves it. */
    private final class Connection {

        private final Socket socket;
        private final Thread thread;
        private volatile int number = -1;
        private volatile String step = "";

        Connection(Socket socket) {
            this.socket = socket;
            this.thread = daemon("scripted-" + port() + "-" + socket.getPort(), this::serve);
        }

        private void serve() {
            try {
                Peer peer = new Peer(socket, message -> received.add(new Received(number, message)));
                firstOnConnection.open(peer);
                Optional<ClientMessage> first = peer.peekFirst();
                if (first.isPresent() && first.get() instanceof ClientMessage.CancelRequest cancel) {
                    takeCancel(cancel, peer);
                } else if (first.isPresent()) {
                    play(first.get(), peer);
                }
            } catch (IOException clientGone) {
                // a connection that ends while nothing is expected of it
            } catch (Throwable failure) {
                failures.add(new AssertionError("connection " + number + ": " + failure.getMessage(), failure));
                reset();
            } finally {
                step = "";
                closeQuietly(socket);
            }
        }

        private void play(ClientMessage first, Peer peer) throws IOException {
            synchronized (sessions) {
                number = sessions.size();
                sessions.add(this);
            }
            peer.unread(first);
            scripts.get(Math.min(number, scripts.size() - 1)).play(peer, name -> step = name);
        }

        private void takeCancel(ClientMessage.CancelRequest cancel, Peer peer) throws IOException {
            cancels.add(cancel);
            onCancel.run();
            peer.write(cancelAnswer);
            peer.flush();
            if (cancelsHang) {
                peer.peekFirst();
            }
        }

        private void reset() {
            try {
                socket.setSoLinger(true, 0);
            } catch (IOException alreadyClosed) {
                // then there is nothing to reset
            }
        }

        void awaitEndOfScript(long deadline) {
            try {
                while (!step.isEmpty() && System.nanoTime() < deadline) {
                    thread.join(10);
                }
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
        }

        void end() {
            String unfinished = step;
            if (!unfinished.isEmpty()) {
                failures.add(new AssertionError("connection " + number + " was closed in " + unfinished));
            }
            closeQuietly(socket);
            thread.interrupt();
            try {
                thread.join(GRACE.toMillis());
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
