// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import io.r2dbc.pgxc.auth.GssMechanism;
import io.r2dbc.pgxc.auth.Kerberos;
import io.r2dbc.pgxc.auth.TicketLogin;
import java.util.function.Supplier;
import org.ietf.jgss.GSSCredential;
import org.jspecify.annotations.Nullable;

/**
 * What the configuration says about GSSAPI.
 */
record GssSettings(
        GssEncMode gssEncMode,
        String krbServerName,
        @Nullable Supplier<? extends GSSCredential> gssCredential,
        @Nullable String jaasApplicationName) {

    GssSettings {
        Require.that(
                gssCredential == null || jaasApplicationName == null,
                "option jaasApplicationName is set, but so is gssCredential: there can be one way only to a"
                        + " credential");
    }

    /** Speaks with the server of that host; null for Unix sockets, which have no name that Kerberos could know. */
    @Nullable
    GssMechanism mechanism(String host) {
        boolean isSocket = host.startsWith("/") || host.startsWith("@");
        // not before somebody speaks it: a runtime that was put together of few modules may lack it
        return isSocket
                ? null
                : purpose -> new Kerberos(krbServerName, host, gssCredential, new TicketLogin(jaasApplicationName))
                        .begin(purpose);
    }

    /** Without what the supplier may tell about itself. */
    @Override
    public String toString() {
        return "GssSettings[gssEncMode=" + gssEncMode + ", krbServerName=" + krbServerName + "]";
    }
}
