// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import io.r2dbc.pgxc.exchange.StatementKey;
import org.jspecify.annotations.Nullable;

/**
 * What names the prepared statements that a text with parameters of certain types may run as.
 *
 * @param own with the types of the values, 0 where the server is to deduce one
 * @param asText the same with {@code text} in place of Strings' zeros; null where no String leaves its type open (X10)
 */
record Keys(StatementKey own, @Nullable StatementKey asText) {}
