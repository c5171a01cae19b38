// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import static io.r2dbc.pgxc.testing.ServerMessages.INT4;
import static io.r2dbc.pgxc.testing.ServerMessages.column;

import io.r2dbc.pgxc.testing.CannedResult;
import io.r2dbc.pgxc.testing.CannedResults;
import java.time.Duration;
import java.util.List;
import org.reactivestreams.Publisher;
import org.testng.annotations.AfterMethod;

/** The TCK over {@link DemandFlux} as users meet it: the rows of a Result, from the socket on. */
public final class RowsVerification extends PublisherContract<Integer> {

    private static final Duration LIMIT = Duration.ofSeconds(10);

    private final ScriptedConnections connections = new ScriptedConnections(RowsVerification::results);

    private static void results(CannedResults results) {
        for (int count = 0; count <= MANY; count++) {
            results.on(sql(count), CannedResult.columns(column("a", INT4)).rows(count, i -> List.of("" + i)));
        }
    }

    private static String sql(long rows) {
        return "SELECT " + rows + " ROWS";
    }

    @Override
    public Publisher<Integer> createPublisher(long elements) {
        PgxcResult result = connections
                .open()
                .createStatement(sql(elements))
                .execute()
                .next()
                .block(LIMIT);
        return result.map((row, metadata) -> row.get(0, Integer.class));
    }

    @Override
    public Publisher<Integer> createFailedPublisher() {
        PgxcResult result =
                connections.open().createStatement(sql(1)).execute().next().block(LIMIT);
        result.getRowsUpdated().blockLast(LIMIT);
        return result.map((row, metadata) -> row.get(0, Integer.class));
    }

    @AfterMethod
    public void close() {
        connections.close();
    }
}
