// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.reactivestreams.Publisher;
import org.testng.annotations.AfterClass;

/** The TCK over {@link DemandFlux}, as one that counts. */
public final class DemandFluxVerification extends PublisherContract<Long> {

    private final ExecutorService loop = Executors.newSingleThreadExecutor();

    @Override
    public Publisher<Long> createPublisher(long elements) {
        return new Counter(loop, elements);
    }

    @Override
    public Publisher<Long> createFailedPublisher() {
        DemandFlux<Long> taken = new Counter(loop, 0);
        taken.subscribe();
        return taken;
    }

    @Override
    public long maxElementsFromPublisher() {
        return Long.MAX_VALUE - 1;
    }

    @AfterClass
    public void stop() {
        loop.shutdown();
    }

    /** Counts up to a limit as long as it is asked to, on a thread that stands for the event loop. */
    private static final class Counter extends DemandFlux<Long> {

        private final Executor loop;
        private final long limit;
        private PacedSubscription<Long> subscribed;
        private long next;

        Counter(Executor loop, long limit) {
            this.loop = loop;
            this.limit = limit;
        }

        @Override
        void attach(PacedSubscription<Long> subscription) {
            loop.execute(() -> {
                if (subscribed == null) {
                    subscribed = subscription;
                    go();
                } else {
                    subscription.fail(new IllegalStateException("This counts only once"));
                }
            });
        }

        @Override
        void onDemand() {
            loop.execute(this::go);
        }

        @Override
        void onCancel(PacedSubscription<Long> leaving) {}

        private void go() {
            PacedSubscription<Long> to = subscribed;
            if (to == null || to.refuseBadRequest()) {
                return;
            }
            while (next < limit && !to.isOver() && to.isPresent()) {
                to.next(next++);
            }
            if (next == limit) {
                to.complete();
            }
        }
    }
}
