// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.concurrent.DefaultEventExecutor;
import io.netty.util.concurrent.EventExecutor;
import io.r2dbc.pgxc.testing.StandingAsserts;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(StandingAsserts.class)
final class MailboxTest {

    private static final int WRITERS = 4;
    private static final int LETTERS = 20_000;

    private final EventExecutor loop = new DefaultEventExecutor();
    private final AtomicInteger turns = new AtomicInteger();
    private final AtomicInteger orphaned = new AtomicInteger();

    @AfterEach
    void endLoop() {
        loop.shutdownGracefully(0, 0, TimeUnit.SECONDS);
    }

    /** What a session does in a turn, as far as the mailbox is concerned. */
    private Mailbox mailbox(Runnable atTheEnd) {
        Mailbox[] self = new Mailbox[1];
        Runnable turn = () -> {
            turns.incrementAndGet();
            self[0].turnBegins();
            if (!self[0].enter()) {
                return;
            }
            try {
                do {
                    for (Object letter = self[0].take(); letter != null; letter = self[0].take()) {
                        ((Runnable) letter).run();
                    }
                    atTheEnd.run();
                } while (self[0].takeAgain());
            } finally {
                self[0].leave();
            }
        };
        self[0] = new Mailbox(loop, turn, () -> {
            orphaned.incrementAndGet();
            turn.run();
        });
        return self[0];
    }

    @Test
    @DisplayName("[X2, X21] what another thread puts in because of what the loop has put in comes behind that")
    void causesComeFirst() throws Exception {
        Mailbox mailbox = mailbox(() -> {});
        List<String> order = new ArrayList<>();
        CountDownLatch done = new CountDownLatch(1);
        mailbox.put(() -> {
            mailbox.put(() -> order.add("cause"));
            Thread other = new Thread(() -> mailbox.put(() -> {
                order.add("effect");
                done.countDown();
            }));
            other.start();
            join(other);
        });
        assertThat(done.await(5, TimeUnit.SECONDS)).isTrue();
        assertThat(order).containsExactly("cause", "effect");
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    @DisplayName("[C10] no wake-up is lost: every letter of many threads is taken, each thread's in its order")
    void noLetterIsLost() throws InterruptedException {
        long seed = System.nanoTime();
        CountDownLatch taken = new CountDownLatch(WRITERS * LETTERS);
        int[] last = new int[WRITERS];
        List<String> outOfOrder = new ArrayList<>();
        Mailbox mailbox = mailbox(() -> {});
        for (int w = 0; w < WRITERS; w++) {
            int writer = w;
            Random random = new Random(seed + w);
            start(() -> {
                for (int i = 1; i <= LETTERS; i++) {
                    int number = i;
                    mailbox.put(() -> {
                        if (number != ++last[writer]) {
                            outOfOrder.add(writer + ": " + number);
                        }
                        taken.countDown();
                    });
                    if (random.nextInt(50) == 0) {
                        LockSupport.parkNanos(1);
                    }
                }
            });
        }
        assertThat(taken.await(20, TimeUnit.SECONDS))
                .as("seed %d, %d letters left", seed, taken.getCount())
                .isTrue();
        assertThat(outOfOrder).as("seed %d", seed).isEmpty();
    }

    @Test
    @DisplayName("[C10] no wake-up is lost: after every wake a turn looks at what was there before it")
    void noWakeIsLost() throws InterruptedException {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        AtomicInteger written = new AtomicInteger();
        AtomicInteger seen = new AtomicInteger();
        Mailbox mailbox = mailbox(() -> seen.set(written.get()));
        for (int round = 1; round <= LETTERS; round++) {
            written.set(round);
            mailbox.wake();
            if (random.nextInt(20) == 0) {
                long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
                while (seen.get() < round) {
                    assertThat(System.nanoTime())
                            .as("seed %d, round %d", seed, round)
                            .isLessThan(deadline);
                    Thread.onSpinWait();
                }
            }
        }
    }

    @Test
    @DisplayName("a letter put in by the loop during its turn is taken in the same turn, without another one")
    void ownLettersNeedNoTurn() throws InterruptedException {
        CountDownLatch done = new CountDownLatch(1);
        Mailbox[] mailbox = new Mailbox[1];
        AtomicInteger depth = new AtomicInteger();
        mailbox[0] = mailbox(() -> {});
        Runnable[] letter = new Runnable[1];
        letter[0] = () -> {
            if (depth.incrementAndGet() == 100_000) {
                done.countDown();
            } else {
                mailbox[0].put(letter[0]);
            }
        };
        mailbox[0].put(letter[0]);
        assertThat(done.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(turns.get()).isLessThanOrEqualTo(2);
    }

    @Test
    @DisplayName("letters that come when the loop has been ended are taken nevertheless, one after the other")
    void loopEnded() throws InterruptedException {
        Mailbox mailbox = mailbox(() -> {});
        loop.shutdownGracefully(0, 0, TimeUnit.SECONDS);
        assertThat(loop.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
        for (int i = 1; i <= 3; i++) {
            CountDownLatch taken = new CountDownLatch(1);
            mailbox.put(taken::countDown);
            assertThat(taken.await(10, TimeUnit.SECONDS)).isTrue();
            assertThat(orphaned).hasPositiveValue();
        }
    }

    @Test
    @DisplayName("letters that come while a turn is already due do not ask for another")
    void oneTurnForMany() throws InterruptedException {
        CountDownLatch release = new CountDownLatch(1);
        CountDownLatch done = new CountDownLatch(1_000);
        Mailbox mailbox = mailbox(() -> {});
        loop.execute(() -> await(release));
        for (int i = 0; i < 1_000; i++) {
            mailbox.put(done::countDown);
        }
        release.countDown();
        assertThat(done.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(turns.get()).isOne();
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void start(Runnable task) {
        Thread thread = new Thread(task, "mailbox-writer");
        thread.setDaemon(true);
        thread.start();
    }
}
