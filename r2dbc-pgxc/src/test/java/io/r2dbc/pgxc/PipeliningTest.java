// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import static io.r2dbc.pgxc.Answers.TEXT_COLUMN;
import static io.r2dbc.pgxc.Answers.firstDone;
import static io.r2dbc.pgxc.Answers.firstSelected;
import static io.r2dbc.pgxc.Answers.prepared;
import static io.r2dbc.pgxc.Answers.selected;
import static io.r2dbc.pgxc.Dialogue.SOON;
import static io.r2dbc.pgxc.Dialogue.awaitElements;
import static io.r2dbc.pgxc.Dialogue.begin;
import static io.r2dbc.pgxc.Dialogue.beginWithoutDemand;
import static io.r2dbc.pgxc.Dialogue.completed;
import static io.r2dbc.pgxc.Dialogue.failed;
import static io.r2dbc.pgxc.testing.ServerMessages.complete;
import static io.r2dbc.pgxc.testing.ServerMessages.copyData;
import static io.r2dbc.pgxc.testing.ServerMessages.copyDone;
import static io.r2dbc.pgxc.testing.ServerMessages.copyOut;
import static io.r2dbc.pgxc.testing.ServerMessages.error;
import static io.r2dbc.pgxc.testing.ServerMessages.ready;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.r2dbc.pgxc.testing.CannedResult;
import io.r2dbc.pgxc.testing.ServerMessages;
import io.r2dbc.pgxc.wire.Octets;
import io.r2dbc.spi.R2dbcBadGrammarException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.subscriber.TestSubscriber;

class PipeliningTest {

    private static final Octets SELECTED_X = firstSelected("x");

    @Test
    @DisplayName("[X1, C1] nothing is sent before the first request, and nothing at all if it is cancelled before")
    void nothingWithoutDemand() {
        try (Dialogue dialogue =
                Dialogue.of(script -> script.expect("P D B E S").send(SELECTED_X))) {
            TestSubscriber<PgxcResult> silent = beginWithoutDemand(
                    dialogue.connection().createStatement("select 'never'").execute());
            dialogue.settle();
            silent.cancel();
            dialogue.settle();
            assertThat(completed(begin(dialogue.select("select 'x'")))).containsExactly("x");
            assertThat(dialogue.sql()).containsExactly("select 'x'");
        }
    }

    @Test
    @DisplayName("[X1] the first request sends, and one is enough")
    void firstRequestSends() {
        try (Dialogue dialogue =
                Dialogue.of(script -> script.expect("P D B E S").send(firstDone("INSERT 0 1")))) {
            TestSubscriber<PgxcResult> one = beginWithoutDemand(dialogue.connection()
                    .createStatement("insert into t values (1)")
                    .execute());
            one.request(1);
            dialogue.server().awaitMessages(6, SOON);
        }
    }

    @Test
    @DisplayName("[X2] 64 queries subscribed at once are all on the wire before the first answer, one Sync each")
    void allWrittenBeforeFirstAnswer() {
        try (Dialogue dialogue = Dialogue.of(script -> {
            IntStream.range(0, 64).forEach(i -> script.expect("P D B E S"));
            script.expectNothing();
            IntStream.range(0, 64).forEach(i -> script.send(firstSelected("answer " + i)));
        })) {
            List<TestSubscriber<String>> all = IntStream.range(0, 64)
                    .mapToObj(i -> begin(dialogue.select("select 'answer " + i + "'")))
                    .toList();
            for (int i = 0; i < 64; i++) {
                assertThat(completed(all.get(i))).containsExactly("answer " + i);
            }
        }
    }

    @Test
    @DisplayName("[X2] everything encoded in one turn of the event loop leaves in one flush")
    void oneFlushPerTurn() {
        CountedWrites writes = new CountedWrites();
        try (Dialogue dialogue = Dialogue.with(options -> options.loopResources(writes), script -> {
            IntStream.range(0, 64).forEach(i -> script.expect("P D B E S"));
            IntStream.range(0, 64).forEach(i -> script.send(SELECTED_X));
        })) {
            int before = writes.soFar();
            Flux<String> all = Flux.range(0, 64).flatMap(i -> dialogue.select("select 'x', " + i), 64);
            assertThat(completed(begin(all.subscribeOn(dialogue.loop())))).hasSize(64);
            assertThat(writes.soFar() - before).isOne();
        }
    }

    @Test
    @DisplayName("[X2] queries that answers lead to leave together, while the server has others to answer")
    void heldTogether() {
        CountedWrites writes = new CountedWrites();
        CountDownLatch looked = new CountDownLatch(1);
        try (Dialogue dialogue = Dialogue.with(options -> options.loopResources(writes), script -> {
            IntStream.range(0, 64).forEach(i -> script.expect("P D B E S"));
            // one answer after the other, as a server gives them
            IntStream.range(0, 31).forEach(i -> script.send(SELECTED_X).expectNothing());
            script.pause(looked).send(SELECTED_X);
            IntStream.range(0, 32).forEach(i -> script.expect("P D B E S"));
            IntStream.range(0, 64).forEach(i -> script.send(SELECTED_X));
        })) {
            int before = writes.soFar();
            Flux<String> all = Flux.range(0, 96).flatMap(i -> dialogue.select("select 'x', " + i), 64);
            TestSubscriber<String> reader = begin(all.subscribeOn(dialogue.loop()));
            awaitElements(reader, 31);
            dialogue.settle();
            assertThat(writes.soFar() - before).isOne();
            looked.countDown();
            assertThat(completed(reader)).hasSize(96);
            assertThat(writes.soFar() - before).isEqualTo(2);
        }
    }

