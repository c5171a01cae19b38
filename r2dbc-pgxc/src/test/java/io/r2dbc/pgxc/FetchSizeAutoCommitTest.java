// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import static io.r2dbc.pgxc.Answers.TEXT_COLUMN;
import static io.r2dbc.pgxc.Answers.done;
import static io.r2dbc.pgxc.Answers.firstSelected;
import static io.r2dbc.pgxc.Answers.prepared;
import static io.r2dbc.pgxc.Answers.rows;
import static io.r2dbc.pgxc.Dialogue.SOON;
import static io.r2dbc.pgxc.Dialogue.begin;
import static io.r2dbc.pgxc.Dialogue.beginWithoutDemand;
import static io.r2dbc.pgxc.Dialogue.completed;
import static io.r2dbc.pgxc.Dialogue.failed;
import static io.r2dbc.pgxc.Dialogue.texts;
import static io.r2dbc.pgxc.testing.ServerMessages.bindComplete;
import static io.r2dbc.pgxc.testing.ServerMessages.closeComplete;
import static io.r2dbc.pgxc.testing.ServerMessages.complete;
import static io.r2dbc.pgxc.testing.ServerMessages.error;
import static io.r2dbc.pgxc.testing.ServerMessages.ready;
import static io.r2dbc.pgxc.testing.ServerMessages.suspended;
import static org.assertj.core.api.Assertions.assertThat;

import io.r2dbc.pgxc.wire.ClientMessage.Close;
import io.r2dbc.pgxc.wire.ClientMessage.Execute;
import io.r2dbc.pgxc.wire.Octets;
import io.r2dbc.pgxc.wire.TransactionStatus;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.test.subscriber.TestSubscriber;

/** Results in chunks outside a transaction, where a Sync would end the portal: the connection is the result's until it ends. */
class FetchSizeAutoCommitTest {

    private static final String QUERY = "select a from t";

    /** To P D B E H. */
    private static Octets begun(String... values) {
        return Octets.join(prepared(TEXT_COLUMN), bindComplete(), rows(values));
    }

    private static Flux<String> query(Dialogue dialogue) {
        return texts(dialogue.connection().createStatement(QUERY).fetchSize(2));
    }

    @Test
    @DisplayName(
            "[X11, S2.3.5, S2.3.16] chunks are flushed, not synced, and nothing is written behind before the result has ended")
    void flushedChunks() {
        CountDownLatch subscribed = new CountDownLatch(1);
        try (Dialogue dialogue = Dialogue.of(script -> script.expect("P D B E H")
                .pause(subscribed)
                .send(begun("1", "2"), suspended())
                .expect("E H")
                .expectNothing()
                .send(rows("3"), complete("SELECT 1"))
                .expect("S")
                .expectNothing()
                .send(ready())
                .expect("P D B E S")
                .send(firstSelected("x")))) {
            TestSubscriber<String> chunked = begin(query(dialogue));
            TestSubscriber<String> behind = begin(dialogue.select("select 'x'"));
            dialogue.settle();
            subscribed.countDown();
            assertThat(completed(chunked)).containsExactly("1", "2", "3");
            assertThat(completed(behind)).containsExactly("x");
            assertThat(dialogue.said(Execute.class))
                    .containsExactly(new Execute("", 2), new Execute("", 2), new Execute("", 0));
        }
    }

    @Test
    @DisplayName(
            "[S2.3.17] with syncOnly Flush is never sent: all rows are asked for at once, but in a transaction in chunks")
    void syncOnly() {
        try (Dialogue dialogue = Dialogue.with(
                options -> options.syncOnly(true),
                script -> script.expect("P D B E S")
                        .send(firstSelected("1", "2", "3"))
                        .expect("P D B E S")
                        .send(prepared(), done("BEGIN"), ready(TransactionStatus.IN_TRANSACTION))
                        .expect("B E S")
                        .send(bindComplete(), rows("1", "2"), suspended(), ready(TransactionStatus.IN_TRANSACTION))
                        .expect("E S")
                        .send(rows("3"), complete("SELECT 1"), ready(TransactionStatus.IN_TRANSACTION)))) {
            assertThat(completed(begin(query(dialogue)))).containsExactly("1", "2", "3");
            completed(begin(dialogue.update("BEGIN")));
            assertThat(completed(begin(query(dialogue)))).containsExactly("1", "2", "3");
            assertThat(dialogue.said(Execute.class))
                    .extracting(Execute::maxRows)
                    .containsExactly(0, 0, 2, 2);
        }
    }

