// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import static io.r2dbc.pgxc.Answers.TEXT_COLUMN;
import static io.r2dbc.pgxc.Answers.done;
import static io.r2dbc.pgxc.Answers.firstSelected;
import static io.r2dbc.pgxc.Answers.prepared;
import static io.r2dbc.pgxc.Answers.rows;
import static io.r2dbc.pgxc.Answers.selected;
import static io.r2dbc.pgxc.Dialogue.SOON;
import static io.r2dbc.pgxc.Dialogue.awaitElements;
import static io.r2dbc.pgxc.Dialogue.begin;
import static io.r2dbc.pgxc.Dialogue.beginWithoutDemand;
import static io.r2dbc.pgxc.Dialogue.completed;
import static io.r2dbc.pgxc.Dialogue.counts;
import static io.r2dbc.pgxc.Dialogue.failed;
import static io.r2dbc.pgxc.Dialogue.texts;
import static io.r2dbc.pgxc.testing.ServerMessages.bindComplete;
import static io.r2dbc.pgxc.testing.ServerMessages.complete;
import static io.r2dbc.pgxc.testing.ServerMessages.notification;
import static io.r2dbc.pgxc.testing.ServerMessages.ready;
import static org.assertj.core.api.Assertions.assertThat;

import io.r2dbc.pgxc.wire.Octets;
import io.r2dbc.spi.R2dbcNonTransientResourceException;
import io.r2dbc.spi.R2dbcTimeoutException;
import io.r2dbc.spi.ValidationDepth;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.subscriber.TestSubscriber;

/** Nobody who waits behind a result that is not read waits for ever, and no result is lost that fits the bound. */
class StallTest {

    private static final String HEAD = "select a from large";
    private static final String BEHIND = "select 'x'";
    private static final Octets THREE_ROWS = firstSelected("1", "2", "3");

    /** Nothing can be set aside, and a stall is over at once. */
    private static void noRoom(PgxcConfiguration.Builder options) {
        options.stallBufferBytes(0).stallTimeout(Duration.ofMillis(50));
    }

    @Test
    @DisplayName(
            "[X13, S2.3.27] rows without demand are set aside when somebody waits behind, and read later, in order")
    void setAsideForTheNext() {
        try (Dialogue dialogue =
                Dialogue.of(script -> script.expect("P D B E S P D B E S").send(THREE_ROWS, firstSelected("x")))) {
            TestSubscriber<String> head = beginWithoutDemand(dialogue.select(HEAD));
            head.request(1);
            TestSubscriber<String> behind = begin(dialogue.select(BEHIND));
            assertThat(completed(behind)).containsExactly("x");
            assertThat(head.getReceivedOnNext()).containsExactly("1");
            head.request(1);
            awaitElements(head, 2);
            head.request(9);
            assertThat(completed(head)).containsExactly("1", "2", "3");
        }
    }

    @Test
    @DisplayName("[X13] a statement within a row callback is answered though the outer rows are not read on")
    void statementInRowCallback() {
        try (Dialogue dialogue = Dialogue.of(script -> script.expect("P D B E S")
                .send(THREE_ROWS)
                .expect("P D B E S")
                .send(firstSelected("of 1"))
                .expect("B E S")
                .send(selected("of 2"), ready())
                .expect("B E S")
                .send(selected("of 3"), ready()))) {
            Flux<String> nested = dialogue.select(HEAD)
                    .concatMap(
                            row -> texts(dialogue.connection()
                                    .createStatement("select a from detail where b = $1")
                                    .bind(0, Integer.parseInt(row))),
                            1);
            assertThat(completed(begin(nested))).containsExactly("of 1", "of 2", "of 3");
        }
    }

    @Test
    @DisplayName("[X13, C8] a Result that nobody has subscribed to is set aside, and can be read afterwards")
    void nobodySubscribed() {
        try (Dialogue dialogue = Dialogue.of(script ->
                script.expect("P D B E S").send(THREE_ROWS).expect("P D B E S").send(firstSelected("x")))) {
            List<PgxcResult> results =
                    completed(begin(dialogue.connection().createStatement(HEAD).execute()));
            assertThat(completed(begin(dialogue.select(BEHIND)))).containsExactly("x");
            assertThat(completed(begin(texts(Flux.fromIterable(results))))).containsExactly("1", "2", "3");
        }
    }

    @Test
    @DisplayName("[X13, C8] a Result that is dropped, its execute() completed or cancelled, holds up nobody")
    void droppedResult() {
        try (Dialogue dialogue = Dialogue.of(script -> script.expect("P D B E S")
                .send(THREE_ROWS)
                .expect("B E S")
                .send(selected("1", "2", "3"), ready())
                .expect("P D B E S")
                .send(firstSelected("x")))) {
            PgxcConnection connection = dialogue.connection();
            connection.createStatement(HEAD).execute().then().block(SOON);
            Mono.from(connection.createStatement(HEAD).execute()).block(SOON);
            assertThat(completed(begin(dialogue.select(BEHIND)))).containsExactly("x");
        }
    }

