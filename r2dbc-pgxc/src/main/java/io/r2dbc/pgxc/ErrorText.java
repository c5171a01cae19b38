// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import io.r2dbc.pgxc.wire.ErrorFields;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Puts what a server says into one line that is safe to log: a text it sends may hold line breaks that forge log entries,
 * and escape sequences that a terminal obeys.
 */
final class ErrorText {

    private static final int SAID_AT_MOST = 1000;

    private ErrorText() {}

    /** The text of the server, then its detail and its hint where there are any. */
    static String of(ErrorFields fields) {
        StringBuilder line = new StringBuilder();
        append(line, fields.message());
        appendLabelled(line, " Detail: ", fields.detail());
        appendLabelled(line, " Hint: ", fields.hint());
        return line.toString();
    }

    /** {@code text} with its control characters, and those that hide or reorder others, as escapes. */
    static String escaped(String text) {
        StringBuilder line = new StringBuilder(text.length());
        append(line, text);
        return line.toString();
    }

    /** Why a source of data has failed, as one line that can be said to the server and is not too long for it. */
    static String toServer(@Nullable Throwable thrown) {
        String line = escaped("The source of the data failed: " + told(thrown));
        String cut = line.length() > SAID_AT_MOST ? line.substring(0, SAID_AT_MOST) + "..." : line;
        return new String(cut.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    }

    /** An exception of a user's may fail to say what it is. */
    private static String told(@Nullable Throwable thrown) {
        try {
            return String.valueOf(thrown);
        } catch (RuntimeException e) {
            return thrown == null ? "" : thrown.getClass().getName();
        }
    }

    private static void appendLabelled(StringBuilder line, String label, @Nullable String text) {
        if (text != null && !text.isEmpty()) {
            append(line.append(label), text);
        }
    }

    private static void append(StringBuilder line, String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '\n' -> line.append("\\n");
                case '\r' -> line.append("\\r");
                case '\t' -> line.append("\\t");
                default -> append(line, c);
            }
        }
    }

    private static void append(StringBuilder line, char c) {
        switch (Character.getType(c)) {
            case Character.CONTROL, Character.FORMAT, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR ->
                appendEscape(line, c);
            default -> line.append(c);
        }
    }

    private static void appendEscape(StringBuilder line, char c) {
        line.append("\\u");
        for (int shift = 12; shift >= 0; shift -= 4) {
            line.append(Character.forDigit(c >> shift & 0xF, 16));
        }
    }
}
