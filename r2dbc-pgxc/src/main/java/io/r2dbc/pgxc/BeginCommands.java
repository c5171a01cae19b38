// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import io.r2dbc.spi.IsolationLevel;
import io.r2dbc.spi.Option;
import io.r2dbc.spi.TransactionDefinition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Spells out what begins a transaction with the attributes asked for (X17); attributes not known are passed over. */
final class BeginCommands {

    private static final Option<Boolean> DEFERRABLE = Option.valueOf("deferrable");

    private BeginCommands() {}

    static List<String> of(TransactionDefinition definition) {
        StringBuilder begin = new StringBuilder("BEGIN");
        IsolationLevel level = definition.getAttribute(TransactionDefinition.ISOLATION_LEVEL);
        if (level != null) {
            begin.append(" ISOLATION LEVEL ").append(isolation(level));
        }
        if (Boolean.TRUE.equals(definition.getAttribute(TransactionDefinition.READ_ONLY))) {
            begin.append(" READ ONLY");
        }
        if (Boolean.TRUE.equals(definition.getAttribute(DEFERRABLE))) {
            begin.append(" DEFERRABLE");
        }
        List<String> commands = new ArrayList<>(2);
        commands.add(begin.toString());
        addLockTimeout(definition.getAttribute(TransactionDefinition.LOCK_WAIT_TIMEOUT), commands);
        return commands;
    }

    private static void addLockTimeout(@Nullable Duration timeout, List<String> commands) {
        if (timeout != null && !timeout.isNegative()) {
            commands.add("SET LOCAL lock_timeout = " + millis(timeout));
        }
    }

    /** Whole milliseconds, at least one for what is not zero, because zero switches a limit off at the server. */
    static long millis(Duration timeout) {
        long millis = timeout.toMillis();
        return millis == 0 && !timeout.isZero() ? 1 : Math.min(millis, Integer.MAX_VALUE);
    }

    /** The level's SQL, if it is one of the four; it goes into SQL as it is. */
    static String isolation(IsolationLevel level) {
        String sql = level.asSql();
        return switch (sql) {
            case "READ COMMITTED", "READ UNCOMMITTED", "REPEATABLE READ", "SERIALIZABLE" -> sql;
            default ->
                throw new IllegalArgumentException("There is no isolation level " + sql
                        + "; there are READ UNCOMMITTED, READ COMMITTED, REPEATABLE READ and SERIALIZABLE");
        };
    }
}
