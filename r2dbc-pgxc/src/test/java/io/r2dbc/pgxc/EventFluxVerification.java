// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;
import org.testng.annotations.AfterClass;

/** The TCK over {@link EventFlux}: to each subscriber so many events happen as it expects, whether it is ready or not. */
public final class EventFluxVerification extends PublisherContract<Long> {

    private final ExecutorService loop = Executors.newSingleThreadExecutor();

    @Override
    public Publisher<Long> createPublisher(long elements) {
        return new Happening(elements);
    }

    @Override
    public Publisher<Long> createFailedPublisher() {
        EventFlux<Long> lost = events();
        loop.execute(() -> lost.end(new IllegalStateException("the connection is lost")));
        return lost;
    }

    private EventFlux<Long> events() {
        return new EventFlux<>(loop, (int) MANY, (event, missed) -> event);
    }

    @AfterClass
    public void stop() {
        loop.shutdown();
    }

    /** Hands its subscribers on as they are, and makes things happen afterwards. */
    private final class Happening implements Publisher<Long> {

        private final long count;

        Happening(long count) {
            this.count = count;
        }

        @Override
        public void subscribe(Subscriber<? super Long> subscriber) {
            EventFlux<Long> events = events();
            events.subscribe(subscriber);
            loop.execute(() -> {
                for (long event = 0; event < count; event++) {
                    events.emit(event);
                }
                events.end(null);
            });
        }
    }
}
