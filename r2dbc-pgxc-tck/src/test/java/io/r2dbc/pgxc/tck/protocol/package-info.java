// SPDX-License-Identifier: Apache-2.0

/** What the driver and a real server say to each other, requirement by requirement of the protocol's chapter. */
@NullMarked
package io.r2dbc.pgxc.tck.protocol;

import org.jspecify.annotations.NullMarked;
