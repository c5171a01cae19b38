// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.benchmarks;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import io.r2dbc.pgxc.benchmarks.load.Figures;
import io.r2dbc.pgxc.benchmarks.load.Work;
import io.r2dbc.pgxc.benchmarks.peers.Peer;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.DoubleFunction;
import java.util.function.ToDoubleFunction;

/** Writes down what came of a comparison: in Markdown for people, in JSON for programs. */
final class Report {

    private static final double MICROS_PER_MILLI = 1_000;

    private static final List<Column> COLUMNS = List.of(
            new Column("rate", Figures::rate, Numbers::text),
            new Column("client CPU us", Figures::cpuMicros, Numbers::text),
            new Column("server CPU us", Figures::serverCpuMicros, Numbers::text),
            new Column("bytes", Figures::bytes, Numbers::whole),
            new Column("heap MiB", Figures::heapMiB, Numbers::text),
            new Column("direct MiB", Figures::directMiB, Numbers::text),
            new Column("resident MiB", Figures::residentMiB, Numbers::text),
            new Column("p50 us", Figures::p50Micros, Numbers::text),
            new Column("p99 us", Figures::p99Micros, Numbers::text));

    private final Setting setting;
    private final List<Outcome> outcomes;
    private final Rounds rounds;

    Report(Setting setting, List<Outcome> outcomes) {
        this.setting = setting;
        this.outcomes = List.copyOf(outcomes);
        this.rounds = new Rounds(outcomes);
    }

    /** One figure of the tables that tell all. */
    private record Column(String title, ToDoubleFunction<Figures> figure, DoubleFunction<String> form) {}

    /** All of the JSON. */
    private record Document(Setting setting, List<Outcome> outcomes) {}

    String markdown() {
        List<String> parts = new ArrayList<>();
        parts.add(head());
        parts.add(summary());
        if (rounds.peers().contains(Peer.PGXC) && rounds.peers().size() > 1) {
            parts.add(ratios());
        }
        for (Work work : rounds.works()) {
            parts.add(details(work));
        }
        parts.add(drivers());
        return String.join("\n", parts);
    }

    private String head() {
        return """
            # Comparison of %s

            %s, %s; %s; %s. Each driver and round has a JVM of its own, which warms up for %d s
            and is measured for %d s. Figures are medians of %d rounds.
            """.formatted(
                        setting.date(),
                        setting.processors(),
                        setting.system(),
                        setting.java(),
                        setting.server(),
                        setting.warmUpSeconds(),
                        setting.seconds(),
                        setting.rounds());
    }

    private String summary() {
        return """
            ## Summary

            Units per second / client CPU us per unit / bytes allocated per unit. W10 has milliseconds to the next
            answer in place of the rate. Bold is the best driver; `raw` is the limit, not a driver.

            %s\
            """.formatted(matrix(rounds.peers(), this::cell));
    }

    /** A table with a row for each work and a column for each of these drivers. */
    private String matrix(Set<Peer> peers, BiFunction<Work, Peer, String> cell) {
        List<String> heads = new ArrayList<>(List.of("work"));
        peers.forEach(peer -> heads.add(peer.title()));
        MarkdownTable table = new MarkdownTable(heads);
        for (Work work : rounds.works()) {
            List<String> cells = new ArrayList<>(List.of(name(work)));
            peers.forEach(peer -> cells.add(cell.apply(work, peer)));
            table.row(cells);
        }
        return table.text();
    }

    private static String name(Work work) {
        return work + ": " + work.title();
    }

    private String cell(Work work, Peer peer) {
        String speed = Rounds.waits(work)
                ? Numbers.text(median(work, peer, Figures::p50Micros) / MICROS_PER_MILLI) + " ms"
                : Numbers.text(median(work, peer, Figures::rate));
        String figures = "%s / %s / %s"
                .formatted(
                        best(work, peer) ? "**" + speed + "**" : speed,
                        Numbers.text(median(work, peer, Figures::cpuMicros)),
                        Numbers.whole(median(work, peer, Figures::bytes)));
        return orFailure(work, peer, figures);
    }

    private double median(Work work, Peer peer, ToDoubleFunction<Figures> figure) {
        return rounds.spread(work, peer, figure).median();
    }

    private boolean best(Work work, Peer peer) {
        Set<Peer> rivals = EnumSet.complementOf(EnumSet.of(Peer.RAW));
        double best = Spread.of(rivals.stream().mapToDouble(rival -> median(work, rival, Rounds.speed(work))))
                .highest();
        return peer != Peer.RAW && median(work, peer, Rounds.speed(work)) == best;
    }

    /** The figures, the reason why there are none, or both where rounds differ. */
    private String orFailure(Work work, Peer peer, String figures) {
        String failure = rounds.failure(work, peer);
        boolean succeeded = rounds.succeeded(work, peer);
        if (failure == null) {
            return succeeded ? figures : Numbers.NONE;
        }
        String reason = MarkdownTable.plain(failure);
        return succeeded ? figures + " (" + reason + ")" : reason;
    }

    private String ratios() {
        Set<Peer> others = rounds.peers();
        others.remove(Peer.PGXC);
        return """
            ## Ratios of rates

            r2dbc-pgxc's rate divided by the other's in the same round: median (lowest-highest). Above 1, r2dbc-pgxc
            is faster. For W10 it is the other's time to the next answer divided by r2dbc-pgxc's.

            %s
            ## Ratios of client CPU

            The other's client CPU per unit divided by r2dbc-pgxc's in the same round. Above 1, r2dbc-pgxc needs
            less.

            %s\
            """.formatted(
                matrix(others, (work, peer) -> Numbers.range(rounds.ratio(work, Peer.PGXC, peer, Rounds.speed(work)))),
                matrix(others, (work, peer) -> Numbers.range(rounds.ratio(work, peer, Peer.PGXC, Figures::cpuMicros))));
    }

    private String details(Work work) {
        List<String> heads = new ArrayList<>(List.of("driver"));
        COLUMNS.forEach(column -> heads.add(column.title()));
        MarkdownTable table = new MarkdownTable(heads);
        for (Peer peer : rounds.peers(work)) {
            List<String> cells = new ArrayList<>(List.of(peer.title()));
            COLUMNS.forEach(column -> cells.add(column.form().apply(median(work, peer, column.figure()))));
            cells.set(1, orFailure(work, peer, cells.get(1)));
            table.row(cells);
        }
        return "## %s\n\n%s".formatted(name(work), table.text());
    }

    private String drivers() {
        StringBuilder text = new StringBuilder("## Drivers\n\n");
        for (Peer peer : rounds.peers()) {
            text.append("- **")
                    .append(peer.title())
                    .append("**: ")
                    .append(peer.settings())
                    .append('\n');
        }
        return text.toString();
    }

    String json() throws JsonProcessingException {
        SimpleModule numbers = new SimpleModule().addSerializer(double.class, new FiniteNumbers());
        return new ObjectMapper()
                        .registerModule(numbers)
                        .writerWithDefaultPrettyPrinter()
                        .writeValueAsString(new Document(setting, outcomes))
                + "\n";
    }
}
