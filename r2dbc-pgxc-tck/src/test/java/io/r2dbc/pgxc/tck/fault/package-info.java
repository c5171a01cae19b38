// SPDX-License-Identifier: Apache-2.0
/**
 * What a connection must survive on a live server: cancellation at any moment, readers who do not read, servers that die, users'
 * functions that throw, many at once. The numbers in the display names are those of the catalogue of faults.
 */
@NullMarked
package io.r2dbc.pgxc.tck.fault;

import org.jspecify.annotations.NullMarked;
