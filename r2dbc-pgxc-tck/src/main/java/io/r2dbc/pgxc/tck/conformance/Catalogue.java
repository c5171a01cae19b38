// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.tck.conformance;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The numbered requirements, in their order, each with one line that says what it asks for. */
public final class Catalogue {

    /** One requirement. */
    public record Requirement(String number, String text) {}

    private static final String NUMBER = "(?:S\\d+(?:\\.\\w+)*|[A-I]\\d+|X\\d+)";
    private static final Pattern BRACKET = Pattern.compile("\\[(" + NUMBER + "(?:\\s*,\\s*" + NUMBER + ")*)\\]");
    private static final List<String> FILES = List.of("protocol", "faults", "semantics");

    private final Map<String, List<Requirement>> chapters = new LinkedHashMap<>();
    private final Map<String, String> reasons = new LinkedHashMap<>();

    /** Reads the catalogue that comes with this module. */
    public Catalogue() {
        for (String file : FILES) {
            chapters.put(file, read(file));
        }
        read("untested").forEach(untested -> reasons.put(untested.number(), untested.text()));
    }

    private static List<Requirement> read(String file) {
        try (InputStream in = Catalogue.class.getResourceAsStream(file + ".txt")) {
            if (in == null) {
                throw new IllegalStateException("The catalogue lacks its file " + file + ".txt");
            }
            List<Requirement> all = new ArrayList<>();
            new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("#") && !line.isBlank())
                    .forEach(line -> {
                        int space = line.indexOf(' ');
                        all.add(new Requirement(line.substring(0, space), line.substring(space + 1)));
                    });
            return all;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The requirements by chapter: protocol, faults, semantics. */
    public Map<String, List<Requirement>> chapters() {
        return chapters;
    }

    /** Why requirements have no test, by their numbers, where that is known. */
    public Map<String, String> reasons() {
        return reasons;
    }

    /** Whether there is a requirement of this number, or a section of them. */
    public boolean knows(String number) {
        return chapters.values().stream()
                .flatMap(List::stream)
                .map(Requirement::number)
                .anyMatch(known -> known.equals(number) || known.startsWith(number + "."));
    }

    /** The numbers in square brackets in a test's display name. */
    public static List<String> numbersIn(String displayName) {
        List<String> numbers = new ArrayList<>();
        Matcher matcher = BRACKET.matcher(displayName);
        while (matcher.find()) {
            numbers.addAll(List.of(matcher.group(1).split("\\s*,\\s*")));
        }
        return numbers;
    }
}
