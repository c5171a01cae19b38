// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import static io.r2dbc.pgxc.Dialogue.SOON;
import static io.r2dbc.pgxc.Dialogue.awaitElements;
import static io.r2dbc.pgxc.Dialogue.begin;
import static io.r2dbc.pgxc.Dialogue.beginWithoutDemand;
import static io.r2dbc.pgxc.Dialogue.completed;
import static io.r2dbc.pgxc.Dialogue.failed;
import static io.r2dbc.pgxc.ReplicationDialogue.ended;
import static io.r2dbc.pgxc.ReplicationDialogue.keepalive;
import static io.r2dbc.pgxc.ReplicationDialogue.over;
import static io.r2dbc.pgxc.ReplicationDialogue.status;
import static io.r2dbc.pgxc.ReplicationDialogue.streaming;
import static io.r2dbc.pgxc.ReplicationDialogue.wal;
import static io.r2dbc.pgxc.testing.ServerMessages.TEXT;
import static io.r2dbc.pgxc.testing.ServerMessages.column;
import static io.r2dbc.pgxc.testing.ServerMessages.complete;
import static io.r2dbc.pgxc.testing.ServerMessages.copyBoth;
import static io.r2dbc.pgxc.testing.ServerMessages.copyDone;
import static io.r2dbc.pgxc.testing.ServerMessages.ready;
import static io.r2dbc.pgxc.testing.ServerMessages.row;
import static io.r2dbc.pgxc.testing.ServerMessages.rowDescription;
import static org.assertj.core.api.Assertions.assertThat;

import io.r2dbc.pgxc.replication.NextTimeline;
import io.r2dbc.pgxc.replication.StandbyMessage.HotStandbyFeedback;
import io.r2dbc.pgxc.replication.StreamRequest;
import io.r2dbc.pgxc.replication.WalData;
import io.r2dbc.pgxc.testing.Script;
import io.r2dbc.pgxc.value.Lsn;
import io.r2dbc.pgxc.wire.ClientMessage.CopyData;
import io.r2dbc.pgxc.wire.Octets;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.test.subscriber.TestSubscriber;

@DisplayName("A stream of the log")
class WalStreamTest {

    private static final Lsn START = Lsn.parse("0/1000000");
    private static final StreamRequest REQUEST = StreamRequest.physical(START).withStatusInterval(Duration.ZERO);
    private static final Octets NEXT_TIMELINE = Octets.join(
            rowDescription(column("next_tli", TEXT), column("next_tli_startpos", TEXT)),
            row("2", "0/1000003"),
            complete("START_STREAMING"),
            complete("START_REPLICATION"),
            ready());

    private static Flux<String> texts(PgxcWalStream stream) {
        return stream.data().map(wal -> wal.data().toString(StandardCharsets.UTF_8));
    }

    private static Script show(Script script) {
        return script.expectQuery("SHOW \"port\"")
                .send(rowDescription(column("port", TEXT)), row("5432"), complete("SHOW"), ready());
    }

    private static void assertUsable(ReplicationDialogue dialogue) {
        assertThat(dialogue.connection().show("port").block(SOON)).isEqualTo("5432");
    }

    @Test
    @DisplayName("[S3.12, S3.17] pieces of the log come in order, each with its bytes")
    void pieces() {
        try (ReplicationDialogue dialogue = ReplicationDialogue.of(script -> ended(streaming(script)
                .expect("d")
                .send(wal(0x1000000, "abc"), keepalive(0x1000003, false), wal(0x1000003, "d"))))) {
            PgxcWalStream stream = dialogue.connection().startReplication(REQUEST);
            TestSubscriber<WalData> data = begin(stream.data());
            awaitElements(data, 2);
            assertThat(stream.walEnd()).isEqualTo(Lsn.parse("0/1000103"));
            stream.end();
            List<WalData> all = completed(data);
            assertThat(all).extracting(WalData::start).containsExactly(START, Lsn.parse("0/1000003"));
            assertThat(all.get(0).data().toString(StandardCharsets.UTF_8)).isEqualTo("abc");
            assertThat(all.get(0).end()).isEqualTo(all.get(1).start());
            assertThat(stream.nextTimeline().block(SOON)).isNull();
        }
    }

    @Test
    @DisplayName("[S3.14, I10] without any demand a keepalive is answered, and data waits behind it")
    void withoutDemand() {
        CountDownLatch answered = new CountDownLatch(1);
        try (ReplicationDialogue dialogue = ReplicationDialogue.of(script -> ended(streaming(script)
                .expect("d")
                .sendSlices(keepalive(0x1000000, true))
                .expect(CopyData.class, status(0, 0, 0))
                .send(keepalive(0x1000000, false), keepalive(0x1000000, true), wal(0x1000000, "abc"))
                .expect(CopyData.class, status(0, 0, 0))
                .then(answered::countDown)))) {
            TestSubscriber<String> data =
                    beginWithoutDemand(texts(dialogue.connection().startReplication(REQUEST)));
            Dialogue.await(answered);
            assertThat(data.getReceivedOnNext()).isEmpty();
            data.request(1);
            awaitElements(data, 1);
            data.cancel();
        }
    }

