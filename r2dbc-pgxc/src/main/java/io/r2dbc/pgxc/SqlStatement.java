// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One statement of an SQL text: where it stands, and what its keywords say it does.
 *
 * <p>It is fed with its tokens, and tells when a semicolon belongs to it rather than ends it. Keywords are judged without a
 * grammar, so every answer errs to the careful side: a statement that may write counts as writing.
 */
final class SqlStatement {

    /** The words that change an answer, wherever they stand. */
    private enum Keyword {
        AS,
        BY,
        SET,
        END,
        CASE,
        INTO,
        WITH,
        BEGIN,
        MERGE,
        TABLE,
        USING,
        ATOMIC,
        CREATE,
        DELETE,
        INSERT,
        SELECT,
        UPDATE,
        VALUES,
        ANALYSE,
        ANALYZE,
        EXECUTE,
        REFRESH,
        FUNCTION,
        PROCEDURE,
        RECURSIVE,
        RETURNING;

        private static final int LONGEST = 9;
        private static final Keyword[][] BY_LENGTH = new Keyword[LONGEST + 1][];

        static {
            for (int length = 0; length <= LONGEST; length++) {
                int wanted = length;
                BY_LENGTH[length] = Arrays.stream(values())
                        .filter(keyword -> keyword.name().length() == wanted)
                        .toArray(Keyword[]::new);
            }
        }

        static @Nullable Keyword of(SqlScanner word) {
            int length = word.end() - word.start();
            if (length > LONGEST) {
                return null;
            }
            for (Keyword candidate : BY_LENGTH[length]) {
                if (word.reads(candidate.name())) {
                    return candidate;
                }
            }
            return null;
        }
    }

    /** What the token before the current one says about it. */
    private enum Before {
        ORDINARY,
        /** A dot or AS: the next word is a name, whatever it reads like. */
        LABEL,
        /** Inside a WITH clause the next word is a name and not the statement's verb. */
        NAME,
        /** A BEGIN that ATOMIC may follow. */
        BEGIN,
        /** The start of a routine's body, or a semicolon within it. */
        BOUNDARY
    }

    private final int from;
    private int end;
    private int position;
    private String first = "";
    private String second = "";
    private Before before = Before.ORDINARY;
    private int depth;
    private boolean definesRoutine;
    private int bodies;
    private int cases;
    private @Nullable Keyword verb;
    private boolean writes;
    private boolean runs;
    private boolean hasInto;
    private boolean hasAnalyze;
    private boolean hasReturning;

    /** @param from index behind the semicolon in front, or 0 */
    SqlStatement(int from) {
        this.from = from;
        this.end = from;
    }

    /** Takes the scanner's current token, which is part of this statement. */
    void take(SqlScanner.Token token, SqlScanner scanner) {
        end = scanner.end();
        if (token == SqlScanner.Token.OPEN) {
            depth++;
            before = Before.ORDINARY;
            return;
        }
        position++;
        if (token == SqlScanner.Token.WORD) {
            takeWord(scanner);
            return;
        }
        if (token == SqlScanner.Token.CLOSE && depth > 0) {
            depth--;
        }
        before = announcedBy(token, scanner);
    }

    /** Whether a semicolon now stands inside parentheses (the actions of a rule) or in a routine's SQL body. */
    boolean isOpen() {
        return depth > 0 || bodies > 0;
    }

    /** Index from where white space and comments in front of the first token count as the statement's. */
    int from() {
        return from;
    }

    /** Index behind the last token; comments after it are not the statement's. */
    int end() {
        return end;
    }

    /** The first word in upper case, leading parentheses aside; empty if the statement begins with something else. */
    String firstKeyword() {
        return first;
    }

    boolean isCopy() {
        return first.equals("COPY");
    }

    boolean isListen() {
        return first.equals("LISTEN");
    }

    boolean isSet() {
        return first.equals("SET");
    }

    boolean isReset() {
        return first.equals("RESET") || isDiscardAll();
    }

    boolean resetsStatements() {
        return first.equals("DEALLOCATE") || isDiscardAll();
    }

