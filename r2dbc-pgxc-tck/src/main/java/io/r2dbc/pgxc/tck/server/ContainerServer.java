// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.tck.server;

import org.testcontainers.postgresql.PostgreSQLContainer;

/**
 * A PostgreSQL in a container. Loaded only when asked for: Testcontainers is an optional dependency.
 */
final class ContainerServer implements AutoCloseable {

    private final PostgreSQLContainer container;

    private ContainerServer(PostgreSQLContainer container) {
        this.container = container;
    }

    static ContainerServer start(int major) {
        String image = "postgres:" + major;
        try {
            PostgreSQLContainer container = new PostgreSQLContainer(image);
            container.setCommand(
                    "postgres",
                    "-c",
                    "fsync=off",
                    "-c",
                    "max_connections=300",
                    "-c",
                    "wal_level=logical",
                    "-c",
                    "max_wal_senders=20",
                    "-c",
                    "max_replication_slots=20",
                    "-c",
                    "max_prepared_transactions=64");
            container.start();
            return new ContainerServer(container);
        } catch (IllegalStateException e) {
            throw new IllegalStateException(
                    "No container of " + image + ": is a container engine running here? Without"
                            + " -Dpgxc.test.server=testcontainers an embedded server is used",
                    e);
        }
    }

    Endpoint endpoint() {
        return new Endpoint(
                container.getHost(),
                container.getMappedPort(PostgreSQLContainer.POSTGRESQL_PORT),
                container.getDatabaseName(),
                container.getUsername(),
                container.getPassword());
    }

    @Override
    public void close() {
        Remains.remove(this);
        container.stop();
    }
}
