// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.tck.server;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The server that tests run against: a given one, one in a container, or an embedded one (see the package).
 */
public final class TestServer implements AutoCloseable {

    /** The property that names a running server. */
    static final String URL = "pgxc.test.url";

    /** The property that asks for another kind of server. */
    static final String KIND = "pgxc.test.server";

    private static @Nullable TestServer shared;

    private final Endpoint endpoint;
    private final @Nullable Cluster cluster;
    private final Runnable end;
    private final Map<Capability, Boolean> capabilities = new EnumMap<>(Capability.class);

    private TestServer(Endpoint endpoint, @Nullable Cluster cluster, Runnable end) {
        this.endpoint = endpoint;
        this.cluster = cluster;
        this.end = end;
    }

    /**
     * The one of this JVM, started by the first who asks, and ended with the JVM. Nobody closes, stops or reconfigures it.
     */
    public static synchronized TestServer shared() {
        TestServer server = shared;
        if (server == null) {
            server = start();
            shared = server;
        }
        return server;
    }

    /** One of the caller's own, as far as that is possible: a given server is there only once. */
    public static TestServer start() {
        String url = System.getProperty(URL);
        if (url != null) {
            return new TestServer(Endpoint.parse(url), null, () -> {});
        }
        String kind = System.getProperty(KIND, "embedded");
        return switch (kind) {
            case "embedded" -> embedded();
            case "testcontainers" -> contained();
            default ->
                throw new IllegalArgumentException("-D" + KIND + " can be embedded or testcontainers, not " + kind);
        };
    }

    private static TestServer embedded() {
        Cluster cluster = Cluster.create();
        try {
            cluster.start();
        } catch (RuntimeException e) {
            cluster.close();
            throw e;
        }
        return new TestServer(cluster.endpoint(), cluster, cluster::close);
    }

    private static TestServer contained() {
        try {
            ContainerServer container = ContainerServer.start(Distribution.chosenMajor());
            Remains.add(container);
            return new TestServer(container.endpoint(), null, container::close);
        } catch (NoClassDefFoundError e) {
            throw new IllegalStateException(
                    "-D" + KIND + "=testcontainers needs the artefact"
                            + " org.testcontainers:testcontainers-postgresql on the class path",
                    e);
        }
    }

    /** The host to connect to. */
    public String host() {
        return endpoint.host();
    }

    /** The port to connect to. */
    public int port() {
        return endpoint.port();
    }

    /** The database that tests may fill. */
    public String database() {
        return endpoint.database();
    }

    /** The user to log in as; a superuser, unless the server is a given one. */
    public String user() {
        return endpoint.user();
    }

    /** The password of that user. */
    public String password() {
        return endpoint.password();
    }

    /** The address for pgjdbc, login included. */
    public String jdbcUrl() {
        return endpoint.jdbcUrl();
    }

    /** The address for this project's driver, login included. */
    public String r2dbcUrl() {
        return endpoint.r2dbcUrl();
    }

    /** All of the above. */
    public Endpoint endpoint() {
        return endpoint;
    }

    /** The embedded server behind it, for its folders and its log; none where the server is of another kind. */
    public Optional<Cluster> cluster() {
        return Optional.ofNullable(cluster);
    }

    /** What {@code server_version_num} says, such as 180006. Asks by JDBC, so pgjdbc must be there. */
    public int versionNum() {
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet answer = statement.executeQuery("SHOW server_version_num")) {
            if (!answer.next()) {
                throw new IllegalStateException("The server has no version");
            }
            return answer.getInt(1);
        } catch (SQLException e) {
            throw unreachable(e);
        }
    }

    /** Whether a test that needs this can run; a test that cannot is skipped. Asks by JDBC, so pgjdbc must be there. */
    public boolean supports(Capability capability) {
        if (capability == Capability.CONTROL) {
            return cluster != null;
        }
        synchronized (capabilities) {
            return capabilities.computeIfAbsent(capability, this::asks);
        }
    }

    private boolean asks(Capability capability) {
        try (Connection connection = connect()) {
            return capability.isServedBy(connection);
        } catch (SQLException e) {
            throw unreachable(e);
        }
    }

    private Connection connect() throws SQLException {
        return DriverManager.getConnection(jdbcUrl());
    }

    private IllegalStateException unreachable(SQLException cause) {
        return new IllegalStateException("The test server " + endpoint + " cannot be asked", cause);
    }

    /** Ends the server, unless it is a given one. */
    @Override
    public void close() {
        end.run();
    }
}
