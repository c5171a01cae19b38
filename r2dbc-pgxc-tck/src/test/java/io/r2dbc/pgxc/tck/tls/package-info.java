// SPDX-License-Identifier: Apache-2.0

/** Encryption, Unix sockets, and the newer protocol, against a server that has them. */
@NullMarked
package io.r2dbc.pgxc.tck.tls;

import org.jspecify.annotations.NullMarked;
