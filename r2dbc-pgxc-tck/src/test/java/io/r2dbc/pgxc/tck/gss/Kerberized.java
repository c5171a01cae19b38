// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.tck.gss;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.r2dbc.pgxc.PgxcConfiguration;
import io.r2dbc.pgxc.tck.server.Cluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import javax.security.auth.login.AppConfigurationEntry;
import javax.security.auth.login.AppConfigurationEntry.LoginModuleControlFlag;
import javax.security.auth.login.Configuration;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A server that knows Kerberos, which the embedded ones do not: of the PostgreSQL that is installed here.
 *
 * <p>{@code alice} comes by her ticket, encrypted or not as the database's name says; {@code bob} by his password, encrypted.
 */
final class Kerberized implements BeforeAllCallback, AfterAllCallback {

    /** The entry of the login configuration by which this JVM gets tickets for alice. */
    static final String ENTRY = "pgxc-alice";

    private static final String CONFIGURATION = "java.security.krb5.conf";

    private Realm realm;
    private Cluster cluster;

    /** The newest PostgreSQL that is installed in the way of Debian. */
    private static Optional<Path> server() {
        try (Stream<Path> versions = Files.list(Path.of("/usr/lib/postgresql"))) {
            return versions.filter(home -> Files.isExecutable(home.resolve("bin/initdb")))
                    .max(Path::compareTo);
        } catch (IOException none) {
            return Optional.empty();
        }
    }

    @Override
    public void beforeAll(ExtensionContext context) throws IOException, SQLException {
        Optional<Path> home = server();
        assumeTrue(home.isPresent() && Realm.isInstalled(), "needs an installed PostgreSQL and an installed Kerberos");
        realm = Realm.open();
        System.setProperty(CONFIGURATION, realm.configuration().toString());
        Configuration.setConfiguration(new Tickets(realm.keytab(Realm.ALICE)));
        cluster = Cluster.installed(home.get());
        Files.copy(realm.serverKeytab(), cluster.dataDirectory().resolve("server.keytab"));
        cluster.configure(
                        "krb_server_keyfile",
                        cluster.dataDirectory().resolve("server.keytab").toString())
                .hba(
                        "hostgssenc encrypted alice 127.0.0.1/32 gss include_realm=0",
                        "hostgssenc encrypted bob 127.0.0.1/32 password",
                        "hostnogssenc encrypted all 127.0.0.1/32 reject",
                        "hostnogssenc plain alice 127.0.0.1/32 gss include_realm=0",
                        "hostgssenc plain all 127.0.0.1/32 reject")
                .start();
        try (java.sql.Connection witness =
                        DriverManager.getConnection(cluster.endpoint().jdbcUrl() + "?gssEncMode=disable");
                Statement statement = witness.createStatement()) {
            statement.execute("create user alice");
            statement.execute("create user bob password 'secret'");
            statement.execute("create database encrypted");
            statement.execute("create database plain");
        }
    }

    @Override
    public void afterAll(ExtensionContext context) {
        Configuration.setConfiguration(null);
        System.clearProperty(CONFIGURATION);
        if (cluster != null) {
            cluster.close();
        }
        if (realm != null) {
            realm.close();
        }
    }

    int port() {
        return cluster.endpoint().port();
    }

    PgxcConfiguration.Builder client(String user, String database) {
        return PgxcConfiguration.builder()
                .host("localhost")
                .port(port())
                .user(user)
                .database(database)
                .jaasApplicationName(ENTRY);
    }

    private static final class Tickets extends Configuration {

        private final Path keytab;

        Tickets(Path keytab) {
            this.keytab = keytab;
        }

        @Override
        public AppConfigurationEntry[] getAppConfigurationEntry(String name) {
            Map<String, String> options = Map.of(
                    "useKeyTab", "true",
                    "keyTab", keytab.toString(),
                    "principal", Realm.ALICE,
                    "doNotPrompt", "true",
                    "refreshKrb5Config", "true");
            return new AppConfigurationEntry[] {
                new AppConfigurationEntry(
                        "com.sun.security.auth.module.Krb5LoginModule", LoginModuleControlFlag.REQUIRED, options)
            };
        }
    }
}
