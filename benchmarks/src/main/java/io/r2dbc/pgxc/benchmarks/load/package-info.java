// SPDX-License-Identifier: Apache-2.0
/** The works, and the process of its own in which one driver does one of them and is measured. */
@NullMarked
package io.r2dbc.pgxc.benchmarks.load;

import org.jspecify.annotations.NullMarked;
