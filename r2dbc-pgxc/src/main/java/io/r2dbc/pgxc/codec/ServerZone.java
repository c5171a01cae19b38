// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.codec;

import java.time.DateTimeException;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads the server's names of time zones: regions, and POSIX rules without daylight saving such as {@code <+03>-03} or
 * {@code GMT+3}, in which west is positive. Java takes {@code GMT+3} for the opposite.
 */
final class ServerZone {

    private static final Pattern POSIX =
            Pattern.compile("(?:<[A-Za-z0-9:+-]{1,32}>|[A-Za-z]{3,32})([+-]?)(\\d{1,2})(?::(\\d{2}))?(?::(\\d{2}))?");

    /** Three American zones without daylight saving; what Java's short names mean depends on the JDK. */
    private static final Map<String, ZoneId> SHORT =
            Map.of("EST", ZoneOffset.ofHours(-5), "MST", ZoneOffset.ofHours(-7), "HST", ZoneOffset.ofHours(-10));

    private static final int LONGEST = 64;

    private ServerZone() {}

    /** The zone, or null if Java has none that is surely the same. */
    static @Nullable ZoneId parse(String name) {
        if (name.length() > LONGEST) {
            return null;
        }
        if (SHORT.containsKey(name)) {
            return SHORT.get(name);
        }
        if (ZoneId.getAvailableZoneIds().contains(name)) {
            return ZoneId.of(name);
        }
        Matcher rule = POSIX.matcher(name);
        return rule.matches() ? offset(rule) : null;
    }

    private static @Nullable ZoneId offset(Matcher rule) {
        int seconds = number(rule.group(2)) * 3600 + number(rule.group(3)) * 60 + number(rule.group(4));
        try {
            return ZoneOffset.ofTotalSeconds("-".equals(rule.group(1)) ? seconds : -seconds);
        } catch (DateTimeException e) {
            return null;
        }
    }

    private static int number(@Nullable String digits) {
        return digits == null ? 0 : Integer.parseInt(digits);
    }
}
