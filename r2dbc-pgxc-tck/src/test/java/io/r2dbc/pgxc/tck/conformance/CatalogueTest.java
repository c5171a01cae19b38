// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.tck.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.r2dbc.pgxc.tck.conformance.Catalogue.Requirement;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The catalogue is whole, and tests name only what is in it. */
class CatalogueTest {

    private static final Pattern DISPLAY_NAME = Pattern.compile("@DisplayName\\((.*?)\\)\\s*\\n", Pattern.DOTALL);

    private final Catalogue catalogue = new Catalogue();

    @Test
    void holdsEveryRequirementOnce() {
        List<String> numbers = catalogue.chapters().values().stream()
                .flatMap(List::stream)
                .map(Requirement::number)
                .toList();

        assertThat(numbers).doesNotHaveDuplicates().hasSize(276 + 120 + 35);
        assertThat(numbers)
                .allSatisfy(number ->
                        assertThat(Catalogue.numbersIn("[" + number + "]")).containsExactly(number));
    }

    @Test
    void givesReasonsForRequirementsOnly() {
        assertThat(catalogue.reasons()).isNotEmpty();
        assertThat(catalogue.reasons().keySet()).allMatch(catalogue::knows);
    }

    @Test
    void readsNumbersFromDisplayNames() {
        assertThat(Catalogue.numbersIn("[S2.5.4, C3] a failing source [0] and [X14]"))
                .containsExactly("S2.5.4", "C3", "X14");
    }

    @Test
    void knowsEveryNumberThatATestNames() throws IOException {
        Set<String> unknown = new TreeSet<>();
        for (Path source : testSources()) {
            Matcher names = DISPLAY_NAME.matcher(Files.readString(source));
            while (names.find()) {
                Catalogue.numbersIn(names.group(1)).stream()
                        .filter(number -> !catalogue.knows(number))
                        .forEach(unknown::add);
            }
        }

        assertThat(unknown).isEmpty();
    }

    private static List<Path> testSources() throws IOException {
        Path module = Path.of("").toAbsolutePath();
        Path root = Files.isDirectory(module.resolve("r2dbc-pgxc")) ? module : module.getParent();
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(file -> file.toString().endsWith(".java"))
                    .filter(file -> root.relativize(file).toString().contains("src/test/"))
                    .toList();
        }
    }
}
