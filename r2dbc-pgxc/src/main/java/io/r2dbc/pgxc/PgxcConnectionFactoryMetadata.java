// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import io.r2dbc.spi.ConnectionFactoryMetadata;

/**
 * Says what product the connections lead to. The name is exactly {@code PostgreSQL}, for Postgres-XC too: Spring, jOOQ and others
 * choose their dialect by it, some by equality.
 */
enum PgxcConnectionFactoryMetadata implements ConnectionFactoryMetadata {
    INSTANCE;

    static final String POSTGRESQL = "PostgreSQL";

    @Override
    public String getName() {
        return POSTGRESQL;
    }
}
