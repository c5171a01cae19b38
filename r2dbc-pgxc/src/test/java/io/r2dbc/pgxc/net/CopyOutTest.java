// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.net;

import static io.r2dbc.pgxc.testing.ServerMessages.complete;
import static io.r2dbc.pgxc.testing.ServerMessages.copyData;
import static io.r2dbc.pgxc.testing.ServerMessages.copyDone;
import static io.r2dbc.pgxc.testing.ServerMessages.copyIn;
import static io.r2dbc.pgxc.testing.ServerMessages.copyOut;
import static io.r2dbc.pgxc.testing.ServerMessages.error;
import static io.r2dbc.pgxc.testing.ServerMessages.notification;
import static io.r2dbc.pgxc.testing.ServerMessages.ready;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.r2dbc.pgxc.EmbeddedConnection;
import io.r2dbc.pgxc.PgxcConfiguration;
import io.r2dbc.pgxc.testing.DroppedSignals;
import io.r2dbc.pgxc.testing.StandingAsserts;
import io.r2dbc.pgxc.wire.ClientMessage;
import io.r2dbc.pgxc.wire.Octets;
import io.r2dbc.pgxc.wire.TransactionStatus;
import io.r2dbc.spi.R2dbcTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;

/** COPY TO STDOUT as a stream: its pace, its end, who owns its buffers, and what a server may not say in it. */
@ExtendWith(StandingAsserts.class)
final class CopyOutTest {

    private static final String SQL = "COPY t TO STDOUT";
    private static final Octets STOPPED =
            Octets.join(error("57014", "canceling statement due to user request"), ready());

    private EmbeddedConnection client = EmbeddedConnection.open();
    private final List<ByteBuf> given = new ArrayList<>();

    @AfterEach
    void close() {
        client.close();
        given.forEach(buffer -> assertThat(buffer.refCnt()).isZero());
    }

    private Flux<String> texts() {
        return client.connection().copyOut(SQL).map(buffer -> {
            given.add(buffer);
            String text = buffer.toString(StandardCharsets.UTF_8);
            buffer.release();
            return text;
        });
    }

    private Heard begun(long demand) {
        Heard copy = Heard.of(texts(), demand);
        assertThat(client.server().said()).containsExactly(new ClientMessage.Query(SQL));
        return copy;
    }

    @Test
    @DisplayName(
            "[S2.5.9, S2.5.11] the buffers are the messages' payloads, empty ones too; the end is that of ReadyForQuery")
    void reads() {
        Heard copy = begun(Long.MAX_VALUE);
        client.server().hears(Octets.join(copyOut(1), copyData("1\n"), copyData(""), copyData("2\n")));
        assertThat(copy.signals()).containsExactly("1\n", "", "2\n");
        client.server().hears(Octets.join(copyDone(), complete("COPY 2")));
        assertThat(copy.isOver()).isFalse();
        client.server().hears(ready());
        assertThat(copy.signals()).last().isEqualTo("complete");
        assertOpen();
    }

    @Test
    @DisplayName("[X1, I9] nothing is sent without demand, and with little of it the socket is not read on")
    void demand() {
        Heard copy = Heard.of(texts(), 0);
        assertThat(client.server().said()).isEmpty();
        copy.request(1);
        assertThat(client.server().saidTypes()).isEqualTo("Q");
        client.server().reads();
        client.server().hears(Octets.join(copyOut(1), copyData("1\n"), copyData("2\n"), copyData("3\n")));
        assertThat(copy.signals()).containsExactly("1\n");
        assertThat(client.server().reads()).isZero();
        copy.request(1);
        client.server().run();
        assertThat(copy.signals()).containsExactly("1\n", "2\n");
        assertThat(client.server().reads()).isZero();
        copy.request(1);
        client.server().run();
        assertThat(client.server().reads()).isPositive();
        client.server().hears(Octets.join(copyDone(), complete("COPY 3"), ready()));
        assertThat(copy.signals()).containsExactly("1\n", "2\n", "3\n", "complete");
    }

    @Test
    @DisplayName("[S2.5.9] a buffer outlives what has arrived with it, until its subscriber releases it")
    void ownership() {
        List<ByteBuf> kept = new ArrayList<>();
        client.connection().copyOut(SQL).subscribe(kept::add);
        client.server().said();
        client.server().hears(Octets.join(copyOut(1), copyData("1\n"), copyData("2\n")));
        client.server().hears(Octets.join(copyDone(), complete("COPY 2"), ready()));
        assertThat(kept)
                .extracting(buffer -> buffer.toString(StandardCharsets.UTF_8))
                .containsExactly("1\n", "2\n");
        assertThat(kept).allMatch(buffer -> buffer.refCnt() > 0);
        kept.forEach(ByteBuf::release);
        assertThat(kept).allMatch(buffer -> buffer.refCnt() == 0);
    }

