// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.exchange;

import org.jspecify.annotations.Nullable;

/**
 * Who logs in, and what may be revealed on the way.
 *
 * @param password null where none was given
 * @param mayBeClearText whether the password may leave as it is: over TLS, a Unix socket, loopback, or by the user's explicit wish (X35)
 * @param scramMaxIterations more than this is refused before any hashing (S2.11.7)
 */
public record Credentials(
        String user, @Nullable CharSequence password, boolean mayBeClearText, int scramMaxIterations) {

    /** The same, where the connection itself protects the password. */
    public Credentials overProtectedLine() {
        return new Credentials(user, password, true, scramMaxIterations);
    }

    @Override
    public String toString() {
        return "Credentials[user=" + user + ", password=" + (password == null ? "none" : "hidden") + "]";
    }
}
