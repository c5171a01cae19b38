// SPDX-License-Identifier: Apache-2.0

/**
 * The messages of the frontend/backend protocol 3.0 and 3.2 and their bytes, in both directions.
 *
 * <p>Nothing here knows a socket, a thread or the order in which messages make sense: {@link
 * io.r2dbc.pgxc.wire.BackendDecoder} cuts and parses what the server says, {@link io.r2dbc.pgxc.wire.FrontendMessage}
 * writes what the client says. What the server sends is never trusted: every count, length and terminator is checked
 * against the frame it came in before anything is allocated, and whatever does not fit is a {@link
 * io.r2dbc.pgxc.wire.ProtocolException}.
 *
 * <p>The one type that bends the style for speed is {@link io.r2dbc.pgxc.wire.DataRow}: mutable, reused, and therefore
 * not a {@link io.r2dbc.pgxc.wire.BackendMessage}.
 */
@NullMarked
package io.r2dbc.pgxc.wire;

import org.jspecify.annotations.NullMarked;
