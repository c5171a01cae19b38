// SPDX-License-Identifier: Apache-2.0
/**
 * Bytes in motion: the channel, the event loop, connecting, cancelling, closing.
 *
 * <p>Control enters by Netty ({@code SessionHandler}) or by {@code Mailbox} from other threads, and everything then happens in one turn of
 * the event loop: letters are taken, messages decoded as far as somebody wants them ({@code Dispatcher}), exchanges written ({@code Pen}),
 * one flush. {@code ExchangeQueue} knows who is next, {@code StallGuard}, {@code Stopper} and {@code Silence} see to it that nobody waits
 * for ever, {@code Goodbye} ends it.
 *
 * <p>Before all that stands {@code Connector}: an {@code Attempt} dials ({@code Dialer}, by TCP or {@code UnixSocket}), negotiates TLS
 * ({@code TlsNegotiation}, with what {@code TlsMaterial} makes of files), and says StartupMessage on a new session; {@code Approach} knows
 * what may be tried when that was refused. {@code SslHandler} stands ahead of {@code SessionHandler}, which goes on to ask for every read.
 * Encryption by GSSAPI goes ahead of that and in its place ({@code GssNegotiation}, {@code GssHandler}). A {@code Cancellation} takes the
 * same way as its session.
 *
 * <p>One flush a turn is the rule, with one exception ({@code Pen.turnEnds}): what answers lead to while 16 or more exchanges are at the
 * server, and more than half of what left last, leaves together with what the next answers lead to. A write for each answer was half of
 * the CPU of a connection with 64 queries in flight. Nothing waits that was submitted from outside of such a turn.
 *
 * <p>A session that is parked, because a message waits that nobody wants, does not read; that the line has been cut shows when it reads on:
 * on demand, on cancellation, or when {@code StallGuard} gives the head up.
 *
 * <p>Against the plan of the house: the handler was one file there; what it decides is in the named classes here, each with one question.
 */
@NullMarked
package io.r2dbc.pgxc.net;

import org.jspecify.annotations.NullMarked;
