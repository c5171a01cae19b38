// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import static io.r2dbc.pgxc.Dialogue.SOON;
import static org.assertj.core.api.Assertions.assertThat;

import io.r2dbc.pgxc.testing.DroppedSignals;
import io.r2dbc.pgxc.testing.StandingAsserts;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;
import reactor.test.subscriber.TestSubscriber;

@DisplayName("[X23] Events that subscribers share, each at its own pace")
@ExtendWith(StandingAsserts.class)
class SharedEventsTest {

    /** An event, and how many have been lost before it. */
    private record Event(long number, long missed) {

        Event after(Event lost) {
            return new Event(number, missed + 1 + lost.missed);
        }
    }

    private final ExecutorService loop = Executors.newSingleThreadExecutor();
    private final AtomicInteger runs = new AtomicInteger();
    private final Sinks.Many<Event> source = Sinks.many().multicast().directBestEffort();

    @AfterEach
    void endLoop() {
        loop.shutdownNow();
    }

    private Flux<Event> shared(int ring) {
        Flux<Event> counted = source.asFlux().doOnSubscribe(begun -> runs.incrementAndGet());
        return new SharedEvents<>(counted, () -> loop, ring, (lost, next) -> next.after(lost)).flux();
    }

    private void emit(long number) {
        source.emitNext(new Event(number, 0), Sinks.EmitFailureHandler.FAIL_FAST);
    }

    private void settle() throws InterruptedException {
        CountDownLatch settled = new CountDownLatch(1);
        loop.execute(settled::countDown);
        assertThat(settled.await(SOON.toSeconds(), TimeUnit.SECONDS)).isTrue();
    }

    @Test
    @DisplayName("one run serves all; the last to leave ends it, and the next to come begins another")
    void runs() throws InterruptedException {
        Flux<Event> shared = shared(8);
        TestSubscriber<Event> first = shared.subscribeWith(TestSubscriber.create());
        TestSubscriber<Event> second = shared.subscribeWith(TestSubscriber.create());
        assertThat(runs).hasValue(1);
        first.cancel();
        emit(1);
        settle();
        assertThat(second.getReceivedOnNext()).hasSize(1);
        assertThat(source.currentSubscriberCount()).isOne();
        second.cancel();
        assertThat(source.currentSubscriberCount()).isZero();
        shared.subscribeWith(TestSubscriber.create()).cancel();
        assertThat(runs).hasValue(2);
        assertThat(source.currentSubscriberCount()).isZero();
    }

    @Test
    @DisplayName("who leaves at once begins nothing")
    void leavesAtOnce() {
        shared(8).subscribe(new BaseSubscriber<>() {
            @Override
            protected void hookOnSubscribe(Subscription subscription) {
                subscription.cancel();
            }
        });
        assertThat(runs).hasValue(0);
    }

    @Test
    @DisplayName("[S8.38] a subscriber that throws is out, its error is not lost, and the others go on")
    void throwing(DroppedSignals dropped) throws InterruptedException {
        Flux<Event> shared = shared(8);
        shared.subscribe(new Thrower());
        TestSubscriber<Event> other = shared.subscribeWith(TestSubscriber.create());
        emit(1);
        emit(2);
        settle();
        settle();
        assertThat(other.getReceivedOnNext()).extracting(Event::number).containsExactly(1L, 2L);
        assertThat(dropped.errors()).singleElement().asString().contains("planted");
        other.cancel();
        assertThat(source.currentSubscriberCount()).isZero();
    }

    @Test
    @DisplayName("what a slow subscriber has lost is told by the very next event it gets, whatever thread asks")
    void losses() throws InterruptedException {
        int count = 50_000;
        AtomicLong expected = new AtomicLong();
        List<Event> wrong = new ArrayList<>();
        CountDownLatch last = new CountDownLatch(1);
        BaseSubscriber<Event> slow = new BaseSubscriber<>() {
            @Override
            protected void hookOnSubscribe(Subscription subscription) {}

            @Override
            protected void hookOnNext(Event event) {
                if (event.number() != expected.get() + event.missed()) {
                    wrong.add(event);
                }
                expected.set(event.number() + 1);
                if (event.number() == count - 1) {
                    last.countDown();
                }
            }
        };
        shared(1).subscribe(slow);
        Thread asking = new Thread(() -> {
            while (last.getCount() > 0) {
                slow.request(1);
                Thread.onSpinWait();
            }
        });
        asking.start();
        for (int i = 0; i < count; i++) {
            emit(i);
        }
        assertThat(last.await(SOON.toSeconds(), TimeUnit.SECONDS)).isTrue();
        asking.join();
        assertThat(wrong).isEmpty();
        slow.cancel();
    }

    @Test
    @DisplayName("an end is everybody's, and who comes then begins anew")
    void ends() {
        Flux<Event> shared = shared(8);
        TestSubscriber<Event> subscriber = shared.subscribeWith(TestSubscriber.create());
        source.emitError(new IllegalStateException("planted"), Sinks.EmitFailureHandler.FAIL_FAST);
        assertThat(Dialogue.failed(subscriber)).hasMessage("planted");
        shared.subscribe(TestSubscriber.create());
        assertThat(runs).hasValue(2);
    }

    private static final class Thrower implements CoreSubscriber<Event> {

        @Override
        public void onSubscribe(Subscription subscription) {
            subscription.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(Event event) {
            throw new IllegalStateException("planted");
        }

        @Override
        public void onError(Throwable error) {}

        @Override
        public void onComplete() {}
    }
}
