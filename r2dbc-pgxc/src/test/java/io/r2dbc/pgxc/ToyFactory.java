// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import io.r2dbc.pgxc.testing.ToyGss;

/** Connects by a toy in place of Kerberos. */
public final class ToyFactory {

    private ToyFactory() {}

    public static PgxcConnectionFactory of(PgxcConfiguration.Builder configuration, ToyGss gss) {
        return new PgxcConnectionFactory(configuration.build(), gss);
    }
}