    @Test
    @DisplayName("[X2] what an answer leads to leaves at once where the next result stands still for want of demand")
    void notHeldBehindParked() {
        try (Dialogue dialogue = Dialogue.with(options -> options.stallBufferBytes(0), script -> {
            IntStream.range(0, 40).forEach(i -> script.expect("P D B E S"));
            script.send(SELECTED_X, prepared(TEXT_COLUMN), selected("y"))
                    .expect("P D B E S")
                    .send(ready());
            IntStream.range(0, 39).forEach(i -> script.send(SELECTED_X));
        })) {
            TestSubscriber<String> still =
                    TestSubscriber.builder().initialRequest(0).build();
            Flux<String> first = dialogue.select("select 'x', 0").concatWith(dialogue.select("select 'x', 40"));
            TestSubscriber<String> last = TestSubscriber.create();
            dialogue.loop().schedule(() -> {
                first.subscribe(last);
                dialogue.connection()
                        .createStatement("select 'y'")
                        .execute()
                        .subscribe(result ->
                                result.map(row -> row.get(0, String.class)).subscribe(still));
                IntStream.range(2, 40).forEach(i -> begin(dialogue.select("select 'x', " + i)));
            });
            dialogue.server().awaitMessages(1 + 41 * 5, SOON);
            still.request(1);
            assertThat(completed(still)).containsExactly("y");
            assertThat(completed(last)).containsExactly("x", "x");
        }
    }

    @Test
    @DisplayName("[X2] what is submitted from outside leaves at once, however much the server has to do")
    void outsideAtOnce() {
        CountDownLatch written = new CountDownLatch(1);
        try (Dialogue dialogue = Dialogue.of(script -> {
            IntStream.range(0, 40).forEach(i -> script.expect("P D B E S"));
            script.pause(written).expect("P D B E S");
            IntStream.range(0, 41).forEach(i -> script.send(SELECTED_X));
        })) {
            Flux<String> many = Flux.range(0, 40).flatMap(i -> dialogue.select("select 'x', " + i), 40);
            TestSubscriber<String> first = begin(many.subscribeOn(dialogue.loop()));
            dialogue.server().awaitMessages(1 + 40 * 5, SOON);
            TestSubscriber<String> last = begin(dialogue.select("select 'x'"));
            written.countDown();
            assertThat(completed(last)).containsExactly("x");
            assertThat(completed(first)).hasSize(40);
        }
    }

    @Test
    @DisplayName("[X2] beyond pipelineLimit exchanges wait unwritten, and each answer lets one more go")
    void pipelineLimit() {
        CountDownLatch subscribed = new CountDownLatch(1);
        try (Dialogue dialogue = Dialogue.with(
                options -> options.pipelineLimit(2),
                script -> script.expect("P D B E S")
                        .expect("P D B E S")
                        .pause(subscribed)
                        .expectNothing()
                        .send(firstSelected("0"))
                        .expect("P D B E S")
                        .expectNothing()
                        .send(firstSelected("1"), firstSelected("2"))
                        .expect("P D B E S")
                        .send(firstSelected("3")))) {
            List<TestSubscriber<String>> all = IntStream.range(0, 4)
                    .mapToObj(i -> begin(dialogue.select("select '" + i + "'")))
                    .toList();
            dialogue.settle();
            subscribed.countDown();
            for (int i = 0; i < 4; i++) {
                assertThat(completed(all.get(i))).containsExactly("" + i);
            }
        }
    }

    @Test
    @DisplayName("[X2] a pipelineLimit of 1 writes an exchange when the one before is answered")
    void noPipelining() {
        CountDownLatch subscribed = new CountDownLatch(1);
        try (Dialogue dialogue = Dialogue.with(
                options -> options.pipelineLimit(1),
                script -> script.expect("P D B E S")
                        .pause(subscribed)
                        .expectNothing()
                        .send(firstSelected("0"))
                        .expect("P D B E S")
                        .send(firstSelected("1")))) {
            TestSubscriber<String> first = begin(dialogue.select("select '0'"));
            TestSubscriber<String> second = begin(dialogue.select("select '1'"));
            dialogue.settle();
            subscribed.countDown();
            assertThat(completed(first)).containsExactly("0");
            assertThat(completed(second)).containsExactly("1");
        }
    }

