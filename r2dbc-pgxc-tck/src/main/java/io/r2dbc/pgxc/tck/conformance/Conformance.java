// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.tck.conformance;

import io.r2dbc.pgxc.tck.conformance.Catalogue.Requirement;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Writes CONFORMANCE.md: every numbered requirement, the tests that prove it, and whether they passed.
 *
 * <p>To be run in the project's root after {@code mvn verify}, from whose reports it takes what passed:
 * {@code java -cp r2dbc-pgxc-tck/target/classes io.r2dbc.pgxc.tck.conformance.Conformance}.
 */
public final class Conformance {

    private static final Map<String, String> TITLES =
            Map.of("protocol", "The protocol", "faults", "Faults", "semantics", "Decisions");
    private static final String HEAD = """
            # Conformance

            Generated from the reports of passed tests (see the class `Conformance`); do not edit. A test proves a requirement by its
            number in square brackets in its display name. "-" means that no passed test names it, and why.

            """;
    private static final int NAMED = 3;

    private Conformance() {}

    /** Takes the project's root, or the current folder. */
    public static void main(String[] arguments) throws IOException {
        Path root = Path.of(arguments.length == 0 ? "" : arguments[0]).toAbsolutePath();
        Files.writeString(
                root.resolve("r2dbc-pgxc-tck").resolve("CONFORMANCE.md"), page(new Catalogue(), new Reports(root)));
    }

    static String page(Catalogue catalogue, Reports reports) {
        StringBuilder page = new StringBuilder(HEAD);
        page.append(reports.passed())
                .append(" tests passed, ")
                .append(reports.skipped())
                .append(" skipped.\n");
        catalogue
                .chapters()
                .forEach((chapter, requirements) -> append(page, chapter, requirements, catalogue, reports));
        return page.toString();
    }

    private static void append(
            StringBuilder page, String chapter, List<Requirement> requirements, Catalogue catalogue, Reports reports) {
        long proven = requirements.stream()
                .filter(requirement -> !reports.of(requirement.number()).isEmpty())
                .count();
        page.append("\n## ").append(TITLES.get(chapter)).append("\n\n");
        page.append(proven).append(" of ").append(requirements.size()).append(" named by a passed test.\n\n");
        page.append("| number | requirement | state | tests |\n|---|---|---|---|\n");
        for (Requirement requirement : requirements) {
            List<String> tests = reports.of(requirement.number());
            page.append("| ").append(requirement.number()).append(" | ").append(requirement.text());
            page.append(" | ").append(tests.isEmpty() ? "-" : "passed");
            String reason = catalogue.reasons().getOrDefault(requirement.number(), "");
            page.append(" | ").append(tests.isEmpty() ? reason : named(tests)).append(" |\n");
        }
    }

    private static String named(List<String> tests) {
        String first = String.join("; ", tests.subList(0, Math.min(NAMED, tests.size())));
        return tests.size() > NAMED ? first + "; and " + (tests.size() - NAMED) + " more" : first;
    }
}
