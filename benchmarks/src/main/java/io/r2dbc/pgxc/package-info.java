// SPDX-License-Identifier: Apache-2.0
/** Benchmarks of what the driver does per row; in the roof's package, to reach the row cursor. */
@NullMarked
package io.r2dbc.pgxc;

import org.jspecify.annotations.NullMarked;
