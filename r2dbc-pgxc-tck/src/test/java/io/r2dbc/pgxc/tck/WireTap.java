// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.tck;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.r2dbc.pgxc.tck.server.Endpoint;
import io.r2dbc.pgxc.wire.BackendDecoder;
import io.r2dbc.pgxc.wire.BackendMessage;
import io.r2dbc.pgxc.wire.BackendMessage.AuthenticationOk;
import io.r2dbc.pgxc.wire.BackendSink;
import io.r2dbc.pgxc.wire.ClientMessage;
import io.r2dbc.pgxc.wire.DataRow;
import io.r2dbc.pgxc.wire.FrontendDecoder;
import io.r2dbc.pgxc.wire.Octets;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/**
 * A forwarder on loopback in front of a server that reads along: what a client and the server really said to each other.
 *
 * <p>A message is recorded before it is passed on, so whoever has seen the answer finds all of it here, in order. Messages are passed on
 * whole. Cancel requests are recorded like the messages of a session. TLS cannot be read along: a client that asks for it is told that there is none.
 */
public final class WireTap implements AutoCloseable {

    /** What the server said: a message, or a row. */
    public sealed interface Said permits Message, Row, Data {}

    /** Any message but DataRow and CopyData. */
    public record Message(BackendMessage message) implements Said {}

    /** A DataRow; null stands for NULL. */
    public record Row(List<@Nullable Octets> values) implements Said {}

    /** A CopyData. */
    public record Data(Octets octets) implements Said {}

    private static final int LINGER = 5_000;

    private final Endpoint server;
    private final ServerSocket acceptor;
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final List<Thread> threads = new CopyOnWriteArrayList<>();
    private final List<Throwable> failures = new CopyOnWriteArrayList<>();
    private final List<ClientMessage> client = new ArrayList<>();
    private final List<Said> answers = new ArrayList<>();
    private final CountDownLatch end = new CountDownLatch(1);
    private volatile boolean stalled;
    private volatile boolean closing;

    private WireTap(Endpoint server) throws IOException {
        this.server = server;
        this.acceptor = new ServerSocket();
        acceptor.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        start("tap-" + port(), this::accept);
    }

    /** Listens on a port of its own and forwards all connections to the server. */
    public static WireTap before(Endpoint server) {
        try {
            return new WireTap(server);
        } catch (IOException e) {
            throw new AssertionError("cannot listen on loopback", e);
        }
    }

    /** Where clients find the server by way of the tap. */
    public Endpoint endpoint() {
        return new Endpoint(
                acceptor.getInetAddress().getHostAddress(),
                port(),
                server.database(),
                server.user(),
                server.password());
    }

    private int port() {
        return acceptor.getLocalPort();
    }

    /** From now on the server is not heard any more, and no connection is closed before the tap is. */
    public void stall() {
        stalled = true;
    }

    /** Forgets what was said so far. */
    public synchronized void forget() {
        client.clear();
        answers.clear();
    }

    /** What clients said, start-up packets and cancel requests included. */
    public synchronized List<ClientMessage> client() {
        return List.copyOf(client);
    }

