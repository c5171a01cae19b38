// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.tck.gss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.r2dbc.pgxc.AuthenticationMethod;
import io.r2dbc.pgxc.GssEncMode;
import io.r2dbc.pgxc.PgxcConfiguration;
import io.r2dbc.pgxc.PgxcConnection;
import io.r2dbc.pgxc.PgxcConnectionFactory;
import io.r2dbc.pgxc.testing.StandingAsserts;
import io.r2dbc.spi.R2dbcPermissionDeniedException;
import io.r2dbc.spi.R2dbcTimeoutException;
import java.security.PrivilegedExceptionAction;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import javax.security.auth.Subject;
import javax.security.auth.login.LoginContext;
import org.ietf.jgss.GSSCredential;
import org.ietf.jgss.GSSManager;
import org.ietf.jgss.Oid;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import reactor.core.publisher.Flux;

/** Logins and encryption by GSSAPI, as a live server and Kerberos take them. */
class GssIT {

    private static final Duration LIMIT = Duration.ofSeconds(40);
    private static final String HOW = "select concat(gss_authenticated, ' ', principal, ' ', encrypted)"
            + " from pg_stat_gssapi where pid = pg_backend_pid()";

    @RegisterExtension
    static final StandingAsserts ASSERTS = StandingAsserts.within(Duration.ofMinutes(2));

    @RegisterExtension
    static final Kerberized SERVER = new Kerberized();

    private static PgxcConfiguration.Builder encrypted(String user) {
        return SERVER.client(user, "encrypted").gssEncMode(GssEncMode.REQUIRE);
    }

    private static void with(PgxcConfiguration.Builder client, Consumer<PgxcConnection> work) {
        PgxcConnection connection = Objects.requireNonNull(
                new PgxcConnectionFactory(client.build()).create().block(LIMIT));
        try {
            work.accept(connection);
        } finally {
            connection.close().block(LIMIT);
        }
    }

    private static List<String> ask(PgxcConnection connection, String sql) {
        return Objects.requireNonNull(Flux.from(connection.createStatement(sql).execute())
                .concatMap(result -> result.map((row, metadata) -> String.valueOf(row.get(0))))
                .collectList()
                .block(LIMIT));
    }

    @Test
    @DisplayName("[S2.1.14] a login by GSSAPI, which the server knows by its principal, without encryption")
    void login() {
        with(
                SERVER.client("alice", "plain").requireAuth(AuthenticationMethod.GSS),
                connection -> assertThat(ask(connection, HOW)).containsExactly("t " + Realm.ALICE + " f"));
    }

    @Test
    @DisplayName("[S2.10.1, S2.10.2] a session that GSSAPI encrypts: large rows, large values, many statements at once")
    void encrypted() {
        with(encrypted("alice").requireAuth(AuthenticationMethod.GSS), connection -> {
            assertThat(ask(connection, HOW)).containsExactly("t " + Realm.ALICE + " t");
            assertThat(ask(connection, "select repeat('x', i * 997) from generate_series(1, 300) i"))
                    .hasSize(300)
                    .allMatch(value -> value.length() % 997 == 0);
            assertThat(Flux.from(connection
                                    .createStatement("select length($1)")
                                    .bind(0, "y".repeat(3_000_000))
                                    .execute())
                            .concatMap(result -> result.map((row, metadata) -> row.get(0, Integer.class)))
                            .blockLast(LIMIT))
                    .isEqualTo(3_000_000);
            assertThat(Flux.range(0, 100)
                            .flatMap(
                                    i -> Flux.from(connection
                                                    .createStatement("select " + i)
                                                    .execute())
                                            .concatMap(
                                                    result -> result.map((row, metadata) -> row.get(0, Integer.class))),
                                    100)
                            .collectList()
                            .block(LIMIT))
                    .hasSize(100);
        });
    }

    @Test
    @DisplayName("[S2.7.3, X14] a statement is cancelled over GSSAPI, and the session goes on")
    void cancelled() {
        with(encrypted("alice").cancelGrace(Duration.ZERO), connection -> {
            assertThatThrownBy(() -> Flux.from(connection
                                    .createStatement("select pg_sleep(30)")
                                    .timeout(Duration.ofMillis(100))
                                    .execute())
                            .concatMap(result -> result.map((row, metadata) -> "slept"))
                            .blockLast(LIMIT))
                    .isInstanceOf(R2dbcTimeoutException.class);
            assertThat(ask(connection, "select 1")).containsExactly("1");
        });
    }

    @Test
    @DisplayName("[X35] a password in clear text leaves over GSSAPI")
    void clearText() {
        with(
                encrypted("bob").password("secret"),
                connection ->
                        assertThat(ask(connection, "select current_user::text")).containsExactly("bob"));
    }

    @Test
    @DisplayName("[S2.9.9] prefer: a server that lets nobody in over GSSAPI is asked once more without it")
    void preferred() {
        with(
                SERVER.client("alice", "plain").gssEncMode(GssEncMode.PREFER),
                connection -> assertThat(ask(connection, HOW)).containsExactly("t " + Realm.ALICE + " f"));
        with(
                SERVER.client("alice", "encrypted").gssEncMode(GssEncMode.PREFER),
                connection -> assertThat(ask(connection, HOW)).containsExactly("t " + Realm.ALICE + " t"));
    }

    @Test
    @DisplayName("a server that Kerberos does not know, and a login that is not what requireAuth allows")
    void refused() {
        assertThatThrownBy(() -> with(encrypted("alice").krbServerName("other"), connection -> {}))
                .isInstanceOf(R2dbcPermissionDeniedException.class)
                .hasMessageContaining("other@localhost");
        assertThatThrownBy(() ->
                        with(encrypted("alice").requireAuth(AuthenticationMethod.SCRAM_SHA_256), connection -> {}))
                .isInstanceOf(R2dbcPermissionDeniedException.class)
                .hasMessageContaining("requireAuth");
    }

    @Test
    @DisplayName("a credential of the application's is used, for several connections, and stays the application's")
    void credential() throws Exception {
        LoginContext login = new LoginContext(Kerberized.ENTRY);
        login.login();
        PrivilegedExceptionAction<GSSCredential> make = () -> GSSManager.getInstance()
                .createCredential(
                        null,
                        GSSCredential.DEFAULT_LIFETIME,
                        new Oid("1.2.840.113554.1.2.2"),
                        GSSCredential.INITIATE_ONLY);
        GSSCredential credential = Subject.doAs(login.getSubject(), make);
        for (String database : List.of("plain", "encrypted", "plain")) {
            PgxcConfiguration.Builder client = PgxcConfiguration.builder()
                    .host("localhost")
                    .port(SERVER.port())
                    .user("alice")
                    .database(database)
                    .gssEncMode(GssEncMode.PREFER)
                    .gssCredential(() -> credential);
            with(
                    client,
                    connection -> assertThat(ask(connection, "select current_user::text"))
                            .containsExactly("alice"));
        }
        assertThat(credential.getRemainingLifetime()).isPositive();
        credential.dispose();
    }
}
