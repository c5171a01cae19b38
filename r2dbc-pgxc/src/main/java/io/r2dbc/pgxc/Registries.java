// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import io.r2dbc.pgxc.codec.CatalogType;
import io.r2dbc.pgxc.codec.CodecRegistrar;
import io.r2dbc.pgxc.codec.CodecRegistry;
import io.r2dbc.pgxc.codec.DatabaseTypes;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The codecs of a factory: one registry per time zone that a session of it is in, all of them with the types of the database's
 * own as far as they are known. Any thread.
 */
final class Registries {

    /** Applications use a handful of zones; one that cycles through all of them does not get them all kept. */
    private static final int KEPT = 64;

    /** The registries until more types are known; compared by identity. */
    static final class Edition {

        private final DatabaseTypes types;
        private final CodecRegistry standard;
        private final Map<String, CodecRegistry> zones = new ConcurrentHashMap<>();

        private Edition(DatabaseTypes types, CodecRegistry standard) {
            this.types = types;
            this.standard = standard;
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

    private volatile Edition edition;

    Registries(List<CodecRegistrar> registrars) {
        CodecRegistry.Builder builder = CodecRegistry.builder();
        registrars.forEach(registrar -> registrar.register(builder));
        edition =
                new Edition(DatabaseTypes.BUILT_IN, registrars.isEmpty() ? CodecRegistry.standard() : builder.build());
    }

    /** The latest one; it is another one whenever something has been learnt. */
    Edition edition() {
        return edition;
    }

    DatabaseTypes types() {
        return edition.types;
    }

    /** More is known of the database's own types, and what was doubted is as it was found, if it was; called by one at a time. */
    void learn(Collection<CatalogType> found, Collection<Integer> doubted) {
        Edition before = edition;
        DatabaseTypes types = before.types.without(doubted).with(found);
        if (types != before.types) {
            edition = new Edition(types, before.standard.with(types));
        }
    }
}
