// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.net;

import static io.r2dbc.pgxc.net.Clients.SOON;
import static io.r2dbc.pgxc.testing.ServerMessages.complete;
import static io.r2dbc.pgxc.testing.ServerMessages.copyIn;
import static io.r2dbc.pgxc.testing.ServerMessages.error;
import static io.r2dbc.pgxc.testing.ServerMessages.ready;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.r2dbc.pgxc.EmbeddedConnection;
import io.r2dbc.pgxc.PgxcConnection;
import io.r2dbc.pgxc.testing.HandFed;
import io.r2dbc.pgxc.testing.ScriptedServer;
import io.r2dbc.pgxc.testing.StandingAsserts;
import io.r2dbc.pgxc.wire.ClientMessage;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** COPY FROM STDIN asks its source for what the socket takes, and holds nothing up that it should not. */
@ExtendWith(StandingAsserts.class)
final class CopyInDemandTest {

    private static final String SQL = CopyInTest.SQL;
    private static final int KIB = 1024;

    private static ByteBuf zeros(int length) {
        return Unpooled.buffer(length).writeZero(length);
    }

    private static List<Integer> lengths(List<ClientMessage> said) {
        return said.stream()
                .filter(ClientMessage.CopyData.class::isInstance)
                .map(message -> ((ClientMessage.CopyData) message).data().size())
                .toList();
    }

    @Test
    @DisplayName(
            "[I7] one buffer is asked for at first, then twice as many each time, up to what fills 64 KiB if they are like the"
                    + " largest so far")
    void asksByWhatComes() {
        EmbeddedConnection client = EmbeddedConnection.open();
        HandFed<ByteBuf> source = new HandFed<>();
        Heard copy = Heard.of(client.connection().copyIn(SQL, source));
        client.server().hears(copyIn(1));
        assertThat(source.wanted()).isEqualTo(1);
        source.next(zeros(16 * KIB));
        client.server().run();
        for (int asked : new int[] {2, 4, 4}) {
            assertThat(source.wanted()).isEqualTo(asked);
            for (int i = 0; i < asked; i++) {
                source.next(zeros(100));
            }
            client.server().run();
        }
        assertThat(source.wanted()).isEqualTo(4);
        source.complete();
        assertThat(lengths(client.server().said())).hasSize(11).startsWith(16 * KIB, 100, 100);
        client.server().hears(CopyInTest.DONE);
        assertThat(copy.signals()).containsExactly("2", "complete");
        client.close();
    }

    @Test
    @DisplayName(
            "[I7] while the socket takes no more, nothing is asked for; what was asked for waits, and goes on with the socket")
    void stopsWithTheSocket() {
        EmbeddedConnection client = EmbeddedConnection.open();
        HandFed<ByteBuf> source = new HandFed<>();
        Heard copy = Heard.of(client.connection().copyIn(SQL, source));
        client.server().hears(copyIn(1));
        client.server().said();
        client.server().takesMore(false);
        ByteBuf waiting = zeros(10);
        source.next(waiting);
        client.server().run();
        assertThat(source.wanted()).isZero();
        assertThat(client.server().said()).isEmpty();
        client.server().takesMore(true);
        assertThat(lengths(client.server().said())).containsExactly(10);
        assertThat(source.wanted()).isEqualTo(2);
        client.server().takesMore(false);
        ByteBuf given = zeros(10);
        source.next(given);
        copy.cancel();
        client.server().run();
        assertThat(given.refCnt()).as("what waited is released").isZero();
        assertThat(source.isCancelled()).isTrue();
        client.server().takesMore(true);
        assertThat(client.server().saidTypes()).isEqualTo("f");
        client.close();
    }

