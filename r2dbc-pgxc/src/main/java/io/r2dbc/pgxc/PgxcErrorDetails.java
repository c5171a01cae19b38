// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import io.r2dbc.pgxc.wire.ErrorFields;
import org.jspecify.annotations.Nullable;

/**
 * All that a server says about an error or a notice, one accessor per field. Immutable.
 *
 * <p>Most fields are optional, and Postgres-XC hands on only severity, SQLSTATE, message and detail of what went wrong on a
 * datanode. Texts are exactly the server's: they may span lines and contain control characters, so escape them before they
 * go to a log or a terminal ({@link #toString()} and the exceptions' messages are escaped).
 */
public final class PgxcErrorDetails {

    private final ErrorFields fields;

    PgxcErrorDetails(ErrorFields fields) {
        this.fields = fields;
    }

    /** Returns the severity: ERROR, FATAL, PANIC, or WARNING, NOTICE, DEBUG, INFO, LOG; translated by servers before 9.6. */
    public String severity() {
        return fields.severity();
    }

    /** Returns the five characters of SQLSTATE; {@code XX000} if the server sent none. */
    public String sqlState() {
        return fields.sqlState();
    }

    /** Returns the primary text. */
    public String message() {
        return fields.message();
    }

    /** Returns the secondary text with the particulars. */
    public @Nullable String detail() {
        return fields.detail();
    }

    /** Returns the server's advice. */
    public @Nullable String hint() {
        return fields.hint();
    }

    /** Returns where in the SQL as it was sent the problem is, counted in characters (code points) from 1. */
    public @Nullable Integer position() {
        return fields.position();
    }

    /** Returns the same for {@link #internalQuery()}. */
    public @Nullable Integer internalPosition() {
        return fields.internalPosition();
    }

    /** Returns the SQL that failed inside the server, a function's for example. */
    public @Nullable String internalQuery() {
        return fields.internalQuery();
    }

    /** Returns the call stack of functions and internal queries, one line per entry. */
    public @Nullable String where() {
        return fields.where();
    }

    /** Returns the schema of the object concerned. */
    public @Nullable String schema() {
        return fields.schema();
    }

    /** Returns the table concerned. */
    public @Nullable String table() {
        return fields.table();
    }

    /** Returns the column concerned. */
    public @Nullable String column() {
        return fields.column();
    }

    /** Returns the data type concerned. */
    public @Nullable String dataType() {
        return fields.dataType();
    }

    /** Returns the constraint concerned; unique indexes count as constraints. */
    public @Nullable String constraint() {
        return fields.constraint();
    }

    /** Returns the server's source file that reported. */
    public @Nullable String file() {
        return fields.file();
    }

    /** Returns the line in {@link #file()}. */
    public @Nullable Integer line() {
        return fields.line();
    }

    /** Returns the server's function that reported. */
    public @Nullable String routine() {
        return fields.routine();
    }

    /** Returns the field of that one-letter code, also one that is not known here. */
    public @Nullable String field(char code) {
        return fields.get(code);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof PgxcErrorDetails that && fields.equals(that.fields);
    }

    @Override
    public int hashCode() {
        return fields.hashCode();
    }

    /** Returns one line with severity, SQLSTATE, message, detail and hint, control characters escaped. */
    @Override
    public String toString() {
        return ErrorText.escaped(severity() + " " + sqlState() + ": ") + ErrorText.of(fields);
    }
}
