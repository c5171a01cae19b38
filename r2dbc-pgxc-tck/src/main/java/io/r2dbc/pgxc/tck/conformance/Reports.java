// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.tck.conformance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/** The tests that passed, by the requirement numbers in their names, as Surefire and Failsafe have reported them. */
final class Reports {

    private final Map<String, TreeSet<String>> tests = new TreeMap<>();
    private int passed;
    private int skipped;

    /** Reads all reports below the project's root. */
    Reports(Path root) throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : files.filter(Reports::isReport).sorted().toList()) {
                read(file);
            }
        }
    }

    private static boolean isReport(Path file) {
        String name = file.getFileName().toString();
        Path folder = file.getParent();
        return name.startsWith("TEST-")
                && name.endsWith(".xml")
                && folder != null
                && folder.getFileName().toString().endsWith("-reports");
    }

    private void read(Path file) throws IOException {
        try {
            DocumentBuilder builder = DocumentBuilderFactory.newInstance().newDocumentBuilder();
            NodeList cases = builder.parse(file.toFile()).getElementsByTagName("testcase");
            for (int i = 0; i < cases.getLength(); i++) {
                take((Element) cases.item(i));
            }
        } catch (ParserConfigurationException | SAXException e) {
            throw new IOException("Cannot read the report " + file.getFileName(), e);
        }
    }

    private void take(Element test) {
        if (has(test, "skipped")) {
            skipped++;
            return;
        }
        if (has(test, "failure") || has(test, "error")) {
            return;
        }
        passed++;
        String name = test.getAttribute("name");
        for (String number : Catalogue.numbersIn(test.getAttribute("classname") + " " + name)) {
            tests.computeIfAbsent(number, any -> new TreeSet<>()).add(shortened(name));
        }
    }

    /** Parameters of a parameterized test say nothing about the requirement. */
    private static String shortened(String name) {
        String oneLine = name.replaceAll("\\s+", " ").replace("|", "/").trim();
        return oneLine.length() <= 110 ? oneLine : oneLine.substring(0, 107) + "...";
    }

    private static boolean has(Element test, String child) {
        return test.getElementsByTagName(child).getLength() > 0;
    }

    List<String> of(String number) {
        return List.copyOf(tests.getOrDefault(number, new TreeSet<>()));
    }

    int passed() {
        return passed;
    }

    int skipped() {
        return skipped;
    }
}