    @Test
    @DisplayName("[S3.14, S3.15, I10] the timer tells what was acknowledged, and no more, while data waits for demand")
    void timer() {
        CountDownLatch thrice = new CountDownLatch(1);
        try (ReplicationDialogue dialogue = ReplicationDialogue.of(script -> streaming(script)
                .expect(CopyData.class, status(0, 0, 0))
                .send(wal(0x1000000, "abc"), wal(0x1000003, "d"))
                .expect(CopyData.class, status(0, 0, 0))
                .expect(CopyData.class, status(0, 0, 0))
                .expect(CopyData.class, status(0, 0, 0))
                .then(thrice::countDown))) {
            PgxcWalStream stream =
                    dialogue.connection().startReplication(REQUEST.withStatusInterval(Duration.ofMillis(10)));
            TestSubscriber<String> data = beginWithoutDemand(texts(stream));
            Dialogue.await(thrice);
            assertThat(data.getReceivedOnNext()).isEmpty();
        }
    }

    @Test
    @DisplayName("[S3.15] what is acknowledged is told at once, in three degrees, and never goes back")
    void acknowledge() {
        CountDownLatch first = new CountDownLatch(1);
        CountDownLatch second = new CountDownLatch(1);
        try (ReplicationDialogue dialogue = ReplicationDialogue.of(script -> ended(streaming(script)
                .expect("d")
                .send(wal(0x1000000, "abc"))
                .expect(CopyData.class, status(0x1000003, 0x1000003, 0x1000003))
                .then(first::countDown)
                .expect(CopyData.class, status(0x1000009, 0x1000008, 0x1000007))
                .then(second::countDown)
                .expect(CopyData.class, status(0x1000009, 0x1000008, 0x1000007))))) {
            PgxcWalStream stream = dialogue.connection().startReplication(REQUEST);
            TestSubscriber<WalData> data = begin(stream.data().doOnNext(wal -> stream.acknowledge(wal.end())));
            Dialogue.await(first);
            stream.acknowledge(new Lsn(0x1000009), new Lsn(0x1000008), new Lsn(0x1000007));
            Dialogue.await(second);
            stream.acknowledge(START);
            stream.end();
            completed(data);
        }
    }

    @Test
    @DisplayName("[S3.15] what was acknowledged before the stream has begun is the first thing the server hears")
    void acknowledgedBefore() {
        try (ReplicationDialogue dialogue = ReplicationDialogue.of(
                script -> ended(streaming(script).expect(CopyData.class, status(0x1000003, 0x1000003, 0x1000003))))) {
            PgxcWalStream stream = dialogue.connection().startReplication(REQUEST);
            stream.acknowledge(new Lsn(0x1000003));
            TestSubscriber<WalData> data = begin(stream.data());
            dialogue.server().awaitMessage(CopyData.class, SOON);
            stream.end();
            completed(data);
        }
    }

    @Test
    @DisplayName(
            "[S3.10, S3.11, I10] cancel says CopyDone, nothing after it, reads the rest away, and the connection goes"
                    + " on")
    void cancel() {
        try (ReplicationDialogue dialogue = ReplicationDialogue.of(script -> show(streaming(script)
                .expect("d")
                .send(wal(0x1000000, "abc"))
                .expect("c")
                .send(keepalive(0x1000003, true), wal(0x1000003, "never seen"), copyDone(), over())))) {
            PgxcWalStream stream = dialogue.connection().startReplication(REQUEST);
            assertThat(texts(stream).next().block(SOON)).isEqualTo("abc");
            stream.acknowledge(new Lsn(0x1000003));
            assertUsable(dialogue);
            assertThat(stream.nextTimeline().block(SOON)).isNull();
        }
    }

    @Test
    @DisplayName("[S3.10] a stream that is cancelled before the server has accepted it ends as soon as it has")
    void cancelledEarly() {
        CountDownLatch cancelled = new CountDownLatch(1);
        try (ReplicationDialogue dialogue = ReplicationDialogue.of(script -> show(ended(
                script.expectQuery(ReplicationDialogue.START).pause(cancelled).send(copyBoth()))))) {
            TestSubscriber<WalData> data =
                    begin(dialogue.connection().startReplication(REQUEST).data());
            dialogue.server().awaitMessages(2, SOON);
            data.cancel();
            cancelled.countDown();
            assertUsable(dialogue);
        }
    }

