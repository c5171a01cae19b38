// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A Unix socket in front of a scripted server: what comes in is passed on byte by byte, both ways. */
public final class UnixDoor implements AutoCloseable {

    private final ScriptedServer server;
    private final ServerSocketChannel acceptor;
    private final List<SocketChannel> channels = new CopyOnWriteArrayList<>();

    private UnixDoor(ScriptedServer server, ServerSocketChannel acceptor) {
        this.server = server;
        this.acceptor = acceptor;
    }

    /** Listens at a path that nothing is at yet. */
    public static UnixDoor to(ScriptedServer server, Path path) {
        try {
            ServerSocketChannel acceptor = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
            acceptor.bind(UnixDomainSocketAddress.of(path));
            UnixDoor door = new UnixDoor(server, acceptor);
            door.start(door::accept);
            return door;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** How many connections have come through. */
    public int connectionCount() {
        return channels.size() / 2;
    }

    private void accept() throws IOException {
        while (true) {
            SocketChannel near = acceptor.accept();
            SocketChannel far = SocketChannel.open(new InetSocketAddress(server.host(), server.port()));
            channels.addAll(List.of(near, far));
            start(() -> pass(near, far));
            start(() -> pass(far, near));
        }
    }

    private static void pass(SocketChannel from, SocketChannel to) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(8192);
        while (from.read(buffer) >= 0) {
            buffer.flip();
            while (buffer.hasRemaining()) {
                to.write(buffer);
            }
            buffer.clear();
        }
        to.shutdownOutput();
    }

    private interface Passing {
        void run() throws IOException;
    }

    private void start(Passing passing) {
        Thread thread = new Thread(() -> {
            try {
                passing.run();
            } catch (IOException closed) {
                // that is how it ends
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() {
        try {
            acceptor.close();
            for (SocketChannel channel : channels) {
                channel.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
