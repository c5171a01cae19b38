// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import io.r2dbc.spi.ConnectionMetadata;

/** Says what is at the other end of a connection. Immutable. */
public final class PgxcConnectionMetadata implements ConnectionMetadata {

    private final ServerVersion serverVersion;
    private final boolean postgresXc;

    PgxcConnectionMetadata(ServerVersion serverVersion, boolean postgresXc) {
        this.serverVersion = serverVersion;
        this.postgresXc = postgresXc;
    }

    /** Returns exactly {@code PostgreSQL}, for Postgres-XC too; see {@link #isPostgresXc()}. */
    @Override
    public String getDatabaseProductName() {
        return PgxcConnectionFactoryMetadata.POSTGRESQL;
    }

    /** Returns the server's setting {@code server_version}, as it is. */
    @Override
    public String getDatabaseVersion() {
        return serverVersion.text();
    }

    /** Returns the version in numbers: of PostgreSQL itself, where the server is built on one and counts differently. */
    public ServerVersion serverVersion() {
        return serverVersion;
    }

    /** Returns whether the server is a coordinator of Postgres-XC. */
    public boolean isPostgresXc() {
        return postgresXc;
    }

    @Override
    public String toString() {
        return (postgresXc ? "Postgres-XC " : "PostgreSQL ") + serverVersion.text();
    }
}
