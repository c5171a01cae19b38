// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import static io.r2dbc.pgxc.Answers.IDLE;
import static io.r2dbc.pgxc.Answers.OPEN;
import static io.r2dbc.pgxc.Answers.TEXT_COLUMN;
import static io.r2dbc.pgxc.Answers.answered;
import static io.r2dbc.pgxc.Answers.prepared;
import static io.r2dbc.pgxc.Answers.ran;
import static io.r2dbc.pgxc.Answers.rows;
import static io.r2dbc.pgxc.Answers.selected;
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

import io.r2dbc.pgxc.wire.ClientMessage.Bind;
import io.r2dbc.pgxc.wire.ClientMessage.Close;
import io.r2dbc.pgxc.wire.ClientMessage.Execute;
import io.r2dbc.pgxc.wire.Octets;
import io.r2dbc.spi.R2dbcBadGrammarException;
import io.r2dbc.spi.R2dbcException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.test.subscriber.TestSubscriber;

/** Results in chunks through a portal, inside a transaction. */
class FetchSizeTest {

    private static final String QUERY = "select a from t";
    private static final Octets CHUNK_ENDS = Octets.join(suspended(), ready(OPEN));

    /** To the BEGIN and the portal of a flight that carries both. */
    private static Octets begun(String... values) {
        return Octets.join(ran("BEGIN"), prepared(TEXT_COLUMN), bindComplete(), rows(values));
    }

    private static Flux<String> query(Dialogue dialogue, int fetchSize) {
        return texts(dialogue.connection().createStatement(QUERY).fetchSize(fetchSize));
    }

    private static String portal(Dialogue dialogue) {
        return dialogue.said(Bind.class).stream()
                .map(Bind::portal)
                .filter(name -> !name.isEmpty())
                .findFirst()
                .orElseThrow();
    }

    @Test
    @DisplayName(
            "[X11, S1.2.1, S1.2.2, S2.3.4, S2.3.5] a named portal is asked for a chunk and synced, again and again, and closed with a later flight")
    void chunks() {
        try (Dialogue dialogue = Dialogue.of(script -> script.expect("P B E P D B E S")
                .send(begun("1"))
                .expectNothing()
                .send(rows("2"))
                .expect("E S")
                .send(CHUNK_ENDS, rows("3", "4"), CHUNK_ENDS)
                .expect("E S")
                .send(rows("5"), complete("SELECT 1"), ready(OPEN))
                .expect("C B E S")
                .send(closeComplete(), selected("x"), ready(OPEN)))) {
            dialogue.connection().beginTransaction().block(SOON);
            assertThat(completed(begin(query(dialogue, 2)))).containsExactly("1", "2", "3", "4", "5");
            assertThat(completed(begin(dialogue.select(QUERY)))).containsExactly("x");
            String portal = portal(dialogue);
            assertThat(dialogue.said(Execute.class))
                    .containsExactly(
                            new Execute("", 0),
                            new Execute(portal, 2),
                            new Execute(portal, 2),
                            new Execute(portal, 2),
                            new Execute("", 0));
            assertThat(dialogue.said(Close.class)).containsExactly(new Close('P', portal));
        }
    }

    @Test
    @DisplayName(
            "[X11] a chunk is asked for without need where the one before turns out to be the last; its answer is nobody's")
    void superfluousChunk() {
        try (Dialogue dialogue = Dialogue.of(script -> script.expect("P B E P D B E S")
                .send(begun("1", "2", "3"))
                .expect("E S")
                .send(complete("SELECT 3"), ready(OPEN), complete("SELECT 0"), ready(OPEN))
                .expect("C B E S")
                .send(closeComplete(), selected("x"), ready(OPEN)))) {
            dialogue.connection().beginTransaction().block(SOON);
            assertThat(completed(begin(query(dialogue, 4)))).containsExactly("1", "2", "3");
            assertThat(completed(begin(dialogue.select(QUERY)))).containsExactly("x");
        }
    }

    @Test
    @DisplayName("[X11, S2.3.11] the count of a result in chunks is that of all rows, not of the last chunk")
    void countsAllRows() {
        try (Dialogue dialogue = Dialogue.of(script -> script.expect("P B E P D B E S")
                .send(begun("1", "2"))
                .expect("E S")
                .send(CHUNK_ENDS, rows("3"), complete("SELECT 1"), ready(OPEN)))) {
            dialogue.connection().beginTransaction().block(SOON);
            Flux<Long> count = dialogue.connection()
                    .createStatement(QUERY)
                    .fetchSize(2)
                    .execute()
                    .concatMap(PgxcResult::getRowsUpdated);
            assertThat(completed(begin(count))).containsExactly(3L);
        }
    }

