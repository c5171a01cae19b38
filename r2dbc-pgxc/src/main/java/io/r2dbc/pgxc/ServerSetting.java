// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether a user may ask for a run-time parameter of the server at the start of a session. Parameters that are no
 * settings, or that would change what the driver then reads from the wire, are refused.
 */
final class ServerSetting {

    private ServerSetting() {}

    /** @throws IllegalArgumentException if the parameter or its value is refused; the message says why */
    static void check(@Nullable String name, @Nullable String value) {
        String key = Require.sendable(Require.nonEmpty(name, "a name in option options"), "a name in option options");
        String setting = Require.sendable(value, "option options: " + ErrorText.escaped(key));
        Require.that(isName(key), "option options: '" + ErrorText.escaped(key) + "' is not the name of a setting");
        String refusal = refusal(key.toLowerCase(Locale.ROOT), setting);
        Require.that(refusal == null, "option options: '" + key + "' " + refusal);
    }

    private static @Nullable String refusal(String name, String value) {
        if (name.startsWith("_pq_.")) {
            return "is an extension of the protocol, which the driver negotiates itself";
        }
        return switch (name) {
            case "remotetype" -> "changes the wire format and is only for the nodes of a cluster";
            case "user", "database" -> "has an option of its own";
            case "options" -> "is refused: name each setting by itself";
            case "replication" -> "is not a setting of ordinary connections";
            case "client_encoding" -> isUtf8(value) ? null : "must be UTF8";
            default -> null;
        };
    }

    private static boolean isUtf8(String value) {
        return value.equalsIgnoreCase("UTF8") || value.equalsIgnoreCase("UTF-8");
    }

    /** One word or two with a dot between them, as custom settings have; nothing that SQL would read as more than a name. */
    private static boolean isName(String name) {
        boolean begins = true;
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c > 'z' || !(begins ? SqlScanner.startsWord(c) : SqlScanner.continuesWord(c) || c == '.')) {
                return false;
            }
            begins = c == '.';
        }
        return !begins;
    }
}
