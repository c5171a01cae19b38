// SPDX-License-Identifier: Apache-2.0
/**
 * A Spring WebFlux application on the driver: a table of a million rows streamed to slow and fast readers, and notifications of
 * the database pushed to browsers.
 *
 * <p>Everything but {@link io.r2dbc.pgxc.sample.EventFeed} uses the driver as any other one: by its URL.
 */
@NullMarked
package io.r2dbc.pgxc.sample;

import org.jspecify.annotations.NullMarked;
