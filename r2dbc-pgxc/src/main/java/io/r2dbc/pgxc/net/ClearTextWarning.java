// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.net;

import io.r2dbc.pgxc.exchange.Line;
import java.util.concurrent.atomic.AtomicBoolean;
import reactor.util.Logger;
import reactor.util.Loggers;

/**
 * Says once that connections could have been encrypted and are not, unless they do not leave this machine.
 */
final class ClearTextWarning {

    private static final Logger LOGGER = Loggers.getLogger(Connector.class);

    private final String address;
    private final AtomicBoolean given = new AtomicBoolean();

    ClearTextWarning(String address) {
        this.address = address;
    }

    void give(Line line, String reason) {
        if (!line.isProtected() && given.compareAndSet(false, true)) {
            LOGGER.warn("Connections to " + address + " are not encrypted, because " + reason
                    + ". Whoever is on the way can read and change them; sslMode=verify-full prevents that,"
                    + " and sslMode=disable this warning");
        }
    }
}
