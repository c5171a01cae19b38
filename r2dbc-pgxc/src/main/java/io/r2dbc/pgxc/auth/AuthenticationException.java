// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.auth;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/**
 * The login cannot go on, and the connection must be closed. The message says why and never contains a secret.
 */
public final class AuthenticationException extends RuntimeException {

    @Serial
    private static final long serialVersionUID = 1L;

    /** Whether the server broke the rules, or only refused or was refused. */
    private final boolean protocolViolation;

    private AuthenticationException(String message, boolean protocolViolation, @Nullable Throwable cause) {
        super(message, cause);
        this.protocolViolation = protocolViolation;
    }

    static AuthenticationException refused(String message) {
        return new AuthenticationException(message, false, null);
    }

    /** Refused for a reason that lies in a library below. */
    static AuthenticationException failed(String message, Throwable cause) {
        return new AuthenticationException(message, false, cause);
    }

    static AuthenticationException violated(String message) {
        return new AuthenticationException(message, true, null);
    }

    /**
     * Whether the server said something that no server may say (SQLSTATE 08P01), or lied about who it is, as opposed to
     * a refusal between peers who understand each other (SQLSTATE 28000).
     */
    public boolean protocolViolation() {
        return protocolViolation;
    }
}