    @Test
    @DisplayName("[X2] exchanges never fail because the line is long")
    void longLine() {
        try (Dialogue dialogue = Dialogue.with(
                options -> options.pipelineLimit(16),
                script -> script.serve(results ->
                        results.on("select n", CannedResult.columns(TEXT_COLUMN).row("7"))))) {
            Mono<Long> all = Flux.range(0, 5_000)
                    .flatMap(i -> dialogue.select("select n"), 5_000)
                    .filter("7"::equals)
                    .count();
            assertThat(all.block(SOON)).isEqualTo(5_000);
        }
    }

    @Test
    @DisplayName("[X2] COPY is a fence to its ReadyForQuery")
    void copyIsFence() {
        CountDownLatch subscribed = new CountDownLatch(1);
        try (Dialogue dialogue = Dialogue.of(script -> script.expect("Q")
                .pause(subscribed)
                .expectNothing()
                .send(copyOut(1), copyData("1\n"), copyDone(), complete("COPY 1"))
                .expectNothing()
                .send(ready())
                .expect("P D B E S")
                .send(SELECTED_X))) {
            TestSubscriber<Long> copy = begin(dialogue.update("copy t to stdout"));
            TestSubscriber<String> behind = begin(dialogue.select("select 'x'"));
            dialogue.settle();
            subscribed.countDown();
            assertThat(failed(copy)).isInstanceOf(UnsupportedOperationException.class);
            assertThat(completed(behind)).containsExactly("x");
        }
    }

    @Test
    @DisplayName("[X2] COPY is refused in a Batch and among several statements before anything is sent")
    void copyRefusedAmongOthers() {
        try (Dialogue dialogue =
                Dialogue.of(script -> script.expect("P D B E S").send(SELECTED_X))) {
            PgxcConnection connection = dialogue.connection();
            assertThatThrownBy(() -> connection.createBatch().add("select 1").add("/* all */ copy t from stdin"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("COPY");
            assertThatThrownBy(() -> connection
                            .createStatement("select 1; copy t from stdin")
                            .execute())
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("COPY");
            assertThat(completed(begin(dialogue.select("select 'x'")))).containsExactly("x");
        }
    }

    @Test
    @DisplayName(
            "[X3, X4, S2.3.20, S2.3.24] outside a transaction each exchange has a Sync of its own, and an error fails"
                    + " its own only")
    void errorFailsItsOwn() {
        try (Dialogue dialogue = Dialogue.of(script -> script.expect("P D B E S P D B E S P D B E S")
                .send(SELECTED_X)
                .send(error("42P01", "no such table"), ready())
                .send(firstSelected("y")))) {
            TestSubscriber<String> first = begin(dialogue.select("select 'x'"));
            TestSubscriber<String> second = begin(dialogue.select("select a from missing"));
            TestSubscriber<String> third = begin(dialogue.select("select 'y'"));
            assertThat(completed(first)).containsExactly("x");
            assertThat(failed(second))
                    .isInstanceOf(R2dbcBadGrammarException.class)
                    .hasMessageContaining("no such table")
                    .hasNoCause();
            assertThat(completed(third)).containsExactly("y");
        }
    }

    @Test
    @DisplayName("[C2] an exchange cancelled in onSubscribe, or between subscription and its turn, holds up nobody")
    void cancelledBeforeRegistration() {
        CountDownLatch subscribed = new CountDownLatch(1);
        try (Dialogue dialogue = Dialogue.with(options -> options.pipelineLimit(1), script -> {
            script.expect("P D B E S").pause(subscribed).send(firstSelected("head"));
            IntStream.range(0, 10).forEach(i -> script.expect("P D B E S").send(firstSelected("behind " + i)));
        })) {
            TestSubscriber<String> head = begin(dialogue.select("select 'head'"));
            dialogue.connection().createStatement("select 'a'").execute().subscribe(new Quitter());
            TestSubscriber<String> quitting = begin(dialogue.select("select 'b'"));
            List<TestSubscriber<String>> behind = IntStream.range(0, 10)
                    .mapToObj(i -> begin(dialogue.select("select 'behind " + i + "'")))
                    .toList();
            quitting.cancel();
            dialogue.settle();
            subscribed.countDown();
            assertThat(completed(head)).containsExactly("head");
            for (int i = 0; i < 10; i++) {
                assertThat(completed(behind.get(i))).containsExactly("behind " + i);
            }
            assertThat(dialogue.sql()).hasSize(11).doesNotContain("select 'a'", "select 'b'");
        }
    }

    @Test
    @DisplayName("[X2] a result without rows and an empty statement hold nobody up either")
    void emptyStatement() {
        try (Dialogue dialogue = Dialogue.of(script -> script.expect("Q")
                .send(ServerMessages.emptyQuery(), ready())
                .expect("P D B E S")
                .send(prepared(TEXT_COLUMN), selected(), ready()))) {
            assertThat(completed(begin(dialogue.update(" -- nothing ")))).isEmpty();
            assertThat(completed(begin(dialogue.select("select a from t where false"))))
                    .isEmpty();
        }
    }

    /** Leaves as soon as it has come. */
    private static final class Quitter extends BaseSubscriber<PgxcResult> {
        @Override
        protected void hookOnSubscribe(Subscription subscription) {
            subscription.cancel();
            subscription.request(1);
        }
    }
}
