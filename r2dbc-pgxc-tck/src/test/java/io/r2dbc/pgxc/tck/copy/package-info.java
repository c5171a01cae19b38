// SPDX-License-Identifier: Apache-2.0

/** COPY, function calls and large objects against a live server. */
@NullMarked
package io.r2dbc.pgxc.tck.copy;

import org.jspecify.annotations.NullMarked;
