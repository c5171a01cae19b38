// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.net;

import io.r2dbc.pgxc.exchange.Failure;
import io.r2dbc.pgxc.exchange.Failure.ServerError;
import io.r2dbc.pgxc.exchange.ProtocolVersions;
import io.r2dbc.pgxc.net.Encryption.Policy;
import org.jspecify.annotations.Nullable;

/**
 * How one connection of an attempt is made, and what is tried when it was refused: encrypted or not, by what, and in which version of the
 * protocol.
 *
 * <p>A server that wants it the other way says so by an error before it asks who we are; once it has asked, the refusal is meant for the
 * user, and repeating the login in the open would give away more than it could gain.
 *
 * @param gss whether encryption by GSSAPI is asked for; the rest, TLS, counts where that is not, or in vain
 * @param encrypted whether TLS is asked for
 * @param turned whether TLS has been tried the other way already
 */
record Approach(GssEncryption gss, Policy policy, boolean encrypted, boolean turned, ProtocolVersions versions) {

    private static final String NOT_LIKE_THIS = "28000";
    private static final String UNSUPPORTED = "0A000";

    /** The first one; a Unix socket needs no encryption, and servers have none there. */
    static Approach first(SessionOptions options) {
        boolean isSocket = options.unixSocket() != null;
        GssEncryption gss = isSocket ? GssEncryption.DISABLE : options.gssEncryption();
        boolean isTls = !isSocket && gss != GssEncryption.REQUIRE;
        Encryption encryption = isTls ? options.encryption() : Encryption.NONE;
        return new Approach(gss, encryption.policy(), encryption.beginsWithTls(), false, options.versions());
    }

    boolean asksForGss() {
        return gss != GssEncryption.DISABLE;
    }

    /** What to try on a new connection after that refusal; null if it stands. */
    @Nullable
    Approach after(Failure refusal, boolean loginBegun) {
        if (!(refusal instanceof ServerError error)) {
            return null;
        }
        String sqlState = error.fields().sqlState();
        if (sqlState.equals(UNSUPPORTED) && !loginBegun && versions.mayStepDown()) {
            return new Approach(gss, policy, encrypted, turned, ProtocolVersions.ONLY_3_0);
        }
        if (!sqlState.equals(NOT_LIKE_THIS) || loginBegun) {
            return null;
        }
        if (asksForGss()) {
            return withoutGss();
        }
        return mayTurn() ? inReverse() : null;
    }

    /** What to try where encryption by GSSAPI did not come about; null if there is no other way. */
    @Nullable
    Approach withoutGss() {
        return gss == GssEncryption.PREFER
                ? new Approach(GssEncryption.DISABLE, policy, encrypted, turned, versions)
                : null;
    }

    /** What to try where TLS did not come about; null if there is no other way. */
    @Nullable
    Approach withoutTls() {
        return policy == Policy.TLS_THEN_PLAIN && encrypted ? inReverse() : null;
    }

    private boolean mayTurn() {
        return !turned && policy == (encrypted ? Policy.TLS_THEN_PLAIN : Policy.PLAIN_THEN_TLS);
    }

    private Approach inReverse() {
        return new Approach(gss, policy, !encrypted, true, versions);
    }
}
