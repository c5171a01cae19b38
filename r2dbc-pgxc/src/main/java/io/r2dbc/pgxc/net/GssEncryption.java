// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.net;

/** When connections are encrypted by GSSAPI (protocol 48.2.10); if they are, TLS is not asked for. */
public enum GssEncryption {
    DISABLE,
    PREFER,
    REQUIRE
}
