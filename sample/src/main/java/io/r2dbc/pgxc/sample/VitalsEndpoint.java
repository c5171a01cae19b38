// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.sample;

import io.r2dbc.spi.Readable;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.util.List;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/**
 * Shows that slow readers make the server wait and leave the heap alone.
 */
@RestController
final class VitalsEndpoint {

    private static final String STREAMS = """
            SELECT pid, coalesce(wait_event, '') FROM pg_stat_activity
            WHERE datname = current_database() AND state = 'active' AND query LIKE 'SELECT id, serial, label%'
            ORDER BY pid""";

    private final DatabaseClient client;

    VitalsEndpoint(DatabaseClient client) {
        this.client = client;
    }

    @GetMapping("/vitals")
    Mono<Vitals> vitals() {
        return client.sql(STREAMS)
                .map(VitalsEndpoint::stream)
                .all()
                .collectList()
                .map(VitalsEndpoint::vitals);
    }

    private static Vitals.Stream stream(Readable row) {
        return new Vitals.Stream(row.get(0, Integer.class), row.get(1, String.class));
    }

    private static Vitals vitals(List<Vitals.Stream> streams) {
        MemoryUsage heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
        return new Vitals(heap.getUsed(), heap.getMax(), streams);
    }
}
