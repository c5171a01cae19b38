// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

final class ExchangeQueueTest {

    private final ExchangeQueue queue = new ExchangeQueue(4);

    @Test
    @DisplayName("[X2, S2.0.3] exchanges are written and answered in the order of their submission")
    void firstInFirstOut() {
        PlainExchange a = added("a");
        PlainExchange b = added("b");
        assertThat(queue.nextToWrite()).isSameAs(a);
        write(a);
        assertThat(queue.nextToWrite()).isSameAs(b);
        write(b);
        assertThat(queue.nextToWrite()).isNull();
        assertThat(queue.head()).isSameAs(a);
        assertThat(queue.firstBehind(a)).isSameAs(b);
        answer(a);
        assertThat(queue.head()).isSameAs(b);
        assertThat(queue.isIdle()).isFalse();
        answer(b);
        assertThat(queue.isIdle()).isTrue();
    }

    @Test
    @DisplayName("[X2] no more than the pipeline limit is written at a time, the rest waits")
    void pipelineLimit() {
        List<PlainExchange> all = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            all.add(added("e" + i));
        }
        all.subList(0, 4).forEach(this::write);
        assertThat(queue.nextToWrite()).isNull();
        answer(all.get(0));
        assertThat(queue.nextToWrite()).isSameAs(all.get(4));
    }

    @Test
    @DisplayName(
            "[X2, X14] a fence holds back what is behind it until it is answered; a written exchange that is cancelled is one")
    void fences() {
        PlainExchange fence = added("fence");
        PlainExchange next = added("next");
        fence.fences = true;
        write(fence);
        assertThat(queue.nextToWrite()).isNull();
        answer(fence);
        assertThat(queue.nextToWrite()).isSameAs(next);
        write(next);
        PlainExchange last = added("last");
        queue.cancel(next);
        assertThat(queue.nextToWrite()).isNull();
        answer(next);
        assertThat(queue.nextToWrite()).isSameAs(last);
    }

    @Test
    @DisplayName(
            "[C2, X14] a waiting exchange that is cancelled is stepped over, wherever it stands, and holds up nobody")
    void cancelledWhileWaiting() {
        PlainExchange first = added("first");
        PlainExchange second = added("second");
        PlainExchange third = added("third");
        queue.cancel(first);
        queue.cancel(first);
        queue.cancel(second);
        assertThat(queue.firstWaiting()).isSameAs(third);
        assertThat(queue.nextToWrite()).isSameAs(third);
        write(third);
        assertThat(queue.someoneWaitsBehindHead()).isFalse();
        answer(third);
        assertThat(queue.isIdle()).isTrue();
    }

    @Test
    @DisplayName("[X14] cancelling an exchange that is over, or was never taken in, changes nothing")
    void cancelledTooLate() {
        PlainExchange sentNothing = added("sent nothing");
        assertThat(queue.nextToWrite()).isSameAs(sentNothing);
        queue.taken(sentNothing);
        queue.cancel(sentNothing);
        queue.cancel(new PlainExchange("refused at the door"));
        PlainExchange answered = added("answered");
        write(answered);
        answer(answered);
        queue.cancel(answered);
        assertThat(queue.isIdle()).isTrue();
        PlainExchange waiting = added("waiting");
        assertThat(queue.isIdle()).isFalse();
        assertThat(queue.someoneWaitsBehindHead()).isTrue();
        assertThat(queue.nextToWrite()).isSameAs(waiting);
    }

    @Test
    @DisplayName("[X9] an exchange to be repeated goes ahead of everything that waits")
    void repeats() {
        PlainExchange stale = added("stale");
        stale.fences = true;
        write(stale);
        PlainExchange waiting = added("waiting");
        queue.repeat(stale);
        assertThat(stale.isWritten()).isFalse();
        assertThat(queue.nextToWrite()).isSameAs(stale);
        write(stale);
        answer(stale);
        assertThat(queue.nextToWrite()).isSameAs(waiting);
    }

    @Test
    @DisplayName("[X6] while an exchange is only partly written nobody else has the pen")
    void partlyWritten() {
        PlainExchange large = added("large");
        PlainExchange next = added("next");
        queue.written(large, false);
        assertThat(queue.nextToWrite()).isSameAs(large);
        assertThat(queue.isBeingWritten(large)).isTrue();
        assertThat(queue.isLastWritten(large)).isTrue();
        queue.written(large, true);
        assertThat(queue.isBeingWritten(large)).isFalse();
        assertThat(queue.nextToWrite()).isSameAs(next);
        write(next);
        assertThat(queue.isLastWritten(large)).isFalse();
    }

    @Test
    @DisplayName("[S8.17] when the session ends everybody is named once, written or waiting, and the queue is empty")
    void clears() {
        PlainExchange written = added("written");
        write(written);
        PlainExchange waiting = added("waiting");
        assertThat(queue.clear()).containsExactly(written, waiting);
        assertThat(queue.clear()).isEmpty();
        assertThat(queue.isIdle()).isTrue();
        assertThat(queue.head()).isNull();
    }

    @Test
    @DisplayName(
            "[X16] on close those who wait are taken out of line, without the cancelled ones; what is written goes on")
    void takesWaiting() {
        PlainExchange written = added("written");
        write(written);
        PlainExchange cancelled = added("cancelled");
        PlainExchange waiting = added("waiting");
        queue.cancel(cancelled);
        assertThat(queue.takeWaiting()).containsExactly(waiting);
        assertThat(queue.takeWaiting()).isEmpty();
        assertThat(queue.head()).isSameAs(written);
        answer(written);
        assertThat(queue.isIdle()).isTrue();
    }

    @Test
    @DisplayName("[C10, C2] random submissions, writes, answers and cancels: order is kept and nobody is lost")
    void randomOrder() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        Deque<PlainExchange> waiting = new ArrayDeque<>();
        Deque<PlainExchange> written = new ArrayDeque<>();
        for (int i = 0; i < 20_000; i++) {
            switch (random.nextInt(5)) {
                case 0, 1 -> waiting.add(added("e" + i));
                case 2 -> {
                    PlainExchange next = (PlainExchange) queue.nextToWrite();
                    waiting.removeIf(PlainExchange::isCancelled);
                    boolean open = written.size() < 4 && written.stream().noneMatch(PlainExchange::holdsBack);
                    assertThat(next).as("seed %d, step %d", seed, i).isSameAs(open ? waiting.peek() : null);
                    if (next != null) {
                        write(next);
                        written.add(waiting.remove());
                    }
                }
                case 3 -> {
                    if (!written.isEmpty()) {
                        answer(written.remove());
                    }
                }
                default -> cancelOne(random, random.nextBoolean() ? waiting : written);
            }
            boolean idle = written.isEmpty() && waiting.stream().allMatch(PlainExchange::isCancelled);
            assertThat(queue.isIdle()).as("seed %d, step %d", seed, i).isEqualTo(idle);
            assertThat(queue.head()).as("seed %d, step %d", seed, i).isSameAs(written.peek());
        }
    }

    private void cancelOne(Random random, Deque<PlainExchange> some) {
        if (!some.isEmpty() && random.nextInt(4) == 0) {
            queue.cancel(new ArrayList<>(some).get(random.nextInt(some.size())));
        }
    }

    private PlainExchange added(String name) {
        PlainExchange exchange = new PlainExchange(name);
        queue.add(exchange);
        return exchange;
    }

    private void write(PlainExchange exchange) {
        queue.written(exchange, true);
    }

    private void answer(PlainExchange exchange) {
        queue.pop();
        exchange.answered();
    }
}
