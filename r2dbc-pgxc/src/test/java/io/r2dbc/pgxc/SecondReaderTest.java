// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import static io.r2dbc.pgxc.Answers.TEXT_COLUMN;
import static io.r2dbc.pgxc.Answers.firstSelected;
import static io.r2dbc.pgxc.Answers.prepared;
import static io.r2dbc.pgxc.Dialogue.SOON;
import static io.r2dbc.pgxc.Dialogue.awaitElements;
import static io.r2dbc.pgxc.Dialogue.begin;
import static io.r2dbc.pgxc.Dialogue.beginWithoutDemand;
import static io.r2dbc.pgxc.Dialogue.completed;
import static io.r2dbc.pgxc.Dialogue.failed;
import static io.r2dbc.pgxc.testing.ServerMessages.bindComplete;
import static io.r2dbc.pgxc.testing.ServerMessages.complete;
import static io.r2dbc.pgxc.testing.ServerMessages.ready;
import static io.r2dbc.pgxc.testing.ServerMessages.row;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.SignalType;
import reactor.test.subscriber.TestSubscriber;

/** A Result is one reader's; whoever comes second is told so and takes nothing away from the first. */
class SecondReaderTest {

    private static Flux<String> rowsOf(PgxcResult result) {
        return result.map(row -> row.get(0, String.class));
    }

    private static Dialogue withResult() {
        return Dialogue.of(script -> script.expect("P D B E S")
                .send(firstSelected("1", "2", "3"))
                .expect("P D B E S")
                .send(firstSelected("x")));
    }

    private static PgxcResult resultOf(Dialogue dialogue) {
        PgxcResult result = dialogue.connection()
                .createStatement("select a from t")
                .execute()
                .blockFirst(SOON);
        assertThat(result).isNotNull();
        return result;
    }

    /** Cancels in onSubscribe, before anybody can say that it comes too late. */
    private static void comeAndLeave(Flux<String> rows) {
        rows.subscribe(new BaseSubscriber<>() {
            @Override
            protected void hookOnSubscribe(Subscription subscription) {
                subscription.cancel();
            }
        });
    }

    @Test
    @DisplayName("[C15, X33] a second reader who cancels leaves the first one's rows alone")
    void secondCancels() {
        try (Dialogue dialogue = withResult()) {
            PgxcResult result = resultOf(dialogue);
            TestSubscriber<String> first = beginWithoutDemand(rowsOf(result));
            first.request(1);
            awaitElements(first, 1);
            comeAndLeave(rowsOf(result));
            dialogue.settle();
            first.request(9);
            assertThat(completed(first)).containsExactly("1", "2", "3");
            assertThat(completed(begin(dialogue.select("select 'x'")))).containsExactly("x");
        }
    }

    @Test
    @DisplayName("[C15, X33] a second reader who has left before the first one was there leaves its rows alone")
    void secondIsFaster() {
        try (Dialogue dialogue = withResult()) {
            Flux<String> rows = rowsOf(resultOf(dialogue));
            List<String> read = Collections.synchronizedList(new ArrayList<>());
            CountDownLatch ended = new CountDownLatch(1);
            rows.subscribe(new BaseSubscriber<>() {
                @Override
                protected void hookOnSubscribe(Subscription subscription) {
                    comeAndLeave(rows);
                    subscription.request(9);
                }

                @Override
                protected void hookOnNext(String row) {
                    read.add(row);
                }

                @Override
                protected void hookFinally(SignalType type) {
                    ended.countDown();
                }
            });
            assertThat(completed(begin(dialogue.select("select 'x'")))).containsExactly("x");
            assertThat(ended.getCount()).isZero();
            assertThat(read).containsExactly("1", "2", "3");
        }
    }

    @Test
    @DisplayName("[C15, X33] who comes after a reader that has left is told so, and does not wait for ever")
    void firstHasLeft() {
        try (Dialogue dialogue = withResult()) {
            PgxcResult result = resultOf(dialogue);
            comeAndLeave(rowsOf(result));
            assertThat(failed(begin(rowsOf(result))))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("once");
            List<String> behind = completed(begin(dialogue.select("select 'x'")));
            assertThat(behind).containsExactly("x");
        }
    }

    @Test
    @DisplayName("[C17, X33] a reader who asks for less than one row while he is given the Result ends both streams")
    void badRequestWithin() {
        CountDownLatch ended = new CountDownLatch(1);
        try (Dialogue dialogue = Dialogue.of(script -> script.expect("P D B E S")
                .send(prepared(TEXT_COLUMN), bindComplete(), row("1"))
                .pause(ended)
                .send(complete("SELECT 1"), ready())
                .expect("P D B E S")
                .send(firstSelected("x")))) {
            AtomicReference<Throwable> error = new AtomicReference<>();
            Flux<PgxcResult> results = dialogue.connection()
                    .createStatement("select a from t")
                    .execute()
                    .doOnNext(result -> askForNothing(rowsOf(result), error));
            assertThat(completed(begin(results))).hasSize(1);
            assertThat(error.get()).isInstanceOf(IllegalArgumentException.class);
            ended.countDown();
            assertThat(completed(begin(dialogue.select("select 'x'")))).containsExactly("x");
        }
    }

    private static void askForNothing(Flux<String> rows, AtomicReference<Throwable> error) {
        rows.subscribe(new BaseSubscriber<>() {
            @Override
            protected void hookOnSubscribe(Subscription subscription) {
                subscription.request(0);
            }

            @Override
            protected void hookOnError(Throwable thrown) {
                error.set(thrown);
            }
        });
    }
}
