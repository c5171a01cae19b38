// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import static io.r2dbc.pgxc.Dialogue.SOON;
import static io.r2dbc.pgxc.Dialogue.begin;
import static io.r2dbc.pgxc.Dialogue.beginWithoutDemand;
import static io.r2dbc.pgxc.Dialogue.failed;
import static io.r2dbc.pgxc.ReplicationDialogue.keepalive;
import static io.r2dbc.pgxc.ReplicationDialogue.streaming;
import static io.r2dbc.pgxc.ReplicationDialogue.wal;
import static io.r2dbc.pgxc.testing.ServerMessages.TEXT;
import static io.r2dbc.pgxc.testing.ServerMessages.column;
import static io.r2dbc.pgxc.testing.ServerMessages.complete;
import static io.r2dbc.pgxc.testing.ServerMessages.copyDone;
import static io.r2dbc.pgxc.testing.ServerMessages.copyOut;
import static io.r2dbc.pgxc.testing.ServerMessages.error;
import static io.r2dbc.pgxc.testing.ServerMessages.fatal;
import static io.r2dbc.pgxc.testing.ServerMessages.ready;
import static io.r2dbc.pgxc.testing.ServerMessages.row;
import static io.r2dbc.pgxc.testing.ServerMessages.rowDescription;
import static org.assertj.core.api.Assertions.assertThat;

import io.r2dbc.pgxc.net.Session;
import io.r2dbc.pgxc.replication.StreamRequest;
import io.r2dbc.pgxc.replication.WalData;
import io.r2dbc.pgxc.testing.Script;
import io.r2dbc.pgxc.value.Lsn;
import io.r2dbc.pgxc.wire.BackendEncoder;
import io.r2dbc.pgxc.wire.ClientMessage.CopyData;
import io.r2dbc.pgxc.wire.Octets;
import io.r2dbc.spi.R2dbcException;
import io.r2dbc.spi.R2dbcNonTransientException;
import io.r2dbc.spi.R2dbcNonTransientResourceException;
import io.r2dbc.spi.R2dbcTransientResourceException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;
import reactor.test.subscriber.TestSubscriber;

@DisplayName("A stream of the log that goes wrong")
class WalStreamTroubleTest {

    private static final StreamRequest REQUEST =
            StreamRequest.physical(Lsn.parse("0/1000000")).withStatusInterval(Duration.ZERO);

    private static Throwable failure(Consumer<Script> script) {
        try (ReplicationDialogue dialogue = ReplicationDialogue.of(script)) {
            return failed(begin(dialogue.connection().startReplication(REQUEST).data()));
        }
    }

    private static Octets payload(String hex) {
        return BackendEncoder.copyData(Octets.hex(hex));
    }

    @Test
    @DisplayName("[S3.13] a refused stream is the server's error, and the connection goes on")
    void refused() {
        try (ReplicationDialogue dialogue =
                ReplicationDialogue.of(script -> script.expectQuery(ReplicationDialogue.START)
                        .send(error("55006", "replication slot \"s\" is active for PID 1"), ready())
                        .expectQuery("SHOW \"port\"")
                        .send(rowDescription(column("port", TEXT)), row("5432"), complete("SHOW"), ready()))) {
            assertThat(failed(begin(
                            dialogue.connection().startReplication(REQUEST).data())))
                    .isInstanceOf(R2dbcNonTransientException.class)
                    .hasMessageContaining("is active");
            assertThat(dialogue.connection().show("port").block(SOON)).isEqualTo("5432");
        }
    }

    @Test
    @DisplayName("[S3.13, S2.5.12] an error in the stream ends both directions: no CopyDone is said, and the connection"
            + " goes on")
    void errorInStream() {
        try (ReplicationDialogue dialogue = ReplicationDialogue.of(script -> streaming(script)
                .expect("d")
                .send(wal(0x1000000, "abc"), error("58P01", "requested WAL segment has already been removed"), ready())
                .expectQuery("SHOW \"port\"")
                .send(rowDescription(column("port", TEXT)), row("5432"), complete("SHOW"), ready()))) {
            PgxcWalStream stream = dialogue.connection().startReplication(REQUEST);
            TestSubscriber<WalData> data = begin(stream.data());
            assertThat(failed(data)).hasMessageContaining("has already been removed");
            assertThat(data.getReceivedOnNext()).hasSize(1);
            assertThat(failed(begin(stream.nextTimeline()))).isInstanceOf(R2dbcException.class);
            assertThat(dialogue.connection().show("port").block(SOON)).isEqualTo("5432");
        }
    }

