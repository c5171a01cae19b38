// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import static io.r2dbc.pgxc.Answers.FAILED;
import static io.r2dbc.pgxc.Answers.IDLE;
import static io.r2dbc.pgxc.Answers.OPEN;
import static io.r2dbc.pgxc.Answers.answered;
import static io.r2dbc.pgxc.Answers.prepared;
import static io.r2dbc.pgxc.Answers.ran;
import static io.r2dbc.pgxc.Answers.selected;
import static io.r2dbc.pgxc.Dialogue.SOON;
import static io.r2dbc.pgxc.Dialogue.begin;
import static io.r2dbc.pgxc.Dialogue.beginWithoutDemand;
import static io.r2dbc.pgxc.Dialogue.completed;
import static io.r2dbc.pgxc.Dialogue.failed;
import static io.r2dbc.pgxc.testing.ServerMessages.INT4;
import static io.r2dbc.pgxc.testing.ServerMessages.INT8;
import static io.r2dbc.pgxc.testing.ServerMessages.bindComplete;
import static io.r2dbc.pgxc.testing.ServerMessages.column;
import static io.r2dbc.pgxc.testing.ServerMessages.complete;
import static io.r2dbc.pgxc.testing.ServerMessages.error;
import static io.r2dbc.pgxc.testing.ServerMessages.ready;
import static io.r2dbc.pgxc.testing.ServerMessages.rowOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.r2dbc.pgxc.PgxcLargeObject.From;
import io.r2dbc.pgxc.PgxcLargeObjects.Mode;
import io.r2dbc.pgxc.testing.Script;
import io.r2dbc.pgxc.wire.Octets;
import io.r2dbc.spi.R2dbcException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.subscriber.TestSubscriber;

@DisplayName("Large objects, of which each is closed however its use has ended")
class LargeObjectsTest {

    private static final int OID = 26;
    private static final long OBJECT = 4_711;
    private static final Octets OPENED = Octets.join(
            ran("BEGIN"), prepared(new int[] {OID, INT4}, column("lo_open", INT4)), selected("3"), ready(OPEN));
    private static final Octets CLOSED =
            Octets.join(prepared(new int[] {INT4}, column("lo_close", INT4)), selected("0"), ready(OPEN));

    /** In a transaction, which begins with what opens the object. */
    private static Dialogue inTransaction(Consumer<Script> script) {
        Dialogue dialogue = Dialogue.of(begun -> script.accept(begun.expect("P B E P D B E S")));
        dialogue.connection().beginTransaction().block(SOON);
        return dialogue;
    }

    private static Script rolledBack(Script script) {
        return script.expectQuery("ROLLBACK").send(answered("ROLLBACK", IDLE));
    }

    private static void assertClosed(Dialogue dialogue) {
        dialogue.connection().rollbackTransaction().block(SOON);
        assertThat(dialogue.sql()).filteredOn("SELECT lo_close($1)"::equals).hasSize(1);
    }

    @Test
    @DisplayName("the work's elements and its end are passed on, and the object is closed first")
    void success() {
        try (Dialogue dialogue = inTransaction(script -> rolledBack(script.send(OPENED)
                .expect("P D B E S")
                .send(prepared(new int[] {INT4, INT8, INT4}, column("lo_lseek64", INT8)), selected("7"), ready(OPEN))
                .expect("P D B E S")
                .send(CLOSED)))) {
            assertThat(completed(begin(dialogue.connection()
                            .largeObjects()
                            .open(OBJECT, Mode.READ, object -> object.seek(7, From.START)))))
                    .containsExactly(7L);
            assertClosed(dialogue);
        }
    }

    @Test
    @DisplayName("an error of the work is the error, whatever becomes of closing in a transaction that has failed")
    void failingWork() {
        try (Dialogue dialogue = inTransaction(script -> rolledBack(script.send(OPENED)
                .expect("P D B E S")
                .send(error("42704", "invalid large-object descriptor: 3"))
                .send(ready(FAILED))
                .expect("P D B E S")
                .send(error("25P02", "current transaction is aborted"), ready(FAILED))))) {
            assertThat(failed(
                            begin(dialogue.connection().largeObjects().open(OBJECT, Mode.READ, PgxcLargeObject::tell))))
                    .isInstanceOf(R2dbcException.class)
                    .hasMessageContaining("invalid large-object descriptor");
            assertClosed(dialogue);
        }
    }

    @Test
    @DisplayName("work that throws, before it returned anything, closes the object as well")
    void throwing() {
        try (Dialogue dialogue = inTransaction(
                script -> rolledBack(script.send(OPENED).expect("P D B E S").send(CLOSED)))) {
            Flux<Object> thrown = dialogue.connection().largeObjects().open(OBJECT, Mode.READ, object -> {
                throw new IllegalStateException("planted");
            });
            assertThat(failed(begin(thrown))).hasMessage("planted");
            assertClosed(dialogue);
        }
    }

