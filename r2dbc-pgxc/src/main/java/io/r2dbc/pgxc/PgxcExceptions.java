// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import io.r2dbc.spi.R2dbcBadGrammarException;
import io.r2dbc.spi.R2dbcDataIntegrityViolationException;
import io.r2dbc.spi.R2dbcNonTransientException;
import io.r2dbc.spi.R2dbcNonTransientResourceException;
import io.r2dbc.spi.R2dbcPermissionDeniedException;
import io.r2dbc.spi.R2dbcRollbackException;
import io.r2dbc.spi.R2dbcTimeoutException;
import io.r2dbc.spi.R2dbcTransientResourceException;
import java.io.Serial;
import org.jspecify.annotations.Nullable;

/**
 * The driver's exceptions: the kinds that R2DBC and Spring tell apart, each with the server's error details. Users catch
 * the SPI's classes and {@link PgxcException}; only {@link Errors} makes these.
 */
final class PgxcExceptions {

    private PgxcExceptions() {}

    /**
     * What is common to all of them.
     *
     * @param message one line, escaped already
     * @param sqlState five characters
     * @param sql the SQL at hand
     * @param details what the server said, if it was the server
     * @param cause what led to this
     */
    record Report(
            String message,
            String sqlState,
            @Nullable String sql,
            @Nullable PgxcErrorDetails details,
            @Nullable Throwable cause) {}

    /** SQL that the server does not understand, or that names what does not exist. */
    static final class BadGrammar extends R2dbcBadGrammarException implements PgxcException {

        @Serial
        private static final long serialVersionUID = 1L;

        private final transient @Nullable PgxcErrorDetails details;

        BadGrammar(Report report) {
            super(report.message(), report.sqlState(), 0, report.sql(), report.cause());
            this.details = report.details();
        }

        @Override
        public @Nullable PgxcErrorDetails getErrorDetails() {
            return details;
        }
    }

    /** Data that does not fit: a constraint, a type, a conversion. */
    static final class DataIntegrity extends R2dbcDataIntegrityViolationException implements PgxcException {

        @Serial
        private static final long serialVersionUID = 1L;

        private final transient @Nullable PgxcErrorDetails details;

        DataIntegrity(Report report) {
            super(report.message(), report.sqlState(), 0, report.sql(), report.cause());
            this.details = report.details();
        }

        @Override
        public @Nullable PgxcErrorDetails getErrorDetails() {
            return details;
        }
    }

    /** Not allowed, or not who one claims to be. */
    static final class PermissionDenied extends R2dbcPermissionDeniedException implements PgxcException {

        @Serial
        private static final long serialVersionUID = 1L;

        private final transient @Nullable PgxcErrorDetails details;

        PermissionDenied(Report report) {
            super(report.message(), report.sqlState(), 0, report.sql(), report.cause());
            this.details = report.details();
        }

        @Override
        public @Nullable PgxcErrorDetails getErrorDetails() {
            return details;
        }
    }

    /** The transaction is or must be rolled back; trying all of it again may help. */
    static final class RolledBack extends R2dbcRollbackException implements PgxcException {

        @Serial
        private static final long serialVersionUID = 1L;

        private final transient @Nullable PgxcErrorDetails details;

        RolledBack(Report report) {
            super(report.message(), report.sqlState(), 0, report.sql(), report.cause());
            this.details = report.details();
        }

        @Override
        public @Nullable PgxcErrorDetails getErrorDetails() {
            return details;
        }
    }

    /** A limit of time has passed, here or at the server. */
    static final class TimedOut extends R2dbcTimeoutException implements PgxcException {

        @Serial
        private static final long serialVersionUID = 1L;

        private final transient @Nullable PgxcErrorDetails details;

        TimedOut(Report report) {
            super(report.message(), report.sqlState(), 0, report.sql(), report.cause());
            this.details = report.details();
        }

        @Override
        public @Nullable PgxcErrorDetails getErrorDetails() {
            return details;
        }
    }

    /** The server cannot now; trying again later may help. */
    static final class TransientResource extends R2dbcTransientResourceException implements PgxcException {

        @Serial
        private static final long serialVersionUID = 1L;

        private final transient @Nullable PgxcErrorDetails details;

        TransientResource(Report report) {
            super(report.message(), report.sqlState(), 0, report.sql(), report.cause());
            this.details = report.details();
        }

        @Override
        public @Nullable PgxcErrorDetails getErrorDetails() {
            return details;
        }
    }

    /** The connection is lost, or never came to be. */
    static final class NonTransientResource extends R2dbcNonTransientResourceException implements PgxcException {

        @Serial
        private static final long serialVersionUID = 1L;

        private final transient @Nullable PgxcErrorDetails details;

        NonTransientResource(Report report) {
            super(report.message(), report.sqlState(), 0, report.sql(), report.cause());
            this.details = report.details();
        }

        @Override
        public @Nullable PgxcErrorDetails getErrorDetails() {
            return details;
        }
    }

    /** Any other error on a connection that stays open. */
    static final class NonTransient extends R2dbcNonTransientException implements PgxcException {

        @Serial
        private static final long serialVersionUID = 1L;

        private final transient @Nullable PgxcErrorDetails details;

        NonTransient(Report report) {
            super(report.message(), report.sqlState(), 0, report.sql(), report.cause());
            this.details = report.details();
        }

        @Override
        public @Nullable PgxcErrorDetails getErrorDetails() {
            return details;
        }
    }
}