    @Test
    @DisplayName("[X11] without demand no further chunk is asked for")
    void demandAsksForChunks() {
        CountDownLatch looked = new CountDownLatch(1);
        CountDownLatch seen = new CountDownLatch(1);
        try (Dialogue dialogue = Dialogue.of(script -> script.expect("P D B E H")
                .send(begun("1", "2"), suspended())
                .pause(looked)
                .expectNothing()
                .then(seen::countDown)
                .expect("E H")
                .send(complete("SELECT 0"))
                .expect("S")
                .send(ready()))) {
            TestSubscriber<String> chunked = beginWithoutDemand(query(dialogue));
            chunked.request(2);
            Dialogue.awaitElements(chunked, 2);
            dialogue.settle();
            looked.countDown();
            Dialogue.await(seen);
            chunked.request(1);
            assertThat(completed(chunked)).containsExactly("1", "2");
        }
    }

    @Test
    @DisplayName("[X11] an error is synced, and the connection goes on")
    void errorIsSynced() {
        try (Dialogue dialogue = Dialogue.of(script -> script.expect("P D B E H")
                .send(begun("1", "2"), suspended())
                .expect("E H")
                .send(rows("3"), error("22012", "division by zero"))
                .expect("S")
                .send(ready())
                .expect("P D B E S")
                .send(firstSelected("x")))) {
            TestSubscriber<String> chunked = begin(query(dialogue));
            assertThat(failed(chunked)).hasMessageContaining("division by zero");
            assertThat(chunked.getReceivedOnNext()).containsExactly("1", "2", "3");
            assertThat(completed(begin(dialogue.select("select 'x'")))).containsExactly("x");
        }
    }

    @Test
    @DisplayName("[X11, X14] a cancelled result is closed and synced at the end of its chunk")
    void cancelCloses() {
        try (Dialogue dialogue = Dialogue.of(script -> script.expect("P D B E H")
                .send(begun("1", "2"), suspended())
                .expect("C S")
                .expectNothing()
                .send(closeComplete(), ready())
                .expect("P D B E S")
                .send(firstSelected("x")))) {
            TestSubscriber<String> chunked = beginWithoutDemand(query(dialogue));
            chunked.request(1);
            Dialogue.awaitElements(chunked, 1);
            chunked.cancel();
            assertThat(completed(begin(dialogue.select("select 'x'")))).containsExactly("x");
            assertThat(dialogue.said(Close.class)).containsExactly(new Close('P', ""));
            assertThat(dialogue.server().cancelRequests()).isEmpty();
        }
    }

    @Test
    @DisplayName("[X11, X13] stalled with others waiting it is read to its end, Execute 0 and Sync, and set aside")
    void stalledIsReadToTheEnd() {
        try (Dialogue dialogue = Dialogue.of(script -> script.expect("P D B E H")
                .send(begun("1", "2"), suspended())
                .expect(new Execute("", 0))
                .expect("S")
                .send(rows("3", "4", "5"), complete("SELECT 3"), ready())
                .expect("P D B E S")
                .send(firstSelected("x")))) {
            TestSubscriber<String> chunked = beginWithoutDemand(query(dialogue));
            chunked.request(1);
            Dialogue.awaitElements(chunked, 1);
            assertThat(completed(begin(dialogue.select("select 'x'")))).containsExactly("x");
            assertThat(chunked.getReceivedOnNext()).containsExactly("1");
            chunked.request(Long.MAX_VALUE);
            assertThat(completed(chunked)).containsExactly("1", "2", "3", "4", "5");
        }
    }

    @Test
    @DisplayName("[X11] several bindings ignore the fetch size, because each would need a portal to itself")
    void severalBindings() {
        try (Dialogue dialogue = Dialogue.of(script -> script.expect("P D B E B E S")
                .send(prepared(new int[] {23}, TEXT_COLUMN))
                .send(bindComplete(), rows("1"), complete("SELECT 1"))
                .send(bindComplete(), rows("2"), complete("SELECT 1"), ready()))) {
            PgxcStatement statement = dialogue.connection()
                    .createStatement("select a from t where b = $1")
                    .fetchSize(2)
                    .bind(0, 1)
                    .add()
                    .bind(0, 2);
            assertThat(completed(begin(texts(statement)))).containsExactly("1", "2");
        }
    }

    @Test
    @DisplayName("[X11] the configuration's fetch size is every statement's")
    void configuredFetchSize() {
        try (Dialogue dialogue = Dialogue.with(
                options -> options.fetchSize(7),
                script -> script.expect("P D B")
                        .expect(new Execute("", 7))
                        .expect("H")
                        .send(begun("1"), complete("SELECT 1"))
                        .expect("S")
                        .send(ready()))) {
            assertThat(dialogue.select(QUERY).collectList().block(SOON)).containsExactly("1");
        }
    }
}
