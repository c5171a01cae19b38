// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import io.r2dbc.pgxc.replication.BackupOptions;
import io.r2dbc.pgxc.replication.BackupOptions.Option;
import java.util.ArrayList;
import java.util.List;

/** Puts BASE_BACKUP into words: a list of options from PostgreSQL 15 on, keywords before (S3.21). */
final class BackupSql {

    private static final int LIST = 15;

    private BackupSql() {}

    static String of(BackupOptions options, ServerVersion version) {
        boolean list = version.isAtLeast(LIST, 0);
        List<String> words = new ArrayList<>();
        options.values().forEach((option, value) -> {
            if (!version.isAtLeast(option.since(), 0)) {
                throw new UnsupportedOperationException("the option " + option + " of a base backup needs PostgreSQL "
                        + option.since() + ", and the server is " + version);
            }
            String word = list ? option + " " + value(value) : keyword(option, value);
            if (!word.isEmpty()) {
                words.add(word);
            }
        });
        if (words.isEmpty()) {
            return "BASE_BACKUP";
        }
        return list ? "BASE_BACKUP (" + String.join(", ", words) + ")" : "BASE_BACKUP " + String.join(" ", words);
    }

    private static String value(Object value) {
        return value instanceof String text ? ReplicationSql.literal(text) : value.toString();
    }

    /** What is the server's habit has no keyword. */
    private static String keyword(Option option, Object value) {
        return switch (option) {
            case CHECKPOINT -> value.equals("fast") ? "FAST" : "";
            case WAIT -> value.equals(false) ? "NOWAIT" : "";
            case VERIFY_CHECKSUMS -> value.equals(false) ? "NOVERIFY_CHECKSUMS" : "";
            case MAX_RATE -> value.equals(0) ? "" : "MAX_RATE " + value;
            case PROGRESS, WAL, TABLESPACE_MAP -> option.name();
            default -> option + " " + value(value);
        };
    }
}
