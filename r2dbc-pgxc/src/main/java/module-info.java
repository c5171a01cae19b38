// SPDX-License-Identifier: Apache-2.0

/**
 * A reactive, non-blocking R2DBC driver for PostgreSQL and Postgres-XC.
 */
module r2dbc.pgxc {
    requires static io.netty.transport.classes.epoll;
    requires static org.locationtech.jts;
    requires static transitive org.jspecify;
    requires transitive io.netty.buffer;
    requires transitive io.netty.handler;
    requires transitive java.security.jgss;
    requires transitive org.reactivestreams;
    requires transitive r2dbc.spi;
    requires transitive reactor.core;
    requires transitive reactor.netty.core;
    requires com.ongres.saslprep;
    requires io.netty.common;
    requires io.netty.resolver;
    requires io.netty.transport;
    requires io.netty.transport.unix.common;

    exports io.r2dbc.pgxc;
    exports io.r2dbc.pgxc.codec;
    exports io.r2dbc.pgxc.replication;
    exports io.r2dbc.pgxc.value;

    provides io.r2dbc.spi.ConnectionFactoryProvider with
            io.r2dbc.pgxc.PgxcConnectionFactoryProvider;
}
