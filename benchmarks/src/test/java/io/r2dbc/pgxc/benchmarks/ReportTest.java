// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.r2dbc.pgxc.benchmarks.load.Figures;
import io.r2dbc.pgxc.benchmarks.load.Work;
import io.r2dbc.pgxc.benchmarks.peers.Peer;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A report says what was measured, and says so where nothing was. */
class ReportTest {

    private static final double UNSEEN = Double.NaN;
    private static final Setting SETTING =
            new Setting("2026-01-02", "2 processors (Some)", "Linux 6", "OpenJDK 17", "PostgreSQL 17.5", 15, 5, 3);

    @Test
    void summaryHasMediansOverTheRoundsAndTheBestRateInBold() {
        String row = row(
                "W1: ",
                did(Work.W1, Peer.PGXC, 1, 21_000, 30, 120.4),
                did(Work.W1, Peer.PGXC, 2, 19_000.6, 31, 119),
                did(Work.W1, Peer.PGXC, 3, 12_000, 99, 5_000),
                did(Work.W1, Peer.R2, 1, 98.76, 0.01234, 1_234_567),
                did(Work.W1, Peer.R2, 2, 99.16, 0.04234, 1_234_567),
                did(Work.W1, Peer.RAW, 1, 50_000, 123.4, 0));

        assertThat(row).endsWith("| **19,001** / 31.0 / 120 | 99.0 / 0.0273 / 1,234,567 | 50,000 / 123 / 0 |");
    }

    @Test
    void summarySaysWhyThereIsNoFigure() {
        String row = row(
                "W4: ",
                did(Work.W4, Peer.PGXC, 1, 500, 2, 64),
                failed(Work.W4, Peer.R2, 1, "out of memory"),
                failed(Work.W4, Peer.R2B, 1, "Exception: List<Row> | a\n\u0007b"),
                did(Work.W4, Peer.VX, 1, 400, 2, 64),
                failed(Work.W4, Peer.VX, 2, "hung"),
                did(Work.W4, Peer.VX, 3, 300, 2, 64),
                did(Work.W1, Peer.JD, 1, 1, 1, 1));

        assertThat(row)
                .contains("| out of memory |")
                .contains("| Exception: List\\<Row\\> \\| a b |")
                .contains("| 350 / 2.00 / 64 (1 of 3 rounds: hung) |")
                .as("took no part")
                .endsWith("| - |");
    }

    @Test
    void slowConsumerIsJudgedByTheNextAnswer() {
        Outcome quick = new Outcome(Work.W10, Peer.PGXC, 1, waited(9_000, 2_000), null);
        Outcome slow = new Outcome(Work.W10, Peer.R2, 1, waited(10_000, 250_000), null);

        assertThat(row("W10: ", quick, slow)).contains("| **2.00 ms** / ").contains("| 250 ms / ");
        assertThat(section("## Ratios of rates", quick, slow)).contains("| 125.00 (125.00-125.00) |");
    }

    @Test
    void ratiosAreThoseOfTheSameRound() {
        Outcome[] outcomes = {
            did(Work.W1, Peer.PGXC, 1, 100, 10, 0),
            did(Work.W1, Peer.PGXC, 2, 300, 10, 0),
            did(Work.W1, Peer.PGXC, 3, 130, 10, 0),
            did(Work.W1, Peer.R2, 3, 100, 11, 0),
            did(Work.W1, Peer.R2, 2, 100, 30, 0),
            did(Work.W1, Peer.R2, 1, 80, 20, 0),
            did(Work.W1, Peer.VX, 2, 600, 5, 0),
            failed(Work.W1, Peer.VX, 1, "hung"),
            failed(Work.W1, Peer.JD, 1, "hung")
        };

        // medians of each would have made 130 / 100 of the first
        assertThat(section("## Ratios of rates", outcomes))
                .contains("| r2dbc-postgresql | vertx-pg-client | pgjdbc |\n")
                .contains("| 1.30 (1.25-3.00) | 0.50 (0.50-0.50) | - |\n");
        assertThat(section("## Ratios of client CPU", outcomes))
                .contains("| 2.00 (1.10-3.00) | 0.50 (0.50-0.50) | - |\n");
    }

    @Test
    void thereAreNoRatiosWithoutThisDriver() {
        assertThat(report(did(Work.W1, Peer.R2, 1, 1, 1, 1), did(Work.W1, Peer.VX, 1, 1, 1, 1))
                        .markdown())
                .doesNotContain("Ratios");
    }

