// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import static io.r2dbc.pgxc.Answers.IDLE;
import static io.r2dbc.pgxc.Answers.done;
import static io.r2dbc.pgxc.Answers.firstSelected;
import static io.r2dbc.pgxc.Answers.prepared;
import static io.r2dbc.pgxc.Answers.stopped;
import static io.r2dbc.pgxc.Dialogue.SOON;
import static io.r2dbc.pgxc.Dialogue.begin;
import static io.r2dbc.pgxc.Dialogue.completed;
import static io.r2dbc.pgxc.Dialogue.failed;
import static io.r2dbc.pgxc.Dialogue.started;
import static io.r2dbc.pgxc.testing.ServerMessages.complete;
import static io.r2dbc.pgxc.testing.ServerMessages.ready;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.r2dbc.pgxc.testing.Greeting;
import io.r2dbc.pgxc.testing.ScriptedServer;
import io.r2dbc.pgxc.testing.SelectorLoops;
import io.r2dbc.pgxc.testing.ServerMessages;
import io.r2dbc.pgxc.testing.StandingAsserts;
import io.r2dbc.pgxc.wire.ClientMessage.CancelRequest;
import io.r2dbc.pgxc.wire.Octets;
import io.r2dbc.pgxc.wire.TransactionStatus;
import io.r2dbc.spi.R2dbcTimeoutException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.publisher.Mono;
import reactor.netty.resources.LoopResources;
import reactor.test.subscriber.TestSubscriber;

/** The second connection, on which a CancelRequest goes: where it leads, and what may become of it. */
@ExtendWith(StandingAsserts.class)
class CancelRequestTest {

    private static final Octets STOPPED = stopped(IDLE);

    /** A session whose first statement is answered when the cancel request has come, and whose second one is then served. */
    private static ScriptedServer server(CountDownLatch cancelled, Octets answer) {
        return ScriptedServer.start(started(script -> script.expect("P D B E S")
                        .pause(cancelled)
                        .send(answer)
                        .expect("P D B E S")
                        .send(firstSelected("x"))))
                .onCancel(cancelled::countDown);
    }

    private static TestSubscriber<Long> running(Dialogue dialogue) {
        TestSubscriber<Long> slow = begin(dialogue.update("delete from slow"));
        dialogue.server().awaitMessages(6, SOON);
        return slow;
    }

    private static void assertServes(Dialogue dialogue) {
        assertThat(completed(begin(dialogue.select("select 'x'")))).containsExactly("x");
        assertThat(dialogue.server().connectionCount()).isOne();
    }

    @Test
    @DisplayName(
            "[S2.7.1, S2.7.2] a request without effect changes nothing: the statement ends as usual, the next one is"
                    + " served")
    void tooLate() {
        CountDownLatch cancelled = new CountDownLatch(1);
        ScriptedServer server = server(cancelled, Octets.join(prepared(), done("DELETE 3"), ready()));
        try (Dialogue dialogue = Dialogue.on(server, Dialogue::stopAtOnce)) {
            running(dialogue).cancel();
            assertServes(dialogue);
            assertThat(server.cancelRequests())
                    .containsExactly(new CancelRequest(Greeting.PROCESS_ID, Greeting.SECRET_KEY));
        }
    }

    @Test
    @DisplayName("[S2.7.2] the error that the request brings about is the cancelled statement's alone")
    void inTime() {
        CountDownLatch cancelled = new CountDownLatch(1);
        ScriptedServer server = server(cancelled, STOPPED);
        try (Dialogue dialogue = Dialogue.on(server, Dialogue::stopAtOnce)) {
            TestSubscriber<Long> slow = running(dialogue);
            slow.cancel();
            assertServes(dialogue);
            assertThat(slow.isTerminated()).isFalse();
        }
    }

    @Test
    @DisplayName(
            "[S2.7.1, X14] asked for by the user: what runs fails with the server's error, and what follows is not hit")
    void askedFor() {
        CountDownLatch cancelled = new CountDownLatch(1);
        ScriptedServer server = server(cancelled, STOPPED);
        try (Dialogue dialogue = Dialogue.on(server, options -> {})) {
            TestSubscriber<Long> slow = running(dialogue);
            TestSubscriber<Void> first = begin(dialogue.connection().cancelRequest());
            TestSubscriber<Void> second = begin(dialogue.connection().cancelRequest());
            assertServes(dialogue);
            completed(first);
            completed(second);
            assertThat(failed(slow)).hasMessageContaining("canceling statement");
            assertThat(server.cancelRequests()).hasSize(1);
        }
    }

    @Test
    @DisplayName("[X14] asked for where nothing runs, or where COMMIT does, nothing is sent")
    void askedForInVain() {
        CountDownLatch asked = new CountDownLatch(1);
        ScriptedServer server = ScriptedServer.start(started(script -> script.expect("P D B E S")
                .send(prepared(), done("BEGIN"), ready(TransactionStatus.IN_TRANSACTION))
                .expectQuery("COMMIT")
                .pause(asked)
                .send(complete("COMMIT"), ready())));
        try (Dialogue dialogue = Dialogue.on(server, options -> {})) {
            completed(begin(dialogue.connection().cancelRequest()));
            completed(begin(dialogue.update("begin")));
            TestSubscriber<Void> commit = begin(dialogue.connection().commitTransaction());
            dialogue.settle();
            completed(begin(dialogue.connection().cancelRequest()));
            asked.countDown();
            completed(commit);
            assertThat(server.cancelRequests()).isEmpty();
        }
    }

