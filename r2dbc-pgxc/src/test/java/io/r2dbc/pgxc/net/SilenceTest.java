// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.net;

import static io.r2dbc.pgxc.net.Clients.SOON;
import static io.r2dbc.pgxc.testing.ServerMessages.INT4;
import static io.r2dbc.pgxc.testing.ServerMessages.bindComplete;
import static io.r2dbc.pgxc.testing.ServerMessages.column;
import static io.r2dbc.pgxc.testing.ServerMessages.complete;
import static io.r2dbc.pgxc.testing.ServerMessages.parameterTypes;
import static io.r2dbc.pgxc.testing.ServerMessages.parseComplete;
import static io.r2dbc.pgxc.testing.ServerMessages.ready;
import static io.r2dbc.pgxc.testing.ServerMessages.row;
import static io.r2dbc.pgxc.testing.ServerMessages.rowDescription;
import static org.assertj.core.api.Assertions.assertThat;

import io.r2dbc.pgxc.PgxcConfiguration;
import io.r2dbc.pgxc.PgxcConnection;
import io.r2dbc.pgxc.testing.Script;
import io.r2dbc.pgxc.testing.ScriptedServer;
import io.r2dbc.pgxc.testing.StandingAsserts;
import io.r2dbc.pgxc.wire.Octets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.netty.resources.LoopResources;

/** {@code responseTimeout}: silence ends a session if an answer is due and wanted, and only then. */
@ExtendWith(StandingAsserts.class)
final class SilenceTest {

    private static final Duration LIMIT = Duration.ofMillis(300);

    private static final Octets DESCRIBED =
            Octets.join(parseComplete(), parameterTypes(), rowDescription(column("x", INT4)), bindComplete());

    private static PgxcConnection connect(ScriptedServer server, Duration limit) {
        return Clients.connect(Clients.of(server).responseTimeout(limit));
    }

    @Test
    @DisplayName("[X15, A15, S8.35] rows and a count, but never ReadyForQuery: lost within the limit, for all who wait")
    void neverReady() {
        try (ScriptedServer server = ScriptedServer.start(script -> script.startup()
                .expect("P D B E S")
                .send(DESCRIBED, row("1"), complete("SELECT 1"))
                .expectEnd())) {
            PgxcConnection connection = connect(server, LIMIT);
            long begun = System.nanoTime();
            Heard rows =
                    Heard.of(Heard.rows(connection.createStatement("SELECT x").execute()));
            Outcomes.assertLost("silence", rows.failure(), "08006");
            Duration taken = Duration.ofNanos(System.nanoTime() - begun);
            assertThat(taken).isBetween(LIMIT, Duration.ofSeconds(5));
            assertThat(rows.signals()).hasSize(2).startsWith("1");
            assertThat(rows.failure()).hasMessageContaining("responseTimeout");
            Outcomes.assertClosed("silence", connection);
        }
    }

    @Test
    @DisplayName(
            "[A15, B14, X16] without the limit a statement that is never answered can be cancelled, and close() is done at once")
    void cancelAndCloseWork() {
        try (ScriptedServer server = ScriptedServer.start(script -> script.startup()
                .expect("P D B E S")
                .send(DESCRIBED, row("1"), complete("SELECT 1"))
                .expectEnd())) {
            PgxcConnection connection = Clients.connect(server);
            Heard cancelled =
                    Heard.of(Heard.rows(connection.createStatement("SELECT x").execute()));
            Heard behind =
                    Heard.of(Heard.rows(connection.createStatement("SELECT y").execute()), 0);
            server.awaitMessages(6, SOON);
            cancelled.cancel();
            assertThat(Heard.of(connection.close()).all(Duration.ofSeconds(2))).containsExactly("complete");
            assertThat(cancelled.isOver()).isFalse();
            behind.cancel();
            Outcomes.assertClosed("closed", connection);
        }
    }

