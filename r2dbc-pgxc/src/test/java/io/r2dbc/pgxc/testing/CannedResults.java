// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.testing;

import static io.r2dbc.pgxc.testing.ServerMessages.TEXT;
import static io.r2dbc.pgxc.testing.ServerMessages.column;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A small table of statements and their results, by the exact text without surrounding blanks.
 *
 * <p>Statements it does not have: transaction control works, {@code SHOW} answers what the greeting reported, INSERT,
 * UPDATE, DELETE and MERGE touch one row, a query fails with 42P01 and a text that says so, and all others complete
 * with their first word as tag.
 */
public final class CannedResults {

    private static final Pattern PARAMETER = Pattern.compile("\\$(\\d+)");

    private final Map<String, CannedResult> results = new HashMap<>();

    CannedResults() {
        on(
                "SELECT 1",
                CannedResult.columns(column("?column?", ServerMessages.INT4)).row("1"));
        on(
                "SHOW TRANSACTION ISOLATION LEVEL",
                CannedResult.columns(column("transaction_isolation", TEXT))
                        .row("read committed")
                        .tag("SHOW"));
    }

    public CannedResults on(String sql, CannedResult result) {
        results.put(sql.trim(), result);
        return this;
    }

    CannedResult result(String sql) {
        CannedResult known = results.get(sql.trim());
        return known != null ? known : unknown(sql.trim());
    }

    /** The first word in capitals, empty for an empty statement. */
    static String verb(String sql) {
        return sql.trim().split("[\\s;(]", 2)[0].toUpperCase(Locale.ROOT);
    }

    /** How many parameters the text names. */
    static int parameterCount(String sql) {
        int highest = 0;
        Matcher parameters = PARAMETER.matcher(sql);
        while (parameters.find()) {
            highest = Math.max(highest, Integer.parseInt(parameters.group(1)));
        }
        return highest;
    }

    private static CannedResult unknown(String sql) {
        String verb = verb(sql);
        return switch (verb) {
            case "SHOW" -> shown(sql.substring("SHOW".length()).trim());
            case "INSERT" -> CannedResult.command("INSERT 0 1");
            case "UPDATE", "DELETE", "MERGE" -> CannedResult.command(verb + " 1");
            case "SELECT", "WITH", "VALUES", "TABLE", "COPY" ->
                CannedResult.error("42P01", "the scripted server has no result for: " + sql);
            default -> CannedResult.command(verb);
        };
    }

    private static CannedResult shown(String name) {
        String value = Greeting.parameters().getOrDefault(name, "");
        return CannedResult.columns(column(name, TEXT)).row(value).tag("SHOW");
    }
}
