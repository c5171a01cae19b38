// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import static io.r2dbc.pgxc.Answers.done;
import static io.r2dbc.pgxc.Answers.firstDone;
import static io.r2dbc.pgxc.Answers.firstSelected;
import static io.r2dbc.pgxc.Answers.prepared;
import static io.r2dbc.pgxc.Dialogue.SOON;
import static io.r2dbc.pgxc.Dialogue.begin;
import static io.r2dbc.pgxc.Dialogue.completed;
import static io.r2dbc.pgxc.Dialogue.counts;
import static io.r2dbc.pgxc.Dialogue.failed;
import static io.r2dbc.pgxc.testing.ServerMessages.INT4;
import static io.r2dbc.pgxc.testing.ServerMessages.TEXT;
import static io.r2dbc.pgxc.testing.ServerMessages.ready;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.r2dbc.pgxc.wire.ClientMessage.Bind;
import io.r2dbc.pgxc.wire.ClientMessage.Parse;
import io.r2dbc.pgxc.wire.Octets;
import io.r2dbc.spi.Blob;
import io.r2dbc.spi.Clob;
import io.r2dbc.spi.Parameters;
import io.r2dbc.spi.R2dbcDataIntegrityViolationException;
import io.r2dbc.spi.R2dbcException;
import io.r2dbc.spi.R2dbcType;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;
import reactor.test.publisher.TestPublisher;
import reactor.test.subscriber.TestSubscriber;

/** When values are collected and encoded, and what comes of those that cannot be. */
class EncodingTest {

    private static final int BYTEA = 17;
    private static final String INSERT = "insert into t values ($1, $2)";

    private static Flux<Long> inserted(Dialogue dialogue, Object first, Object second) {
        return counts(dialogue.connection()
                .createStatement(INSERT)
                .bind(0, first)
                .bind(1, second)
                .execute());
    }

    @Test
    @DisplayName("[X34] Blob and Clob are collected first, and the exchange takes its place in line when they are")
    void largeValuesAreCollected() {
        Sinks.Many<ByteBuffer> bytes = Sinks.many().unicast().onBackpressureBuffer();
        try (Dialogue dialogue = Dialogue.of(script -> script.expect("P D B E S")
                .send(firstSelected("x"))
                .expect("P D B E S")
                .send(prepared(new int[] {BYTEA, TEXT}), done("INSERT 0 1"), ready()))) {
            TestSubscriber<Long> large =
                    begin(inserted(dialogue, Blob.from(bytes.asFlux()), Clob.from(Flux.just("many ", "characters"))));
            bytes.tryEmitNext(ByteBuffer.wrap(new byte[] {1, 2})).orThrow();
            assertThat(completed(begin(dialogue.select("select 'x'")))).containsExactly("x");
            bytes.tryEmitNext(ByteBuffer.wrap(new byte[] {3})).orThrow();
            bytes.tryEmitComplete().orThrow();
            assertThat(completed(large)).containsExactly(1L);
            Bind bind = dialogue.said(Bind.class).get(1);
            assertThat(bind.values())
                    .containsExactly(Octets.of((byte) 1, (byte) 2, (byte) 3), Octets.of("many characters"));
        }
    }

    @Test
    @DisplayName("[X34] a large value whose publisher fails fails its execution with that, and sends nothing")
    void largeValueFails() {
        try (Dialogue dialogue =
                Dialogue.of(script -> script.expect("P D B E S").send(firstSelected("x")))) {
            IllegalStateException broken = new IllegalStateException("broken pipe");
            assertThat(failed(begin(inserted(dialogue, Blob.from(Flux.error(broken)), 7))))
                    .isSameAs(broken);
            completed(begin(dialogue.select("select 'x'")));
            assertThat(dialogue.sql()).containsExactly("select 'x'");
        }
    }

