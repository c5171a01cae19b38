// SPDX-License-Identifier: Apache-2.0

/** The driver below r2dbc-pool and r2dbc-proxy, and both of them. */
@NullMarked
package io.r2dbc.pgxc.tck.pool;

import org.jspecify.annotations.NullMarked;