    @Test
    @DisplayName("[S3.10] end: what is on its way still comes, and then the stream completes")
    void end() {
        try (ReplicationDialogue dialogue = ReplicationDialogue.of(script -> show(streaming(script)
                .expect("d")
                .send(wal(0x1000000, "abc"))
                .expect("c")
                .send(wal(0x1000003, "d"), copyDone(), over())))) {
            PgxcWalStream stream = dialogue.connection().startReplication(REQUEST);
            TestSubscriber<String> data = begin(texts(stream));
            awaitElements(data, 1);
            stream.end();
            assertThat(completed(data)).containsExactly("abc", "d");
            assertUsable(dialogue);
        }
    }

    @Test
    @DisplayName("[S3.9] the end of an old timeline: CopyDone both ways, and where the log goes on")
    void endOfTimeline() {
        try (ReplicationDialogue dialogue = ReplicationDialogue.of(script -> show(streaming(script)
                .expect("d")
                .send(wal(0x1000000, "abc"), copyDone())
                .expect("c")
                .send(NEXT_TIMELINE)))) {
            PgxcWalStream stream = dialogue.connection().startReplication(REQUEST);
            assertThat(completed(begin(texts(stream)))).containsExactly("abc");
            assertThat(stream.nextTimeline().block(SOON)).isEqualTo(new NextTimeline(2, Lsn.parse("0/1000003")));
            assertUsable(dialogue);
        }
    }

    @Test
    @DisplayName("[S3.9] a start at the very end of an old timeline streams nothing")
    void nothingLeft() {
        try (ReplicationDialogue dialogue = ReplicationDialogue.of(script -> show(
                script.expectQuery(ReplicationDialogue.START + " TIMELINE 1").send(NEXT_TIMELINE)))) {
            PgxcWalStream stream = dialogue.connection().startReplication(REQUEST.onTimeline(1));
            assertThat(completed(begin(texts(stream)))).isEmpty();
            assertThat(stream.nextTimeline().block(SOON).timeline()).isEqualTo(2);
            assertUsable(dialogue);
        }
    }

    @Test
    @DisplayName("[S3.9] how many CommandCompletes come, and which, does not matter")
    void commandCompletes() {
        for (Octets last : List.of(
                ready(),
                Octets.join(complete("COPY 0"), ready()),
                Octets.join(complete("A"), complete("B"), complete("C"), ready()))) {
            try (ReplicationDialogue dialogue = ReplicationDialogue.of(script -> show(streaming(script)
                    .expect("d")
                    .send(wal(0x1000000, "abc"))
                    .expect("c")
                    .send(copyDone(), last)))) {
                assertThat(texts(dialogue.connection().startReplication(REQUEST))
                                .next()
                                .block(SOON))
                        .isEqualTo("abc");
                assertUsable(dialogue);
            }
        }
    }

    @Test
    @DisplayName("[S3.6] hot standby feedback leaves beside the data")
    void feedback() {
        try (ReplicationDialogue dialogue = ReplicationDialogue.of(script -> ended(streaming(script)
                .expect("d")
                .expect(
                        CopyData.class,
                        said -> assertThat(said.data())
                                .isEqualTo(Octets.hex("68 00000000000F4240 00000005 00000001 00000000 00000000")))))) {
            PgxcWalStream stream = dialogue.connection().startReplication(REQUEST);
            TestSubscriber<WalData> data = begin(stream.data());
            dialogue.server().awaitMessage(CopyData.class, SOON);
            stream.feedback(new HotStandbyFeedback(Instant.parse("2000-01-01T00:00:01Z"), 5, 1, 0, 0));
            dialogue.server().awaitMessages(4, SOON);
            stream.end();
            completed(data);
        }
    }

    @Test
    @DisplayName("[S3.11] while it streams a connection refuses other commands; a second subscriber too")
    void busy() {
        try (ReplicationDialogue dialogue =
                ReplicationDialogue.of(script -> ended(streaming(script).expect("d")))) {
            PgxcWalStream stream = dialogue.connection().startReplication(REQUEST);
            TestSubscriber<WalData> data = begin(stream.data());
            dialogue.server().awaitMessage(CopyData.class, SOON);
            assertThat(failed(begin(dialogue.connection().identifySystem())))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("streaming");
            assertThat(failed(begin(dialogue.connection().execute("select 1"))))
                    .isInstanceOf(IllegalStateException.class);
            assertThat(failed(begin(
                            dialogue.connection().startReplication(REQUEST).data())))
                    .isInstanceOf(IllegalStateException.class);
            assertThat(failed(begin(stream.data()))).isInstanceOf(IllegalStateException.class);
            stream.end();
            completed(data);
        }
    }
}
