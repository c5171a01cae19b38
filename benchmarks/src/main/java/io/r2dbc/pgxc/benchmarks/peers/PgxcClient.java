// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.benchmarks.peers;

import io.r2dbc.pgxc.PgxcConfiguration;
import io.r2dbc.pgxc.PgxcConnection;
import io.r2dbc.pgxc.PgxcConnectionFactory;
import io.r2dbc.spi.Connection;
import java.util.List;
import reactor.core.publisher.Flux;

/** This project's driver, as it comes. */
final class PgxcClient extends R2dbcClient {

    PgxcClient(Address address) {
        super(new PgxcConnectionFactory(PgxcConfiguration.builder()
                .host(address.host())
                .port(address.port())
                .database(address.database())
                .user(address.user())
                .password(address.password())
                .build()));
    }

    @Override
    public void copy(int connection, Done done) {
        Flux<Object[]> rows = Flux.range(1, Tables.BATCH).map(id -> new Object[] {id, Tables.name(id)});
        ((PgxcConnection) connection(connection))
                .copyInRows("event", List.of("id", "name"), rows)
                .subscribe(new Sum<>(done));
    }

    @Override
    void notified(Connection connection, Runnable listener) {
        ((PgxcConnection) connection).notifications().subscribe(news -> listener.run());
    }
}
