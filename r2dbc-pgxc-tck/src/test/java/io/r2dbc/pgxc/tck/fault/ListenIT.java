// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.tck.fault;

import static io.r2dbc.pgxc.tck.fault.Live.LIMIT;
import static io.r2dbc.pgxc.tck.fault.Live.run;
import static io.r2dbc.pgxc.tck.fault.Live.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.r2dbc.pgxc.PgxcConnection;
import io.r2dbc.pgxc.PgxcNotification;
import io.r2dbc.pgxc.tck.server.Capability;
import io.r2dbc.pgxc.tck.server.TestServer;
import io.r2dbc.pgxc.testing.StandingAsserts;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.subscriber.TestSubscriber;

/** A LISTEN that survives its connection. */
@ExtendWith(StandingAsserts.class)
class ListenIT {

    private static final int KILLS = 50;
    private static final String LISTENS = "query like 'LISTEN%'";

    @RegisterExtension
    final Live live = new Live();

    @BeforeEach
    void needsListen() {
        assumeTrue(TestServer.shared().supports(Capability.LISTEN), "a standby has no channels");
    }

    private static long gaps(TestSubscriber<PgxcNotification> subscriber) {
        return subscriber.getReceivedOnNext().stream()
                .filter(PgxcNotification::afterReconnect)
                .count();
    }

    @Test
    @DisplayName(
            "[X23] its backend is terminated 50 times under a stream of NOTIFYs: every gap is told, the stream goes on")
    void survives() {
        PgxcConnection sender = live.open();
        Flux<PgxcNotification> orders = live.factory(options -> options).listen("Orders of \"today\"");
        TestSubscriber<PgxcNotification> first = TestSubscriber.create();
        TestSubscriber<PgxcNotification> second = TestSubscriber.create();
        orders.subscribe(first);
        orders.subscribe(second);
        AtomicInteger sent = new AtomicInteger();
        Disposable stream = Mono.defer(
                        () -> run(sender, "NOTIFY \"Orders of \"\"today\"\"\", '" + sent.incrementAndGet() + "'"))
                .repeat()
                .subscribe();
        try {
            for (int i = 0; i < KILLS; i++) {
                int before = first.getReceivedOnNext().size();
                until(
                        LIMIT,
                        "the stream goes on",
                        () -> first.getReceivedOnNext().size() > before + 3);
                assertThat(gaps(first)).isEqualTo(i);
                assertThat(live.sessions(LISTENS)).isOne();
                live.ask("select pg_terminate_backend(pid, 10000) from pg_stat_activity where application_name = '"
                        + live.name() + "' and " + LISTENS);
                int kills = i + 1;
                until(LIMIT, "the gap is told", () -> gaps(first) == kills && gaps(second) == kills);
            }
        } finally {
            stream.dispose();
        }
        first.cancel();
        second.cancel();
        requireOrder(first.getReceivedOnNext());
        requireOrder(second.getReceivedOnNext());
        until(LIMIT, "the connection goes with the last subscriber", () -> live.sessions(LISTENS) == 0);
    }

    /** Nothing comes twice, and nothing is missed but where it is said. */
    private static void requireOrder(List<PgxcNotification> heard) {
        int last = Integer.parseInt(heard.get(0).payload());
        for (PgxcNotification notification : heard.subList(1, heard.size())) {
            int next = Integer.parseInt(notification.payload());
            if (notification.afterReconnect()) {
                assertThat(next).isGreaterThan(last);
            } else {
                assertThat(next).isEqualTo(last + 1);
            }
            assertThat(notification.missed()).isZero();
            last = next;
        }
    }
}
