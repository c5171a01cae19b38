// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import static io.r2dbc.pgxc.Answers.firstDone;
import static io.r2dbc.pgxc.Dialogue.await;
import static io.r2dbc.pgxc.Dialogue.awaitElements;
import static io.r2dbc.pgxc.Dialogue.begin;
import static io.r2dbc.pgxc.Dialogue.beginWithoutDemand;
import static io.r2dbc.pgxc.Dialogue.failed;
import static io.r2dbc.pgxc.testing.ServerMessages.complete;
import static io.r2dbc.pgxc.testing.ServerMessages.error;
import static io.r2dbc.pgxc.testing.ServerMessages.fatal;
import static io.r2dbc.pgxc.testing.ServerMessages.notification;
import static io.r2dbc.pgxc.testing.ServerMessages.ready;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.r2dbc.pgxc.testing.Script;
import io.r2dbc.pgxc.testing.ScriptedServer;
import io.r2dbc.pgxc.testing.StandingAsserts;
import io.r2dbc.pgxc.wire.Octets;
import io.r2dbc.spi.R2dbcException;
import io.r2dbc.spi.R2dbcPermissionDeniedException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.resources.LoopResources;
import reactor.test.subscriber.TestSubscriber;

/** LISTEN on a connection of its own, which is replaced when it is lost. */
@ExtendWith(StandingAsserts.class)
class ListeningTest {

    private static PgxcConnectionFactory factory(
            ScriptedServer server, UnaryOperator<PgxcConfiguration.Builder> options) {
        return new PgxcConnectionFactory(options.apply(PgxcConfiguration.builder()
                        .host(server.host())
                        .port(server.port())
                        .user("test"))
                .build());
    }

    private static Flux<PgxcNotification> orders(ScriptedServer server) {
        return factory(server, UnaryOperator.identity()).listen("orders");
    }

    private static Script listens(Script script) {
        return script.startup().expect("P D B E S").send(firstDone("LISTEN"));
    }

    private static Octets order(Object payload) {
        return notification(77, "orders", String.valueOf(payload));
    }

    private static List<String> payloads(TestSubscriber<PgxcNotification> subscriber) {
        return subscriber.getReceivedOnNext().stream()
                .map(PgxcNotification::payload)
                .toList();
    }

    @Test
    @DisplayName("[X23] after a loss it LISTENs again, and the first notification of each subscriber tells of the gap")
    void reconnects() {
        CountDownLatch heard = new CountDownLatch(1);
        try (ScriptedServer server = ScriptedServer.start(
                script -> listens(script)
                        .send(order(1))
                        .pause(heard)
                        .send(fatal("57P01", "terminated"))
                        .closeNow(),
                script -> listens(script).closeNow(),
                script -> listens(script).send(order(2), order(3)).expectGoodbye())) {
            Flux<PgxcNotification> orders = orders(server);
            TestSubscriber<PgxcNotification> first = begin(orders);
            TestSubscriber<PgxcNotification> second = begin(orders);
            awaitElements(first, 1);
            heard.countDown();
            for (TestSubscriber<PgxcNotification> subscriber : List.of(first, second)) {
                awaitElements(subscriber, 3);
                assertThat(payloads(subscriber)).containsExactly("1", "2", "3");
                assertThat(subscriber.getReceivedOnNext())
                        .extracting(PgxcNotification::afterReconnect)
                        .containsExactly(false, true, false);
                subscriber.cancel();
            }
        }
    }

    @Test
    @DisplayName("[X23] the connection is there from the first subscriber to the last, and then again")
    void ends() {
        Consumer<Script> script = begun -> listens(begun).send(order(1)).expectGoodbye();
        try (ScriptedServer server = ScriptedServer.start(script, script)) {
            Flux<PgxcNotification> orders = orders(server);
            for (int i = 0; i < 2; i++) {
                TestSubscriber<PgxcNotification> subscriber = begin(orders);
                awaitElements(subscriber, 1);
                subscriber.cancel();
                assertThat(subscriber.getReceivedOnNext().get(0).afterReconnect())
                        .isFalse();
            }
        }
    }

