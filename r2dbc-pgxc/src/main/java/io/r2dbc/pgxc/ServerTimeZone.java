// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import java.time.DateTimeException;
import java.time.ZoneId;
import java.time.ZoneOffset;

/**
 * Says how PostgreSQL spells a time zone of Java's. Names of places are the same on both sides; offsets are not, because a
 * bare {@code GMT+2} follows POSIX at the server, where plus means west.
 */
final class ServerTimeZone {

    private ServerTimeZone() {}

    /** The server's spelling of what Java calls {@code id}; an id that Java does not know is left for the server to judge. */
    static String of(String id) {
        try {
            return of(ZoneId.of(id));
        } catch (DateTimeException unknown) {
            return id;
        }
    }

    /** The server's spelling of {@code zone}. */
    static String of(ZoneId zone) {
        String id = zone.getId();
        boolean offset = id.matches("(UTC|GMT|UT)?[+-].*") || id.equals("Z");
        return offset && zone.normalized() instanceof ZoneOffset fixed ? posix(fixed) : id;
    }

    /** POSIX: a label in angle brackets, then what must be added to local time to reach UTC. */
    private static String posix(ZoneOffset offset) {
        if (offset.getTotalSeconds() == 0) {
            return "UTC";
        }
        return "<" + offset.getId() + ">"
                + ZoneOffset.ofTotalSeconds(-offset.getTotalSeconds()).getId();
    }
}
