// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.benchmarks.peers;

import io.r2dbc.pgxc.PgxcConfiguration;
import io.r2dbc.pgxc.PgxcConnection;
import io.r2dbc.pgxc.PgxcConnectionFactory;
import io.r2dbc.spi.Connection;

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
    void notified(Connection connection, Runnable listener) {
        ((PgxcConnection) connection).notifications().subscribe(news -> listener.run());
    }
}
