// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import io.r2dbc.pgxc.testing.Script;
import io.r2dbc.pgxc.testing.ScriptedServer;
import io.r2dbc.pgxc.wire.ClientMessage;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.test.subscriber.TestSubscriber;

/**
 * A connection of the driver to a server that follows a script.
 *
 * <p>The script begins behind the start-up. Closing fails the test when the script has not come to its end.
 */
final class Dialogue implements AutoCloseable {

    /** How long a test waits for what must happen. */
    static final Duration SOON = Duration.ofSeconds(10);

    private final ScriptedServer server;
    private final PgxcConnectionFactory factory;
    private final PgxcConnection connection;

    private Dialogue(ScriptedServer server, PgxcConnectionFactory factory) {
        this.server = server;
        this.factory = factory;
        this.connection = connect(server, factory);
    }

    static Dialogue of(Consumer<Script> script) {
        return with(options -> {}, script);
    }

    static Dialogue with(Consumer<PgxcConfiguration.Builder> options, Consumer<Script> script) {
        return on(ScriptedServer.start(started(script)), options);
    }

    /** The first of two connections of one factory, each with a script. */
    static Dialogue onTwoConnections(Consumer<Script> first, Consumer<Script> second) {
        return on(ScriptedServer.start(started(first), started(second)), options -> {});
    }

    /** With a server that was given more than a script. */
    static Dialogue on(ScriptedServer server, Consumer<PgxcConfiguration.Builder> options) {
        PgxcConfiguration.Builder builder = PgxcConfiguration.builder()
                .host(server.host())
                .port(server.port())
                .user("alice")
                .sslMode(SslMode.DISABLE);
        options.accept(builder);
        return new Dialogue(server, new PgxcConnectionFactory(builder.build()));
    }

    /** With a server that counts the latch down when it is asked to cancel. */
    static Dialogue cancellable(
            Consumer<PgxcConfiguration.Builder> options, CountDownLatch cancelled, Consumer<Script> script) {
        return on(ScriptedServer.start(started(script)).onCancel(cancelled::countDown), options);
    }

    /** Stops at the server what is cancelled as soon as it may. */
    static void stopAtOnce(PgxcConfiguration.Builder options) {
        options.cancelGrace(Duration.ZERO);
    }

    static Consumer<Script> started(Consumer<Script> script) {
        return begun -> script.accept(begun.startup());
    }

    private static PgxcConnection connect(ScriptedServer server, PgxcConnectionFactory factory) {
        try {
            return factory.create().block(SOON);
        } catch (RuntimeException e) {
            server.close();
            throw e;
        }
    }

    PgxcConnection connection() {
        return connection;
    }

    PgxcConnectionFactory factory() {
        return factory;
    }

    ScriptedServer server() {
        return server;
    }

    /** The first column of all rows of a query. */
    Flux<String> select(String sql) {
        return texts(connection.createStatement(sql));
    }

    static Flux<String> texts(PgxcStatement statement) {
        return texts(statement.execute());
    }

    static Flux<String> texts(Flux<PgxcResult> results) {
        return results.concatMap(result -> result.map(row -> row.get(0, String.class)));
    }

    /** The counts of all results of a statement, one after the other. */
    Flux<Long> update(String sql) {
        return counts(connection.createStatement(sql).execute());
    }

    static Flux<Long> counts(Flux<PgxcResult> results) {
        return results.concatMap(PgxcResult::getRowsUpdated);
    }

    /** Waits until the script has come to where it counts the latch down. */
    static void await(CountDownLatch latch) {
        try {
            if (!latch.await(SOON.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new AssertionError("the script did not come there within " + SOON);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    /** Waits until the event loop has done, and written, everything it was asked for up to now. */
    void settle() {
        Mono.fromRunnable(() -> {}).subscribeOn(loop()).block(SOON);
    }

    /** Gives every timer of the driver that is due the time to fire, and waits for what it does. */
    void letTimersFire() {
        Mono.delay(Duration.ofMillis(30), loop()).block(SOON);
        settle();
    }

    /** Runs what lets the script go on, and waits until the client has taken everything up to the notice that is sent then. */
    void untilNotice(Runnable release) {
        TestSubscriber<PgxcNotice> notice = begin(connection.notices().next());
        settle();
        release.run();
        completed(notice);
    }

    Scheduler loop() {
        return connection.core().session().scheduler();
    }

    /** What the client has said since the start-up, as types: {@code "P D B E S"}. */
    String said() {
        return server.receivedTypes().replaceFirst("startup ?", "");
    }

    /** What the client has said since the start-up, of one kind. */
    <M extends ClientMessage> List<M> said(Class<M> kind) {
        return server.received().stream()
                .filter(kind::isInstance)
                .map(kind::cast)
                .toList();
    }

    /** The types that every Parse of a text so far has named. */
    List<List<Integer>> parameterTypes(String sql) {
        return said(ClientMessage.Parse.class).stream()
                .filter(parse -> parse.sql().equals(sql))
                .map(ClientMessage.Parse::parameterTypes)
                .toList();
    }

    /** The SQL of every Parse and Query so far. */
    List<String> sql() {
        return server.received().stream()
                .filter(message -> message instanceof ClientMessage.Parse || message instanceof ClientMessage.Query)
                .map(message -> message instanceof ClientMessage.Parse parse
                        ? parse.sql()
                        : ((ClientMessage.Query) message).sql())
                .toList();
    }

    /** Subscribes with unlimited demand. */
    static <T> TestSubscriber<T> begin(Flux<T> flux) {
        return flux.subscribeWith(TestSubscriber.create());
    }

    static <T> TestSubscriber<T> begin(Mono<T> mono) {
        return mono.subscribeWith(TestSubscriber.create());
    }

    /** Subscribes with demand to be given later. */
    static <T> TestSubscriber<T> beginWithoutDemand(Flux<T> flux) {
        return flux.subscribeWith(TestSubscriber.builder().initialRequest(0).build());
    }

    /** Waits until so many elements have come. */
    static void awaitElements(TestSubscriber<?> subscriber, int count) {
        long deadline = System.nanoTime() + SOON.toNanos();
        while (subscriber.getReceivedOnNext().size() < count) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("only " + subscriber.getReceivedOnNext() + " came within " + SOON);
            }
            LockSupport.parkNanos(100_000);
        }
    }

    /** What came, once it has completed. */
    static <T> List<T> completed(TestSubscriber<T> subscriber) {
        subscriber.block(SOON);
        if (subscriber.isTerminatedError()) {
            throw new AssertionError("it failed", subscriber.expectTerminalError());
        }
        return subscriber.getReceivedOnNext();
    }

    /** Why it failed, once it has. */
    static Throwable failed(TestSubscriber<?> subscriber) {
        subscriber.block(SOON);
        return subscriber.expectTerminalError();
    }

    /** Closes the connection, waits for the script's end, and fails if it does not come. */
    @Override
    public void close() {
        try {
            connection.close().block(SOON);
        } finally {
            server.close();
        }
    }
}
