// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import io.r2dbc.pgxc.exchange.StatementFacts;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What one SQL string is: its parameters, its statements, and what their keywords say they do. The string is scanned once,
 * in linear time, when the object is made; immutable.
 *
 * <p>Where a text holds several statements, "is a ..." means that at least one of them is, except where noted.
 */
final class SqlText {

    /** The wire counts parameters in 16 bits. */
    private static final int MOST_PARAMETERS = 65_535;

    /** How much of a text an error message repeats. */
    private static final int EXCERPT = 200;

    private final String sql;
    private final boolean standardConformingStrings;
    private final List<SqlStatement> parts;
    private final List<String> statements;
    private final int parameterCount;
    private final StatementFacts facts;
    private final boolean listen;

    /** Whoever runs a text again usually binds values of the same types. */
    private volatile @Nullable Keys usual;

    private SqlText(String sql, boolean standardConformingStrings, List<SqlStatement> parts, int parameterCount) {
        this.sql = sql;
        this.standardConformingStrings = standardConformingStrings;
        this.parts = parts;
        this.statements = texts(sql, parts);
        this.parameterCount = parameterCount;
        this.facts = new StatementFacts(readsOnly(), controlsTransaction(), commits(), resetsStatements());
        this.listen = any(SqlStatement::isListen);
    }

    /**
     * Scans {@code sql}.
     *
     * @param standardConformingStrings the server's setting of that name
     * @throws IllegalArgumentException if {@code sql} is null, contains NUL, or names a parameter outside {@code $1} to
     *     {@code $65535}
     */
    static SqlText of(String sql, boolean standardConformingStrings) {
        SqlScanner scanner = new SqlScanner(Require.sendable(sql, "sql"), standardConformingStrings);
        List<SqlStatement> parts = new ArrayList<>(1);
        SqlStatement current = null;
        int from = 0;
        int parameterCount = 0;
        SqlScanner.Token token = scanner.next();
        while (token != SqlScanner.Token.END) {
            if (token == SqlScanner.Token.SEMICOLON && (current == null || !current.isOpen())) {
                current = null;
                from = scanner.end();
            } else {
                if (current == null) {
                    current = new SqlStatement(from);
                    parts.add(current);
                }
                current.take(token, scanner);
            }
            if (token == SqlScanner.Token.PARAMETER) {
                parameterCount = Math.max(parameterCount, legal(scanner.parameter(), sql));
            }
            token = scanner.next();
        }
        return new SqlText(sql, standardConformingStrings, List.copyOf(parts), parameterCount);
    }

    /** The text as it was given. */
    String sql() {
        return sql;
    }

    /** The highest {@code n} of the {@code $n} outside quotes and comments; 0 if there are none. */
    int parameterCount() {
        return parameterCount;
    }

    /**
     * The statements, without those that are nothing but white space and comments. A single statement is the text itself, as it
     * was given, trailing semicolon included (the server takes that); several are cut at their semicolons.
     */
    List<String> statements() {
        return statements;
    }

    /** The only statement, without what ends it or comes behind it; to be put into another one. */
    String bare() {
        return sql.substring(parts.get(0).from(), parts.get(0).end());
    }

    /** Whether there is no statement at all. */
    boolean isEmpty() {
        return parts.isEmpty();
    }

    /** The first word of the first statement in upper case, comments and parentheses skipped; empty if there is none. */
    String firstKeyword() {
        return parts.isEmpty() ? "" : parts.get(0).firstKeyword();
    }

    /**
     * Whether rows are fetched from a cursor. Its columns are those of the cursor that has the name now, and the server does not
     * notice that a statement was prepared for another one.
     */
    boolean isFetch() {
        return firstKeyword().equals("FETCH");
    }

    /** Whether the server may answer by asking for or sending COPY data. */
    boolean isCopy() {
        return any(SqlStatement::isCopy);
    }

