// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

/** By what a server may ask who we are (protocol 48.2.1, 48.2.11); see {@link PgxcConfiguration.Builder#requireAuth}. */
public enum AuthenticationMethod {
    /** By nothing: it lets in whoever comes, or has seen a certificate or asked the kernel. */
    NONE,
    /** By the password as it is. */
    PASSWORD,
    /** By an MD5 hash, which can be used again by whoever has read the server's tables. */
    MD5,
    /** By SCRAM, in which the server proves that it knows the password too; bound to TLS or not. */
    SCRAM_SHA_256,
    /** By an OAuth token, which says who its bearer is; see {@link PgxcConfiguration.Builder#oauthToken(java.util.function.Supplier)}. */
    OAUTH,
    /**
     * By GSSAPI, that is by Kerberos: each proves to the other who it is, and there is no password. A connection that GSSAPI encrypts has
     * had it.
     */
    GSS,
    /** By what Windows has in its place, which is Kerberos too; it is spoken by GSSAPI. */
    SSPI
}
