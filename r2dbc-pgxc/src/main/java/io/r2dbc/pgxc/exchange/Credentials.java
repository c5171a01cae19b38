// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.exchange;

import io.r2dbc.pgxc.auth.GssMechanism;
import io.r2dbc.pgxc.auth.GssMechanism.Purpose;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who logs in, and what may be revealed on the way.
 *
 * @param password null where none was given
 * @param mayBeClearText whether the password may leave as it is: over TLS, a Unix socket, loopback, or by the user's explicit wish (X35)
 * @param scramMaxIterations more than this is refused before any hashing (S2.11.7)
 * @param binding whether the login is to be bound to the server's certificate (S2.11.3)
 * @param token null where none was given
 * @param methods by what the server may ask; others are refused before anything is said
 * @param gss speaks GSSAPI with the server; null where that is not possible, over a Unix socket
 */
public record Credentials(
        String user,
        @Nullable CharSequence password,
        boolean mayBeClearText,
        int scramMaxIterations,
        Binding binding,
        Set<Method> methods,
        @Nullable Token token,
        @Nullable GssMechanism gss) {

    /** By what a server may ask who we are. */
    public enum Method {
        NONE,
        PASSWORD,
        MD5,
        SCRAM_SHA_256,
        OAUTH,
        GSS,
        SSPI;

        /** As servers and users call it. */
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /** Whether SCRAM is bound to the TLS connection that it runs over. */
    public enum Binding {
        DISABLE,
        PREFER,
        REQUIRE
    }

    /**
     * What lets its bearer in (S2.11.11).
     *
     * @param issuer of whom the user has it; null if that is not said
     */
    public record Token(String value, @Nullable String issuer) {

        @Override
        public String toString() {
            return "Token[hidden]";
        }
    }

    /** Bound where that can be, and by whatever the server asks. */
    public Credentials(String user, @Nullable CharSequence password, boolean mayBeClearText, int scramMaxIterations) {
        this(
                user,
                password,
                mayBeClearText,
                scramMaxIterations,
                Binding.PREFER,
                EnumSet.allOf(Method.class),
                null,
                null);
    }

    /** Begins to speak GSSAPI, or null where that is not possible. */
    public @Nullable GssTalk gssTalk(Purpose purpose) {
        return gss == null ? null : new GssTalk(gss, purpose);
    }

    /** Begins to speak GSSAPI for encryption, or null where that is not possible. */
    public @Nullable GssTalk encryptingTalk() {
        return gssTalk(Purpose.ENCRYPTION);
    }

    @Override
    public String toString() {
        return "Credentials[user=" + user + ", password=" + (password == null ? "none" : "hidden") + ", token="
                + (token == null ? "none" : "hidden") + "]";
    }
}
