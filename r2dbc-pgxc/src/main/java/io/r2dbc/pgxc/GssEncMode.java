// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import io.r2dbc.pgxc.net.GssEncryption;

/**
 * Whether connections are encrypted by GSSAPI, that is by Kerberos (protocol 48.2.10). Where they are, TLS is not asked for, whatever
 * {@link SslMode} says. Unix sockets are never encrypted.
 *
 * <p>It protects as {@link SslMode#VERIFY_FULL} does, if it comes about: only the server that Kerberos knows by the name of the host can
 * take part. Give that name in full: a short one may be completed by way of the DNS, which others may have a hand in.
 */
public enum GssEncMode {
    /** Never. */
    DISABLE(GssEncryption.DISABLE),
    /**
     * If there is a Kerberos ticket and the server can; else as {@link SslMode} says. Whoever is on the way to the server can say that it
     * cannot.
     */
    PREFER(GssEncryption.PREFER),
    /** Always: nothing else is said to a server that cannot. */
    REQUIRE(GssEncryption.REQUIRE);

    private final GssEncryption encryption;

    GssEncMode(GssEncryption encryption) {
        this.encryption = encryption;
    }

    GssEncryption encryption() {
        return encryption;
    }
}