    @Test
    @DisplayName("[X34] a cancel while large values are collected cancels their publishers, and sends nothing")
    void cancelledWhileCollecting() {
        TestPublisher<ByteBuffer> bytes = TestPublisher.create();
        TestPublisher<CharSequence> text = TestPublisher.create();
        try (Dialogue dialogue =
                Dialogue.of(script -> script.expect("P D B E S").send(firstSelected("x")))) {
            TestSubscriber<Long> large = begin(inserted(dialogue, Blob.from(bytes), Clob.from(text)));
            bytes.assertSubscribers(1);
            text.assertSubscribers(1);
            bytes.next(ByteBuffer.wrap(new byte[] {1}));
            large.cancel();
            bytes.assertCancelled();
            text.assertCancelled();
            completed(begin(dialogue.select("select 'x'")));
            assertThat(dialogue.sql()).containsExactly("select 'x'");
            assertThat(large.isTerminated()).isFalse();
        }
    }

    @Test
    @DisplayName(
            "[X34] the same in a later binding: the one before has been collected, the one behind is not asked for")
    void cancelledWhileCollectingLaterBinding() {
        TestPublisher<ByteBuffer> second = TestPublisher.create();
        TestPublisher<ByteBuffer> third = TestPublisher.create();
        try (Dialogue dialogue =
                Dialogue.of(script -> script.expect("P D B E S").send(firstSelected("x")))) {
            PgxcStatement flight = dialogue.connection().createStatement("insert into t values ($1)");
            flight.bind(0, Blob.from(Flux.just(ByteBuffer.allocate(1)))).add();
            flight.bind(0, Blob.from(second)).add();
            flight.bind(0, Blob.from(third));
            TestSubscriber<PgxcResult> large = begin(flight.execute());
            second.assertSubscribers(1);
            large.cancel();
            second.assertCancelled();
            third.assertWasNotSubscribed();
            completed(begin(dialogue.select("select 'x'")));
            assertThat(dialogue.sql()).containsExactly("select 'x'");
        }
    }

    @Test
    @DisplayName("[X34] one large value that fails cancels the other, which is still being collected")
    void failureCancelsTheOther() {
        TestPublisher<CharSequence> text = TestPublisher.create();
        TestPublisher<ByteBuffer> bytes = TestPublisher.create();
        try (Dialogue dialogue = Dialogue.of(script -> {})) {
            TestSubscriber<Long> large = begin(inserted(dialogue, Blob.from(bytes), Clob.from(text)));
            IllegalStateException broken = new IllegalStateException("broken pipe");
            bytes.error(broken);
            assertThat(failed(large)).isSameAs(broken);
            text.assertCancelled();
            assertThat(dialogue.said()).isEmpty();
        }
    }

    @Test
    @DisplayName(
            "[X34] a value that cannot be encoded sends no byte of its exchange; the error names parameter, class and type")
    void unsendableValues() {
        try (Dialogue dialogue =
                Dialogue.of(script -> script.expect("P D B E S").send(firstSelected("x")))) {
            assertUnsendable(dialogue, Parameters.in(R2dbcType.SMALLINT, 70_000), "java.lang.Integer as int2");
            assertUnsendable(dialogue, "a\0b", "java.lang.String as text");
            assertUnsendable(dialogue, "half \uD800", "java.lang.String as text");
            completed(begin(dialogue.select("select 'x'")));
            assertThat(dialogue.sql()).containsExactly("select 'x'");
        }
    }

    private static void assertUnsendable(Dialogue dialogue, Object value, String description) {
        Throwable error = failed(begin(inserted(dialogue, 7, value)));
        assertThat(error)
                .isInstanceOf(R2dbcDataIntegrityViolationException.class)
                .hasMessageContaining("parameter $2 (" + description + ")");
        assertThat(((R2dbcException) error).getSqlState()).isEqualTo("22000");
        assertThat(((R2dbcException) error).getSql()).isEqualTo(INSERT);
    }

