// SPDX-License-Identifier: Apache-2.0
/** Uses the sample as its visitors do. */
@NullMarked
package io.r2dbc.pgxc.sample;

import org.jspecify.annotations.NullMarked;
