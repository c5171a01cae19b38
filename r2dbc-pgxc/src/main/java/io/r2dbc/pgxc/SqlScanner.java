// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import org.jspecify.annotations.Nullable;

/**
 * Cuts SQL into the tokens a driver must tell apart, as the server's own lexer would cut it.
 *
 * <p>The goals compete: it must agree with the server about where strings, comments and identifiers end (a disagreement
 * is how text becomes code), it must take time linear in the text whatever the text is, and it must not allocate per token.
 * It therefore hands out positions, walks forward only, and uses no regular expressions. Text that never ends (an open
 * quote or comment) is one token up to the end of the input: the server will say what is wrong with it.
 */
final class SqlScanner {

    enum Token {
        /** An unquoted keyword or identifier. */
        WORD,
        /** A double-quoted identifier, which is never a keyword. */
        QUOTED_NAME,
        /** A string or bit string in any of its notations, continuation lines included, or a number. */
        LITERAL,
        /** {@code $n}. */
        PARAMETER,
        OPEN,
        CLOSE,
        SEMICOLON,
        /** Any other single character. */
        SYMBOL,
        END
    }

    /** More digits than any legal parameter number has; {@link #parameter()} answers at most this. */
    private static final int PARAMETER_CEILING = 1_000_000;

    private final String sql;
    private final int length;
    private final boolean backslashEscapes;
    private int start;
    private int end;
    private int parameter;

    /** @param standardConformingStrings the server's setting: when off, a backslash in a plain string escapes */
    SqlScanner(String sql, boolean standardConformingStrings) {
        this.sql = sql;
        this.length = sql.length();
        this.backslashEscapes = !standardConformingStrings;
    }

    /** Moves to the next token behind white space and comments. */
    Token next() {
        start = skipBlanks(end);
        if (start >= length) {
            start = length;
            end = length;
            return Token.END;
        }
        char c = sql.charAt(start);
        if (startsWord(c)) {
            return word(c);
        }
        end = start + 1;
        return switch (c) {
            case '\'' -> string(end, backslashEscapes);
            case '"' -> quotedName(end);
            case '$' -> dollar();
            case '(' -> Token.OPEN;
            case ')' -> Token.CLOSE;
            case ';' -> Token.SEMICOLON;
            case '0', '1', '2', '3', '4', '5', '6', '7', '8', '9' -> number();
            default -> Token.SYMBOL;
        };
    }

    /** Index of the current token's first character. */
    int start() {
        return start;
    }

    /** Index behind the current token's last character. */
    int end() {
        return end;
    }

    /** The number of the current {@link Token#PARAMETER}; numbers past any legal one are all reported as one large number. */
    int parameter() {
        return parameter;
    }

