// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import io.r2dbc.pgxc.benchmarks.load.Work;
import io.r2dbc.pgxc.benchmarks.peers.Peer;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.ParseResult;

@DisplayName("The comparison's command line")
class ComparisonTest {

    private static ParseResult parsed(String... more) {
        CommandLine command = Comparison.command(new Comparison());
        String[] arguments = new String[more.length + 4];
        System.arraycopy(new String[] {"--libraries", "class-path", "--out", "target"}, 0, arguments, 0, 4);
        System.arraycopy(more, 0, arguments, 4, more.length);
        return command.parseArgs(arguments);
    }

    @Test
    @DisplayName("takes works and drivers in any case")
    void anyCase() {
        ParseResult parsed = parsed("--works", "w1,W4b", "--drivers", "pgxc,Raw");
        assertThat(parsed.<List<Work>>matchedOptionValue("--works", List.of())).containsExactly(Work.W1, Work.W4B);
        assertThat(parsed.<List<Peer>>matchedOptionValue("--drivers", List.of()))
                .containsExactly(Peer.PGXC, Peer.RAW);
    }

    @Test
    @DisplayName("puts the results where the user says, not where the build does")
    void out() {
        assertThat(parsed("--out", "elsewhere").<Path>matchedOptionValue("--out", Path.of("")))
                .isEqualTo(Path.of("elsewhere"));
    }
}