    @Test
    @DisplayName("[X11] other exchanges run between chunks, as a statement within a row callback does")
    void othersBetweenChunks() {
        try (Dialogue dialogue = Dialogue.of(script -> script.expect("P B E P D B E S")
                .send(begun("1"))
                .expect("P D B E S")
                .send(rows("2"), CHUNK_ENDS, prepared(TEXT_COLUMN), selected("one"), ready(OPEN))
                .expect("E S P D B E S")
                .send(complete("SELECT 0"), ready(OPEN))
                .send(prepared(TEXT_COLUMN), selected("two"), ready(OPEN)))) {
            dialogue.connection().beginTransaction().block(SOON);
            Flux<String> nested = query(dialogue, 2).concatMap(row -> dialogue.select("select 'of " + row + "'"), 1);
            assertThat(completed(begin(nested))).containsExactly("one", "two");
        }
    }

    @Test
    @DisplayName("[X11] without demand no further chunk is asked for, whatever waits: what was set aside is read first")
    void readFirst() {
        CountDownLatch waits = new CountDownLatch(1);
        CountDownLatch seen = new CountDownLatch(1);
        CountDownLatch looked = new CountDownLatch(1);
        try (Dialogue dialogue = Dialogue.of(script -> script.expect("P B E P D B E S")
                .pause(waits)
                .send(begun("1", "2"), CHUNK_ENDS)
                .expect("P D B E S")
                .send(prepared(TEXT_COLUMN), selected("x"), ready(OPEN))
                .pause(looked)
                .expectNothing()
                .then(seen::countDown)
                .expect("E S")
                .send(complete("SELECT 0"), ready(OPEN)))) {
            dialogue.connection().beginTransaction().block(SOON);
            TestSubscriber<String> chunked = beginWithoutDemand(query(dialogue, 2));
            chunked.request(1);
            TestSubscriber<String> other = begin(dialogue.select("select 'x'"));
            dialogue.settle();
            waits.countDown();
            assertThat(completed(other)).containsExactly("x");
            dialogue.settle();
            looked.countDown();
            assertThat(chunked.getReceivedOnNext()).containsExactly("1");
            Dialogue.await(seen);
            chunked.request(Long.MAX_VALUE);
            assertThat(completed(chunked)).containsExactly("1", "2");
        }
    }

    @ParameterizedTest(name = "[X11, X13] with room for {0} bytes")
    @ValueSource(ints = {0, 8 << 20})
    @DisplayName(
            "[X11, X13] a result's own next chunk is nobody who waits: nothing is set aside for it, nothing given up")
    void ownChunkIsNobody(int room) {
        CountDownLatch looked = new CountDownLatch(1);
        CountDownLatch seen = new CountDownLatch(1);
        try (Dialogue dialogue = Dialogue.with(
                options -> options.stallBufferBytes(room).stallTimeout(Duration.ofMillis(1)),
                script -> script.expect("P B E P D B E S")
                        .send(begun("1", "2", "3"))
                        .expect("E S")
                        .send(rows("4"), CHUNK_ENDS, rows("5", "6", "7", "8"), CHUNK_ENDS)
                        .pause(looked)
                        .expectNothing()
                        .then(seen::countDown)
                        .expect("E S")
                        .send(complete("SELECT 0"), ready(OPEN)))) {
            dialogue.connection().beginTransaction().block(SOON);
            TestSubscriber<String> slow = beginWithoutDemand(query(dialogue, 4));
            slow.request(3);
            dialogue.server().awaitMessages(11, SOON);
            // whatever timer the stall has set would fire ahead of this one
            Flux.just(1).delayElements(Duration.ofMillis(50), dialogue.loop()).blockLast(SOON);
            looked.countDown();
            Dialogue.await(seen);
            assertThat(slow.getReceivedOnNext()).containsExactly("1", "2", "3");
            slow.request(Long.MAX_VALUE);
            assertThat(completed(slow)).containsExactly("1", "2", "3", "4", "5", "6", "7", "8");
        }
    }

    @ParameterizedTest(name = "[X11] {0}")
    @ValueSource(strings = {"COMMIT", "ROLLBACK"})
    @DisplayName("[X11] a result whose portal was ended with its transaction fails saying so")
    void endedWithTransaction(String end) {
        try (Dialogue dialogue = Dialogue.of(script -> script.expect("P B E P D B E S")
                .send(begun("1", "2"), CHUNK_ENDS)
                .expect("Q")
                .send(answered(end, IDLE)))) {
            PgxcConnection connection = dialogue.connection();
            connection.beginTransaction().block(SOON);
            TestSubscriber<String> chunked = beginWithoutDemand(query(dialogue, 2));
            chunked.request(1);
            dialogue.server().awaitMessages(9, SOON);
            (end.equals("COMMIT") ? connection.commitTransaction() : connection.rollbackTransaction()).block(SOON);
            chunked.request(Long.MAX_VALUE);
            assertThat(failed(chunked))
                    .isInstanceOf(R2dbcBadGrammarException.class)
                    .hasMessageContaining("transaction")
                    .hasMessageContaining("has ended")
                    .extracting(error -> ((R2dbcException) error).getSqlState())
                    .isEqualTo("34000");
            assertThat(chunked.getReceivedOnNext()).startsWith("1");
        }
    }

