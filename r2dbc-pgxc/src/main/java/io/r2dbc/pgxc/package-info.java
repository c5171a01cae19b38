// SPDX-License-Identifier: Apache-2.0
/**
 * The roof: R2DBC's face of the driver, and the only room that knows all others.
 *
 * <p>Glossary, one word per thing:
 *
 * <ul>
 *   <li><b>exchange</b>: one subscription to {@code execute()}, or one command of the driver's own, and everything answered to it;
 *   <li><b>flight</b>: the messages of an exchange that share a Sync;
 *   <li><b>ride</b>: what travels ahead of a flight and shares its Sync;
 *   <li><b>fence</b>: nothing is written behind an exchange before a named point;
 *   <li><b>session</b>: a connection's conversation state, at this end and at the server's;
 *   <li><b>statement</b>: SQL that the server has parsed under a name; <b>portal</b>: a statement with values, being read;
 *   <li><b>column</b>, <b>row</b>, <b>segment</b>: as R2DBC uses them;
 *   <li><b>coordinator</b>: the Postgres-XC node that a client talks to.
 * </ul>
 *
 * <p>Three publishers are written by hand: {@code Execution}, {@code DemandFlux} (with what CopyData holds: {@code DataFlux}, {@code
 * ReplicationFeed}, {@code BackupFeed}) and {@code EventFlux}. What may outlive its connection, {@code Listening} and {@code
 * PgxcLogicalStream}, is made of Reactor's operators on top of connections; {@code SharedEvents} gives one source an {@code EventFlux} for
 * as long as somebody subscribes. A {@code PgxcTuple} is the one row that may be kept. Against the plan of the house {@code
 * PgxcConnection} has one subclass, for the reason given there.
 */
@NullMarked
package io.r2dbc.pgxc;

import org.jspecify.annotations.NullMarked;
