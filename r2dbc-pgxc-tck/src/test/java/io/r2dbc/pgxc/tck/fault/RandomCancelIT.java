// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.tck.fault;

import static io.r2dbc.pgxc.tck.fault.Live.all;
import static io.r2dbc.pgxc.tck.fault.Live.get;
import static org.assertj.core.api.Assertions.assertThat;

import io.r2dbc.pgxc.PgxcConnection;
import io.r2dbc.pgxc.testing.StandingAsserts;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import reactor.core.publisher.BaseSubscriber;

/** The flagship: whatever the instant of a cancel, the connection goes on and answers are never somebody else's. */
class RandomCancelIT {

    private static final int ROUNDS = 10_000;
    private static final int ROWS = 3_000;
    private static final int WINDOW = 100;
    private static final long LONGEST = 2_000_000;

    /** Ten thousand rounds, on whatever machine. */
    @RegisterExtension
    static final StandingAsserts ASSERTS = StandingAsserts.within(Duration.ofMinutes(2));

    @RegisterExtension
    final Live live = new Live();

    private enum Phase {
        UNSENT,
        WRITTEN,
        ROWS,
        COMPLETE
    }

    @Test
    @DisplayName("[C3, X14] 10,000 cancels at random instants on one connection: always right, never stuck")
    void cancelsAtRandomInstants() {
        long seed = Long.getLong("pgxc.test.seed", ThreadLocalRandom.current().nextLong());
        SplittableRandom random = new SplittableRandom(seed);
        PgxcConnection connection = live.open(options -> options.codecRegistrar(Witness::register));
        List<Victim> victims = new ArrayList<>(ROUNDS);
        long longest = LONGEST;
        for (int round = 0; round < ROUNDS; round++) {
            Victim victim = new Victim();
            connection
                    .createStatement("select g, 'row ' || g from generate_series(1, $1) g")
                    .bind(0, victim.witness)
                    .execute()
                    .flatMap(result -> result.map(row -> row.get(0, Integer.class)))
                    .subscribe(victim);
            pause(random.nextLong(longest));
            victim.dispose();
            victims.add(victim);
            if (round % 10 == 9) {
                String where = "round " + round + ", seed " + seed;
                assertThat(get(Live.one(connection, "SELECT 42", Integer.class)))
                        .as(where)
                        .isEqualTo(42);
                assertThat(get(all(connection.createStatement("select $1 + 1").bind(0, round), Integer.class)
                                .single()))
                        .as(where)
                        .isEqualTo(round + 1);
            }
            if (round % WINDOW == WINDOW - 1) {
                longest = tuned(longest, victims.subList(round + 1 - WINDOW, round + 1));
            }
        }
        Map<Phase, Integer> hits = hits(victims);
        System.out.printf(
                "[C3] seed %d, cancels by phase: %s, last range of delays 0 to %d us%n", seed, hits, longest / 1000);
        assertThat(victims).as("seed " + seed).noneMatch(victim -> victim.isWrong);
        assertThat(hits.values()).as("seed " + seed + ": " + hits).allMatch(hit -> hit >= ROUNDS / 20);
        assertThat(hits).hasSize(Phase.values().length);
    }

    /** How fast this machine is decides how long a query takes; about a quarter is to be over when the cancel comes. */
    private static long tuned(long longest, List<Victim> lately) {
        int complete = hits(lately).getOrDefault(Phase.COMPLETE, 0);
        if (complete < WINDOW / 5) {
            return longest + longest / 8;
        }
        return complete > WINDOW / 3 ? longest - longest / 8 : longest;
    }

    private static Map<Phase, Integer> hits(List<Victim> victims) {
        Map<Phase, Integer> hits = new EnumMap<>(Phase.class);
        victims.forEach(victim -> hits.merge(victim.phase(), 1, Integer::sum));
        return hits;
    }

    private static void pause(long nanos) {
        long end = System.nanoTime() + nanos;
        while (System.nanoTime() < end) {
            if (end - System.nanoTime() > 200_000) {
                LockSupport.parkNanos(50_000);
            } else {
                Thread.onSpinWait();
            }
        }
    }

    /** Counts what it sees and notices what it must not see. */
    private static final class Victim extends BaseSubscriber<Integer> {

        private final Witness witness = new Witness(ROWS);
        private volatile int rows;
        private volatile boolean complete;
        private volatile boolean isWrong;

        @Override
        protected void hookOnNext(Integer value) {
            int expected = rows + 1;
            isWrong |= value != expected;
            rows = expected;
        }

        @Override
        protected void hookOnComplete() {
            isWrong |= rows != ROWS;
            complete = true;
        }

        @Override
        protected void hookOnError(Throwable error) {
            isWrong = true;
        }

        Phase phase() {
            if (complete) {
                return Phase.COMPLETE;
            }
            if (rows > 0) {
                return Phase.ROWS;
            }
            return witness.isWritten() ? Phase.WRITTEN : Phase.UNSENT;
        }
    }
}
