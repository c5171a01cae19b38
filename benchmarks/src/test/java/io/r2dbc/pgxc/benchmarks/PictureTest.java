// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.r2dbc.pgxc.benchmarks.load.Figures;
import io.r2dbc.pgxc.benchmarks.load.Work;
import io.r2dbc.pgxc.benchmarks.peers.Peer;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

/** A picture shows each rate as long as it is beside the fastest of its group. */
class PictureTest {

    /** A bar's name, its length, its colour, and what stands behind it. */
    private record Bar(String name, double length, String colour, String label) {}

    @Test
    void barsAreAsLongAsTheMediansOfTheirRatesInTheirGroup() throws Exception {
        Element svg = parsed(
                did(Work.W1, Peer.PGXC, 1, 30_000),
                did(Work.W1, Peer.PGXC, 2, 40_000),
                did(Work.W1, Peer.PGXC, 3, 99_000),
                did(Work.W1, Peer.R2, 1, 10_000),
                did(Work.W1, Peer.RAW, 1, 90_000),
                did(Work.W6, Peer.PGXC, 1, 50),
                did(Work.W6, Peer.JDR, 1, 100));

        List<Bar> bars = bars(svg);

        assertThat(bars)
                .extracting(Bar::name)
                .containsExactly("r2dbc-pgxc", "r2dbc-postgresql", "r2dbc-pgxc", "pgjdbc, rewritten");
        assertThat(bars).extracting(Bar::label).containsExactly("40,000", "10,000", "50.0", "100");
        double longest = bars.get(0).length();
        assertThat(longest).isPositive();
        assertThat(bars.get(1).length()).isCloseTo(longest / 4, within(0.1));
        assertThat(bars.get(2).length()).isCloseTo(longest / 2, within(0.1));
        assertThat(bars.get(3).length()).isEqualTo(longest);
    }

    @Test
    void thisDriverStandsOutFromTheOthers() throws Exception {
        List<Bar> bars =
                bars(parsed(did(Work.W2, Peer.PGXC, 1, 1), did(Work.W2, Peer.R2, 1, 2), did(Work.W2, Peer.VX, 1, 3)));

        assertThat(bars.get(1).colour())
                .isEqualTo(bars.get(2).colour())
                .isNotEqualTo(bars.get(0).colour());
    }

    @Test
    void aFailureHasNoBarButWords() throws Exception {
        List<Bar> bars = bars(parsed(
                did(Work.W4, Peer.PGXC, 1, 1_000),
                failed(Work.W4, Peer.R2, "out of memory"),
                failed(Work.W4, Peer.JD, "<List & \"Row\">\u0000"),
                did(Work.W4, Peer.VX, 2, 500),
                failed(Work.W4, Peer.VX, "hung")));

        assertThat(bars)
                .extracting(Bar::label)
                .containsExactly("1,000", "out of memory", "500 (failed in some rounds)", "<List & \"Row\">");
        assertThat(bars.get(1).length()).isZero();
        assertThat(bars.get(2).length()).isPositive();
    }

    @Test
    void aGroupWithoutAnyRateHasNoLengths() throws Exception {
        assertThat(bars(parsed(failed(Work.W5, Peer.PGXC, "hung"), did(Work.W5, Peer.R2, 1, 0))))
                .extracting(Bar::length)
                .containsExactly(0.0, 0.0);
    }

    @Test
    void onlyChosenWorksAreShownAndTheGroundGrowsWithTheBars() throws Exception {
        Element one =
                parsed(did(Work.W1, Peer.PGXC, 1, 1), did(Work.W10, Peer.PGXC, 1, 1), did(Work.W8, Peer.R2, 1, 1));
        Element two = parsed(did(Work.W1, Peer.PGXC, 1, 1), did(Work.W1, Peer.R2, 1, 1));
        Element three = parsed(did(Work.W1, Peer.PGXC, 1, 1), did(Work.W1, Peer.R2, 1, 1), did(Work.W1, Peer.VX, 1, 1));

        assertThat(bars(one)).hasSize(1);
        assertThat(height(three) - height(two))
                .isEqualTo(height(two) - height(one))
                .isPositive();
        assertThat(number(child(three, "rect", 0), "height")).isCloseTo(height(three), within(1.0));
    }

    @Test
    void tellsHowToReadItAndWhatTheWorksAre() throws Exception {
        assertThat(parsed(did(Work.W9P, Peer.PGXC, 1, 1)).getTextContent())
                .contains("higher is better; median of 3 rounds; 2026-01-02 <date>")
                .contains("W9P: " + Work.W9P.title());
    }

    private static Outcome did(Work work, Peer peer, int round, double rate) {
        return new Outcome(work, peer, round, new Figures(rate, 1, 1, 1, 1, 1, 1, 1, 1), null);
    }

    private static Outcome failed(Work work, Peer peer, String reason) {
        return new Outcome(work, peer, 1, null, reason);
    }

    private static Element parsed(Outcome... outcomes) throws Exception {
        Setting setting = new Setting("2026-01-02 <date>", "2", "Linux", "17", "17", 1, 1, 3);
        String svg = new Picture(setting, List.of(outcomes)).svg();
        return DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new InputSource(new StringReader(svg)))
                .getDocumentElement();
    }

    /** The innermost groups: a name, a bar, and a label. */
    private static List<Bar> bars(Element svg) {
        List<Bar> bars = new ArrayList<>();
        NodeList rects = svg.getElementsByTagName("rect");
        // the first is the ground
        for (int i = 1; i < rects.getLength(); i++) {
            Element rect = (Element) rects.item(i);
            Element group = (Element) rect.getParentNode();
            bars.add(new Bar(
                    child(group, "text", 0).getTextContent(),
                    number(rect, "width"),
                    rect.getAttribute("fill"),
                    child(group, "text", 1).getTextContent().strip()));
        }
        return bars;
    }

    private static Element child(Element parent, String name, int index) {
        return (Element) parent.getElementsByTagName(name).item(index);
    }

    private static double height(Element svg) {
        return number(svg, "height");
    }

    private static double number(Element element, String attribute) {
        return Double.parseDouble(element.getAttribute(attribute));
    }
}
