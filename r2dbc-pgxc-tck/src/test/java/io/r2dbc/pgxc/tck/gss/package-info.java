// SPDX-License-Identifier: Apache-2.0

/** GSSAPI against a live server and a Kerberos of its own, where both are installed. */
@NullMarked
package io.r2dbc.pgxc.tck.gss;

import org.jspecify.annotations.NullMarked;
