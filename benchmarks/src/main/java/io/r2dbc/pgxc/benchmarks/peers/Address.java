// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.benchmarks.peers;

/** Where the server listens, and as whom to log in there. */
public record Address(String host, int port, String database, String user, String password) {}
