// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.benchmarks;

import java.util.List;

/** Lays out rows as a table in Markdown: names on the left, figures set to the right. */
final class MarkdownTable {

    private final StringBuilder text = new StringBuilder();

    MarkdownTable(List<String> heads) {
        row(heads);
        text.append("|---").append("|--:".repeat(heads.size() - 1)).append("|\n");
    }

    void row(List<String> cells) {
        text.append("| ").append(String.join(" | ", cells)).append(" |\n");
    }

    /** The table, which ends with its last row's line. */
    String text() {
        return text.toString();
    }

    /** Words from elsewhere, which must neither end a cell nor turn into markup. */
    static String plain(String words) {
        return words.replaceAll("([\\\\|<>&*_`\\[\\]~])", "\\\\$1");
    }
}