    @Test
    @DisplayName(
            "[X15] an idle connection, and one whose answer nobody wants yet, may be silent for longer than the limit")
    void silenceThatIsNone() {
        try (ScriptedServer server = ScriptedServer.start(script -> script.startup()
                .expect("P D B E S")
                .send(DESCRIBED, row("1"), row("2"), complete("SELECT 2"), ready()))) {
            PgxcConnection connection = connect(server, LIMIT);
            pass(LIMIT.multipliedBy(2));
            Heard rows =
                    Heard.of(Heard.rows(connection.createStatement("SELECT x").execute()), 1);
            pass(LIMIT.multipliedBy(3));
            assertThat(rows.signals()).containsExactly("1");
            rows.request(5);
            assertThat(rows.all()).containsExactly("1", "2", "complete");
            Clients.close(connection);
        }
    }

    /** It is time itself that is tested here: nothing could be waited for. */
    private static void pass(Duration time) {
        long end = System.nanoTime() + time.toNanos();
        for (long left = time.toNanos(); left > 0; left = end - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    @Test
    @DisplayName("[B12] a byte now and then is no silence, and slows nobody else on the same event loop")
    void slowLoris() {
        Octets answer = Octets.join(complete("SELECT 0"), ready());
        LoopResources oneLoop = LoopResources.create("one", 1, true);
        try (ScriptedServer slow = ScriptedServer.start(
                        script -> drip(script.startup().expect("P D B E S").send(DESCRIBED), answer));
                ScriptedServer quick = ScriptedServer.start()) {
            PgxcConnection dripping = Clients.connect(
                    Clients.of(slow).responseTimeout(LIMIT.multipliedBy(3)).loopResources(oneLoop));
            PgxcConnection other = Clients.connect(Clients.of(quick).loopResources(oneLoop));
            Heard rows =
                    Heard.of(Heard.rows(dripping.createStatement("SELECT x").execute()));
            int served = 0;
            while (!rows.isOver()) {
                long begun = System.nanoTime();
                assertThat(Heard.of(Heard.rows(other.createStatement("SELECT 1").execute()))
                                .all())
                        .containsExactly("1", "complete");
                assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(1));
                served++;
            }
            assertThat(rows.all()).containsExactly("complete");
            assertThat(served).isGreaterThan(5);
            Clients.close(dripping);
            Clients.close(other);
        } finally {
            oneLoop.dispose();
        }
    }

    /** All bytes, for longer than the limit of three. */
    private static void drip(Script script, Octets bytes) {
        for (int i = 0; i < bytes.size(); i++) {
            script.send(bytes.slice(i, i + 1)).then(() -> pass(Duration.ofMillis(70)));
        }
    }

    @Test
    @DisplayName(
            "[C13, X15] a function of the user's that blocks the event loop for longer than the limit makes the server no silent one")
    void blockedLoop() throws InterruptedException {
        CountDownLatch blocking = new CountDownLatch(1);
        CountDownLatch sent = new CountDownLatch(1);
        try (ScriptedServer server = ScriptedServer.start(script -> script.startup()
                .expect("P D B E S")
                .send(DESCRIBED, row("1"))
                .pause(blocking)
                .send(row("2"), complete("SELECT 2"), ready())
                .then(sent::countDown))) {
            PgxcConfiguration.Builder configuration = Clients.of(server).responseTimeout(LIMIT);
            PgxcConnection connection = Clients.connect(configuration);
            Heard rows = Heard.of(connection
                    .createStatement("SELECT x")
                    .execute()
                    .concatMap(result -> result.map((r, m) -> {
                        Integer value = r.get(0, Integer.class);
                        if (value == 1) {
                            blocking.countDown();
                            awaitUnchecked(sent);
                            pass(LIMIT.multipliedBy(2));
                        }
                        return value;
                    })));
            assertThat(rows.all()).containsExactly("1", "2", "complete");
            Clients.close(connection);
        }
    }

    private static void awaitUnchecked(CountDownLatch latch) {
        try {
            assertThat(latch.await(5, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
