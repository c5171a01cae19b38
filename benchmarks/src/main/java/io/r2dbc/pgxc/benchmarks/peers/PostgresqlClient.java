// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.benchmarks.peers;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.r2dbc.postgresql.PostgresqlConnectionConfiguration;
import io.r2dbc.postgresql.PostgresqlConnectionFactory;
import io.r2dbc.postgresql.api.PostgresqlConnection;
import io.r2dbc.spi.Connection;
import reactor.core.publisher.Mono;

/** r2dbc-postgresql. */
final class PostgresqlClient extends R2dbcClient {

    PostgresqlClient(Address address, boolean forceBinary) {
        super(new PostgresqlConnectionFactory(PostgresqlConnectionConfiguration.builder()
                .host(address.host())
                .port(address.port())
                .database(address.database())
                .username(address.user())
                .password(address.password())
                .forceBinary(forceBinary)
                .build()));
    }

    @Override
    public void copy(int connection, Done done) {
        Mono<ByteBuf> rows = Mono.fromSupplier(() -> Unpooled.wrappedBuffer(Tables.copied()));
        ((PostgresqlConnection) connection(connection))
                .copyIn(Tables.COPY, rows)
                .subscribe(new Sum<>(done));
    }

    @Override
    void notified(Connection connection, Runnable listener) {
        ((PostgresqlConnection) connection).getNotifications().subscribe(news -> listener.run());
    }
}
