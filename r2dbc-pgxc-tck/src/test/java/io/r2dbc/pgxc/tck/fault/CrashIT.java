// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.tck.fault;

import static io.r2dbc.pgxc.tck.fault.Live.LIMIT;
import static io.r2dbc.pgxc.tck.fault.Live.get;
import static io.r2dbc.pgxc.tck.fault.Live.one;
import static io.r2dbc.pgxc.tck.fault.Live.pid;
import static io.r2dbc.pgxc.tck.fault.Live.requireClosed;
import static io.r2dbc.pgxc.tck.fault.Live.requireOpen;
import static io.r2dbc.pgxc.tck.fault.Live.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.r2dbc.pgxc.PgxcConnection;
import io.r2dbc.pgxc.tck.server.Capability;
import io.r2dbc.pgxc.tck.server.Cluster;
import io.r2dbc.pgxc.tck.server.Endpoint;
import io.r2dbc.pgxc.tck.server.Shutdown;
import io.r2dbc.pgxc.tck.server.TestServer;
import io.r2dbc.pgxc.testing.StandingAsserts;
import io.r2dbc.spi.R2dbcException;
import io.r2dbc.spi.ValidationDepth;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import reactor.core.publisher.Mono;

/** A server that crashes, or is stopped in a hurry: it says so in a notice, and leaves without an error. */
@ExtendWith(StandingAsserts.class)
class CrashIT {

    private Cluster cluster;

    @RegisterExtension
    final Live live = new Live(this::endpoint);

    private Endpoint endpoint() {
        return cluster.endpoint();
    }

    @BeforeEach
    void start() {
        assumeTrue(TestServer.shared().supports(Capability.CONTROL), "only a server of our own may crash");
        cluster = Cluster.create();
        cluster.start();
    }

    @AfterEach
    void restart() {
        if (!cluster.isRunning()) {
            cluster.start();
        }
    }

    @Test
    @DisplayName("[B8] when another server process is killed, idle and busy connections are lost with 57P02")
    void otherBackendKilled() {
        PgxcConnection victim = live.open();
        PgxcConnection idle = live.open();
        PgxcConnection busy = live.open();
        Mono<Integer> sleeping = sleeping(busy);

        cluster.killBackend(pid(victim));

        live.forgetWitness();
        assertLost(idle, busy, sleeping, "57P02");
        assertThat(state(one(victim, "SELECT 42", Integer.class))).isIn("08006", "57P02");
        requireOpen(live.open());
    }

    @Test
    @DisplayName("[B8] when the server is stopped at once, idle and busy connections are lost with 57P01")
    void immediateShutdown() {
        PgxcConnection idle = live.open();
        PgxcConnection busy = live.open();
        Mono<Integer> sleeping = sleeping(busy);

        cluster.stop(Shutdown.IMMEDIATE);

        live.forgetWitness();
        assertLost(idle, busy, sleeping, "57P01");
        cluster.start();
        requireOpen(live.open());
    }

    @Test
    @DisplayName("[B8] when the server and all its processes are killed, connections are lost, without a word or with a"
            + " last one")
    void powerCut() {
        PgxcConnection idle = live.open();
        PgxcConnection busy = live.open();
        Mono<Integer> sleeping = sleeping(busy);

        cluster.kill();

        live.forgetWitness();
        // a process that outlives the server's first one by a moment still says so
        assertLost(idle, busy, sleeping, "08006", "57P01");
        cluster.start();
        requireOpen(live.open());
    }

    private Mono<Integer> sleeping(PgxcConnection busy) {
        int pid = pid(busy);
        Mono<Integer> sleeping =
                one(busy, "select 1 from pg_sleep(60)", Integer.class).cache();
        sleeping.subscribe(value -> {}, error -> {});
        until(LIMIT, "the statement runs", () -> live.sessions("pid = " + pid + " and wait_event = 'PgSleep'") == 1);
        return sleeping;
    }

    private static void assertLost(
            PgxcConnection idle, PgxcConnection busy, Mono<Integer> sleeping, String... sqlStates) {
        assertThat(state(sleeping)).isIn((Object[]) sqlStates);
        until(Duration.ofSeconds(2), "the idle one knows", () -> !get(idle.validate(ValidationDepth.LOCAL)));
        assertThat(state(one(idle, "SELECT 42", Integer.class))).isIn((Object[]) sqlStates);
        requireClosed(idle);
        requireClosed(busy);
    }

    private static String state(Mono<?> failing) {
        return String.valueOf(catchThrowableOfType(R2dbcException.class, () -> failing.block(LIMIT))
                .getSqlState());
    }
}
