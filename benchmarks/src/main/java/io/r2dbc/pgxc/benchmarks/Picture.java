// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.benchmarks;

import io.r2dbc.pgxc.benchmarks.load.Figures;
import io.r2dbc.pgxc.benchmarks.load.Work;
import io.r2dbc.pgxc.benchmarks.peers.Peer;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Draws the rates of a comparison as bars, on a ground of its own, so that the page around may be light or dark. */
final class Picture {

    private static final List<Work> SHOWN =
            List.of(Work.W1, Work.W2, Work.W3, Work.W4, Work.W4B, Work.W5, Work.W6, Work.W9, Work.W9P, Work.W11);

    private static final int WIDTH = 860;
    private static final int MARGIN = 28;
    private static final int BARS = 200;
    private static final int LONGEST = 410;
    private static final int BAR = 15;
    private static final int ROW = 21;
    private static final int HEADING = 28;
    private static final int GAP = 16;
    private static final int TITLE = 44;
    private static final int LEGEND = 66;
    private static final int TOP = 84;

    /** From the top of a bar to the foot of the letters beside it. */
    private static final int BASELINE = 12;

    private static final int SPACE = 8;
    private static final String INK = "#1f2328";
    private static final String PALE_INK = "#59636e";
    private static final String OURS = "#0b57d0";
    private static final String OTHERS = "#a3acb5";

    private final Setting setting;
    private final Rounds rounds;

    Picture(Setting setting, List<Outcome> outcomes) {
        this.setting = setting;
        this.rounds = new Rounds(outcomes);
    }

    String svg() {
        StringBuilder groups = new StringBuilder();
        int y = TOP;
        for (Work work : SHOWN) {
            Set<Peer> peers = rounds.peers(work);
            peers.remove(Peer.RAW);
            if (!peers.isEmpty()) {
                groups.append(group(work, peers, y));
                y += HEADING + peers.size() * ROW + GAP;
            }
        }
        return """
            <svg xmlns="http://www.w3.org/2000/svg" width="%1$d" height="%2$d" viewBox="0 0 %1$d %2$d" role="img"
                 font-family="system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif">
            <title>%3$s</title>
            <rect x="0.5" y="0.5" width="%4$d" height="%5$d" rx="12" fill="#f6f8fa" stroke="#d0d7de"/>
            <text x="%6$d" y="%7$d" font-size="20" font-weight="600" fill="%8$s">%3$s</text>
            <text x="%6$d" y="%9$d" font-size="13" fill="%10$s">%11$s</text>
            %12$s</svg>
            """.formatted(
                        WIDTH,
                        y,
                        "r2dbc-pgxc and other PostgreSQL drivers: rates",
                        WIDTH - 1,
                        y - 1,
                        MARGIN,
                        TITLE,
                        INK,
                        LEGEND,
                        PALE_INK,
                        escaped("Per second, higher is better; median of %d rounds; %s"
                                .formatted(setting.rounds(), setting.date())),
                        groups);
    }

    private String group(Work work, Set<Peer> peers, int top) {
        double fastest =
                Spread.of(peers.stream().mapToDouble(peer -> rate(work, peer))).highest();
        StringBuilder text = new StringBuilder("<g>\n");
        text.append("<text x=\"%d\" y=\"%d\" font-size=\"14\" font-weight=\"600\" fill=\"%s\">%s</text>\n"
                .formatted(MARGIN, top + HEADING - SPACE, INK, escaped(work + ": " + work.title())));
        int y = top + HEADING;
        for (Peer peer : peers) {
            text.append(bar(work, peer, fastest, y));
            y += ROW;
        }
        return text.append("</g>\n").toString();
    }

    private double rate(Work work, Peer peer) {
        return rounds.spread(work, peer, Figures::rate).median();
    }

    private String bar(Work work, Peer peer, double fastest, int y) {
        double rate = rate(work, peer);
        double length = rate > 0 ? LONGEST * rate / fastest : 0;
        boolean ours = peer == Peer.PGXC;
        return String.format(
                Locale.ROOT,
                """
                <g font-size="13" font-weight="%s" fill="%s">
                <text x="%d" y="%d" text-anchor="end">%s</text>
                <rect x="%d" y="%d" width="%.1f" height="%d" rx="2" fill="%s"/>
                <text x="%.1f" y="%d">%s</text>
                </g>
                """,
                ours ? "600" : "400",
                ours ? INK : PALE_INK,
                BARS - SPACE,
                y + BASELINE,
                escaped(peer.title()),
                BARS,
                y,
                length,
                BAR,
                ours ? OURS : OTHERS,
                BARS + length + SPACE,
                y + BASELINE,
                escaped(label(work, peer, rate)));
    }

    private String label(Work work, Peer peer, double rate) {
        String failure = rounds.failure(work, peer);
        if (failure == null) {
            return Numbers.text(rate);
        }
        // beside a bar there is no room for reasons
        return Double.isFinite(rate) ? Numbers.text(rate) + " (failed in some rounds)" : failure;
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
