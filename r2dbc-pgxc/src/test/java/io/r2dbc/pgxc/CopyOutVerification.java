// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import static io.r2dbc.pgxc.testing.ServerMessages.INT4;
import static io.r2dbc.pgxc.testing.ServerMessages.column;

import io.netty.buffer.ByteBuf;
import io.r2dbc.pgxc.exchange.CopyOut;
import io.r2dbc.pgxc.exchange.Exchange;
import io.r2dbc.pgxc.testing.CannedResult;
import io.r2dbc.pgxc.testing.CannedResults;
import java.util.List;
import org.reactivestreams.Publisher;
import org.testng.annotations.AfterMethod;

/** The TCK over {@link DataFlux} as users meet it: the data of COPY TO STDOUT, from the socket on. */
public final class CopyOutVerification extends PublisherContract<Integer> {

    private final ScriptedConnections connections = new ScriptedConnections(CopyOutVerification::results);

    private static void results(CannedResults results) {
        for (int count = 0; count <= MANY; count++) {
            results.on(sql(count), CannedResult.columns(column("a", INT4)).rows(count, i -> List.of("" + i)));
        }
    }

    private static String sql(long rows) {
        return "COPY " + rows + " TO STDOUT";
    }

    @Override
    public Publisher<Integer> createPublisher(long elements) {
        return lengths(elements);
    }

    @Override
    public Publisher<Integer> createFailedPublisher() {
        DataFlux<Integer> taken = lengths(0);
        taken.blockLast();
        return taken;
    }

    /** The lengths of what comes: the TCK would not release buffers. */
    private DataFlux<Integer> lengths(long elements) {
        return new DataFlux<>(connections.open().core(), sql(elements)) {
            @Override
            Exchange make() {
                return new CopyOut(sql(), false, this);
            }

            @Override
            public void onData(ByteBuf in, int offset, int length) {
                emit(length);
            }
        };
    }

    @AfterMethod
    public void close() {
        connections.close();
    }
}
