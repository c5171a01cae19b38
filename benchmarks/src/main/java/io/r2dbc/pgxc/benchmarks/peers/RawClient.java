// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.benchmarks.peers;

import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The limit: sends the bytes that a driver must send, as many at a time as there are, and of the answers counts the frames. One
 * thread serves all connections.
 */
final class RawClient implements Client {

    private static final List<String> STATEMENTS =
            List.of(Tables.BY_KEY, Tables.UPDATE, Tables.APPEND, Tables.INSERT, Tables.ANNOUNCE);

    private final Address address;
    private final Selector selector;
    private final List<RawConnection> connections = new ArrayList<>();
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final Thread loop = new Thread(this::run, "raw");
    private volatile boolean closed;
    private volatile @Nullable Throwable failure;

    RawClient(Address address) throws IOException {
        this.address = address;
        this.selector = Selector.open();
        loop.setDaemon(true);
    }

    @Override
    public boolean decodes() {
        return false;
    }

    @Override
    public void open(int count) throws IOException {
        for (int i = 0; i < count; i++) {
            RawConnection connection = RawConnection.open(address, STATEMENTS);
            connection.channel.configureBlocking(false);
            connection.channel.register(selector, SelectionKey.OP_READ, connection);
            connections.add(connection);
        }
        loop.start();
    }

    @Override
    public void byKey(int connection, int key, Done done) {
        send(connection, done, 0, out -> bound(out, Tables.BY_KEY, key));
    }

    @Override
    public void update(int connection, int key, Done done) {
        send(connection, done, 0, out -> bound(out, Tables.UPDATE, key));
    }

    @Override
    public void append(int connection, int key, Done done) {
        send(connection, done, 0, out -> bound(out, Tables.APPEND, key));
    }

    @Override
    public void begin(int connection, Done done) {
        send(connection, done, 0, out -> out.query("BEGIN"));
    }

    @Override
    public void commit(int connection, Done done) {
        send(connection, done, 0, out -> out.query("COMMIT"));
    }

    @Override
    public void scan(int connection, Scan scan, Done done) {
        send(
                connection,
                done,
                scan.fetchSize(),
                out -> out.parse("", scan.sql())
                        .bind("")
                        .execute(scan.fetchSize())
                        .bodiless(scan.fetchSize() == 0 ? 'S' : 'H'));
    }

    @Override
    public void insert(int connection, Done done) {
        send(connection, done, 0, out -> {
            String name = name(Tables.INSERT);
            for (int id = 1; id <= Tables.BATCH; id++) {
                out.bind(name, id, Tables.name(id)).execute(0);
            }
            out.bodiless('S');
        });
    }

    @Override
    public void visit(Done done) {
        onLoop(() -> {
            try {
                RawConnection visitor = RawConnection.open(address, List.of());
                visitor.out.query("SELECT 1");
                visitor.await();
                visitor.out.bodiless('X');
                visitor.flush();
                visitor.channel.close();
            } catch (IOException e) {
                done.failed(e);
                return;
            }
            done.done(1);
        });
    }

    @Override
    public void listen(int connection, Runnable listener) throws InterruptedException {
        CountDownLatch heard = new CountDownLatch(1);
        connections.get(connection).listen(listener);
        onLoop(() -> {
            RawConnection listening = connections.get(connection);
            listening.out.query(Tables.LISTEN);
            listening.expect(new Heard(heard), 0);
        });
        heard.await();
    }

    @Override
    public void announce(int connection, int count, Done done) {
        send(connection, done, 0, out -> bound(out, Tables.ANNOUNCE, count));
    }

    @Override
    public SlowScan slowly(int connection, Scan scan) {
        throw new UnsupportedOperationException("It knows no demand");
    }

    @Override
    public void close() {
        closed = true;
        selector.wakeup();
        for (RawConnection connection : connections) {
            connection.close();
        }
    }

    private static void bound(RawBytes out, String sql, int value) {
        out.bind(name(sql), value).execute(0).bodiless('S');
    }

    private static String name(String sql) {
        return "s" + STATEMENTS.indexOf(sql);
    }

    private void send(int number, Done done, int fetchSize, Consumer<RawBytes> message) {
        Throwable broken = failure;
        if (broken != null) {
            done.failed(broken);
            return;
        }
        onLoop(() -> {
            RawConnection connection = connections.get(number);
            message.accept(connection.out);
            connection.expect(done, fetchSize);
        });
    }

    private void onLoop(Runnable task) {
        if (Thread.currentThread() == loop) {
            task.run();
        } else {
            tasks.add(task);
            selector.wakeup();
        }
    }

    private void run() {
        try {
            while (!closed) {
                for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
                    task.run();
                }
                for (RawConnection connection : connections) {
                    connection.flush();
                }
                selector.select(key -> read(Objects.requireNonNull((RawConnection) key.attachment())));
            }
        } catch (IOException | RuntimeException e) {
            if (!closed) {
                failure = e;
                System.err.println("The raw client fails: " + e);
            }
        }
    }

    /** Opens a latch whatever happens: what fails ends the loop, and is told to who sends next. */
    private record Heard(CountDownLatch latch) implements Done {

        @Override
        public void done(long sum) {
            latch.countDown();
        }

        @Override
        public void failed(Throwable cause) {
            latch.countDown();
        }
    }

    private static void read(RawConnection connection) {
        try {
            connection.read();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
