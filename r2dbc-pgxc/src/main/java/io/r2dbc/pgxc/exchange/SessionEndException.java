// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.exchange;

/** Ends the session from within a conversation, with a reason. */
public final class SessionEndException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient Failure failure;

    public SessionEndException(Failure failure) {
        super(failure.message());
        this.failure = failure;
    }

    public Failure failure() {
        return failure;
    }
}
