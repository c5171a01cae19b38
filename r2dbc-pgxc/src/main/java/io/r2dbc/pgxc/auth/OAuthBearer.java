// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.auth;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * One OAUTHBEARER conversation, seen from the client (RFC 7628; protocol 48.2.11): a token is shown, and the server takes it without a
 * word or says why not.
 *
 * <p>The token comes from the application. It proves nothing about the server, and whoever has it can use it: it is only to be shown over a
 * connection whose other end is known. What the server gives as its reasons is for people alone, and nothing is done about it.
 *
 * <p>Not thread-safe.
 */
public final class OAuthBearer {

    /** The name by which the server offers it. */
    public static final String MECHANISM = "OAUTHBEARER";

    /** As many characters as any server takes: its messages of authentication end at 65535 bytes, all told. */
    static final int LONGEST_TOKEN = 65_000;

    private static final char SEPARATOR = '\1';

    /** No user and no channel binding, as in SCRAM. */
    private static final String HEADER = "n,,";

    private final String token;
    private final @Nullable String issuer;
    private boolean shown;
    private @Nullable OAuthRefusal refusal;

    /**
     * Begins a conversation.
     *
     * @param issuer of whom the application has its tokens; null if it does not say
     * @throws AuthenticationException if the token is none
     */
    public OAuthBearer(String token, @Nullable String issuer) {
        String objection = objection(token);
        if (objection != null) {
            throw AuthenticationException.refused("The OAuth token " + objection);
        }
        this.token = token;
        this.issuer = issuer;
    }

    /**
     * Returns why that is not a token that could be shown (RFC 6750 section 2.1), as the end of a sentence that does not repeat any of it;
     * null if it is one.
     */
    public static @Nullable String objection(CharSequence token) {
        if (token.length() > LONGEST_TOKEN) {
            return "has " + token.length() + " characters, and no server takes more than " + LONGEST_TOKEN;
        }
        int end = token.length();
        while (end > 0 && token.charAt(end - 1) == '=') {
            end--;
        }
        if (end == 0) {
            return "is empty";
        }
        for (int i = 0; i < end; i++) {
            if (!mayStandInToken(token.charAt(i))) {
                return "is not one, because of the character at index " + i
                        + ": letters, digits and -._~+/ may stand in a token, then equals signs, and no word in front";
            }
        }
        return null;
    }

    private static boolean mayStandInToken(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || "-._~+/".indexOf(c) >= 0;
    }

    /** Returns the initial response that goes with the choice of {@link #MECHANISM}; it has the token in it. */
    public byte[] initialResponse() {
        if (shown) {
            throw new IllegalStateException("The token has been shown");
        }
        shown = true;
        return (HEADER + SEPARATOR + "auth=Bearer " + token + SEPARATOR + SEPARATOR)
                .getBytes(StandardCharsets.US_ASCII);
    }

    /**
     * Takes the server's refusal, and returns the answer without which it does not go on to its error.
     *
     * @param reasons JSON, or what is sent in its place
     * @throws AuthenticationException if no refusal was due
     */
    public byte[] refused(byte[] reasons) {
        if (!shown || refusal != null) {
            throw AuthenticationException.violated("The server refused an OAuth token when none was to be judged");
        }
        refusal = OAuthRefusal.read(reasons);
        return new byte[] {SEPARATOR};
    }

    /** Returns what the server has said of the token, in printable ASCII and without the token; null if it has refused none. */
    public @Nullable String reason() {
        return refusal == null ? null : refusal.told(token, issuer);
    }

    /** Without the token. */
    @Override
    public String toString() {
        return "OAuthBearer[shown=" + shown + ", refused=" + (refusal != null) + "]";
    }
}
