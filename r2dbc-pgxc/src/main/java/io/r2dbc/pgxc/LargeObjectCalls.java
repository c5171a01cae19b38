// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** Asks the server one function, by a statement that is prepared once. */
final class LargeObjectCalls {

    private LargeObjectCalls() {}

    static <T> Mono<T> one(ConnectionCore core, String sql, Class<T> type, Object... values) {
        return Mono.defer(() -> {
            PgxcStatement statement = new PgxcStatement(core, core.sqlText(sql));
            for (int i = 0; i < values.length; i++) {
                statement.bind(i, values[i]);
            }
            return statement
                    .execute()
                    .concatMap(result -> result.map(row -> value(row.get(0, type), sql)), 1)
                    .single();
        });
    }

    private static <T> T value(@Nullable T value, String sql) {
        if (value == null) {
            throw new IllegalStateException(sql + " is not NULL");
        }
        return value;
    }
}
