// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Remembers what SQL texts are, so that a text used again is not scanned again. One per factory; any thread. */
final class SqlTexts {

    private static final int REMEMBERED = 1024;
    private static final int LONGEST = 16 * 1024;

    private final Map<String, SqlText> standard = new ConcurrentHashMap<>();

    /** Texts for servers with backslashes in plain literals are rare, and long ones are rarely repeated: both are scanned anew. */
    SqlText of(String sql, boolean standardConformingStrings) {
        if (!standardConformingStrings || sql.length() > LONGEST) {
            return SqlText.of(sql, standardConformingStrings);
        }
        SqlText known = standard.get(sql);
        if (known != null) {
            return known;
        }
        SqlText text = SqlText.of(sql, true);
        if (standard.size() >= REMEMBERED) {
            standard.clear();
        }
        standard.put(sql, text);
        return text;
    }
}
