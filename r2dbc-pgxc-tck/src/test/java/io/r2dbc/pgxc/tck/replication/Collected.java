// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.tck.replication;

import io.r2dbc.pgxc.PgxcLogicalEvent;
import io.r2dbc.pgxc.PgxcLogicalStream;
import io.r2dbc.pgxc.PgxcTuple;
import io.r2dbc.pgxc.value.Lsn;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** What an application does with a stream: keeps the rows of a transaction until its end, then takes and acknowledges them. */
final class Collected {

    private final PgxcLogicalStream stream;
    private final List<Integer> ofTransaction = new ArrayList<>();
    private final AtomicInteger connections = new AtomicInteger();

    Collected(PgxcLogicalStream stream) {
        this.stream = stream;
    }

    /** The ids of a transaction that has ended with this event. */
    List<Integer> taken(PgxcLogicalEvent event) {
        if (connections.get() == 0 || event.afterReconnect()) {
            connections.incrementAndGet();
            ofTransaction.clear();
        }
        PgxcTuple row = event.newRow();
        if (row != null) {
            ofTransaction.add(row.get("id", Integer.class));
        }
        Lsn end = event.endOfTransaction();
        if (end == null) {
            return List.of();
        }
        List<Integer> taken = List.copyOf(ofTransaction);
        ofTransaction.clear();
        stream.acknowledge(end);
        return taken;
    }

    /** How many have brought something. */
    int connections() {
        return connections.get();
    }
}