    @Test
    @DisplayName("[I10] a server that shuts down says CommandComplete and hangs up: another one will do")
    void shutdown() {
        assertThat(failure(script -> streaming(script)
                        .expect("d")
                        .send(wal(0x1000000, "abc"), complete("COPY 0"))
                        .closeNow()))
                .isInstanceOf(R2dbcTransientResourceException.class)
                .hasMessageContaining("shutting down");
        assertThat(failure(script -> streaming(script)
                        .expect("d")
                        .send(fatal("57P01", "terminating connection due to administrator command"))
                        .closeNow()))
                .isInstanceOf(R2dbcTransientResourceException.class);
    }

    @Test
    @DisplayName("[I10] a connection that is cut is an error, with and without demand")
    void cut() {
        assertThat(failure(script -> streaming(script)
                        .expect("d")
                        .send(wal(0x1000000, "abc"))
                        .closeNow()))
                .isInstanceOf(R2dbcNonTransientResourceException.class);
        CountDownLatch requested = new CountDownLatch(1);
        try (ReplicationDialogue dialogue = ReplicationDialogue.of(
                script -> streaming(script).expect("d").pause(requested).reset())) {
            TestSubscriber<WalData> data = beginWithoutDemand(
                    dialogue.connection().startReplication(REQUEST).data());
            requested.countDown();
            assertThat(failed(data)).isInstanceOf(R2dbcNonTransientResourceException.class);
        }
    }

    @Test
    @DisplayName("[I10, X15] silence is no trouble for a stream, whatever responseTimeout says")
    void silence() {
        CountDownLatch listened = new CountDownLatch(1);
        try (ReplicationDialogue dialogue = ReplicationDialogue.with(
                options -> options.responseTimeout(Duration.ofMillis(30)),
                script -> streaming(script).expect("d").pause(listened).send(wal(0x1000000, "abc")))) {
            Mono<WalData> first =
                    dialogue.connection().startReplication(REQUEST).data().next();
            TestSubscriber<WalData> data = begin(first);
            dialogue.server().awaitMessage(CopyData.class, SOON);
            Mono.delay(
                            Duration.ofMillis(150),
                            dialogue.connection().core().session().scheduler())
                    .block(SOON);
            listened.countDown();
            assertThat(Dialogue.completed(data)).hasSize(1);
        }
    }

    @Test
    @DisplayName("[I10] an idle server is asked before it is taken for gone, however long the interval is")
    void isAskedFirst() {
        StreamRequest asking = REQUEST.withStatusInterval(Duration.ofMillis(150));
        try (ReplicationDialogue dialogue = ReplicationDialogue.with(
                options -> options.responseTimeout(Duration.ofMillis(20)),
                script -> streaming(script)
                        .expect("d d")
                        .send(keepalive(0x1000000, false))
                        .expect("d d")
                        .send(wal(0x1000000, "abc")))) {
            assertThat(Dialogue.completed(begin(dialogue.connection()
                            .startReplication(asking)
                            .data()
                            .next())))
                    .hasSize(1);
        }
    }

    @Test
    @DisplayName("[I10, X15] a server that does not answer START_REPLICATION at all is gone")
    void unansweredCommand() {
        try (ReplicationDialogue dialogue = ReplicationDialogue.with(
                options -> options.responseTimeout(Duration.ofMillis(50)),
                script -> script.expectQuery(ReplicationDialogue.START)
                        .clientMayLeave()
                        .hang())) {
            assertThat(failed(begin(
                            dialogue.connection().startReplication(REQUEST).data())))
                    .isInstanceOf(R2dbcNonTransientResourceException.class);
        }
    }

    @Test
    @DisplayName(
            "[I10, X15] a server that does not answer when it is asked to is gone, unless it is data that waits for"
                    + " demand")
    void unanswered() {
        StreamRequest asking = REQUEST.withStatusInterval(Duration.ofMillis(10));
        try (ReplicationDialogue dialogue = ReplicationDialogue.with(
                options -> options.responseTimeout(Duration.ofMillis(50)), WalStreamTroubleTest::silent)) {
            assertThat(failed(
                            begin(dialogue.connection().startReplication(asking).data())))
                    .isInstanceOf(R2dbcNonTransientResourceException.class)
                    .hasMessageContaining("said nothing for 50 ms");
            assertThat(dialogue.server().received())
                    .anyMatch(said ->
                            said instanceof CopyData data && data.data().hex().endsWith("01"));
        }
        try (ReplicationDialogue dialogue = ReplicationDialogue.with(
                options -> options.responseTimeout(Duration.ofMillis(50)),
                script -> silent(script).send(wal(0x1000000, "abc")))) {
            TestSubscriber<WalData> data = beginWithoutDemand(
                    dialogue.connection().startReplication(asking).data());
            dialogue.server().awaitMessages(20, SOON);
            assertThat(data.isTerminated()).isFalse();
            data.request(1);
            Dialogue.awaitElements(data, 1);
        }
    }