    @Test
    @DisplayName("[X23, X22] a slow subscriber loses the oldest and hears how many; another one loses nothing")
    void slow() {
        int count = 20;
        int ring = 8;
        CountDownLatch both = new CountDownLatch(1);
        try (ScriptedServer server = ScriptedServer.start(script -> listens(script)
                .pause(both)
                .send(IntStream.range(0, count).mapToObj(ListeningTest::order).toList())
                .expectGoodbye())) {
            Flux<PgxcNotification> orders =
                    factory(server, options -> options.notificationBuffer(ring)).listen("orders");
            // in this order each event is in the ring of the slow one when the quick one has got it
            TestSubscriber<PgxcNotification> slow = beginWithoutDemand(orders);
            TestSubscriber<PgxcNotification> quick = begin(orders);
            both.countDown();
            awaitElements(quick, count);
            slow.request(Long.MAX_VALUE);
            awaitElements(slow, ring);
            assertThat(quick.getReceivedOnNext())
                    .extracting(PgxcNotification::missed)
                    .containsOnly(0L);
            assertThat(slow.getReceivedOnNext().get(0).missed()).isEqualTo(count - ring);
            assertThat(payloads(slow)).first().isEqualTo(String.valueOf(count - ring));
            quick.cancel();
            slow.cancel();
        }
    }

    @Test
    @DisplayName("[X23] what is to be done when LISTEN is in effect is done each time, on its connection")
    void reloads() {
        AtomicInteger times = new AtomicInteger();
        Consumer<Script> reloads = script ->
                listens(script).expect("P D B E S").send(firstDone("SELECT 0")).send(order(1));
        CountDownLatch heard = new CountDownLatch(1);
        try (ScriptedServer server = ScriptedServer.start(
                script -> {
                    reloads.accept(script);
                    script.pause(heard).closeNow();
                },
                script -> {
                    reloads.accept(script);
                    script.expectGoodbye();
                })) {
            TestSubscriber<PgxcNotification> subscriber = begin(factory(server, UnaryOperator.identity())
                    .listen(
                            connection -> {
                                times.incrementAndGet();
                                return Dialogue.counts(connection
                                        .createStatement("select 1 where false")
                                        .execute());
                            },
                            "orders"));
            awaitElements(subscriber, 1);
            heard.countDown();
            awaitElements(subscriber, 2);
            assertThat(times).hasValue(2);
            subscriber.cancel();
        }
    }

    @Test
    @DisplayName("[X23] a failure of what is to be done then is the subscriber's, and nothing is left open")
    void reloadFails() {
        try (ScriptedServer server =
                ScriptedServer.start(script -> listens(script).expectGoodbye())) {
            TestSubscriber<PgxcNotification> subscriber = begin(factory(server, UnaryOperator.identity())
                    .listen(connection -> Mono.error(new IllegalStateException("planted")), "orders"));
            assertThat(failed(subscriber)).hasMessage("planted");
        }
    }

    @ParameterizedTest(name = "[X23] {0}")
    @CsvSource({"28P01", "3D000"})
    @DisplayName("[X23] what no further try mends fails at once")
    void refused(String sqlState) {
        try (ScriptedServer server = ScriptedServer.start(
                script -> script.expectStartup().send(fatal(sqlState, "no")).closeNow())) {
            Throwable failure = failed(begin(orders(server)));
            assertThat(failure).isInstanceOf(R2dbcException.class);
            assertThat(((R2dbcException) failure).getSqlState()).isEqualTo(sqlState);
            assertThat(failure instanceof R2dbcPermissionDeniedException).isEqualTo(sqlState.startsWith("28"));
        }
    }

    @Test
    @DisplayName("[X23] a standby is refused, but awaited where there was a primary before")
    void standby() {
        CountDownLatch heard = new CountDownLatch(1);
        Octets refusal = Octets.join(error("25006", "cannot execute LISTEN during recovery"), ready());
        Consumer<Script> onStandby =
                script -> script.startup().expect("P D B E S").send(refusal).expectGoodbye();
        try (ScriptedServer server = ScriptedServer.start(onStandby)) {
            assertThat(failed(begin(orders(server)))).hasMessageContaining("recovery");
        }
        try (ScriptedServer server = ScriptedServer.start(
                script -> listens(script).send(order(1)).pause(heard).closeNow(),
                onStandby,
                script -> listens(script).send(order(2)).expectGoodbye())) {
            TestSubscriber<PgxcNotification> subscriber = begin(orders(server));
            awaitElements(subscriber, 1);
            heard.countDown();
            awaitElements(subscriber, 2);
            assertThat(subscriber.getReceivedOnNext().get(1).afterReconnect()).isTrue();
            subscriber.cancel();
        }
    }