    @Test
    @DisplayName("[X11] a portal that the server says is gone is told the same way")
    void endedAtServer() {
        try (Dialogue dialogue = Dialogue.of(script -> script.expect("P B E P D B E S")
                .send(begun("1", "2"), CHUNK_ENDS)
                .expect("E S")
                .send(error("34000", "portal does not exist"), ready(OPEN)))) {
            dialogue.connection().beginTransaction().block(SOON);
            TestSubscriber<String> chunked = begin(query(dialogue, 2));
            assertThat(failed(chunked)).hasMessageContaining("has ended");
            assertThat(chunked.getReceivedOnNext()).containsExactly("1", "2");
        }
    }

    @Test
    @DisplayName("[X11, X14] a cancelled portal is closed with the next flight, and not asked for more")
    void cancelBetweenChunks() {
        try (Dialogue dialogue = Dialogue.of(script -> script.expect("P B E P D B E S")
                .send(begun("1", "2"), CHUNK_ENDS)
                .expect("C P D B E S")
                .send(closeComplete(), prepared(TEXT_COLUMN), selected("x"), ready(OPEN)))) {
            dialogue.connection().beginTransaction().block(SOON);
            TestSubscriber<String> chunked = beginWithoutDemand(query(dialogue, 2));
            chunked.request(1);
            dialogue.server().awaitMessages(9, SOON);
            chunked.cancel();
            assertThat(completed(begin(dialogue.select("select 'x'")))).containsExactly("x");
            assertThat(dialogue.said(Close.class)).containsExactly(new Close('P', portal(dialogue)));
        }
    }

    @Test
    @DisplayName("[X11, X14] a chunk that is under way when its portal is cancelled is drained")
    void cancelWithChunkUnderWay() {
        CountDownLatch cancelled = new CountDownLatch(1);
        try (Dialogue dialogue = Dialogue.of(script -> script.expect("P B E P D B E S")
                .send(begun("1", "2"))
                .expect("E S")
                .pause(cancelled)
                .send(CHUNK_ENDS, rows("3", "4"), CHUNK_ENDS)
                .expect("C P D B E S")
                .send(closeComplete(), prepared(TEXT_COLUMN), selected("x"), ready(OPEN)))) {
            dialogue.connection().beginTransaction().block(SOON);
            TestSubscriber<String> chunked = begin(query(dialogue, 2));
            dialogue.server().awaitMessages(11, SOON);
            dialogue.settle();
            chunked.cancel();
            dialogue.settle();
            cancelled.countDown();
            assertThat(completed(begin(dialogue.select("select 'x'")))).containsExactly("x");
        }
    }

    @Test
    @DisplayName("[X8, X11] a statement whose portal lives is not evicted")
    void notEvicted() {
        try (Dialogue dialogue = Dialogue.with(
                options -> options.preparedStatementCacheQueries(1),
                script -> script.expect("P B E P D B E S")
                        .send(begun("1", "2"), CHUNK_ENDS)
                        .expect("P D B E S")
                        .send(prepared(TEXT_COLUMN), selected("x"), ready(OPEN))
                        .expect("E S")
                        .send(complete("SELECT 0"), ready(OPEN)))) {
            dialogue.connection().beginTransaction().block(SOON);
            TestSubscriber<String> chunked = beginWithoutDemand(query(dialogue, 2));
            chunked.request(1);
            dialogue.server().awaitMessages(9, SOON);
            completed(begin(dialogue.select("select 'x'")));
            chunked.request(9);
            assertThat(completed(chunked)).containsExactly("1", "2");
            assertThat(dialogue.said(Close.class)).isEmpty();
        }
    }

    @Test
    @DisplayName("[X11] a connection lost between chunks fails the result")
    void lostBetweenChunks() {
        for (boolean asked : List.of(true, false)) {
            try (Dialogue dialogue = Dialogue.of(script -> {
                script.expect("P B E P D B E S").send(begun("1", "2"), CHUNK_ENDS);
                if (asked) {
                    script.expect("E S");
                }
                script.closeNow();
            })) {
                dialogue.connection().beginTransaction().block(SOON);
                assertThat(failed(begin(query(dialogue, 2))))
                        .extracting(error -> ((R2dbcException) error).getSqlState())
                        .isEqualTo("08006");
            }
        }
    }
}
