// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import io.r2dbc.pgxc.PgxcExceptions.Report;
import io.r2dbc.pgxc.codec.ValueException;
import io.r2dbc.pgxc.exchange.Failure;
import io.r2dbc.pgxc.wire.ErrorFields;
import io.r2dbc.spi.R2dbcException;
import org.jspecify.annotations.Nullable;

/**
 * Says which exception a failure is. No other class makes {@link R2dbcException}s, so this is the one place to read what a
 * caller gets, and for which SQLSTATE.
 */
final class Errors {

    private static final String DATA_EXCEPTION = "22000";
    private static final String QUERY_CANCELED = "57014";
    private static final String LOCK_NOT_AVAILABLE = "55P03";
    private static final String INSUFFICIENT_PRIVILEGE = "42501";
    private static final String IN_FAILED_TRANSACTION = "25P02";
    private static final String RESOLUTION_UNKNOWN = "08007";
    private static final String PROTOCOL_VIOLATION = "08P01";
    private static final String INVALID_AUTHORIZATION = "28000";

    private Errors() {}

    /**
     * Returns what the caller gets for {@code failure}: an {@link R2dbcException}, or the very exception that something in this
     * process threw. A new one for every call, so that two subscribers do not share suppressed exceptions.
     *
     * @param sql the SQL at hand, or null
     */
    static RuntimeException of(Failure failure, @Nullable String sql) {
        return of(failure, sql, "");
    }

    /**
     * As {@link #of(Failure, String)}, for one part of several.
     *
     * @param where which part failed, ending in a colon and a space; may be empty
     */
    static RuntimeException of(Failure failure, @Nullable String sql, String where) {
        if (failure instanceof Failure.Local local) {
            return local.cause() instanceof ValueException value ? of(value, where, sql) : local.cause();
        }
        if (failure instanceof Failure.ServerError error) {
            return serverError(error, sql, where);
        }
        if (failure instanceof Failure.ConnectionLost lost) {
            return resource(plain(lost, lost.sqlState(), sql, lost.cause()));
        }
        if (failure instanceof Failure.ProtocolViolation violation) {
            return new PgxcExceptions.NonTransientResource(
                    plain(violation, PROTOCOL_VIOLATION, sql, violation.cause()));
        }
        if (failure instanceof Failure.TimedOut) {
            return new PgxcExceptions.TimedOut(plain(failure, QUERY_CANCELED, sql, null));
        }
        if (failure instanceof Failure.RolledBack rolledBack) {
            Throwable first = rolledBack.first() == null ? null : of(rolledBack.first(), null);
            return new PgxcExceptions.RolledBack(plain(failure, IN_FAILED_TRANSACTION, sql, first));
        }
        if (failure instanceof Failure.OutcomeUnknown unknown) {
            return new PgxcExceptions.NonTransientResource(
                    plain(failure, RESOLUTION_UNKNOWN, sql, of(unknown.reason(), null)));
        }
        if (failure instanceof Failure.Refused refused) {
            return new PgxcExceptions.PermissionDenied(plain(refused, INVALID_AUTHORIZATION, sql, refused.cause()));
        }
        throw new IllegalStateException("no exception is known for " + failure);
    }

    /**
     * Returns what the caller gets for a value that could not be read or written: a data error, SQLSTATE 22000.
     *
     * @param where the column or parameter, ending in a colon and a space; may be empty
     * @param sql the SQL at hand, or null
     */
    static R2dbcException of(ValueException value, String where, @Nullable String sql) {
        String message = ErrorText.escaped(where + value.getMessage());
        return new PgxcExceptions.DataIntegrity(new Report(message, DATA_EXCEPTION, sql, null, value));
    }

    private static R2dbcException serverError(Failure.ServerError error, @Nullable String sql, String where) {
        ErrorFields fields = error.fields();
        Throwable first = error.first() == null ? null : of(error.first(), null);
        Report report = new Report(
                where + ErrorText.of(fields) + remark(error),
                fields.sqlState(),
                sql,
                new PgxcErrorDetails(fields),
                first);
        return error.connectionLost() || fields.isFatal() ? resource(report) : statement(report);
    }

    private static String remark(Failure.ServerError error) {
        String remark = error.remark();
        return remark == null ? "" : " (" + ErrorText.escaped(remark) + ")";
    }

    /** The connection is gone with it: what matters is whether another one may be had. */
    private static R2dbcException resource(Report report) {
        return switch (sqlClass(report)) {
            case "28" -> new PgxcExceptions.PermissionDenied(report);
            case "53" -> new PgxcExceptions.TransientResource(report);
            default ->
                isGoingAway(report.sqlState())
                        ? new PgxcExceptions.TransientResource(report)
                        : new PgxcExceptions.NonTransientResource(report);
        };
    }

    /** The connection stays open: what matters is what was wrong with the statement. */
    private static R2dbcException statement(Report report) {
        return switch (report.sqlState()) {
            case INSUFFICIENT_PRIVILEGE -> new PgxcExceptions.PermissionDenied(report);
            case QUERY_CANCELED, LOCK_NOT_AVAILABLE -> new PgxcExceptions.TimedOut(report);
            default -> statementByClass(report);
        };
    }

    private static R2dbcException statementByClass(Report report) {
        return switch (sqlClass(report)) {
            case "03", "26", "34", "42" -> new PgxcExceptions.BadGrammar(report);
            case "21", "22", "23", "27", "44" -> new PgxcExceptions.DataIntegrity(report);
            case "28" -> new PgxcExceptions.PermissionDenied(report);
            case "40" -> new PgxcExceptions.RolledBack(report);
            case "53" -> new PgxcExceptions.TransientResource(report);
            default -> new PgxcExceptions.NonTransient(report);
        };
    }

    /** Shutting down, crashed and recovering, or not yet up: another server, or this one in a moment, will do. */
    private static boolean isGoingAway(String sqlState) {
        return switch (sqlState) {
            case "57P01", "57P02", "57P03" -> true;
            default -> false;
        };
    }

    private static Report plain(Failure failure, String sqlState, @Nullable String sql, @Nullable Throwable cause) {
        return new Report(ErrorText.escaped(failure.message()), sqlState, sql, null, cause);
    }

    private static String sqlClass(Report report) {
        return report.sqlState().substring(0, 2);
    }
}
