// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import static io.r2dbc.pgxc.Answers.IDLE;
import static io.r2dbc.pgxc.Answers.firstSelected;
import static io.r2dbc.pgxc.Answers.stopped;
import static io.r2dbc.pgxc.Dialogue.SOON;
import static io.r2dbc.pgxc.Dialogue.begin;
import static io.r2dbc.pgxc.Dialogue.completed;
import static io.r2dbc.pgxc.Dialogue.started;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.r2dbc.pgxc.exchange.CopyOut;
import io.r2dbc.pgxc.exchange.Exchange;
import io.r2dbc.pgxc.testing.ScriptedServer;
import io.r2dbc.pgxc.testing.StandingAsserts;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.test.subscriber.TestSubscriber;

/** A COPY whose subscriber leaves early, on another thread or while the server has not even said what the columns are. */
@ExtendWith(StandingAsserts.class)
class CopyStopTest {

    @Test
    @DisplayName("[X14] a cancel between the look at demand and the submission reaches the COPY as any other does")
    void cancelledWhileStarting() {
        try (Dialogue dialogue = Dialogue.of(script -> script.clientMayLeave().hang())) {
            AtomicReference<Exchange> submitted = new AtomicReference<>();
            BaseSubscriber<Integer> leaving = new BaseSubscriber<>() {
                @Override
                protected void hookOnSubscribe(Subscription subscription) {
                    subscription.request(1);
                }
            };
            new DataFlux<Integer>(dialogue.connection().core(), "COPY t TO STDOUT") {
                @Override
                Exchange make() {
                    leaving.cancel();
                    dialogue.settle();
                    submitted.set(new CopyOut(sql(), false, this));
                    return submitted.get();
                }

                @Override
                public void onData(ByteBuf in, int offset, int length) {
                    emit(length);
                }
            }.subscribe(leaving);
            dialogue.settle();
            assertThat(submitted.get().isCancelled()).isTrue();
        }
    }

    @ParameterizedTest(name = "[X14] rows in: {0}")
    @ValueSource(booleans = {true, false})
    @DisplayName(
            "[X14, X21] cancelled while the question for the columns waits for a lock, that is stopped at the server")
    void cancelledWhileDescribed(boolean in) {
        CountDownLatch cancelled = new CountDownLatch(1);
        ScriptedServer server = ScriptedServer.start(started(script -> script.expect("P D S")
                        .pause(cancelled)
                        .send(stopped(IDLE))
                        .expect("P D B E S")
                        .send(firstSelected("x"))))
                .onCancel(cancelled::countDown);
        try (Dialogue dialogue = Dialogue.on(server, Dialogue::stopAtOnce)) {
            PgxcConnection connection = dialogue.connection();
            Publisher<?> copy = in
                    ? connection.copyInRows("t", List.of("a"), Flux.never())
                    : connection.copyOutRows("SELECT a FROM t", (row, metadata) -> 1);
            TestSubscriber<Object> subscriber = TestSubscriber.create();
            Flux.<Object>from(copy).subscribe(subscriber);
            dialogue.server().awaitMessages(4, SOON);
            subscriber.cancel();
            assertThat(completed(begin(dialogue.select("select 'x'")))).containsExactly("x");
        }
    }
}
