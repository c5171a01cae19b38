// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.exchange;

import io.r2dbc.pgxc.wire.FrontendMessage.Close;
import io.r2dbc.pgxc.wire.FrontendMessage.Target;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * The prepared statements of one session, least recently used out first (X8).
 *
 * <p>Names carry a random part, because servers behind poolers, and Postgres-XC datanodes, may remember statements of sessions that
 * are gone. A name is never used twice.
 */
final class StatementCache {

    private final int capacity;
    private final Map<StatementKey, PreparedStatement> statements = new LinkedHashMap<>(16, 0.75f, true);
    private final String prefix =
            "pgxc_" + Long.toString(ThreadLocalRandom.current().nextLong(1L << 40), 36) + '_';
    private long named;

    StatementCache(int capacity) {
        this.capacity = capacity;
    }

    @Nullable
    PreparedStatement get(StatementKey key) {
        return statements.get(key);
    }

    /** A statement that is about to be parsed; what has to go for it is added to {@code evicted}. */
    PreparedStatement create(StatementKey key, List<Close> evicted) {
        if (capacity == 0 || !key.isKept()) {
            return new PreparedStatement(key, "");
        }
        PreparedStatement statement = new PreparedStatement(key, nextName());
        statements.put(key, statement);
        evict(evicted);
        return statement;
    }

    private void evict(List<Close> evicted) {
        Iterator<PreparedStatement> eldest = statements.values().iterator();
        while (statements.size() > capacity && eldest.hasNext()) {
            PreparedStatement candidate = eldest.next();
            boolean newest = !eldest.hasNext();
            if (!newest && !candidate.hasPortal()) {
                eldest.remove();
                evicted.add(new Close(Target.STATEMENT, candidate.name()));
            }
        }
    }

    String nextName() {
        return prefix + Long.toString(named++, 36);
    }

    /** Forgets the statement without a word to the server; true unless it had been forgotten before. */
    boolean forget(PreparedStatement statement) {
        return statements.remove(statement.key(), statement);
    }

    /** DISCARD ALL, DEALLOCATE ALL. */
    void clear() {
        statements.clear();
    }

    int size() {
        return statements.size();
    }
}
