// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import io.r2dbc.pgxc.codec.CodecRegistrar;
import io.r2dbc.pgxc.codec.CodecRegistry;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The codecs of a factory, one registry per time zone that a session of it is in. Any thread. */
final class Registries {

    /** Applications use a handful of zones; one that cycles through all of them does not get them all kept. */
    private static final int KEPT = 64;

    private final CodecRegistry standard;
    private final Map<String, CodecRegistry> zones = new ConcurrentHashMap<>();

    Registries(List<CodecRegistrar> registrars) {
        CodecRegistry.Builder builder = CodecRegistry.builder();
        registrars.forEach(registrar -> registrar.register(builder));
        standard = registrars.isEmpty() ? CodecRegistry.standard() : builder.build();
    }

    CodecRegistry standard() {
        return standard;
    }

    /** The registry for the zone the server reports, in the server's spelling. */
    CodecRegistry at(String serverZone) {
        if (zones.size() > KEPT && !zones.containsKey(serverZone)) {
            return standard.at(serverZone);
        }
        return zones.computeIfAbsent(serverZone, standard::at);
    }
}
