// SPDX-License-Identifier: Apache-2.0

/**
 * The driver on a live server: R2DBC's TestKit, and what applications and the libraries around R2DBC ask of a driver.
 */
@NullMarked
package io.r2dbc.pgxc.tck;

import org.jspecify.annotations.NullMarked;