    boolean controlsTransaction() {
        return switch (first) {
            case "BEGIN", "START", "COMMIT", "END", "ROLLBACK", "ABORT", "SAVEPOINT", "RELEASE" -> true;
            case "PREPARE" -> second.equals("TRANSACTION");
            default -> false;
        };
    }

    /** Whether a word that writes stands in it. */
    boolean writes() {
        return writes;
    }

    boolean commits() {
        return first.equals("COMMIT") || first.equals("END");
    }

    /** Whether nothing is lost when the statement is broken off halfway; functions that it calls are not looked into. */
    boolean readsOnly() {
        return switch (first) {
            case "SELECT" -> !hasInto;
            case "TABLE", "VALUES", "SHOW" -> true;
            case "WITH" -> !hasInto && !writes;
            case "EXPLAIN" -> !hasAnalyze || (!hasInto && !writes && !runs);
            default -> false;
        };
    }

    /** Whether a RETURNING clause may be put behind the last token. */
    boolean canReturn() {
        if (hasReturning || depth > 0 || verb == null) {
            return false;
        }
        return switch (verb) {
            case INSERT, UPDATE, DELETE, MERGE -> first.equals("WITH") || first.equals(verb.name());
            default -> false;
        };
    }

    private boolean isDiscardAll() {
        return first.equals("DISCARD") && second.equals("ALL");
    }

    private static Before announcedBy(SqlScanner.Token token, SqlScanner scanner) {
        if (token == SqlScanner.Token.SEMICOLON) {
            return Before.BOUNDARY;
        }
        if (token != SqlScanner.Token.SYMBOL) {
            return Before.ORDINARY;
        }
        if (scanner.isSymbol('.')) {
            return Before.LABEL;
        }
        return scanner.isSymbol(',') ? Before.NAME : Before.ORDINARY;
    }

    private void takeWord(SqlScanner word) {
        if (position == 1) {
            first = word.upperCased();
        } else if (position == 2) {
            second = word.upperCased();
        }
        Before announced = before;
        before = Before.ORDINARY;
        Keyword keyword = announced == Before.LABEL ? null : Keyword.of(word);
        if (keyword != null) {
            judge(keyword, announced);
        }
    }

    private void judge(Keyword keyword, Before announced) {
        switch (keyword) {
            case AS -> before = Before.LABEL;
            case WITH, RECURSIVE, BY, SET, USING -> before = Before.NAME;
            case INTO -> hasInto = true;
            case ANALYZE, ANALYSE -> hasAnalyze = true;
            case EXECUTE, CREATE, REFRESH -> runs = true;
            case RETURNING -> hasReturning |= depth == 0;
            case INSERT, UPDATE, DELETE, MERGE -> {
                writes = true;
                judgeVerb(keyword, announced);
            }
            case SELECT, TABLE, VALUES -> judgeVerb(keyword, announced);
            case FUNCTION, PROCEDURE ->
                definesRoutine |= first.equals("CREATE") && (position == 2 || (position == 4 && second.equals("OR")));
            case BEGIN, ATOMIC, CASE, END -> judgeBody(keyword, announced);
        }
    }

    private void judgeVerb(Keyword keyword, Before announced) {
        if (verb == null && depth == 0 && announced != Before.NAME) {
            verb = keyword;
        }
    }

    /**
     * SQL-standard bodies, {@code BEGIN ATOMIC ...; ...; END}. A body's END follows a semicolon or ATOMIC; any other one ends a
     * CASE, or is a column's label.
     */
    private void judgeBody(Keyword keyword, Before announced) {
        if (keyword == Keyword.BEGIN) {
            before = definesRoutine && depth == 0 ? Before.BEGIN : Before.ORDINARY;
        } else if (keyword == Keyword.ATOMIC && announced == Before.BEGIN) {
            bodies++;
            before = Before.BOUNDARY;
        } else if (keyword == Keyword.CASE && bodies > 0) {
            cases++;
        } else if (keyword == Keyword.END && cases > 0) {
            cases--;
        } else if (keyword == Keyword.END && bodies > 0 && announced == Before.BOUNDARY) {
            bodies--;
        }
    }
}
