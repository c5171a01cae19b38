// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import java.util.Comparator;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A server's version in numbers that can be compared: those of the PostgreSQL it is built on.
 *
 * <p>Releases of Postgres-XC call themselves 1.0, 1.1 and 1.2 and are built on PostgreSQL 9.1, 9.2 and 9.3; they count as those
 * here. Other forks put their names behind the number, distributors their package, and versions not yet released end in
 * letters. What cannot be read is version 0.0, older than everything. The order is that of the numbers alone, while versions are
 * equal if their texts are, too.
 *
 * @param text the setting {@code server_version} as the server reported it
 * @param major 18 of 18.6, 9 of 9.6.24
 * @param minor 6 of 18.6, 6 of 9.6.24
 * @param patch 0 of 18.6, 24 of 9.6.24
 */
public record ServerVersion(String text, int major, int minor, int patch) implements Comparable<ServerVersion> {

    private static final Comparator<ServerVersion> ORDER = Comparator.comparingInt(ServerVersion::major)
            .thenComparingInt(ServerVersion::minor)
            .thenComparingInt(ServerVersion::patch);

    private static final int POSTGRES_XC = 1;
    private static final int OLDEST_BASE_OF_XC = 1;

    /** From here on a version has two parts, and Postgres-XC has none. */
    private static final int TWO_PARTS = 10;

    /** More digits than a part of a version has. */
    private static final int LONGEST = 6;

    /** Reads the setting {@code server_version}; never throws, null counts as empty. */
    public static ServerVersion parse(@Nullable String text) {
        String version = text == null ? "" : text;
        int[] parts = parts(version);
        if (parts[0] == POSTGRES_XC) {
            return new ServerVersion(version, 9, OLDEST_BASE_OF_XC + parts[1], 0);
        }
        return new ServerVersion(version, parts[0], parts[1], parts[2]);
    }

    /** Returns the version as the server's {@code server_version_num} counts: 180006 for 18.6, 90624 for 9.6.24. */
    public int number() {
        return major >= TWO_PARTS ? major * 10_000 + minor : major * 10_000 + minor * 100 + patch;
    }

    /** Returns whether this is {@code major}.{@code minor} or newer. */
    public boolean isAtLeast(int major, int minor) {
        return this.major > major || (this.major == major && this.minor >= minor);
    }

    /** Whether the server may be Postgres-XC or one of its successors, so that the catalogue should be asked (X32). */
    boolean mayBeCluster() {
        String name = text.toLowerCase(Locale.ROOT);
        return major < TWO_PARTS
                || name.contains("postgres-x")
                || name.contains("opentenbase")
                || name.contains("tbase");
    }

    @Override
    public int compareTo(ServerVersion other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return text;
    }

    /** Up to three numbers separated by dots at the beginning; whatever follows is a name, not a number. */
    private static int[] parts(String text) {
        int[] parts = new int[3];
        int at = 0;
        for (int part = 0; part < parts.length; part++) {
            int end = digitsEnd(text, at);
            if (end == at || end - at > LONGEST) {
                return parts;
            }
            parts[part] = Integer.parseInt(text.substring(at, end));
            if (end == text.length() || text.charAt(end) != '.') {
                return parts;
            }
            at = end + 1;
        }
        return parts;
    }

    private static int digitsEnd(String text, int from) {
        int end = from;
        while (end < text.length() && text.charAt(end) >= '0' && text.charAt(end) <= '9') {
            end++;
        }
        return end;
    }
}
