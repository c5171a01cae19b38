// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

final class DemandTest {

    private final Demand demand = new Demand();

    @Test
    @DisplayName("what was added can be taken, and no more")
    void counts() {
        assertThat(demand.isPresent()).isFalse();
        demand.add(2);
        assertThat(demand.isPresent()).isTrue();
        assertThat(demand.exceeds(1)).isTrue();
        assertThat(demand.exceeds(2)).isFalse();
        demand.take();
        demand.take();
        assertThat(demand.isPresent()).isFalse();
    }

    @Test
    @DisplayName("adding tells whether the event loop has found nothing and waits")
    void tellsWhetherAwaited() {
        assertThat(demand.add(1)).isFalse();
        assertThat(demand.isPresent()).isTrue();
        assertThat(demand.add(1)).isFalse();
        demand.take();
        demand.take();
        assertThat(demand.isPresent()).isFalse();
        assertThat(demand.add(1)).isTrue();
    }

    @Test
    @DisplayName("demand that adds up to more than can be counted is without end")
    void unbounded() {
        demand.add(Long.MAX_VALUE - 1);
        demand.add(Long.MAX_VALUE - 1);
        for (int i = 0; i < 1_000; i++) {
            demand.take();
        }
        assertThat(demand.exceeds(Integer.MAX_VALUE)).isTrue();
        demand.add(1);
        assertThat(demand.isPresent()).isTrue();
    }

    @Test
    @DisplayName("[C10] between a thread that adds and a loop that parks no wake-up is lost")
    void noWakeUpIsLost() throws InterruptedException {
        int elements = 300_000;
        long seed = System.nanoTime();
        Random random = new Random(seed);
        Semaphore wake = new Semaphore(0);
        AtomicLong delivered = new AtomicLong();
        Thread loop = new Thread(() -> deliver(elements, wake, delivered, new Random(~seed)), "demand-loop");
        loop.setDaemon(true);
        loop.start();
        for (int added = 1; added <= elements; added++) {
            if (demand.add(1)) {
                wake.release();
            }
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
            while (delivered.get() < added) {
                assertThat(System.nanoTime())
                        .as("seed %d: demand %d was not seen", seed, added)
                        .isLessThan(deadline);
                Thread.onSpinWait();
            }
            spin(random.nextInt(40));
        }
        loop.join(TimeUnit.SECONDS.toMillis(20));
        assertThat(delivered).as("seed %d", seed).hasValue(elements);
    }

    private void deliver(int elements, Semaphore wake, AtomicLong delivered, Random random) {
        try {
            while (delivered.get() < elements) {
                if (demand.isPresent()) {
                    demand.take();
                    delivered.incrementAndGet();
                    spin(random.nextInt(40));
                } else if (!wake.tryAcquire(5, TimeUnit.SECONDS)) {
                    return;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** So that the two threads meet at every point of each other's way. */
    private static void spin(int times) {
        for (int left = times; left > 0; left--) {
            Thread.onSpinWait();
        }
    }
}
