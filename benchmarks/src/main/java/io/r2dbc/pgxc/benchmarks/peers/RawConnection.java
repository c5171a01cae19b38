// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.benchmarks.peers;

import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/** Sends what it is told, and of what comes it looks at tags and lengths only. Confined to one thread once it is open. */
final class RawConnection {

    private static final int HEADER = 5;
    private static final int AUTHENTICATION_OK = 8;

    final SocketChannel channel;
    final RawBytes out = new RawBytes();
    private final ByteBuffer in = ByteBuffer.allocateDirect(1 << 16);
    private final Queue<Answer> due = new ArrayDeque<>();
    private @Nullable Runnable listener;

    /** How much of the current message has not come yet. */
    private int left;

    private long rows;

    private RawConnection(SocketChannel channel) {
        this.channel = channel;
    }

    /** What is waited for: an end, and perhaps chunks before it. */
    record Answer(Done done, int fetchSize) {}

    /** Connects, with a server that trusts, and prepares the statements under their numbers. */
    static RawConnection open(Address address, List<String> statements) throws IOException {
        RawConnection connection =
                new RawConnection(SocketChannel.open(new InetSocketAddress(address.host(), address.port())));
        connection.channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        connection.out.startup(address);
        connection.await();
        for (int i = 0; i < statements.size(); i++) {
            connection.out.parse("s" + i, statements.get(i)).bodiless('S');
            connection.await();
        }
        return connection;
    }

    /** Sends, and blocks until the server is ready for more. */
    void await() throws IOException {
        boolean[] ready = new boolean[1];
        due.add(new Answer(
                new Done() {
                    @Override
                    public void done(long sum) {
                        ready[0] = true;
                    }

                    @Override
                    public void failed(Throwable cause) {
                        throw new IllegalStateException(cause);
                    }
                },
                0));
        flush();
        while (!ready[0]) {
            read();
        }
    }

    void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void listen(Runnable news) {
        listener = news;
    }

    void expect(Done done, int fetchSize) {
        due.add(new Answer(done, fetchSize));
    }

    void flush() throws IOException {
        while (!out.isEmpty()) {
            channel.write(out.toSend());
            out.sent();
        }
    }

    /** Reads once, and tells those whose answer is complete. */
    void read() throws IOException {
        if (channel.read(in) < 0) {
            throw new EOFException("The server has closed the connection");
        }
        in.flip();
        while (true) {
            int skipped = Math.min(left, in.remaining());
            in.position(in.position() + skipped);
            left -= skipped;
            if (left > 0 || in.remaining() < HEADER) {
                break;
            }
            byte tag = in.get();
            int length = in.getInt();
            left = length - Integer.BYTES;
            message(tag, length);
        }
        in.compact();
    }

    private void message(byte tag, int length) {
        switch (tag) {
            case 'D' -> rows++;
            case 'C' -> completed();
            case 's' ->
                out.execute(Objects.requireNonNull(due.peek()).fetchSize()).bodiless('H');
            case 'Z' -> ready();
            case 'E' -> throw new IllegalStateException("The server refuses something");
            case 'R' -> {
                if (length != AUTHENTICATION_OK) {
                    throw new IllegalStateException("This client can log in only where it is trusted");
                }
            }
            case 'A' -> {
                if (listener != null) {
                    listener.run();
                }
            }
            default -> {
                // nothing to count
            }
        }
    }

    private void completed() {
        rows++;
        Answer answer = due.peek();
        if (answer != null && answer.fetchSize() > 0) {
            out.bodiless('S');
        }
    }

    private void ready() {
        long counted = rows;
        rows = 0;
        Answer answer = due.poll();
        if (answer != null) {
            answer.done().done(counted);
        }
    }
}
