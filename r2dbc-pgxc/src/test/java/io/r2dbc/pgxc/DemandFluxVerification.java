// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.reactivestreams.Publisher;
import org.testng.annotations.AfterClass;

/** The TCK over {@link DemandFlux}, with a source that counts. */
public final class DemandFluxVerification extends PublisherContract<Long> {

    private final ExecutorService loop = Executors.newSingleThreadExecutor();

    @Override
    public Publisher<Long> createPublisher(long elements) {
        return new DemandFlux<>(new Counter(loop, elements));
    }

    @Override
    public Publisher<Long> createFailedPublisher() {
        DemandFlux<Long> taken = new DemandFlux<>(new Counter(loop, 0));
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
    private static final class Counter implements DemandFlux.Source<Long> {

        private final Executor loop;
        private final long limit;
        private DemandFlux<Long> flux;
        private long next;

        Counter(Executor loop, long limit) {
            this.loop = loop;
            this.limit = limit;
        }

        @Override
        public void attach(DemandFlux<Long> subscribed) {
            loop.execute(() -> {
                flux = subscribed;
                count();
            });
        }

        @Override
        public void onDemand() {
            loop.execute(this::count);
        }

        @Override
        public void onCancel(DemandFlux<Long> leaving) {
            loop.execute(() -> flux = null);
        }

        private void count() {
            DemandFlux<Long> to = flux;
            if (to == null || to.refuseBadRequest()) {
                return;
            }
            while (next < limit && !to.isOver() && to.hasDemand()) {
                to.next(next++);
            }
            if (next == limit) {
                to.complete();
            }
        }
    }
}
