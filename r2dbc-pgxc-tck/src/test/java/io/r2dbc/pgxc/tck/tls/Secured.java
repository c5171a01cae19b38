// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.tck.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.pkitesting.X509Bundle;
import io.r2dbc.pgxc.PgxcConfiguration;
import io.r2dbc.pgxc.PgxcConnection;
import io.r2dbc.pgxc.PgxcConnectionFactory;
import io.r2dbc.pgxc.tck.server.Capability;
import io.r2dbc.pgxc.tck.server.Cluster;
import io.r2dbc.pgxc.tck.server.TestServer;
import io.r2dbc.pgxc.testing.Authority;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A server with TLS, and the authority that has signed its certificate.
 *
 * <p>What a user may do is in the name: {@code plain_only} and {@code tls_only} may come in one way only, {@code scram} needs the password
 * {@code secret}, {@code certified} a certificate.
 */
final class Secured implements BeforeAllCallback, AfterAllCallback {

    static final Duration LIMIT = Duration.ofSeconds(40);

    static final String PASSWORD = "secret";

    private final Authority authority = Authority.create("authority");
    private Cluster cluster;
    private Path folder;
    private String rootFile;

    @Override
    public void beforeAll(ExtensionContext context) throws IOException, SQLException {
        assumeTrue(
                TestServer.shared().supports(Capability.CONTROL), "only a server of our own can be given certificates");
        folder = Files.createTempDirectory("pgxc-tls");
        rootFile = authority.rootFile(folder);
        cluster = Cluster.create();
        cluster.put("root.crt", authority.root().getRootCertificatePEM());
        put(authority.signLoopback());
        cluster.configure("ssl", "on")
                .configure("ssl_cert_file", "server.crt")
                .configure("ssl_key_file", "server.key")
                .configure("ssl_ca_file", "root.crt")
                .configure("password_encryption", "scram-sha-256");
        cluster.hba(
                "hostnossl all plain_only 127.0.0.1/32 trust",
                "hostssl all plain_only 127.0.0.1/32 reject",
                "hostssl all tls_only 127.0.0.1/32 trust",
                "hostnossl all tls_only 127.0.0.1/32 reject",
                "host all scram 127.0.0.1/32 scram-sha-256",
                "hostssl all cleartext 127.0.0.1/32 password",
                "hostssl all certified 127.0.0.1/32 cert",
                "hostnossl all certified 127.0.0.1/32 reject");
        cluster.start();
        try (java.sql.Connection witness =
                        DriverManager.getConnection(cluster.endpoint().jdbcUrl());
                Statement statement = witness.createStatement()) {
            for (String user : new String[] {"plain_only", "tls_only", "scram", "cleartext", "certified"}) {
                statement.execute("create user " + user + " password '" + PASSWORD + "'");
            }
        }
    }

    @Override
    public void afterAll(ExtensionContext context) throws IOException {
        if (cluster != null) {
            cluster.close();
            try (Stream<Path> files = Files.list(folder)) {
                files.forEach(Secured::delete);
            }
            Files.delete(folder);
        }
    }

    private static void delete(Path file) {
        try {
            Files.delete(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Authority authority() {
        return authority;
    }

    Cluster cluster() {
        return cluster;
    }

    /** What clients trust who know the authority. */
    String rootFile() {
        return rootFile;
    }

    Path folder() {
        return folder;
    }

    boolean isAtLeast(int major) {
        return TestServer.shared().versionNum() >= major * 10_000;
    }

    /** Gives the server another certificate, for connections that are made from now on. */
    void certify(X509Bundle identity) {
        put(identity);
        cluster.reload();
    }

    private void put(X509Bundle identity) {
        cluster.put("server.crt", identity.getCertificatePathPEM()).put("server.key", identity.getPrivateKeyPEM());
    }

    PgxcConfiguration.Builder client(String user) {
        return PgxcConfiguration.builder()
                .host("127.0.0.1")
                .port(cluster.endpoint().port())
                .database("postgres")
                .user(user)
                .password(PASSWORD)
                .connectTimeout(LIMIT)
                .applicationName("pgxc_tls");
    }

    /** Opens a connection, does something with it, and closes it. */
    static void with(PgxcConfiguration.Builder client, Consumer<PgxcConnection> use) {
        PgxcConnection connection = Objects.requireNonNull(
                new PgxcConnectionFactory(client.build()).create().block(LIMIT));
        try {
            use.accept(connection);
        } finally {
            connection.close().block(LIMIT);
        }
    }

    /** Whether the server says that the connection is encrypted. */
    static boolean isEncrypted(PgxcConnection connection) {
        return Boolean.parseBoolean(ask(connection, "select ssl from pg_stat_ssl where pid = pg_backend_pid()"));
    }

    static String ask(PgxcConnection connection, String sql) {
        String answer = connection
                .createStatement(sql)
                .execute()
                .concatMap(result -> result.map(row -> String.valueOf(row.get(0))))
                .single()
                .block(LIMIT);
        assertThat(answer).isNotNull();
        return answer;
    }

    /** How the attempt to connect ends in failure. */
    static Throwable refusal(PgxcConfiguration.Builder client) {
        return new PgxcConnectionFactory(client.build())
                .create()
                .flatMap(connection -> connection.close().thenReturn("a connection"))
                .map(opened -> (Throwable) new AssertionError("it opened " + opened))
                .onErrorResume(reactor.core.publisher.Mono::just)
                .blockOptional(LIMIT)
                .orElseThrow();
    }
}
