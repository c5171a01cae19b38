// SPDX-License-Identifier: Apache-2.0
/** Compares the driver with its peers: every driver and round in a process of its own, in turns, against the same server. */
@NullMarked
package io.r2dbc.pgxc.benchmarks;

import org.jspecify.annotations.NullMarked;
