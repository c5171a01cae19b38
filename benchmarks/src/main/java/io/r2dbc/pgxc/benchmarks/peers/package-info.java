// SPDX-License-Identifier: Apache-2.0
/** The drivers compared, each behind the same interface, and what they are asked to do. */
@NullMarked
package io.r2dbc.pgxc.benchmarks.peers;

import org.jspecify.annotations.NullMarked;
