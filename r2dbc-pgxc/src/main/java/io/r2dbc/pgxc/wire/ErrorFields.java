// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.wire;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a server says about an error or a notice: a set of one-letter fields, most of them optional (48.6).
 *
 * <p>No field is taken for granted: SQLSTATE and message have substitutes, numbers that are none are absent, codes
 * nobody knows are kept. Texts are as the server sent them, control characters included.
 */
public final class ErrorFields {

    private static final String UNKNOWN_STATE = "XX000";
    private static final String NO_MESSAGE = "the server gave no message text";

    private final Map<Character, String> fields;

    private ErrorFields(Map<Character, String> fields) {
        this.fields = fields;
    }

    /** The fields of an error the server did send, by their codes. */
    public static ErrorFields of(Map<Character, String> fields) {
        return new ErrorFields(new LinkedHashMap<>(fields));
    }

    /** A fatal error that stands for something the server could not say as a message of its own. */
    public static ErrorFields synthetic(String sqlState, String message) {
        return of("FATAL", sqlState, message);
    }

    /** An error of one statement that the server left unsaid; the session goes on. */
    public static ErrorFields unsaid(String sqlState, String message) {
        return of("ERROR", sqlState, message);
    }

    private static ErrorFields of(String severity, String sqlState, String message) {
        Map<Character, String> fields = new LinkedHashMap<>();
        fields.put('S', severity);
        fields.put('V', severity);
        fields.put('C', sqlState);
        fields.put('M', message);
        return new ErrorFields(fields);
    }

    static ErrorFields read(Body body) {
        Map<Character, String> fields = new LinkedHashMap<>();
        for (byte code = body.int8(); code != 0; code = body.int8()) {
            char key = (char) (code & 0xFF);
            if (fields.containsKey(key)) {
                body.skipString();
            } else {
                fields.put(key, body.string());
            }
        }
        return body.complete(new ErrorFields(fields));
    }

    /** The field with the given code, known or not. */
    public @Nullable String get(char code) {
        return fields.get(code);
    }

    /** All fields in the order the server sent them, the first of duplicates. */
    public Map<Character, String> asMap() {
        return new LinkedHashMap<>(fields);
    }

    /** The severity, not translated if the server is 9.6 or later; {@code ERROR} if the server named none. */
    public String severity() {
        String untranslated = get('V');
        if (untranslated != null) {
            return untranslated;
        }
        String translated = get('S');
        return translated != null ? translated : "ERROR";
    }

    /** Whether the server ends the session after this. A translated severity of an old server is not recognised. */
    public boolean isFatal() {
        String severity = severity();
        return severity.equals("FATAL") || severity.equals("PANIC");
    }

    /** The five characters of SQLSTATE; {@code XX000} if the server sent none or something else. */
    public String sqlState() {
        String code = get('C');
        return code != null && isSqlState(code) ? code : UNKNOWN_STATE;
    }

    /** The primary text, never empty. */
    public String message() {
        String message = get('M');
        return message != null && !message.isEmpty() ? message : NO_MESSAGE;
    }

    public @Nullable String detail() {
        return get('D');
    }

    public @Nullable String hint() {
        return get('H');
    }

    /** Where in the query as sent, counted in characters from 1. */
    public @Nullable Integer position() {
        return number('P');
    }

    /** Where in {@link #internalQuery()}, counted in characters from 1. */
    public @Nullable Integer internalPosition() {
        return number('p');
    }

    public @Nullable String internalQuery() {
        return get('q');
    }

    public @Nullable String where() {
        return get('W');
    }

    public @Nullable String schema() {
        return get('s');
    }

    public @Nullable String table() {
        return get('t');
    }

    public @Nullable String column() {
        return get('c');
    }

    public @Nullable String dataType() {
        return get('d');
    }

    public @Nullable String constraint() {
        return get('n');
    }

    /** Source file of the server that reported. */
    public @Nullable String file() {
        return get('F');
    }

    public @Nullable Integer line() {
        return number('L');
    }

    public @Nullable String routine() {
        return get('R');
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ErrorFields that && fields.equals(that.fields);
    }

    @Override
    public int hashCode() {
        return fields.hashCode();
    }

    @Override
    public String toString() {
        return severity() + " " + sqlState() + ": " + message();
    }

    private @Nullable Integer number(char code) {
        String digits = get(code);
        if (digits == null) {
            return null;
        }
        try {
            return Integer.valueOf(digits);
        } catch (NumberFormatException notANumber) {
            return null;
        }
    }

    private static boolean isSqlState(String code) {
        return code.length() == 5 && code.chars().allMatch(c -> (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z'));
    }
}