    /** Whether the current token reads as {@code word}, which is given in upper case; only ASCII letters are folded, as the server does. */
    boolean reads(String word) {
        if (end - start != word.length()) {
            return false;
        }
        for (int i = 0; i < word.length(); i++) {
            if (upper(sql.charAt(start + i)) != word.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /** The current token with its ASCII letters in upper case. */
    String upperCased() {
        StringBuilder upper = new StringBuilder(end - start);
        for (int i = start; i < end; i++) {
            upper.append(upper(sql.charAt(i)));
        }
        return upper.toString();
    }

    /** Whether the current token is the single character {@code c}. */
    boolean isSymbol(char c) {
        return end == start + 1 && sql.charAt(start) == c;
    }

    static boolean startsWord(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c >= 0x80;
    }

    static boolean continuesWord(char c) {
        return startsWord(c) || isDigit(c) || c == '$';
    }

    private Token word(char first) {
        if (start + 1 < length) {
            Token prefixed = prefixed(first, sql.charAt(start + 1));
            if (prefixed != null) {
                return prefixed;
            }
        }
        int i = start + 1;
        while (i < length && continuesWord(sql.charAt(i))) {
            i++;
        }
        end = i;
        return Token.WORD;
    }

    /** The notations whose quote belongs to a letter before it; null if this is an ordinary word. */
    private @Nullable Token prefixed(char letter, char next) {
        if (next == '\'') {
            return switch (letter) {
                case 'e', 'E' -> string(start + 2, true);
                case 'b', 'B', 'x', 'X' -> string(start + 2, false);
                case 'n', 'N' -> string(start + 2, backslashEscapes);
                default -> null;
            };
        }
        if (next != '&' || (letter != 'u' && letter != 'U') || start + 2 >= length) {
            return null;
        }
        return switch (sql.charAt(start + 2)) {
            case '\'' -> string(start + 3, false);
            case '"' -> quotedName(start + 3);
            default -> null;
        };
    }

    /**
     * Ends behind the closing quote, or behind that of the last continuation: SQL joins strings that are separated by white
     * space with a line break in it, and the later pieces follow the escape rule of the first.
     */
    private Token string(int from, boolean escapes) {
        int i = from;
        while (i < length) {
            char c = sql.charAt(i++);
            if (c == '\\' && escapes) {
                i++;
            } else if (c == '\'' && !at(i, '\'')) {
                end = i;
                i = continuation(i);
                if (i < 0) {
                    return Token.LITERAL;
                }
            } else if (c == '\'') {
                i++;
            }
        }
        end = length;
        return Token.LITERAL;
    }

    /** The index behind the quote that continues a string closed just before {@code from}; -1 if none does. */
    private int continuation(int from) {
        boolean lineBreak = false;
        int i = from;
        while (i < length) {
            char c = sql.charAt(i);
            if (c == '-' && at(i + 1, '-')) {
                i = lineEnd(i);
            } else if (isBlank(c)) {
                lineBreak |= c == '\n' || c == '\r';
                i++;
            } else {
                return c == '\'' && lineBreak ? i + 1 : -1;
            }
        }
        return -1;
    }

    private Token quotedName(int from) {
        int close = sql.indexOf('"', from);
        while (close >= 0 && at(close + 1, '"')) {
            close = sql.indexOf('"', close + 2);
        }
        end = close < 0 ? length : close + 1;
        return Token.QUOTED_NAME;
    }

    private Token number() {
        while (end < length && isDigit(sql.charAt(end))) {
            end++;
        }
        return Token.LITERAL;
    }

    /** A parameter, a dollar-quoted string, or a stray dollar sign. */
    private Token dollar() {
        if (end < length && isDigit(sql.charAt(end))) {
            return parameterNumber();
        }
        int i = end;
        if (i < length && startsWord(sql.charAt(i))) {
            i++;
            while (i < length && sql.charAt(i) != '$' && continuesWord(sql.charAt(i))) {
                i++;
            }
        }
        return at(i, '$') ? dollarQuoted(i + 1) : Token.SYMBOL;
    }

    private Token parameterNumber() {
        parameter = 0;
        while (end < length && isDigit(sql.charAt(end))) {
            parameter = Math.min(parameter * 10 + sql.charAt(end) - '0', PARAMETER_CEILING);
            end++;
        }
        return Token.PARAMETER;
    }

    /**
     * The delimiter stands from {@code start} to {@code from}, both dollar signs included. A comparison that fails does so at
     * the next dollar sign at the latest, so trying every one of them stays linear.
     */
    private Token dollarQuoted(int from) {
        int delimiter = from - start;
        int dollar = sql.indexOf('$', from);
        while (dollar >= 0 && !sql.regionMatches(dollar, sql, start, delimiter)) {
            dollar = sql.indexOf('$', dollar + 1);
        }
        end = dollar < 0 ? length : dollar + delimiter;
        return Token.LITERAL;
    }

    private int skipBlanks(int from) {
        int i = from;
        while (i < length) {
            char c = sql.charAt(i);
            if (isBlank(c)) {
                i++;
            } else if (c == '-' && at(i + 1, '-')) {
                i = lineEnd(i);
            } else if (c == '/' && at(i + 1, '*')) {
                i = blockCommentEnd(i + 2);
            } else {
                return i;
            }
        }
        return i;
    }

    private int lineEnd(int from) {
        int i = from;
        while (i < length && sql.charAt(i) != '\n' && sql.charAt(i) != '\r') {
            i++;
        }
        return i;
    }

    /** Block comments nest. */
    private int blockCommentEnd(int from) {
        int depth = 1;
        int i = from;
        while (i < length && depth > 0) {
            char c = sql.charAt(i++);
            if (c == '*' && at(i, '/')) {
                depth--;
                i++;
            } else if (c == '/' && at(i, '*')) {
                depth++;
                i++;
            }
        }
        return i;
    }

    private boolean at(int index, char c) {
        return index < length && sql.charAt(index) == c;
    }

    private static boolean isBlank(char c) {
        return c == ' ' || (c >= '\t' && c <= '\r');
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private static char upper(char c) {
        return c >= 'a' && c <= 'z' ? (char) (c - ('a' - 'A')) : c;
    }
}
