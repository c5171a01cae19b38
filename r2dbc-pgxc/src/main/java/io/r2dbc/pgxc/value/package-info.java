// SPDX-License-Identifier: Apache-2.0
/**
 * Values of PostgreSQL for which the JDK has no class: immutable, compared by what they hold, printed as the server
 * prints them where it does in one way only.
 *
 * <p>The room knows nobody. How a value is read from bytes and written to them is the matter of {@code codec}, which knows
 * this room.
 */
@NullMarked
package io.r2dbc.pgxc.value;

import org.jspecify.annotations.NullMarked;