    @Test
    @DisplayName("[S2.5.10, I9] an error in the middle ends it without CopyDone; data that still comes is skipped")
    void error_() {
        Heard copy = begun(Long.MAX_VALUE);
        client.server()
                .hears(Octets.join(
                        copyOut(1), copyData("1\n"), error("22012", "division by zero"), copyData("2\n"), ready()));
        assertThat(copy.signals()).hasSize(2).startsWith("1\n");
        assertThat(copy.failure()).hasMessageContaining("division by zero");
        assertOpen();
        Heard early = begun(Long.MAX_VALUE);
        client.server().hears(Octets.join(error("42P01", "no such table"), ready()));
        assertThat(early.signals()).containsExactly("error BadGrammar 42P01");
    }

    static Stream<Arguments> surprises() {
        return Stream.of(
                Arguments.of("data before CopyOutResponse", copyData("1\n")),
                Arguments.of("data after CopyDone", Octets.join(copyOut(1), copyDone(), copyData("1\n"))),
                Arguments.of("CopyDone before CopyOutResponse", copyDone()),
                Arguments.of("CopyDone twice", Octets.join(copyOut(1), copyDone(), copyDone())),
                Arguments.of("CommandComplete in the middle", Octets.join(copyOut(1), complete("COPY 0"))),
                Arguments.of("ReadyForQuery in the middle", Octets.join(copyOut(1), ready())),
                Arguments.of("ReadyForQuery at once", ready()),
                Arguments.of("CopyOutResponse twice", Octets.join(copyOut(1), copyOut(1))),
                Arguments.of("CopyInResponse in the middle", Octets.join(copyOut(1), copyIn(1))),
                Arguments.of("a count of formats that does not fit", Octets.hex("48 00000007 00 0002")),
                Arguments.of("an unknown format", Octets.hex("48 00000009 00 0001 0002")),
                Arguments.of("an unknown format of the whole", Octets.hex("48 00000007 02 0000")));
    }

    @ParameterizedTest(name = "[S2.5.1, S2.5.10, S8.6] {0}")
    @MethodSource("surprises")
    @DisplayName("[S2.5.1, S2.5.10, S8.6, S8.8, S8.30] what cannot be said in a COPY breaks the protocol")
    void surprise(String name, Octets bytes) {
        Heard copy = begun(Long.MAX_VALUE);
        client.server().hears(bytes);
        Outcomes.assertProto(name, copy.failure());
        Outcomes.assertClosed(name, client);
    }

    @ParameterizedTest(name = "[X14] {0}")
    @ValueSource(strings = {"no demand", "waiting", "asked", "copying"})
    @DisplayName(
            "[X14, I9] cancelled: nothing is sent, or the rest is drained unread, and stopped at the server after the grace")
    void cancelled(String phase) {
        if (phase.equals("waiting")) {
            begun(1);
        }
        Heard copy = Heard.of(texts(), phase.equals("no demand") ? 0 : 1);
        String said = client.server().saidTypes();
        assertThat(said).isEqualTo(phase.equals("asked") || phase.equals("copying") ? "Q" : "");
        if (phase.equals("copying")) {
            client.server().hears(Octets.join(copyOut(1), copyData("1\n"), copyData("2\n")));
        }
        copy.cancel();
        client.server().timePasses(Duration.ofMillis(200));
        boolean sent = !said.isEmpty();
        assertThat(client.server().cancelRequests()).isEqualTo(sent ? 1 : 0);
        if (sent) {
            client.server()
                    .hears(Octets.join(phase.equals("asked") ? copyOut(1) : Octets.NONE, copyData("3\n"), STOPPED));
            assertThat(copy.signals()).hasSize(phase.equals("copying") ? 1 : 0);
            assertOpen();
        }
    }

    @Test
    @DisplayName("[X14] what a COPY has written is not undone by stopping it; in a transaction a mere cancel drains")
    void notStopped() {
        Heard writing = Heard.of(
                client.connection()
                        .copyOut("COPY (DELETE FROM t RETURNING *) TO STDOUT")
                        .doOnNext(ByteBuf::release),
                1);
        client.server().hears(Octets.join(copyOut(1), copyData("1\n")));
        writing.cancel();
        client.server().timePasses(Duration.ofMillis(200));
        assertThat(client.server().cancelRequests()).isZero();
        client.server().hears(Octets.join(copyDone(), complete("COPY 1"), ready(TransactionStatus.IN_TRANSACTION)));
        client.server().said();
        begun(1).cancel();
        client.server().timePasses(Duration.ofMillis(200));
        assertThat(client.server().cancelRequests()).isZero();
    }

