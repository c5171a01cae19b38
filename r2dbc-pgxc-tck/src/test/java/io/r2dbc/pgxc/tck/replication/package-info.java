// SPDX-License-Identifier: Apache-2.0
/** The replication protocol on a live server: commands, streams of the log, decoded changes, base backups. */
@NullMarked
package io.r2dbc.pgxc.tck.replication;

import org.jspecify.annotations.NullMarked;
