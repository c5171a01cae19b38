// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.sample;

import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;
import reactor.core.publisher.Flux;

/**
 * Streams the table as lines of JSON, at the pace of whoever reads them.
 *
 * <p>Nothing is collected on the way: a reader that falls behind makes the socket full, then this application's demand
 * stops, then the database server waits. Who goes away cancels the query.
 */
@RestController
final class RowsEndpoint {

    private final DatabaseClient client;

    RowsEndpoint(DatabaseClient client) {
        this.client = client;
    }

    @GetMapping(path = "/rows", produces = MediaType.APPLICATION_NDJSON_VALUE)
    Flux<Reading> rows(@RequestParam(name = "limit", defaultValue = "1000000") int limit) {
        if (limit < 0) {
            throw new ResponseStatusException(HttpStatus.BAD_REQUEST, "limit must be 0 or more");
        }
        return client.sql(ReadingTable.SELECT + " ORDER BY id LIMIT :limit")
                .bind("limit", limit)
                .map(Reading::of)
                .all();
    }
}