    @Test
    @DisplayName("[X14] cancelled while it is used, it is closed")
    void cancelledInUse() {
        try (Dialogue dialogue = inTransaction(
                script -> rolledBack(script.send(OPENED).expect("P D B E S").send(CLOSED)))) {
            CountDownLatch used = new CountDownLatch(1);
            TestSubscriber<Object> use = begin(dialogue.connection()
                    .largeObjects()
                    .open(OBJECT, Mode.READ, object -> Mono.never().doOnSubscribe(begun -> used.countDown())));
            Dialogue.await(used);
            use.cancel();
            dialogue.server().awaitMessages(14, SOON);
            assertClosed(dialogue);
        }
    }

    @Test
    @DisplayName(
            "[X14] cancelled while the server opens it, nothing is sent behind it: the transaction's end closes it")
    void cancelledWhileOpening() {
        CountDownLatch cancelled = new CountDownLatch(1);
        try (Dialogue dialogue =
                inTransaction(script -> rolledBack(script.pause(cancelled).send(OPENED)))) {
            TestSubscriber<Object> use = begin(dialogue.connection()
                    .largeObjects()
                    .open(OBJECT, Mode.READ, object -> Mono.error(new AssertionError("nobody uses it"))));
            dialogue.server().awaitMessages(9, SOON);
            use.cancel();
            dialogue.settle();
            cancelled.countDown();
            dialogue.connection().rollbackTransaction().block(SOON);
            assertThat(dialogue.sql()).doesNotContain("SELECT lo_close($1)");
        }
    }

    @Test
    @DisplayName("[X26] where only closing fails, that is the error, as the server has it")
    void cannotBeClosed() {
        try (Dialogue dialogue = inTransaction(script -> rolledBack(script.send(OPENED)
                .expect("P D B E S")
                .send(error("42704", "invalid large-object descriptor: 3"), ready(FAILED))))) {
            assertThat(failed(begin(
                            dialogue.connection().largeObjects().open(OBJECT, Mode.READ, object -> Mono.just("done")))))
                    .isInstanceOf(R2dbcException.class)
                    .hasMessageContaining("invalid large-object descriptor");
            assertClosed(dialogue);
        }
    }

    @Test
    @DisplayName("what cannot be opened is an error, and nothing is closed")
    void cannotBeOpened() {
        try (Dialogue dialogue = inTransaction(script -> rolledBack(
                script.send(ran("BEGIN")).send(error("42704", "large object 4711 does not exist"), ready(FAILED))))) {
            assertThat(failed(begin(dialogue.connection().largeObjects().read(OBJECT))))
                    .hasMessageContaining("does not exist");
            dialogue.connection().rollbackTransaction().block(SOON);
            assertThat(dialogue.sql()).doesNotContain("SELECT lo_close($1)");
        }
    }

    @Test
    @DisplayName("[I9] a piece is read for each element asked for, and no other")
    void demand() {
        Octets piece = Octets.of("\\x" + "61".repeat(64 * 1024));
        try (Dialogue dialogue = inTransaction(script -> rolledBack(script.send(OPENED)
                .expect("P D B E S")
                .send(prepared(new int[] {INT4, INT4}, column("loread", 17)))
                .send(selectedBytes(piece), ready(OPEN))
                .expectNothing()
                .expect("B E S")
                .send(selectedBytes(Octets.of("bb")), ready(OPEN))
                .expect("P D B E S")
                .send(CLOSED)))) {
            TestSubscriber<ByteBuf> pieces =
                    beginWithoutDemand(dialogue.connection().largeObjects().read(OBJECT));
            pieces.request(1);
            Dialogue.awaitElements(pieces, 1);
            dialogue.settle();
            pieces.request(1);
            Dialogue.awaitElements(pieces, 2);
            assertThat(completed(pieces)).extracting(ByteBuf::readableBytes).isEqualTo(List.of(64 * 1024, 2));
            assertClosed(dialogue);
        }
    }

    private static Octets selectedBytes(Octets value) {
        return Octets.join(bindComplete(), rowOf(value), complete("SELECT 1"));
    }

    @Test
    @DisplayName("outside a transaction nothing is sent, and the error says what to do")
    void outside() {
        try (Dialogue dialogue = Dialogue.of(script -> {})) {
            assertThat(failed(begin(dialogue.connection().largeObjects().read(OBJECT))))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("beginTransaction()");
            assertThat(dialogue.said()).isEmpty();
        }
    }
}
