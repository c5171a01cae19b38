// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.auth;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads the members of a JSON object that are text, and passes over the others; where it is none any more, what came before counts.
 *
 * <p>Each character is looked at once or twice, and nothing calls itself, so nothing that is nested deeply or does not end can hurt.
 */
final class JsonTexts {

    private static final char UNREADABLE = '\uFFFD';

    private final String json;
    private int at;

    private JsonTexts(String json) {
        this.json = json;
    }

    /** By their names; the first counts where there are several. */
    static Map<String, String> of(String json) {
        Map<String, String> texts = new HashMap<>();
        JsonTexts reader = new JsonTexts(json);
        if (reader.takes('{')) {
            while (reader.member(texts) && reader.takes(',')) {
                // the next one
            }
        }
        return texts;
    }

    private boolean member(Map<String, String> texts) {
        String name = text();
        if (name == null || !takes(':')) {
            return false;
        }
        if (next() != '"') {
            return passesOver();
        }
        String value = text();
        if (value == null) {
            return false;
        }
        texts.putIfAbsent(name, value);
        return true;
    }

    /** A value that is no text, up to the comma or brace that ends it. */
    private boolean passesOver() {
        int depth = 0;
        while (at < json.length()) {
            char c = json.charAt(at);
            if (c == '"') {
                if (text() == null) {
                    return false;
                }
                continue;
            }
            if (depth == 0 && (c == ',' || c == '}' || c == ']')) {
                return true;
            }
            depth += c == '{' || c == '[' ? 1 : c == '}' || c == ']' ? -1 : 0;
            at++;
        }
        return false;
    }

    /** Null where there is none, or it does not end. */
    private @Nullable String text() {
        if (!takes('"')) {
            return null;
        }
        StringBuilder text = new StringBuilder();
        while (at < json.length()) {
            char c = json.charAt(at++);
            if (c == '"') {
                return text.toString();
            }
            text.append(c == '\\' ? escaped() : c);
        }
        return null;
    }

    private char escaped() {
        char c = at < json.length() ? json.charAt(at++) : UNREADABLE;
        return switch (c) {
            case '"', '\\', '/' -> c;
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'u' -> unit();
            default -> UNREADABLE;
        };
    }

    /** Four hexadecimal digits. */
    private char unit() {
        int unit = 0;
        for (int i = 0; i < 4; i++) {
            int digit = at < json.length() ? Character.digit(json.charAt(at), 16) : -1;
            if (digit < 0) {
                return UNREADABLE;
            }
            unit = unit << 4 | digit;
            at++;
        }
        return (char) unit;
    }

    private boolean takes(char expected) {
        if (next() != expected) {
            return false;
        }
        at++;
        return true;
    }

    /** What comes behind white space; 0 at the end. */
    private char next() {
        while (at < json.length() && " \t\r\n".indexOf(json.charAt(at)) >= 0) {
            at++;
        }
        return at < json.length() ? json.charAt(at) : 0;
    }
}
