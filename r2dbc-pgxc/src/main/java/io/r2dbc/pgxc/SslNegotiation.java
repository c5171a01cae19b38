// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

/** How TLS begins (protocol 48.2.9). */
public enum SslNegotiation {
    /** The server is asked first, and answers whether it can: every server knows that. */
    POSTGRES,
    /** At once, which saves a round trip. Servers know it from PostgreSQL 17 on; others drop the connection. */
    DIRECT
}