    @Test
    @DisplayName("[X23] a line that is cut in silence is noticed, because the server gives no sign of life")
    void silence() {
        try (ScriptedServer server = ScriptedServer.start(
                script -> listens(script)
                        .send(order(1))
                        .expect("S")
                        .send(ready())
                        .expect("S")
                        .clientMayLeave()
                        .hang(),
                script -> listens(script).send(order(2)).clientMayLeave().hang())) {
            TestSubscriber<PgxcNotification> subscriber = begin(new Listening(
                            factory(server, UnaryOperator.identity()),
                            Duration.ofMillis(50),
                            Duration.ofMillis(50),
                            connection -> Mono.empty(),
                            "orders")
                    .notifications(8));
            awaitElements(subscriber, 2);
            assertThat(subscriber.getReceivedOnNext().get(1).afterReconnect()).isTrue();
            subscriber.cancel();
        }
    }

    @Test
    @DisplayName("[X23] a server that is busy with what was asked of it is not silent, however long it takes")
    void busy() {
        AtomicInteger times = new AtomicInteger();
        try (ScriptedServer server = ScriptedServer.start(script -> listens(script)
                .expect("P D B E S S")
                .then(() -> LockSupport.parkNanos(Duration.ofMillis(200).toNanos()))
                .send(firstDone("SELECT 0"), ready(), order(1))
                .clientMayLeave()
                .expectGoodbye())) {
            TestSubscriber<PgxcNotification> subscriber = begin(new Listening(
                            factory(server, UnaryOperator.identity()),
                            Duration.ofMillis(20),
                            Duration.ofMillis(20),
                            connection -> {
                                times.incrementAndGet();
                                return Dialogue.counts(connection
                                        .createStatement("select 1 where false")
                                        .execute());
                            },
                            "orders")
                    .notifications(8));
            awaitElements(subscriber, 1);
            assertThat(times).hasValue(1);
            subscriber.cancel();
        }
    }

    @Test
    @DisplayName("[X23] what is not there to be connected to fails at once, where it has never been")
    void neverThere() {
        try (ScriptedServer server = ScriptedServer.start(
                script -> script.expectSslRequest().sendRaw((byte) 'N').expectEnd())) {
            assertThat(failed(begin(factory(server, options -> options.sslMode(SslMode.REQUIRE))
                            .listen("orders"))))
                    .hasMessageContaining("does not offer TLS");
        }
    }

    @Test
    @DisplayName("[X23] several channels are one question; who leaves while it connects leaves nothing behind")
    void channels() {
        CountDownLatch asked = new CountDownLatch(1);
        try (ScriptedServer server = ScriptedServer.start(script -> script.startup()
                .expectQuery("LISTEN \"a\"; LISTEN \"B \"\"b\"\"\"")
                .then(asked::countDown)
                .send(complete("LISTEN"), complete("LISTEN"), ready())
                .clientMayLeave()
                .expectGoodbye())) {
            TestSubscriber<PgxcNotification> subscriber =
                    begin(factory(server, UnaryOperator.identity()).listen("a", "B \"b\""));
            await(asked);
            subscriber.cancel();
        }
    }

    @Test
    @DisplayName("[X23, X27] no channel, no name, NUL within a name: refused when they are given")
    void refuses() {
        PgxcConnectionFactory factory = new PgxcConnectionFactory(
                PgxcConfiguration.builder().host("localhost").user("test").build());
        for (String[] channels : List.of(new String[] {}, new String[] {""}, new String[] {"a\0b"})) {
            assertThatThrownBy(() -> factory.listen(channels)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    @DisplayName("[X23] what is to be said is said also where the user has ended the event loops")
    void endedLoops() {
        LoopResources loops = LoopResources.create("ended", 1, true);
        Executor loop = new PgxcConnectionFactory(PgxcConfiguration.builder()
                        .host("localhost")
                        .user("test")
                        .loopResources(loops)
                        .build())
                .eventLoop();
        loops.disposeLater(Duration.ZERO, Dialogue.SOON).block(Dialogue.SOON);
        CountDownLatch said = new CountDownLatch(1);
        loop.execute(said::countDown);
        await(said);
    }
}