    @Test
    @DisplayName("[S2.7.5] bytes on the second connection are ignored, and its end is awaited")
    void answered() {
        CountDownLatch cancelled = new CountDownLatch(1);
        ScriptedServer server = server(cancelled, STOPPED)
                .answerCancels(Octets.join(ServerMessages.authenticationOk(), Octets.hex("FF 00 FF 00 FF 00")));
        try (Dialogue dialogue = Dialogue.on(server, Dialogue::stopAtOnce)) {
            running(dialogue).cancel();
            assertServes(dialogue);
        }
    }

    @Test
    @DisplayName(
            "[S2.7.8] a second connection that is refused fails nobody: the cancelled statement is drained instead")
    void refused() {
        CountDownLatch refusing = new CountDownLatch(1);
        ScriptedServer server = server(refusing, Octets.join(prepared(), done("DELETE 3"), ready()));
        try (Dialogue dialogue = Dialogue.on(server, Dialogue::stopAtOnce)) {
            TestSubscriber<Long> slow = running(dialogue);
            server.refuseConnections();
            slow.cancel();
            Mono.delay(Duration.ofMillis(30), dialogue.loop()).block(SOON);
            refusing.countDown();
            assertServes(dialogue);
            assertThat(server.cancelRequests()).isEmpty();
        }
    }

    @Test
    @DisplayName("[S2.7.8, X15] a time limit uses it too, and fails its statement whether the request passes or not")
    void timeLimit() {
        CountDownLatch cancelled = new CountDownLatch(1);
        ScriptedServer server = server(cancelled, STOPPED);
        try (Dialogue dialogue = Dialogue.on(server, Dialogue::stopAtOnce)) {
            TestSubscriber<Long> slow = begin(Dialogue.counts(dialogue.connection()
                    .createStatement("delete from slow")
                    .timeout(Duration.ofMillis(50))
                    .execute()));
            assertThat(Dialogue.failed(slow)).isInstanceOf(R2dbcTimeoutException.class);
            assertServes(dialogue);
            assertThat(server.cancelRequests()).hasSize(1);
        }
    }

    @Test
    @DisplayName("[S2.7.6] a connection is not given back before the second one has ended")
    void release() {
        CountDownLatch cancelled = new CountDownLatch(1);
        CountDownLatch looked = new CountDownLatch(1);
        ScriptedServer server = ScriptedServer.start(started(
                        script -> script.expect("P D B E S").pause(cancelled).send(STOPPED)))
                .onCancel(() -> {
                    cancelled.countDown();
                    Dialogue.await(looked);
                });
        try (Dialogue dialogue = Dialogue.on(server, Dialogue::stopAtOnce)) {
            TestSubscriber<Long> slow = running(dialogue);
            slow.cancel();
            TestSubscriber<Void> release = begin(dialogue.connection().preRelease());
            Dialogue.await(cancelled);
            Mono.delay(Duration.ofMillis(30), dialogue.loop()).block(SOON);
            assertThat(release.isTerminated()).isFalse();
            looked.countDown();
            assertThat(completed(release)).isEmpty();
        }
    }

    @Test
    @DisplayName("[S2.7.4, S9.10] the second connection goes to the address that the session has reached, whatever led"
            + " there")
    void sameAddress() {
        CountDownLatch cancelled = new CountDownLatch(1);
        ScriptedServer server = server(cancelled, STOPPED);
        Detour detour = new Detour(new InetSocketAddress(server.host(), server.port()));
        try (Dialogue dialogue = Dialogue.on(
                server,
                options -> options.cancelGrace(Duration.ZERO)
                        .host("localhost")
                        .port(1)
                        .loopResources(detour))) {
            running(dialogue).cancel();
            assertServes(dialogue);
            assertThat(server.cancelRequests()).hasSize(1);
            assertThat(detour.asked)
                    .extracting(address -> ((InetSocketAddress) address).getPort())
                    .containsExactly(1, server.port());
        }
    }

    /** Leads the first connection somewhere else than it was told to go, as a balancer or a change of names does. */
    private static final class Detour implements LoopResources {

        private final List<SocketAddress> asked = new CopyOnWriteArrayList<>();
        private final SocketAddress destination;

        Detour(SocketAddress destination) {
            this.destination = destination;
        }

        @Override
        public EventLoopGroup onServer(boolean useNative) {
            return SelectorLoops.group();
        }

        @Override
        public <C extends Channel> C onChannel(Class<C> type, EventLoopGroup group) {
            assertThat(type).isEqualTo(SocketChannel.class);
            return type.cast(new NioSocketChannel() {
                @Override
                protected boolean doConnect(SocketAddress remote, SocketAddress local) throws Exception {
                    asked.add(remote);
                    return super.doConnect(asked.size() == 1 ? destination : remote, local);
                }
            });
        }
    }
}
