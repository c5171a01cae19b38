// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import java.util.Collection;
import java.util.Locale;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Finds the name that somebody probably meant. */
final class NearestName {

    /** Longer than any name there is; what is longer is not a misspelling, and the time taken stays bounded. */
    private static final int LONGEST = 64;

    private NearestName() {}

    /** The nearest of {@code names}, whatever its case; null if none is near enough to be meant. */
    static @Nullable String of(String written, Collection<String> names) {
        if (written.length() > LONGEST) {
            return null;
        }
        String nearest = null;
        int least = Math.max(2, written.length() / 3) + 1;
        for (String name : new TreeSet<>(names)) {
            int distance = distance(written.toLowerCase(Locale.ROOT), name.toLowerCase(Locale.ROOT));
            if (distance < least) {
                least = distance;
                nearest = name;
            }
        }
        return nearest;
    }

    /** How many letters must be put in, taken out or exchanged to make one of the other. */
    private static int distance(String a, String b) {
        int[] above = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            above[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            above = nextRow(above, a.charAt(i - 1), b, i);
        }
        return above[b.length()];
    }

    private static int[] nextRow(int[] above, char letter, String b, int row) {
        int[] current = new int[above.length];
        current[0] = row;
        for (int j = 1; j < above.length; j++) {
            int exchanged = above[j - 1] + (letter == b.charAt(j - 1) ? 0 : 1);
            current[j] = Math.min(exchanged, 1 + Math.min(above[j], current[j - 1]));
        }
        return current;
    }
}
