// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.testng.annotations.AfterMethod;

/** The TCK over {@link Execution}: one Result for each binding, on a connection of its own for each test. */
public final class ExecutionVerification extends PublisherContract<PgxcResult> {

    private final ScriptedConnections connections = new ScriptedConnections(results -> {});

    @Override
    public Publisher<PgxcResult> createPublisher(long elements) {
        PgxcConnection connection = connections.open();
        if (elements == 0) {
            return connection.createBatch().execute();
        }
        PgxcStatement statement =
                connection.createStatement("UPDATE t SET a = $1").bind(0, 0);
        for (int i = 1; i < elements; i++) {
            statement.add().bind(0, i);
        }
        return statement.execute();
    }

    /** There is none: before the first request nothing is done that could fail (X1). */
    @Override
    public @Nullable Publisher<PgxcResult> createFailedPublisher() {
        return null;
    }

    @AfterMethod
    public void close() {
        connections.close();
    }
}