    @Test
    @DisplayName("[X13] Results that nobody has asked for are set aside too")
    void withoutResultDemand() {
        try (Dialogue dialogue = Dialogue.of(script -> script.expect("P D B E P D B E S P D B E S")
                .send(prepared(), done("INSERT 0 1"), prepared(TEXT_COLUMN), selected("1", "2"), ready())
                .send(firstSelected("x")))) {
            TestSubscriber<PgxcResult> head = beginWithoutDemand(dialogue.connection()
                    .createBatch()
                    .add("insert into t select 1")
                    .add(HEAD)
                    .execute());
            head.request(1);
            TestSubscriber<String> behind = begin(dialogue.select(BEHIND));
            assertThat(completed(behind)).containsExactly("x");
            assertThat(head.getReceivedOnNext()).hasSize(1);
            head.request(1);
            List<PgxcResult> results = completed(head);
            assertThat(completed(begin(counts(Flux.just(results.get(0)))))).containsExactly(1L);
            assertThat(completed(begin(texts(Flux.just(results.get(1)))))).containsExactly("1", "2");
        }
    }

    @Test
    @DisplayName("[X13] somebody who listens for notifications is not held up by a result without demand")
    void listeners() {
        try (Dialogue dialogue = Dialogue.of(script -> script.expect("P D B E S")
                .send(prepared(TEXT_COLUMN), bindComplete(), rows("1", "2", "3"))
                .send(notification(7, "news", "hot"), complete("SELECT 3"), ready()))) {
            TestSubscriber<PgxcNotification> heard =
                    begin(dialogue.connection().notifications().next());
            dialogue.settle();
            TestSubscriber<String> head = beginWithoutDemand(dialogue.select(HEAD));
            head.request(1);
            assertThat(completed(heard)).extracting(PgxcNotification::payload).containsExactly("hot");
            awaitElements(head, 1);
            assertThat(head.getReceivedOnNext()).containsExactly("1");
            head.request(9);
            assertThat(completed(head)).containsExactly("1", "2", "3");
        }
    }

    @Test
    @DisplayName(
            "[X13, C7] past the bound and after stallTimeout the head fails with both SQLs, and who waited is served")
    void headIsGivenUp() {
        try (Dialogue dialogue = Dialogue.with(
                StallTest::noRoom,
                script -> script.expect("P D B E S P D B E S").send(THREE_ROWS, firstSelected("x")))) {
            TestSubscriber<String> head = beginWithoutDemand(dialogue.select(HEAD));
            head.request(1);
            TestSubscriber<String> behind = begin(dialogue.select(BEHIND));
            assertThat(completed(behind)).containsExactly("x");
            assertThat(failed(head))
                    .isInstanceOf(R2dbcTimeoutException.class)
                    .hasMessageContaining(HEAD)
                    .hasMessageContaining(BEHIND);
            assertThat(head.getReceivedOnNext()).containsExactly("1");
        }
    }

    @Test
    @DisplayName("[X13, C7] a head whose second Result nobody has asked for is given up through execute()")
    void headWithoutResultDemand() {
        try (Dialogue dialogue = Dialogue.with(
                StallTest::noRoom,
                script -> script.expect("P D B E P D B E S P D B E S")
                        .send(prepared(), done("INSERT 0 1"), prepared(TEXT_COLUMN), selected("1", "2"), ready())
                        .send(firstSelected("x")))) {
            TestSubscriber<PgxcResult> head = beginWithoutDemand(dialogue.connection()
                    .createBatch()
                    .add("insert into t select 1")
                    .add(HEAD)
                    .execute());
            head.request(1);
            assertThat(completed(begin(dialogue.select(BEHIND)))).containsExactly("x");
            assertThat(failed(head)).isInstanceOf(R2dbcTimeoutException.class).hasMessageContaining(BEHIND);
            assertThat(completed(begin(counts(Flux.fromIterable(head.getReceivedOnNext())))))
                    .containsExactly(1L);
        }
    }

    @Test
    @DisplayName("[X13] a Result that nobody has subscribed to in time fails its subscriber later")
    void unsubscribedIsGivenUp() {
        try (Dialogue dialogue = Dialogue.with(
                StallTest::noRoom,
                script -> script.expect("P D B E S")
                        .send(THREE_ROWS)
                        .expect("P D B E S")
                        .send(firstSelected("x")))) {
            List<PgxcResult> results =
                    completed(begin(dialogue.connection().createStatement(HEAD).execute()));
            assertThat(completed(begin(dialogue.select(BEHIND)))).containsExactly("x");
            assertThat(failed(begin(texts(Flux.fromIterable(results)))))
                    .isInstanceOf(R2dbcTimeoutException.class)
                    .hasMessageContaining(HEAD)
                    .hasMessageContaining("nobody has subscribed");
        }
    }