    /** The messages of one kind that clients sent. */
    public <M extends ClientMessage> List<M> client(Class<M> kind) {
        return client().stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    /** The types of what clients said, such as {@code "P D B E S"}. */
    public String clientTypes() {
        return String.join(" ", client().stream().map(ClientMessage::type).toList());
    }

    /** What the server said. */
    public synchronized List<Said> answers() {
        return List.copyOf(answers);
    }

    /** The messages of one kind that the server sent. */
    public <M extends BackendMessage> List<M> messages(Class<M> kind) {
        return answers().stream()
                .filter(Message.class::isInstance)
                .map(said -> ((Message) said).message())
                .filter(kind::isInstance)
                .map(kind::cast)
                .toList();
    }

    /** The rows that the server sent. */
    public List<Row> rows() {
        return answers().stream()
                .filter(Row.class::isInstance)
                .map(Row.class::cast)
                .toList();
    }

    private synchronized void record(ClientMessage message) {
        client.add(message);
    }

    private synchronized void record(Said said) {
        answers.add(said);
    }

    /**
     * Cuts all connections.
     *
     * @throws AssertionError if something could not be read
     */
    @Override
    public void close() {
        closing = true;
        end.countDown();
        closeQuietly(acceptor);
        sockets.forEach(WireTap::closeQuietly);
        threads.forEach(WireTap::join);
        if (!failures.isEmpty()) {
            throw new AssertionError("the tap could not read along", failures.get(0));
        }
    }

    private void accept() {
        while (!closing) {
            try {
                forward(acceptor.accept());
            } catch (IOException e) {
                if (!closing) {
                    failures.add(e);
                }
                return;
            }
        }
    }

    private void forward(Socket near) throws IOException {
        sockets.add(near);
        Socket far = new Socket(server.host(), server.port());
        sockets.add(far);
        near.setTcpNoDelay(true);
        far.setTcpNoDelay(true);
        start("tap-client-" + near.getPort(), () -> pass(near, far, (in, out) -> passClient(in, out, near)));
        start("tap-server-" + near.getPort(), () -> pass(far, near, this::passServer));
    }

    /** Reads messages from one side and writes them to the other until that ends. */
    @FunctionalInterface
    private interface Passing {
        void run(DataInputStream in, DataOutputStream out) throws IOException;
    }

    private void pass(Socket from, Socket to, Passing passing) {
        try {
            passing.run(
                    new DataInputStream(new BufferedInputStream(from.getInputStream())),
                    new DataOutputStream(to.getOutputStream()));
            to.shutdownOutput();
        } catch (IOException cut) {
            closeQuietly(from);
            closeQuietly(to);
        } catch (RuntimeException | Error e) {
            failures.add(e);
            closeQuietly(from);
            closeQuietly(to);
        }
    }

    private void passClient(DataInputStream in, DataOutputStream out, Socket near) throws IOException {
        byte[] packet = packet(in);
        if (packet.length > 0 && opening(packet) instanceof ClientMessage.SslRequest) {
            near.getOutputStream().write('N');
            packet = packet(in);
        }
        if (packet.length == 0) {
            return;
        }
        record(opening(packet));
        out.write(packet);
        for (int type = in.read(); type >= 0; type = in.read()) {
            byte[] message = frame(type, in);
            record(FrontendDecoder.message((char) type, Octets.of(message).slice(5, message.length)));
            out.write(message);
        }
    }

    /** The next packet without a type byte, its length in front; empty at the end. */
    private static byte[] packet(DataInputStream in) throws IOException {
        byte[] length = in.readNBytes(4);
        if (length.length < 4) {
            return new byte[0];
        }
        byte[] body = in.readNBytes(Octets.of(length).buffer().readInt() - 4);
        return Octets.join(Octets.of(length), Octets.of(body)).bytes();
    }

    private static ClientMessage opening(byte[] packet) {
        return FrontendDecoder.first(Octets.of(packet).slice(4, packet.length));
    }

    private void passServer(DataInputStream in, DataOutputStream out) throws IOException {
        BackendDecoder decoder = new BackendDecoder(Integer.MAX_VALUE);
        Ear ear = new Ear(decoder);
        for (int type = in.read(); type >= 0; type = in.read()) {
            byte[] message = frame(type, in);
            decoder.decodeOne(Unpooled.wrappedBuffer(message), ear);
            awaitEndIfStalled();
            out.write(message);
        }
        awaitEndIfStalled();
    }

    private void awaitEndIfStalled() throws IOException {
        try {
            if (stalled) {
                end.await();
            }
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    private static byte[] frame(int type, DataInputStream in) throws IOException {
        int length = in.readInt();
        ByteArrayOutputStream frame = new ByteArrayOutputStream(length + 1);
        DataOutputStream out = new DataOutputStream(frame);
        out.write(type);
        out.writeInt(length);
        out.write(in.readNBytes(length - 4));
        return frame.toByteArray();
    }

    private void start(String name, Runnable task) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        threads.add(thread);
        thread.start();
    }

    private static void join(Thread thread) {
        try {
            thread.join(LINGER);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void closeQuietly(AutoCloseable closeable) {
        try {
            closeable.close();
        } catch (Exception alreadyGone) {
            // closing is all that was wanted
        }
    }

    /** Takes down what the server says, while the frame is there. */
    private final class Ear implements BackendSink {

        private final BackendDecoder decoder;

        Ear(BackendDecoder decoder) {
            this.decoder = decoder;
        }

        @Override
        public boolean wants(byte tag) {
            return true;
        }

        @Override
        public void onRow(DataRow row) {
            List<@Nullable Octets> values = new ArrayList<>();
            for (int i = 0; i < row.columnCount(); i++) {
                values.add(row.isNull(i) ? null : Octets.of(row.buffer().slice(row.offset(i), row.length(i))));
            }
            record(new Row(values));
        }

        @Override
        public void onCopyData(ByteBuf in, int offset, int length) {
            record(new Data(Octets.of(in.slice(offset, length))));
        }

        @Override
        public void onMessage(BackendMessage message) {
            if (message instanceof AuthenticationOk) {
                decoder.authenticated();
            }
            record(new Message(message));
        }
    }
}