    @Test
    @DisplayName("[X34] an exchange that cannot be encoded is out of line: what waits behind it goes on")
    void goesOnBehind() {
        CountDownLatch subscribed = new CountDownLatch(1);
        try (Dialogue dialogue = Dialogue.with(
                options -> options.pipelineLimit(1),
                script -> script.expect("P D B E S")
                        .pause(subscribed)
                        .send(firstSelected("head"))
                        .expect("P D B E S")
                        .send(firstSelected("x")))) {
            TestSubscriber<String> head = begin(dialogue.select("select 'head'"));
            TestSubscriber<Long> unsendable = begin(inserted(dialogue, 7, "a\0b"));
            TestSubscriber<String> behind = begin(dialogue.select("select 'x'"));
            dialogue.settle();
            assertThat(unsendable.isTerminated()).isFalse();
            subscribed.countDown();
            completed(head);
            failed(unsendable);
            assertThat(completed(behind)).containsExactly("x");
        }
    }

    @Test
    @DisplayName("[X34] each execution sends the values anew; a bound ByteBuffer keeps its position")
    void executedTwice() {
        try (Dialogue dialogue = Dialogue.of(script -> script.expect("P D B E S")
                .send(prepared(new int[] {BYTEA, INT4}), done("INSERT 0 1"), ready())
                .expect("B E S")
                .send(done("INSERT 0 1"), ready()))) {
            ByteBuffer bytes = ByteBuffer.wrap(new byte[] {0, 1, 2, 3});
            bytes.position(1);
            Flux<Long> insert = inserted(dialogue, bytes, 7);
            completed(begin(insert));
            completed(begin(insert));
            assertThat(bytes.position()).isOne();
            assertThat(dialogue.said(Bind.class))
                    .extracting(bind -> bind.values().get(0))
                    .containsOnly(Octets.of((byte) 1, (byte) 2, (byte) 3));
        }
    }

    @Test
    @DisplayName("[X34, X27] a value of a class that nobody can send is refused when it is bound")
    void unknownClass() {
        try (Dialogue dialogue =
                Dialogue.of(script -> script.expect("P D B E S").send(firstDone("INSERT 0 1")))) {
            PgxcStatement statement = dialogue.connection().createStatement(INSERT);
            assertThatThrownBy(() -> statement.bind(0, new Object()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("java.lang.Object");
            dialogue.update("insert into t select 1").blockLast(SOON);
        }
    }

    @Test
    @DisplayName("[X34] binding anew after execute() leaves what was executed before with the values and types it had")
    void boundAnew() {
        try (Dialogue dialogue = Dialogue.of(script -> script.expect("P D B E S")
                .send(prepared(new int[] {INT4, TEXT}), done("INSERT 0 1"), ready())
                .expect("B E S")
                .send(done("INSERT 0 2"), ready())
                .expect("P D B E S")
                .send(prepared(new int[] {TEXT, TEXT}), done("INSERT 0 3"), ready()))) {
            PgxcStatement statement =
                    dialogue.connection().createStatement(INSERT).bind(0, 1).bind(1, "a");
            Flux<PgxcResult> first = statement.execute();
            Flux<PgxcResult> second = statement.bind(0, 2).execute();
            Flux<PgxcResult> third =
                    statement.bindNull(0, String.class).bind(1, "c").execute();
            assertThat(completed(begin(counts(first)))).containsExactly(1L);
            assertThat(completed(begin(counts(second)))).containsExactly(2L);
            assertThat(completed(begin(counts(third)))).containsExactly(3L);
            assertThat(dialogue.said(Bind.class).stream().map(Bind::texts))
                    .containsExactly(
                            Arrays.asList("\0\0\0\1", "a"), Arrays.asList("\0\0\0\2", "a"), Arrays.asList(null, "c"));
            assertThat(dialogue.said(Parse.class).get(1).parameterTypes().get(0))
                    .isNotEqualTo(INT4);
        }
    }
}
