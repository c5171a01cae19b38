// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Stream;

/** Says what machine this is. */
final class Machine {

    private static final Path PROCESSORS = Path.of("/proc/cpuinfo");

    /** How many processors there are, and their model where Linux tells it. */
    static String processors() {
        String count =
                String.format(Locale.ROOT, "%d processors", Runtime.getRuntime().availableProcessors());
        try (Stream<String> lines = Files.lines(PROCESSORS)) {
            return lines.filter(line -> line.startsWith("model name"))
                    .findFirst()
                    .map(line -> count + " (" + line.substring(line.indexOf(':') + 2) + ")")
                    .orElse(count);
        } catch (IOException e) {
            return count;
        }
    }

    private Machine() {}
}