    @Test
    @DisplayName(
            "[I10, X14] a server that does not end a stream that was cancelled is gone, but not while it sends what is on its way")
    void unansweredCopyDone() {
        CountDownLatch sentMore = new CountDownLatch(1);
        CountDownLatch cancelled = new CountDownLatch(1);
        try (ReplicationDialogue dialogue = ReplicationDialogue.of(script -> {
            streaming(script).expect("d").pause(cancelled).expect("c");
            for (int i = 0; i < 12; i++) {
                script.then(() -> LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10)))
                        .send(wal(0x1000000, "abc"));
            }
            script.then(sentMore::countDown).clientMayLeave().expectEnd();
        })) {
            Session session = dialogue.connection().core().session();
            TestSubscriber<WalData> data = begin(new PgxcWalStream.Feed(opening(session, Duration.ofMillis(50)), true));
            dialogue.server().awaitMessage(CopyData.class, SOON);
            data.cancel();
            cancelled.countDown();
            TestSubscriber<String> next = begin(dialogue.connection().show("port"));
            Dialogue.await(sentMore);
            assertThat(failed(next))
                    .isInstanceOf(R2dbcNonTransientResourceException.class)
                    .hasMessageContaining("said nothing for 50 ms, where the stream was to be ended");
        }
    }

    private static ReplicationFeed.Opening opening(Session session, Duration silenceLimit) {
        return new ReplicationFeed.Opening(
                session,
                ReplicationDialogue.START,
                Duration.ZERO,
                silenceLimit,
                new Standing(),
                feed -> {},
                feed -> {});
    }

    private static Script silent(Script script) {
        return streaming(script).expect("d");
    }

    static List<Octets> broken() {
        return List.of(
                payload(""),
                payload("78"),
                payload("77 0000000001000000 0000000001000010 00000000000F42"),
                payload("6B 0000000001000000 00000000000F4240"),
                payload("6B 0000000001000000 00000000000F4240 00 00"),
                payload("73 00"),
                row("2", "0/0"),
                copyOut(0),
                complete("COPY 0").slice(0, 4),
                Octets.join(copyDone(), wal(0x1000000, "abc")),
                Octets.join(copyDone(), copyDone()),
                Octets.join(copyDone(), rowDescription(column("a", TEXT)), row("2", "0/0")),
                Octets.join(copyDone(), rowDescription(column("a", TEXT), column("b", TEXT)), row("x", "0/0")),
                Octets.join(wal(0x1000003, "abc"), wal(0x1000002, "d")),
                ready());
    }

    @ParameterizedTest
    @MethodSource("broken")
    @DisplayName("[S3.17, S8.36] what has no place in a stream ends the session, with or without demand")
    void malformed(Octets messages) {
        for (long demand : new long[] {Long.MAX_VALUE, 2}) {
            try (ReplicationDialogue dialogue = ReplicationDialogue.of(script -> streaming(script)
                    .expect("d")
                    .clientMayLeave()
                    .send(messages)
                    .halfClose())) {
                TestSubscriber<WalData> data =
                        TestSubscriber.builder().initialRequest(demand).build();
                dialogue.connection().startReplication(REQUEST).data().subscribe(data);
                assertThat(failed(data)).isInstanceOf(R2dbcNonTransientResourceException.class);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "77 0000000001000000 0000000001000010 00000000000F4240 61",
                "6B 0000000001000000 00000000000F4240 00"
            })
    @DisplayName("[S8.36] data before the stream has been accepted ends the session")
    void early(String payload) {
        assertThat(failure(script -> script.expectQuery(ReplicationDialogue.START)
                        .clientMayLeave()
                        .send(payload(payload))
                        .expectEnd()))
                .isInstanceOf(R2dbcNonTransientResourceException.class);
    }

    @Test
    @DisplayName(
            "[X16] close during a stream, with and without demand, ends within its time, and is the stream's error")
    void close() {
        for (long demand : new long[] {0, Long.MAX_VALUE}) {
            try (ReplicationDialogue dialogue = ReplicationDialogue.of(script -> streaming(script)
                    .expect("d")
                    .send(wal(0x1000000, "abc"), keepalive(0x1000003, false))
                    .expectGoodbye())) {
                TestSubscriber<WalData> data =
                        TestSubscriber.builder().initialRequest(demand).build();
                dialogue.connection().startReplication(REQUEST).data().subscribe(data);
                dialogue.server().awaitMessage(CopyData.class, SOON);
                dialogue.connection().close().block(SOON);
                assertThat(failed(data)).isInstanceOf(R2dbcNonTransientResourceException.class);
            }
        }
    }
}