    @Test
    void detailsLeaveOutWhatCannotBeSeen() {
        Outcome blind = new Outcome(
                Work.W2, Peer.PGXC, 1, new Figures(1_000, 2, UNSEEN, 3.4, 0, 16.25, UNSEEN, 40, 1_234.6), null);
        Outcome seeing =
                new Outcome(Work.W2, Peer.PGXC, 2, new Figures(1_000, 2, 7, 3.4, 0, 16.25, UNSEEN, 40, 1_234.6), null);

        assertThat(section("## W2: ", blind, seeing, failed(Work.W2, Peer.R2, 1, "hung")))
                .as("one round that cannot tell does not hide the other")
                .contains("| r2dbc-pgxc | 1,000 | 2.00 | 7.00 | 3 | 0 | 16.3 | - | 40.0 | 1,235 |\n")
                .contains("| r2dbc-postgresql | hung | - | - | - | - | - | - | - | - |\n");
    }

    @Test
    void headAndFootTellTheConditions() {
        String text = report(did(Work.W1, Peer.PGXC, 1, 1, 1, 1)).markdown();

        assertThat(text)
                .startsWith("# Comparison of 2026-01-02\n\n2 processors (Some), Linux 6; OpenJDK 17; PostgreSQL 17.5.")
                .contains("warms up for 15 s\nand is measured for 5 s", "medians of 3 rounds")
                .endsWith("## Drivers\n\n- **r2dbc-pgxc**: as it comes\n");
    }

    @Test
    void jsonHoldsEverythingAndNullForWhatIsNoNumber() throws Exception {
        Outcome strange = new Outcome(
                Work.W7S,
                Peer.JD,
                2,
                new Figures(1.5, Double.POSITIVE_INFINITY, UNSEEN, 3.25, 4, 5, UNSEEN, 7, 8),
                null);

        JsonNode root = new ObjectMapper()
                .readTree(report(strange, failed(Work.W4, Peer.R2, 1, "out of \"memory\""))
                        .json());

        assertThat(root.at("/setting/warmUpSeconds").asInt()).isEqualTo(15);
        assertThat(root.at("/setting/server").asText()).isEqualTo("PostgreSQL 17.5");
        JsonNode first = root.at("/outcomes/0");
        assertThat(first.get("work").asText()).isEqualTo("W7S");
        assertThat(first.get("peer").asText()).isEqualTo("JD");
        assertThat(first.get("round").asInt()).isEqualTo(2);
        assertThat(first.at("/figures/rate").asDouble()).isEqualTo(1.5);
        assertThat(first.at("/figures/bytes").asDouble()).isEqualTo(3.25);
        assertThat(first.at("/figures/cpuMicros").isNull()).isTrue();
        assertThat(first.at("/figures/serverCpuMicros").isNull()).isTrue();
        assertThat(first.get("failure").isNull()).isTrue();
        assertThat(root.at("/outcomes/1/figures").isNull()).isTrue();
        assertThat(root.at("/outcomes/1/failure").asText()).isEqualTo("out of \"memory\"");
    }

    private static Outcome did(Work work, Peer peer, int round, double rate, double cpu, double bytes) {
        return new Outcome(work, peer, round, new Figures(rate, cpu, 1, bytes, 1, 1, 1, 1, 1), null);
    }

    private static Outcome failed(Work work, Peer peer, int round, String reason) {
        return new Outcome(work, peer, round, null, reason);
    }

    private static Figures waited(double rate, double p50) {
        return new Figures(rate, 1, 1, 1, 1, 1, 1, p50, p50);
    }

    private static Report report(Outcome... outcomes) {
        return new Report(SETTING, List.of(outcomes));
    }

    /** The row of the summary that begins so. */
    private static String row(String start, Outcome... outcomes) {
        return Arrays.stream(section("## Summary", outcomes).split("\n"))
                .filter(line -> line.startsWith("| " + start))
                .findFirst()
                .orElseThrow();
    }

    /** From this heading to the next. */
    private static String section(String heading, Outcome... outcomes) {
        String text = report(outcomes).markdown();
        assertThat(text).contains("\n" + heading);
        int start = text.indexOf("\n" + heading) + 1;
        return text.substring(start, text.indexOf("\n## ", start) + 1);
    }
}
