// SPDX-License-Identifier: Apache-2.0

/** The driver below Spring and Spring Data, which know nothing of it but its URL. */
@NullMarked
package io.r2dbc.pgxc.tck.spring;

import org.jspecify.annotations.NullMarked;
