// SPDX-License-Identifier: Apache-2.0
/**
 * Conversations with the server: who speaks, what may be answered, and when it is over. Sans-IO: the session calls an exchange with
 * messages and an {@link io.r2dbc.pgxc.exchange.Outbox}; an exchange never touches a channel or a thread.
 *
 * <pre>
 * An exchange:
 *
 *     submitted            its turn              ReadyForQuery
 *    ----------> waiting ----------> written ------------------> answered
 *                  |   \               |   \
 *           cancel |    \ NOTHING      |    \ REPEAT (stale statement, undeduced type): waiting again, ahead of all
 *                  v     v             | cancel, give up
 *               (gone) answered        v
 *                                   drained: answers are taken and thrown away, nothing is written behind -> answered
 *
 *    what cannot be made yet has a Reservation in line: in its turn, and when it is open, the exchange is made and written in its place
 *
 * A flight of the extended protocol (ExtendedQuery), what it awaits:
 *
 *     [rides ahead: Close, BEGIN, SAVEPOINT, Parse, RELEASE]
 *     STATEMENT --1 t T|n--> BIND --2--> ROWS --D*, C|I--> next step's STATEMENT or BIND
 *                                        |  \--s--> SYNC, the portal lives on as FetchChunks (in a transaction)
 *                                        |   \-s--> ROWS again after Execute, Flush (outside one)
 *                                        \--last C--> SYNC --Z--> over
 *     any of them --E--> SYNC --Z--> over, or REPEAT;  an abandoned flight: ROLLBACK --1 2 C--> SYNC
 *
 * The session's transaction, known by ReadyForQuery and projected by what has been written since (SessionState):
 *
 *     IDLE --begin subscribed--> IDLE, BEGIN waits --first statement--> OPEN --COMMIT or ROLLBACK written--> IDLE
 *       \------SQL with a transaction keyword, several statements------> UNKNOWN (a fence) --Z--> IDLE or OPEN
 *     BEGIN failed: everything fails with that until COMMIT or ROLLBACK
 * </pre>
 *
 * <p>Against the plan of the house: what shares a Sync with an exchange but is answered ahead of it is a {@link
 * io.r2dbc.pgxc.exchange.Ride}, so that BEGIN and evictions do not have to be understood by every conversation; and a flight says its part
 * in {@code FlightWriter} and hears the answers in {@code ExtendedQuery}, because one file for both fought its reader.
 */
@NullMarked
package io.r2dbc.pgxc.exchange;

import org.jspecify.annotations.NullMarked;