    @Test
    @DisplayName(
            "[S2.5.2] a long buffer goes out in pieces, none of them copied; a short one is copied behind its header")
    void longBuffers() {
        EmbeddedConnection client = EmbeddedConnection.open();
        HandFed<ByteBuf> source = new HandFed<>();
        Heard.of(client.connection().copyIn(SQL, source));
        client.server().hears(copyIn(1));
        client.server().said();
        ByteBuf data = zeros(2 * KIB * KIB + 5);
        source.next(data);
        assertThat(lengths(client.server().said())).containsExactly(KIB * KIB, KIB * KIB, 5);
        assertThat(data.refCnt()).isZero();
        source.next(zeros(KIB));
        assertThat(client.server().flushedPieces()).isEqualTo(1);
        source.next(zeros(KIB + 1));
        assertThat(client.server().flushedPieces()).as("header and data").isEqualTo(2);
        client.close();
    }

    @Test
    @DisplayName("[S2.5.5] a source that never pauses does not keep the loop from hearing the server's error")
    void endlessSource() {
        try (ScriptedServer server = ScriptedServer.start(script -> script.startup()
                .expect("Q")
                .send(copyIn(1))
                .expect("d d d")
                .send(error("22P02", "not that"), ready()))) {
            PgxcConnection connection = Clients.connect(Clients.of(server));
            AtomicLong emitted = new AtomicLong();
            Flux<ByteBuf> endless = Flux.generate(sink -> {
                emitted.incrementAndGet();
                sink.next(zeros(10 * KIB));
            });
            CountDownLatch cancelled = new CountDownLatch(1);
            Heard copy = Heard.of(connection.copyIn(SQL, endless.doOnCancel(cancelled::countDown)));
            assertThat(copy.failure()).hasMessageContaining("not that");
            assertThat(cancelled.getCount()).isZero();
            assertThat(emitted.get()).isGreaterThan(2);
            Heard.of(connection.close()).all();
        }
    }

    @Test
    @DisplayName("[I7] a server that does not read stops a source that could give without end, on whichever thread")
    void slowServer() {
        CountDownLatch goOn = new CountDownLatch(1);
        try (ScriptedServer server = ScriptedServer.start(script -> script.startup()
                .expect("Q")
                .send(copyIn(1))
                .pause(goOn)
                .expect("d d d")
                .closeNow())) {
            PgxcConnection connection = Clients.connect(Clients.of(server));
            AtomicLong emitted = new AtomicLong();
            Flux<ByteBuf> endless = Flux.<ByteBuf>generate(sink -> {
                        emitted.addAndGet(10 * KIB);
                        sink.next(zeros(10 * KIB));
                    })
                    .subscribeOn(Schedulers.boundedElastic());
            Heard copy = Heard.of(connection.copyIn(SQL, endless));
            long before = -1;
            while (before != emitted.get() || before == 0) {
                before = emitted.get();
                Mono.delay(Duration.ofMillis(100)).block(SOON);
            }
            assertThat(emitted.get()).as("bytes taken in").isLessThan(16L << 20);
            goOn.countDown();
            Outcomes.assertLost("COPY", copy.failure(), "08006");
        }
    }

    @Test
    @DisplayName("[X15] responseTimeout does not run while the server waits for data, and does once it has it all")
    void noSilenceWhileSpeaking() {
        try (ScriptedServer server = ScriptedServer.start(script -> script.startup()
                .expect("Q")
                .send(copyIn(1))
                .expect("c")
                .send(complete("COPY 0"), ready())
                .expect("Q")
                .send(copyIn(1))
                .expect("c")
                .expectEnd())) {
            PgxcConnection connection = Clients.connect(Clients.of(server).responseTimeout(Duration.ofMillis(50)));
            Flux<ByteBuf> slow = Flux.<ByteBuf>empty().delaySubscription(Duration.ofMillis(400));
            assertThat(Heard.of(connection.copyIn(SQL, slow)).all()).containsExactly("0", "complete");
            Heard silent = Heard.of(connection.copyIn(SQL, Flux.empty()));
            assertThat(silent.failure()).hasMessageContaining("responseTimeout");
        }
    }
}