    @Test
    @DisplayName("[S8.36] COPY FROM STDIN, given to copyOut, is answered with CopyFail, and fails naming copyIn")
    void wrongWay() {
        Heard copy = begun(1);
        client.server().hears(copyIn(1));
        assertThat(client.server().saidTypes()).isEqualTo("f");
        client.server().hears(Octets.join(error("57014", "COPY from stdin failed"), ready()));
        assertThat(copy.failure()).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("copyIn");
        Heard file = begun(1);
        client.server().hears(Octets.join(complete("COPY 3"), ready()));
        assertThat(file.failure()).isInstanceOf(IllegalArgumentException.class);
        assertOpen();
    }

    @Test
    @DisplayName("[I3, S8.17] a notification in the middle is heard; a lost connection is an error, and never an end")
    void lost() {
        Heard notifications = Heard.of(client.connection().notifications().map(one -> one.payload()));
        Heard copy = begun(Long.MAX_VALUE);
        client.server().hears(Octets.join(copyOut(1), copyData("1\n"), notification(1, "c", "p"), copyData("2\n")));
        assertThat(notifications.signals()).containsExactly("p");
        client.server().hearsEnd();
        assertThat(copy.signals()).startsWith("1\n", "2\n");
        Outcomes.assertLost("COPY", copy.failure(), "08006");
    }

    @Test
    @DisplayName("[X21, X16] a pool's release, and close(), end it with an error")
    void releasedAndClosed() {
        Heard copy = begun(1);
        client.server().hears(Octets.join(copyOut(1), copyData("1\n"), copyData("2\n")));
        Heard release = Heard.of(client.connection().preRelease());
        client.server().run();
        assertThat(copy.failure()).hasMessageContaining("released");
        client.server().hears(Octets.join(copyDone(), complete("COPY 2"), ready()));
        assertThat(release.signals()).containsExactly("complete");
        Heard other = begun(1);
        client.server().hears(Octets.join(copyOut(1), copyData("1\n"), copyData("2\n")));
        Heard.of(client.connection().close());
        assertThat(client.server().saidTypes()).isEqualTo("X");
        client.server().hearsEnd();
        Outcomes.assertLost("COPY", other.failure(), "08003");
    }

    @Test
    @DisplayName("[X13] a COPY that nobody reads on is given up after stallTimeout, for those who wait behind it")
    void stalled() {
        client.close();
        client = EmbeddedConnection.open(
                PgxcConfiguration.builder().stallTimeout(Duration.ofSeconds(1)).build());
        Heard copy = begun(1);
        Heard next = Heard.of(
                Heard.counts(client.connection().createStatement("UPDATE t").execute()));
        client.server().hears(Octets.join(copyOut(1), copyData("1\n"), copyData("2\n")));
        client.server().timePasses(Duration.ofSeconds(2));
        assertThat(copy.failure())
                .isInstanceOf(R2dbcTimeoutException.class)
                .hasMessageContaining("was not read for 1000 ms (stallTimeout) and is not set aside");
        client.server().hears(Octets.join(copyDone(), complete("COPY 2"), ready()));
        assertThat(client.server().saidTypes()).isEqualTo("P D B E S");
        assertThat(next.isOver()).isFalse();
    }

    @Test
    @DisplayName("[S8.38] a subscriber that throws, or asks for nothing, ends its own COPY only")
    void badSubscribers(DroppedSignals dropped) {
        client.connection().copyOut(SQL).subscribe(new RawSubscriber(1));
        assertThat(client.server().saidTypes()).isEqualTo("Q");
        client.server()
                .hears(Octets.join(
                        copyOut(1), copyData("1\n"), copyData("2\n"), copyDone(), complete("COPY 2"), ready()));
        assertThat(given).hasSize(1);
        RawSubscriber asksForNothing = new RawSubscriber(0);
        client.connection().copyOut(SQL).subscribe(asksForNothing);
        client.server().run();
        assertThat(asksForNothing.error).hasMessageContaining("3.9");
        assertThat(client.server().said()).isEmpty();
        assertOpen();
    }

    /** Asks for so many, and throws when the first has come. */
    private final class RawSubscriber implements CoreSubscriber<ByteBuf> {

        private final long demand;
        private @Nullable Throwable error;

        RawSubscriber(long demand) {
            this.demand = demand;
        }

        @Override
        public void onSubscribe(Subscription subscription) {
            subscription.request(demand);
        }

        @Override
        public void onNext(ByteBuf buffer) {
            given.add(buffer);
            buffer.release();
            throw new IllegalStateException("thrown by the subscriber");
        }

        @Override
        public void onError(Throwable reason) {
            error = reason;
        }

        @Override
        public void onComplete() {}
    }

    private void assertOpen() {
        Heard next = Heard.of(
                Heard.counts(client.connection().createStatement("UPDATE t").execute()));
        assertThat(client.server().saidTypes()).isEqualTo("P D B E S");
        client.server().hears(Octets.join(UnaskedCopyTest.DESCRIBED, complete("UPDATE 42"), ready()));
        assertThat(next.signals()).containsExactly("42", "complete");
    }
}
