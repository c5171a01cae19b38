// SPDX-License-Identifier: Apache-2.0
/** Which numbered requirements have a passed test: the catalogue, the tests' reports, and the page made of both. */
@NullMarked
package io.r2dbc.pgxc.tck.conformance;

import org.jspecify.annotations.NullMarked;
