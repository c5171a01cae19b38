// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.testing;

import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;

/**
 * The README's snippets and tables, to be held to their word.
 */
public final class Readme {

    private static final Pattern JAVA = Pattern.compile("^```java\\n(.*?)^```$", Pattern.DOTALL | Pattern.MULTILINE);
    private static final Pattern CLASS = Pattern.compile("public (?:final )?class (\\w+)");

    private final String text;

    private Readme(String text) {
        this.text = text;
    }

    /** The one in the root of the checkout that the tests run in. */
    public static Readme read() {
        Path folder = Path.of("").toAbsolutePath();
        while (!Files.exists(folder.resolve("README.md")) || !Files.exists(folder.resolve("r2dbc-pgxc-tck"))) {
            folder = folder.getParent();
            if (folder == null) {
                throw new IllegalStateException(
                        "No checkout around " + Path.of("").toAbsolutePath());
            }
        }
        try {
            return new Readme(Files.readString(folder.resolve("README.md")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public String text() {
        return text;
    }

    /** The Java snippets, which are whole classes. */
    public List<String> snippets() {
        return JAVA.matcher(text).results().map(match -> match.group(1)).toList();
    }

    /** The cells of a table, by the heading above it; without the two lines of its head. */
    public List<List<String>> table(String heading) {
        int begin = text.indexOf("\n## " + heading + "\n");
        if (begin < 0) {
            throw new IllegalArgumentException("README has no section " + heading);
        }
        int end = text.indexOf("\n## ", begin + 1);
        List<List<String>> rows = new ArrayList<>();
        for (String line : text.substring(begin, end < 0 ? text.length() : end).split("\n", -1)) {
            if (line.startsWith("|")) {
                rows.add(cells(line));
            }
        }
        return rows.subList(2, rows.size());
    }

    private static List<String> cells(String line) {
        List<String> cells = new ArrayList<>();
        for (String cell : line.substring(1, line.lastIndexOf('|')).split("\\|", -1)) {
            cells.add(cell.strip());
        }
        return cells;
    }

    /** What stands in backticks in a cell. */
    public static List<String> codes(String cell) {
        return Pattern.compile("`([^`]+)`")
                .matcher(cell)
                .results()
                .map(match -> match.group(1))
                .toList();
    }

    /**
     * Compiles a snippet with all warnings, against the tests' class path, into a folder.
     *
     * @return the name of its class
     * @throws IllegalArgumentException with the compiler's words if it does not compile
     */
    public static String compile(String snippet, Path folder) {
        String name = CLASS.matcher(snippet)
                .results()
                .map(MatchResult::group)
                .map(head -> head.substring(head.lastIndexOf(' ') + 1))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("No public class in\n" + snippet));
        try {
            Path source = Files.writeString(folder.resolve(name + ".java"), snippet);
            StringWriter said = new StringWriter();
            JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
            List<String> options = List.of(
                    "-d",
                    folder.toString(),
                    "-cp",
                    System.getProperty("java.class.path"),
                    "-proc:none",
                    "-implicit:none");
            boolean compiled = compiler.getTask(
                            said,
                            null,
                            null,
                            options,
                            null,
                            compiler.getStandardFileManager(null, null, null).getJavaFileObjects(source))
                    .call();
            if (!compiled) {
                throw new IllegalArgumentException(said.toString());
            }
            return name;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