    @Test
    @DisplayName("[X13] a result that is read slowly and holds up nobody is never given up")
    void slowReaderAlone() {
        try (Dialogue dialogue = Dialogue.with(
                StallTest::noRoom, script -> script.expect("P D B E S").send(THREE_ROWS))) {
            TestSubscriber<String> head = beginWithoutDemand(dialogue.select(HEAD));
            head.request(1);
            awaitElements(head, 1);
            // a stall timer, if there were one, would fire ahead of this one
            Mono.delay(Duration.ofMillis(150), dialogue.loop()).block(SOON);
            assertThat(head.isTerminated()).isFalse();
            head.request(9);
            assertThat(completed(head)).containsExactly("1", "2", "3");
        }
    }

    @Test
    @DisplayName("[X13] a head that is read on, however slowly, is not given up while it makes progress")
    void slowProgress() {
        try (Dialogue dialogue = Dialogue.with(
                options -> options.stallBufferBytes(0).stallTimeout(Duration.ofMillis(400)),
                script -> script.expect("P D B E S P D B E S")
                        .send(firstSelected("1", "2", "3", "4", "5", "6", "7", "8"), firstSelected("x")))) {
            Flux<String> slow =
                    dialogue.select(HEAD).concatMap(row -> Mono.just(row).delayElement(Duration.ofMillis(100)), 1);
            TestSubscriber<String> head = begin(slow);
            TestSubscriber<String> behind = begin(dialogue.select(BEHIND));
            assertThat(completed(head)).hasSize(8);
            assertThat(completed(behind)).containsExactly("x");
        }
    }

    @Test
    @DisplayName(
            "[C7] with stallTimeout=0 those behind wait, validate(REMOTE) is false after its bound, and close works")
    void neverGivenUp() {
        CountDownLatch written = new CountDownLatch(1);
        try (Dialogue dialogue = Dialogue.with(
                options -> options.stallBufferBytes(0).stallTimeout(Duration.ZERO),
                script -> script.expect("P D B E S P D B E S S")
                        .send(THREE_ROWS, firstSelected("x"), ready())
                        .then(written::countDown))) {
            TestSubscriber<String> head = beginWithoutDemand(dialogue.select(HEAD));
            head.request(1);
            TestSubscriber<String> behind = begin(dialogue.select(BEHIND));
            assertThat(dialogue.connection().validate(ValidationDepth.REMOTE).block(SOON))
                    .isFalse();
            assertThat(head.isTerminated()).isFalse();
            assertThat(behind.isTerminated()).isFalse();
            dialogue.connection().close().block(Duration.ofSeconds(2));
            assertThat(failed(behind)).isInstanceOf(R2dbcNonTransientResourceException.class);
            assertThat(failed(head)).isInstanceOf(R2dbcNonTransientResourceException.class);
        }
    }

    /** Takes three rows of 7 bytes each, and then no more. */
    private static void roomForOneResult(PgxcConfiguration.Builder options) {
        options.stallBufferBytes(20).stallTimeout(Duration.ofMillis(50));
    }

    @Test
    @DisplayName("[X13] the bound is the connection's: what one reader has not read yet leaves no room for the next")
    void boundOfTheConnection() {
        try (Dialogue dialogue = Dialogue.with(
                StallTest::roomForOneResult,
                script -> script.expect("P D B E S P D B E S P D B E S")
                        .send(firstSelected("0", "1", "2", "3"), firstSelected("4", "5"), firstSelected("x"))
                        .expect("P D B E S P D B E S")
                        .send(firstSelected("6", "7"), firstSelected("y")))) {
            TestSubscriber<String> kept = beginWithoutDemand(dialogue.select(HEAD));
            TestSubscriber<String> next = beginWithoutDemand(dialogue.select("select a from other"));
            kept.request(1);
            next.request(1);
            assertThat(completed(begin(dialogue.select(BEHIND)))).containsExactly("x");
            assertThat(failed(next)).isInstanceOf(R2dbcTimeoutException.class);
            kept.request(9);
            assertThat(completed(kept)).containsExactly("0", "1", "2", "3");

            TestSubscriber<String> roomAgain = beginWithoutDemand(dialogue.select("select a from third"));
            roomAgain.request(1);
            assertThat(completed(begin(dialogue.select("select 'y'")))).containsExactly("y");
            roomAgain.request(9);
            assertThat(completed(roomAgain)).containsExactly("6", "7");
        }
    }

    @Test
    @DisplayName("[X13, C8] what nobody has come to read takes no room from others")
    void forgottenTakesNoRoom() {
        try (Dialogue dialogue = Dialogue.with(
                StallTest::roomForOneResult,
                script -> script.expect("P D B E S")
                        .send(THREE_ROWS)
                        .expect("P D B E S P D B E S")
                        .send(firstSelected("4", "5", "6"), firstSelected("x")))) {
            List<PgxcResult> forgotten =
                    completed(begin(dialogue.connection().createStatement(HEAD).execute()));
            TestSubscriber<String> next = beginWithoutDemand(dialogue.select("select a from other"));
            next.request(1);
            assertThat(completed(begin(dialogue.select(BEHIND)))).containsExactly("x");
            next.request(9);
            assertThat(completed(next)).containsExactly("4", "5", "6");
            assertThat(completed(begin(texts(Flux.fromIterable(forgotten))))).containsExactly("1", "2", "3");
        }
    }
}
