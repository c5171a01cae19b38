// SPDX-License-Identifier: Apache-2.0

/**
 * Proofs that a password is known, and that the server knows it too, as bytes in and bytes out; and GSSAPI, where Kerberos vouches for
 * both.
 *
 * <p>{@code OAuthBearer} is the exception: a token proves nothing about the server, so whoever uses it sees to it first that the other end
 * is known.
 *
 * <p>Nothing here knows a socket, a message frame or a thread, but for Kerberos, which the JDK asks by itself, and blocks. What the
 * server sends is hostile until it has proved itself: it is bounded and checked before anything costly is done for it. Secrets are wiped
 * where the JDK lets them be, and never reach an exception, a log or {@code toString()}.
 */
@NullMarked
package io.r2dbc.pgxc.auth;

import org.jspecify.annotations.NullMarked;
