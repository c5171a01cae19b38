// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

/**
 * Whether the login is bound to the TLS connection it runs over (SCRAM-SHA-256-PLUS, protocol 48.2.11): then nobody can stand in between
 * and pass it on, even with a certificate that is believed.
 */
public enum ChannelBinding {
    /** Never. */
    DISABLE,
    /** If there is TLS and the server offers it. */
    PREFER,
    /** Always: every other login is refused, and so is being let in without one. */
    REQUIRE
}