    /** Whether a transaction, two-phase ones and savepoints included, may begin or end. */
    boolean controlsTransaction() {
        return any(SqlStatement::controlsTransaction);
    }

    boolean commits() {
        return any(SqlStatement::commits);
    }

    /**
     * Whether <em>every</em> statement only reads, so that breaking it off undoes nothing: SELECT without INTO, TABLE, VALUES,
     * SHOW, WITH without a writing word in it, EXPLAIN that does not execute a write. False if there is no statement.
     */
    boolean readsOnly() {
        return !parts.isEmpty() && !any(part -> !part.readsOnly());
    }

    /** Whether a word that writes stands anywhere in it, as in {@code COPY (DELETE ... RETURNING ...) TO STDOUT}. */
    boolean writes() {
        return any(SqlStatement::writes);
    }

    /** Whether prepared statements may be gone afterwards: DEALLOCATE, DISCARD ALL. */
    boolean resetsStatements() {
        return any(SqlStatement::resetsStatements);
    }

    /** What it may do to the session. */
    StatementFacts facts() {
        return facts;
    }

    /** What names the prepared statements of the values that were bound last; null before anything was. */
    @Nullable
    Keys usualKeys() {
        return usual;
    }

    void usualKeys(Keys keys) {
        usual = keys;
    }

    /** Whether the session may hear of notifications afterwards. */
    boolean isListen() {
        return listen;
    }

    /** Whether a setting is made: SET. */
    boolean isSet() {
        return any(SqlStatement::isSet);
    }

    /** Whether settings fall back: RESET, DISCARD ALL. */
    boolean isReset() {
        return any(SqlStatement::isReset);
    }

    /**
     * This text with a RETURNING clause for {@code columns}, or for all columns if there are none. A text that is not exactly
     * one INSERT, UPDATE, DELETE or MERGE (also behind WITH), or that returns something already, stays as it is.
     *
     * <p>A column in double quotes is taken as it is; a bare name is folded to lower case as SQL would; {@code *} is itself.
     *
     * @throws IllegalArgumentException if {@code columns} or one of them is null, or one is empty or contains NUL
     */
    SqlText returning(String[] columns) {
        String list = columnList(Require.nonNull(columns, "columns"));
        if (parts.size() != 1 || !parts.get(0).canReturn()) {
            return this;
        }
        int at = parts.get(0).end();
        return of(sql.substring(0, at) + " RETURNING " + list + sql.substring(at), standardConformingStrings);
    }

    @Override
    public String toString() {
        return excerpt(sql);
    }

    private boolean any(Predicate<SqlStatement> is) {
        for (SqlStatement part : parts) {
            if (is.test(part)) {
                return true;
            }
        }
        return false;
    }

    private static String columnList(String[] columns) {
        if (columns.length == 0) {
            return "*";
        }
        StringBuilder list = new StringBuilder();
        for (String column : columns) {
            list.append(list.length() == 0 ? "" : ", ");
            list.append("*".equals(column) ? column : Identifiers.asWritten(column));
        }
        return list.toString();
    }

    /** Comments in front of a statement stay with it: they may be hints. */
    private static List<String> texts(String sql, List<SqlStatement> parts) {
        if (parts.size() < 2) {
            return parts.isEmpty() ? List.of() : List.of(sql);
        }
        List<String> texts = new ArrayList<>(parts.size());
        for (SqlStatement part : parts) {
            texts.add(sql.substring(part.from(), part.end()).stripLeading());
        }
        return List.copyOf(texts);
    }

    private static int legal(int parameter, String sql) {
        if (parameter < 1 || parameter > MOST_PARAMETERS) {
            throw new IllegalArgumentException("parameters are numbered $1 to $" + MOST_PARAMETERS
                    + ", but another number is used in: " + excerpt(sql));
        }
        return parameter;
    }

    private static String excerpt(String sql) {
        return sql.length() <= EXCERPT ? sql : sql.substring(0, EXCERPT) + "...";
    }
}
