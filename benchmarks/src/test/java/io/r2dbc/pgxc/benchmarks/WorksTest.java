// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import io.r2dbc.pgxc.benchmarks.load.Expectations;
import io.r2dbc.pgxc.benchmarks.load.Figures;
import io.r2dbc.pgxc.benchmarks.load.Trial;
import io.r2dbc.pgxc.benchmarks.load.Work;
import io.r2dbc.pgxc.benchmarks.peers.Address;
import io.r2dbc.pgxc.benchmarks.peers.Peer;
import io.r2dbc.pgxc.tck.server.Cluster;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Whether each work can be done, and finds the values that it must find. How fast is no matter here. */
@DisplayName("The works of the comparison")
class WorksTest {

    private static final Duration SHORT = Duration.ofMillis(50);

    /** The processor time of a process is counted in ticks of 10 ms: this is many of them. */
    private static final Duration LONGER = Duration.ofSeconds(1);

    /** This driver does all works; those that tell the clients apart are enough for the others. */
    private static final Set<Work> TELLING = EnumSet.of(Work.W2, Work.W4B, Work.W6, Work.W6C, Work.W8, Work.W11);

    private static Cluster server = Comparison.server();
    private static Expectations expectations = new Expectations(0, 0);

    @BeforeAll
    static void create() throws Exception {
        expectations = new ServerData(server.endpoint().jdbcUrl()).create();
    }

    @AfterAll
    static void end() {
        server.close();
    }

    static List<Arguments> trials() {
        List<Arguments> trials = new ArrayList<>();
        for (Work work : Work.values()) {
            for (Peer peer : List.of(Peer.PGXC, Peer.R2B, Peer.VX, Peer.JD, Peer.RAW)) {
                if (peer == Peer.PGXC || (TELLING.contains(work) && (work != Work.W6C || work.suits(peer)))) {
                    trials.add(Arguments.of(work, peer));
                }
            }
        }
        return trials;
    }

    @ParameterizedTest(name = "{0} by {1}")
    @MethodSource("trials")
    @DisplayName("are done, every value checked")
    void areDone(Work work, Peer peer) throws Exception {
        assertMeasured(trial(work, peer).run());
    }

    @Test
    @DisplayName("are done in a process of their own, with the libraries that r2dbc-postgresql names")
    void forks() throws Exception {
        String libraries =
                Files.readString(Path.of("r2dbc-postgresql/target/class-path")).strip();
        assertThat(libraries).contains("netty-transport-4.1");
        Outcome outcome = new Fork(libraries, List.of("-Dsome=thing"), true).run(trial(Work.W1, Peer.R2, LONGER), 1);
        assertThat(outcome.failure()).isNull();
        assertThat(outcome.figures()).isNotNull().satisfies(WorksTest::assertMeasured);
        assertThat(outcome.figures().cpuMicros()).isPositive();
        // in this process threads of earlier trials end meanwhile, and take their accounts with them
        assertThat(outcome.figures().bytes()).isPositive();
    }

    @Test
    @DisplayName("that need more memory than there is are said to")
    void outOfMemory() throws Exception {
        Outcome outcome = new Fork("", List.of(), false).run(trial(Work.W10, Peer.JD), 1);
        assertThat(outcome.figures()).isNull();
        assertThat(outcome.failure()).isEqualTo("out of memory");
    }

    private static Trial trial(Work work, Peer peer) {
        return trial(work, peer, SHORT);
    }

    private static Trial trial(Work work, Peer peer, Duration period) {
        return new Trial(peer, work, address(work), server.pid(), expectations, Duration.ZERO, period);
    }

    private static Address address(Work work) {
        return Comparison.address(server.endpoint(), work);
    }

    private static void assertMeasured(Figures figures) {
        assertThat(figures.rate()).isPositive();
        // none is a figure too: a short trial may fit between two ticks of that clock
        assertThat(figures.cpuMicros()).isFinite().isNotNegative();
        assertThat(figures.p99Micros()).isGreaterThanOrEqualTo(figures.p50Micros());
    }
}
