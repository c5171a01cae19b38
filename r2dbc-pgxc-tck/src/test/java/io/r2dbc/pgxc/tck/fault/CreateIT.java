// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.tck.fault;

import static io.r2dbc.pgxc.tck.fault.Live.get;
import static io.r2dbc.pgxc.tck.fault.Live.one;
import static io.r2dbc.pgxc.tck.fault.Live.requireOpen;
import static org.assertj.core.api.Assertions.assertThat;

import io.r2dbc.pgxc.PgxcConnection;
import io.r2dbc.pgxc.PgxcConnectionFactory;
import io.r2dbc.pgxc.net.Session;
import io.r2dbc.pgxc.testing.StandingAsserts;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Hooks;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Operators;

/** Connections that nobody takes delivery of, and where those that are opened live. */
@ExtendWith(StandingAsserts.class)
class CreateIT {

    /** How soon the server must be rid of what nobody has taken. */
    private static final Duration BASELINE = Duration.ofSeconds(1);

    @RegisterExtension
    final Live live = new Live();

    @Test
    @DisplayName("[H1] create() cancelled at 1,000 random instants leaves no session behind")
    void cancelledCreates() {
        long seed = Long.getLong("pgxc.test.seed", ThreadLocalRandom.current().nextLong());
        SplittableRandom random = new SplittableRandom(seed);
        PgxcConnectionFactory factory = live.factory(options -> options);
        long usual = usualNanos(factory);
        AtomicInteger delivered = new AtomicInteger();
        AtomicInteger failed = new AtomicInteger();
        for (int round = 0; round < 1_000; round++) {
            Taker taker = new Taker(delivered, failed);
            factory.create().subscribe(taker);
            LockSupport.parkNanos(random.nextLong(usual + usual / 4));
            taker.dispose();
        }
        live.awaitSessions(0, BASELINE);
        System.out.printf(
                "[H1] seed %d, 1,000 cancels within %d us, %d came after delivery%n",
                seed, usual / 800, delivered.get());
        assertThat(failed).as("seed " + seed).hasValue(0);
        assertThat(delivered.get()).as("seed " + seed).isBetween(10, 990);
        requireOpen(live.look(factory));
    }

    /** Closes what it gets, also what it gets while it leaves. */
    private static final class Taker extends BaseSubscriber<PgxcConnection> {

        private final AtomicInteger delivered;
        private final AtomicInteger failed;

        Taker(AtomicInteger delivered, AtomicInteger failed) {
            this.delivered = delivered;
            this.failed = failed;
        }

        @Override
        protected void hookOnNext(PgxcConnection connection) {
            delivered.incrementAndGet();
            connection.close().subscribe();
        }

        @Override
        protected void hookOnError(Throwable error) {
            failed.incrementAndGet();
        }
    }

    /** How long a connection takes here and now, in the better half of cases. */
    private static long usualNanos(PgxcConnectionFactory factory) {
        long[] nanos = new long[31];
        for (int i = 0; i < nanos.length; i++) {
            long start = System.nanoTime();
            PgxcConnection connection = get(factory.create());
            nanos[i] = System.nanoTime() - start;
            Live.await(connection.close());
        }
        java.util.Arrays.sort(nanos);
        return nanos[nanos.length / 2];
    }

    @Test
    @DisplayName("[H1] a connection on its way to a subscriber who leaves at that moment is closed")
    void cancelledInDelivery() {
        Disposable.Swap subscription = Disposables.swap();
        AtomicInteger passed = new AtomicInteger();
        // between the operators of create() somebody cancels as soon as the session comes by
        Hooks.onEachOperator(
                "cancel in delivery",
                Operators.lift((scannable, actual) -> new Spy(actual, () -> {
                    passed.incrementAndGet();
                    subscription.dispose();
                })));
        try {
            Mono<PgxcConnection> creation = live.factory(options -> options).create();
            subscription.update(creation.subscribe());
            Live.until(Live.LIMIT, "a session came by", () -> passed.get() > 0);
        } finally {
            Hooks.resetOnEachOperator("cancel in delivery");
        }
        live.awaitSessions(0, BASELINE);
    }

    /** Calls when a session passes. */
    private static final class Spy implements CoreSubscriber<Object> {

        private final CoreSubscriber<? super Object> actual;
        private final Runnable onSession;

        Spy(CoreSubscriber<? super Object> actual, Runnable onSession) {
            this.actual = actual;
            this.onSession = onSession;
        }

        @Override
        public void onSubscribe(Subscription subscription) {
            actual.onSubscribe(subscription);
        }

        @Override
        public void onNext(Object element) {
            if (element instanceof Session) {
                onSession.run();
            }
            actual.onNext(element);
        }

        @Override
        public void onError(Throwable error) {
            actual.onError(error);
        }

        @Override
        public void onComplete() {
            actual.onComplete();
        }
    }

    @Test
    @DisplayName("[H8, X12] 16 connections opened from one event loop live on more than one")
    void connectionsSpread() {
        PgxcConnectionFactory factory = live.factory(options -> options);
        PgxcConnection first = live.look(factory);
        Set<String> loops = new HashSet<>();
        List<PgxcConnection> opened = get(one(first, "select 1", Integer.class)
                .flatMapMany(onLoop -> Flux.range(0, 16).concatMap(i -> factory.create()))
                .collectList());
        try {
            opened.forEach(connection -> loops.add(get(one(connection, "select 1", Integer.class)
                    .map(value -> Thread.currentThread().getName()))));
        } finally {
            Live.await(Flux.fromIterable(opened).flatMap(PgxcConnection::close).then());
        }
        System.out.printf("[H8] 16 connections on %s%n", loops);
        assertThat(loops)
                .hasSizeGreaterThanOrEqualTo(Math.min(2, Runtime.getRuntime().availableProcessors()));
    }
}
