// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import io.r2dbc.pgxc.net.Encryption.Policy;

/**
 * Whether connections are encrypted by TLS, and how sure it must be who is at the other end (protocol 48.2.9).
 *
 * <p>Only {@link #VERIFY_FULL} protects against somebody who is on the way to the server and can change what passes: to the others such a
 * person can be the server, or can say that the server has no TLS. Unix sockets are never encrypted, whatever the mode.
 */
public enum SslMode {
    /** Never. */
    DISABLE(Policy.PLAIN),
    /** Only if the server refuses connections that are not. */
    ALLOW(Policy.PLAIN_THEN_TLS),
    /** If the server can, and lets us in that way. */
    PREFER(Policy.TLS_THEN_PLAIN),
    /** Always. The server's certificate is checked only if {@code sslRootCert} says by whom, and is then taken from any host. */
    REQUIRE(Policy.TLS),
    /** Always, to a server whose certificate comes from somebody who is trusted, for whichever host. */
    VERIFY_CA(Policy.TLS),
    /** Always, to a server whose certificate comes from somebody who is trusted, and is for the host that was asked for. */
    VERIFY_FULL(Policy.TLS);

    private final Policy policy;

    SslMode(Policy policy) {
        this.policy = policy;
    }

    Policy policy() {
        return policy;
    }

    /** Whether nothing is ever said in clear text. */
    boolean demandsTls() {
        return policy == Policy.TLS;
    }

    /** Whether the certificate must be good even if nobody says by whom. */
    boolean verifies() {
        return this == VERIFY_CA || this == VERIFY_FULL;
    }
}
