// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import org.jspecify.annotations.Nullable;

/**
 * What every exception of this driver's connections knows besides its class. All implementations extend
 * {@link io.r2dbc.spi.R2dbcException}, whose subclass says what kind of failure it was; this interface says what the server
 * told about it.
 */
public interface PgxcException {

    /**
     * Returns all fields of the server's error ("Error and Notice Message Fields" in PostgreSQL's manual), or null where the failure was not the
     * server's word: a lost connection, a limit of time kept by the client, a broken protocol. Also null in an exception that
     * was serialised.
     */
    @Nullable
    PgxcErrorDetails getErrorDetails();

    /** Returns the five characters of SQLSTATE. */
    @Nullable
    String getSqlState();

    /** Returns the SQL that failed, as it was given to the driver; null where no statement was at hand. */
    @Nullable
    String getSql();

    /** Returns one line: the server's text, its detail and its hint, control characters escaped. */
    @Nullable
    String getMessage();
}
