// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.benchmarks;

import io.r2dbc.pgxc.benchmarks.load.Figures;
import io.r2dbc.pgxc.benchmarks.load.Work;
import io.r2dbc.pgxc.benchmarks.peers.Peer;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Sums up what the rounds of a work have brought for each driver. */
final class Rounds {

    private static final double MICROS = 1_000_000;

    /** More of a reason than this makes no table better. */
    private static final int LONGEST_REASON = 60;

    private final List<Outcome> outcomes;

    Rounds(List<Outcome> outcomes) {
        this.outcomes = List.copyOf(outcomes);
    }

    /** What makes a driver good at a work, the more the better: its rate, or how short the wait is. */
    static ToDoubleFunction<Figures> speed(Work work) {
        return waits(work) ? figures -> MICROS / figures.p50Micros() : Figures::rate;
    }

    /** Whether only the wait counts, because the work itself sets the rate. */
    static boolean waits(Work work) {
        return work == Work.W10;
    }

    Set<Work> works() {
        Set<Work> works = EnumSet.noneOf(Work.class);
        outcomes.forEach(outcome -> works.add(outcome.work()));
        return works;
    }

    /** The drivers that took part in anything, also without success. */
    Set<Peer> peers() {
        Set<Peer> peers = EnumSet.noneOf(Peer.class);
        outcomes.forEach(outcome -> peers.add(outcome.peer()));
        return peers;
    }

    /** The drivers that took part in this work, also without success. */
    Set<Peer> peers(Work work) {
        Set<Peer> peers = peers();
        peers.removeIf(peer -> of(work, peer).findAny().isEmpty());
        return peers;
    }

    /** What there is of this figure. */
    Spread spread(Work work, Peer peer, ToDoubleFunction<Figures> figure) {
        return Spread.of(measured(work, peer).values().stream().mapToDouble(figure));
    }

    /** One figure divided by the other in the same round: only neighbours in time had the same machine. */
    Spread ratio(Work work, Peer dividend, Peer divisor, ToDoubleFunction<Figures> figure) {
        Map<Integer, Figures> others = measured(work, divisor);
        DoubleStream.Builder ratios = DoubleStream.builder();
        measured(work, dividend).forEach((round, figures) -> {
            Figures other = others.get(round);
            if (other != null) {
                ratios.add(figure.applyAsDouble(figures) / figure.applyAsDouble(other));
            }
        });
        return Spread.of(ratios.build());
    }

    /** Whether any round brought figures. */
    boolean succeeded(Work work, Peer peer) {
        return !measured(work, peer).isEmpty();
    }

    /** Why the driver could not do the work, and in how many rounds if only in some; null if it could. */
    @Nullable
    String failure(Work work, Peer peer) {
        List<Outcome> failures =
                of(work, peer).filter(outcome -> outcome.figures() == null).toList();
        if (failures.isEmpty()) {
            return null;
        }
        String reason = words(failures.get(0).failure());
        return succeeded(work, peer)
                ? failures.size() + " of " + of(work, peer).count() + " rounds: " + reason
                : reason;
    }

    /** Processes print what they like: only what any page can show is kept. */
    private static String words(@Nullable String reason) {
        String words =
                reason == null ? "" : reason.replaceAll("\\P{Print}+", " ").strip();
        if (words.isEmpty()) {
            return "failed";
        }
        return words.length() > LONGEST_REASON ? words.substring(0, LONGEST_REASON) + "..." : words;
    }

    private Map<Integer, Figures> measured(Work work, Peer peer) {
        Map<Integer, Figures> measured = new TreeMap<>();
        of(work, peer).forEach(outcome -> {
            Figures figures = outcome.figures();
            if (figures != null) {
                measured.put(outcome.round(), figures);
            }
        });
        return measured;
    }

    private Stream<Outcome> of(Work work, Peer peer) {
        return outcomes.stream().filter(outcome -> outcome.work() == work && outcome.peer() == peer);
    }
}
