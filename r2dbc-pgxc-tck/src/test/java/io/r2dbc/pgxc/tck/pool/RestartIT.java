// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.tck.pool;

import static io.r2dbc.pgxc.tck.Sandbox.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.r2dbc.pgxc.tck.server.Capability;
import io.r2dbc.pgxc.tck.server.Cluster;
import io.r2dbc.pgxc.tck.server.Shutdown;
import io.r2dbc.pgxc.tck.server.TestServer;
import io.r2dbc.pgxc.testing.StandingAsserts;
import io.r2dbc.pool.ConnectionPool;
import io.r2dbc.pool.ConnectionPoolConfiguration;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactories;
import io.r2dbc.spi.R2dbcException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** A pool under load whose server is restarted. */
class RestartIT {

    private static final int CLIENTS = 200;
    private static final int CONNECTIONS = 10;
    private static final Duration LIMIT = Duration.ofSeconds(20);

    /** How long after the server the service may be back. */
    private static final Duration BACK = Duration.ofSeconds(2);

    /** A request waits no longer than this for a connection; restarts are over by then. */
    private static final Duration ACQUIRE = Duration.ofSeconds(10);

    @RegisterExtension
    static final StandingAsserts ASSERTS = StandingAsserts.within(Duration.ofMinutes(1));

    private final AtomicBoolean stopping = new AtomicBoolean();
    private final AtomicInteger answered = new AtomicInteger();
    private final AtomicInteger refused = new AtomicInteger();
    private final AtomicInteger wrong = new AtomicInteger();

    @Test
    @DisplayName(
            "[H3] three restarts, fast and immediate, under 200 clients of a pool of 10: every request ends, service is back"
                    + " within two seconds, and all ten connections can be had again")
    void restarts() throws InterruptedException {
        assumeTrue(TestServer.shared().supports(Capability.CONTROL), "only a server of our own is restarted");
        try (Cluster cluster = Cluster.create()) {
            cluster.start();
            ConnectionPool pool = new ConnectionPool(ConnectionPoolConfiguration.builder(
                            ConnectionFactories.get(cluster.endpoint().r2dbcUrl()))
                    .maxSize(CONNECTIONS)
                    .maxAcquireTime(ACQUIRE)
                    .acquireRetry(0)
                    .build());
            CountDownLatch gone = new CountDownLatch(CLIENTS);
            for (int client = 0; client < CLIENTS; client++) {
                requests(pool).doFinally(end -> gone.countDown()).subscribe();
            }
            awaitAnswers(CLIENTS, LIMIT);
            for (Shutdown mode : List.of(Shutdown.FAST, Shutdown.IMMEDIATE, Shutdown.FAST)) {
                cluster.restart(mode);
                long restarted = System.nanoTime();
                awaitAnswers(CLIENTS, BACK);
                System.out.printf("[H3] %s: back after %d ms%n", mode, (System.nanoTime() - restarted) / 1_000_000);
            }
            stopping.set(true);
            assertThat(gone.await(LIMIT.toSeconds(), TimeUnit.SECONDS))
                    .as("clients that still wait: %d", gone.getCount())
                    .isTrue();
            assertThat(wrong).hasValue(0);
            assertThat(refused).hasPositiveValue();
            List<Connection> all = get(Flux.range(0, CONNECTIONS)
                    .flatMap(each -> pool.create(), CONNECTIONS)
                    .collectList());
            assertThat(all).hasSize(CONNECTIONS);
            for (Connection connection : all) {
                assertThat(get(answer(connection))).isEqualTo(42);
                Mono.from(connection.close()).block(LIMIT);
            }
            pool.disposeLater().block(LIMIT);
        }
    }

    /** One request after the other, each of which is answered, or refused by an exception of the driver or the pool. */
    private Mono<Void> requests(ConnectionPool pool) {
        return Mono.defer(() -> Mono.usingWhen(pool.create(), RestartIT::answer, Connection::close)
                        .doOnNext(value -> (value == 42 ? answered : wrong).incrementAndGet())
                        .onErrorResume(failure -> {
                            (failure instanceof R2dbcException ? refused : wrong).incrementAndGet();
                            return Mono.delay(Duration.ofMillis(20)).thenReturn(0);
                        }))
                .repeat(() -> !stopping.get())
                .then();
    }

    private static Mono<Integer> answer(Connection connection) {
        return Flux.from(connection.createStatement("SELECT 42").execute())
                .concatMap(result -> result.map((row, metadata) -> row.get(0, Integer.class)))
                .single();
    }

    /** Waits for so many answers more than there are. */
    private void awaitAnswers(int more, Duration limit) {
        int enough = answered.get() + more;
        long end = System.nanoTime() + limit.toNanos();
        while (answered.get() < enough) {
            assertThat(System.nanoTime())
                    .as("only %s answers of %d", answered, enough)
                    .isLessThan(end);
            LockSupport.parkNanos(1_000_000);
        }
    }
}
