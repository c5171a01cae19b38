// SPDX-License-Identifier: Apache-2.0

/**
 * A server of the protocol that says exactly what a test tells it to, on loopback.
 *
 * <p>{@link io.r2dbc.pgxc.testing.ScriptedServer} takes one {@link io.r2dbc.pgxc.testing.Script} for each connection;
 * {@link io.r2dbc.pgxc.testing.ServerMessages} has the words, {@link io.r2dbc.pgxc.testing.CannedResults} answers for
 * tests that do not care which messages travel.
 */
@NullMarked
package io.r2dbc.pgxc.testing;

import org.jspecify.annotations.NullMarked;
