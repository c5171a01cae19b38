// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.exchange;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Remembers, per SQL text, whether the server can deduce the types of String parameters or wants to hear {@code text} (X10).
 *
 * <p>One instance serves all connections of a factory; any thread. The least recently used of 1024 texts is forgotten first.
 */
public final class ParameterTyping {

    /** SQLSTATEs of a Parse that failed for want of a parameter type: indeterminate, ambiguous parameter, ambiguous or undefined function. */
    private static final Set<String> UNDEDUCED = Set.of("42P18", "42P08", "42725", "42883");

    private static final int REMEMBERED = 1024;

    /** See {@link #of}. */
    enum Outcome {
        DEDUCED,
        TEXT
    }

    private final Map<String, Outcome> outcomes = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Outcome> eldest) {
            return size() > REMEMBERED;
        }
    };

    synchronized @Nullable Outcome of(String sql) {
        return outcomes.get(sql);
    }

    synchronized void remember(String sql, Outcome outcome) {
        outcomes.put(sql, outcome);
    }

    synchronized void forget(String sql) {
        outcomes.remove(sql);
    }

    static boolean isUndeduced(Failure failure) {
        return failure instanceof Failure.ServerError error
                && UNDEDUCED.contains(error.fields().sqlState());
    }
}
