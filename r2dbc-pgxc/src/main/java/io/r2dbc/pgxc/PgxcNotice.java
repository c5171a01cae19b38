// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import io.r2dbc.pgxc.exchange.Failure;
import io.r2dbc.pgxc.wire.ErrorFields;
import io.r2dbc.spi.R2dbcException;
import io.r2dbc.spi.Result;

/** Something the server wants known that is no error: NOTICE, WARNING, INFO, DEBUG, LOG (protocol 48.2.6). */
public final class PgxcNotice implements Result.Message {

    private final ErrorFields fields;

    PgxcNotice(ErrorFields fields) {
        this.fields = fields;
    }

    /** NOTICE, WARNING, INFO, DEBUG or LOG. */
    public String severity() {
        return fields.severity();
    }

    /** All fields the server sent. */
    public PgxcErrorDetails details() {
        return new PgxcErrorDetails(fields);
    }

    @Override
    public R2dbcException exception() {
        return (R2dbcException) Errors.of(new Failure.ServerError(fields), null);
    }

    @Override
    public int errorCode() {
        return 0;
    }

    @Override
    public String sqlState() {
        return fields.sqlState();
    }

    @Override
    public String message() {
        return fields.message();
    }

    @Override
    public String toString() {
        return severity() + " " + sqlState() + ": " + ErrorText.escaped(message());
    }
}
