// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import org.jspecify.annotations.Nullable;

/**
 * Turns names into SQL identifiers that mean exactly those names. Whatever name the driver itself puts into SQL
 * (savepoints, channels, slots, returned columns) passes through here.
 */
final class Identifiers {

    private Identifiers() {}

    /**
     * Returns {@code name} in double quotes, its own double quotes doubled. The name is taken literally: case is kept, and
     * nothing in it is syntax.
     *
     * @throws IllegalArgumentException if the name is null, empty, or contains NUL
     */
    static String quote(@Nullable String name) {
        String checked = Require.sendable(Require.nonEmpty(name, "identifier"), "identifier");
        return '"' + checked.replace("\"", "\"\"") + '"';
    }

    /**
     * Returns {@code name} as SQL would read it: a name already in double quotes stays as it is, a bare identifier is
     * folded to lower case, and anything else is taken literally. The outcome is always quoted, so reserved words such as
     * {@code user} name a column and not a function.
     *
     * @throws IllegalArgumentException if the name is null, empty, or contains NUL
     */
    static String asWritten(@Nullable String name) {
        String checked = Require.sendable(Require.nonEmpty(name, "identifier"), "identifier");
        if (isQuoted(checked)) {
            return checked;
        }
        return quote(isBare(checked) ? foldCase(checked) : checked);
    }

    /**
     * Returns a name that may have a schema in front, such as {@code s.t} or {@code "S"."t"}: cut at the dots outside double quotes, each
     * part {@linkplain #asWritten as SQL would read it}.
     *
     * @throws IllegalArgumentException if the name or a part of it is null, empty, or contains NUL
     */
    static String qualified(@Nullable String name) {
        String checked = Require.nonEmpty(name, "identifier");
        StringBuilder parts = new StringBuilder();
        boolean quoted = false;
        int from = 0;
        for (int i = 0; i < checked.length(); i++) {
            quoted ^= checked.charAt(i) == '"';
            if (checked.charAt(i) == '.' && !quoted) {
                parts.append(asWritten(checked.substring(from, i))).append('.');
                from = i + 1;
            }
        }
        return parts.append(asWritten(checked.substring(from))).toString();
    }

    private static boolean isQuoted(String name) {
        int last = name.length() - 1;
        if (last < 2 || name.charAt(0) != '"' || name.charAt(last) != '"') {
            return false;
        }
        for (int i = 1; i < last; i++) {
            if (name.charAt(i) == '"' && (++i == last || name.charAt(i) != '"')) {
                return false;
            }
        }
        return true;
    }

    private static boolean isBare(String name) {
        if (!SqlScanner.startsWord(name.charAt(0))) {
            return false;
        }
        for (int i = 1; i < name.length(); i++) {
            if (!SqlScanner.continuesWord(name.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    /** Only ASCII letters: a UTF-8 server leaves every other letter of a bare identifier alone. */
    private static String foldCase(String name) {
        StringBuilder folded = new StringBuilder(name.length());
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            folded.append(c >= 'A' && c <= 'Z' ? (char) (c + ('a' - 'A')) : c);
        }
        return folded.toString();
    }
}
