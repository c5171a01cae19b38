// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.tck.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.pkitesting.X509Bundle;
import io.r2dbc.pgxc.ChannelBinding;
import io.r2dbc.pgxc.PgxcConfiguration;
import io.r2dbc.pgxc.PgxcConnection;
import io.r2dbc.pgxc.ProtocolVersion;
import io.r2dbc.pgxc.SslMode;
import io.r2dbc.pgxc.SslNegotiation;
import io.r2dbc.pgxc.testing.Authority;
import io.r2dbc.pgxc.testing.StandingAsserts;
import io.r2dbc.spi.R2dbcException;
import io.r2dbc.spi.R2dbcPermissionDeniedException;
import io.r2dbc.spi.R2dbcTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Sessions over TLS and over Unix sockets on a live server: how they log in, what they do, how they are cancelled and closed. */
class TlsIT {

    @RegisterExtension
    static final StandingAsserts ASSERTS = StandingAsserts.within(Duration.ofMinutes(1));

    @RegisterExtension
    static final Secured SERVER = new Secured();

    private static PgxcConfiguration.Builder verified(String user) {
        return SERVER.client(user).sslMode(SslMode.VERIFY_FULL).sslRootCert(SERVER.rootFile());
    }

    @ParameterizedTest(name = "[S2.11.3] channelBinding={0}")
    @CsvSource({"DISABLE", "PREFER", "REQUIRE"})
    @DisplayName("[S2.11.3, S2.11.6, S2.11.8] SCRAM over TLS, bound to the certificate or not: the server is convinced")
    void scram(ChannelBinding binding) {
        Secured.with(
                verified("scram").channelBinding(binding),
                connection -> assertThat(Secured.isEncrypted(connection)).isTrue());
        assertThat(Secured.refusal(verified("scram").channelBinding(binding).password("wrong")))
                .isInstanceOf(R2dbcPermissionDeniedException.class);
    }

    @ParameterizedTest(name = "[F6, S2.1.16] {0}, {1}: {2}")
    @CsvSource({
        "scram, DISABLE, sslMode",
        "scram, ALLOW, not encrypted",
        "cleartext, REQUIRE, password",
        "tls_only, REQUIRE, without a login",
        "certified, REQUIRE, certificate"
    })
    @DisplayName("[F6, S2.1.16] channelBinding=require: every login that binds to nothing is refused")
    void bindingDemanded(String user, SslMode mode, String why) {
        if (mode == SslMode.DISABLE) {
            assertThatThrownBy(() -> SERVER.client(user)
                            .sslMode(mode)
                            .channelBinding(ChannelBinding.REQUIRE)
                            .build())
                    .hasMessageContaining(why);
            return;
        }
        assertThat(Secured.refusal(SERVER.client(user).sslMode(mode).channelBinding(ChannelBinding.REQUIRE)))
                .isInstanceOf(R2dbcPermissionDeniedException.class)
                .hasMessageContaining(why);
    }

    @ParameterizedTest(name = "[F12, X29] {0}")
    @CsvSource({"PREFER", "REQUIRE", "VERIFY_CA", "VERIFY_FULL"})
    @DisplayName(
            "[F12, X29] a server that asks for a certificate: taken if it is its authority's and of the user, as PEM"
                    + " and as PKCS#12")
    void certified(SslMode mode) throws Exception {
        X509Bundle user = SERVER.authority().sign(builder -> builder.subject("CN=certified"));
        X509Bundle another = SERVER.authority().sign(builder -> builder.subject("CN=another"));
        X509Bundle stranger = Authority.create("stranger").sign(builder -> builder.subject("CN=certified"));
        Secured.with(
                identified(mode, user),
                connection -> assertThat(Secured.ask(connection, "select current_user::text"))
                        .isEqualTo("certified"));
        Path store = user.toTempKeyStoreFile("s3cret".toCharArray()).toPath();
        Secured.with(
                verified("certified").sslMode(mode).sslKey(store.toString()).sslPassword("s3cret"),
                connection -> assertThat(Secured.isEncrypted(connection)).isTrue());
        Files.delete(store);
        assertThat(Secured.refusal(identified(mode, another))).isInstanceOf(R2dbcException.class);
        assertThat(Secured.refusal(identified(mode, stranger))).isInstanceOf(R2dbcException.class);
        assertThat(Secured.refusal(verified("certified").sslMode(mode))).isInstanceOf(R2dbcException.class);
    }

    private static PgxcConfiguration.Builder identified(SslMode mode, X509Bundle identity) {
        return verified("certified")
                .sslMode(mode)
                .sslCert(Authority.write(SERVER.folder(), "client.crt", identity.getCertificatePathPEM()))
                .sslKey(Authority.write(SERVER.folder(), "client.key", identity.getPrivateKeyPEM()));
    }

    @Test
    @DisplayName("[X35] a password in clear text leaves over TLS")
    void clearText() {
        Secured.with(
                verified("cleartext"),
                connection -> assertThat(Secured.ask(connection, "select current_user::text"))
                        .isEqualTo("cleartext"));
    }

    @Test
    @DisplayName("[S2.9.6] direct: servers from 17 on take it, others drop the connection")
    void direct() {
        PgxcConfiguration.Builder client = verified("scram").sslNegotiation(SslNegotiation.DIRECT);
        if (SERVER.isAtLeast(17)) {
            Secured.with(
                    client,
                    connection -> assertThat(Secured.isEncrypted(connection)).isTrue());
        } else {
            assertThat(Secured.refusal(client)).hasMessageContaining("TLS");
        }
    }

    @Test
    @DisplayName("[X29] a URL with r2dbcs: is all that it takes")
    void url() {
        String url = "r2dbcs:pgxc://scram:" + Secured.PASSWORD + "@127.0.0.1:"
                + SERVER.cluster().endpoint().port() + "/postgres?applicationName=pgxc_tls&sslRootCert="
                + SERVER.rootFile();
        PgxcConnection connection = (PgxcConnection) reactor.core.publisher.Mono.from(
                        io.r2dbc.spi.ConnectionFactories.get(url).create())
                .block(Secured.LIMIT);
        assertThat(connection).isNotNull();
        assertThat(Secured.isEncrypted(connection)).isTrue();
        connection.close().block(Secured.LIMIT);
    }

    @ParameterizedTest(name = "[X14, F14] {0}")
    @ValueSource(strings = {"tls", "direct", "unix", "unix 3.2", "tls 3.2"})
    @DisplayName(
            "[X14, F14, S2.7.3, S2.9.8, S1.4.7] a request to cancel goes as its session does, and stops the statement")
    void cancel(String way) {
        PgxcConfiguration.Builder client = way.startsWith("unix") ? unix() : verified("scram");
        if (way.equals("direct")) {
            assumeTrue(SERVER.isAtLeast(17), "no direct TLS before 17");
            client.sslNegotiation(SslNegotiation.DIRECT);
        }
        if (way.endsWith("3.2")) {
            client.protocolVersion(ProtocolVersion.V3_2);
        }
        int before = stopped();
        Secured.with(client.cancelGrace(Duration.ZERO), connection -> {
            assertThatThrownBy(() -> connection
                            .createStatement("select 1 from pg_sleep(60)")
                            .timeout(Duration.ofMillis(200))
                            .execute()
                            .concatMap(result -> result.getRowsUpdated())
                            .blockLast(Secured.LIMIT))
                    .isInstanceOf(R2dbcTimeoutException.class);
            assertThat(Secured.ask(connection, "select 42")).isEqualTo("42");
        });
        assertThat(stopped()).isEqualTo(before + 1);
    }

    /** How many statements the server has stopped. */
    private static int stopped() {
        return (int) SERVER.cluster()
                .log()
                .lines()
                .filter(line -> line.contains("canceling statement due to user request"))
                .count();
    }

    private static PgxcConfiguration.Builder unix() {
        return SERVER.client("postgres").host(SERVER.cluster().socketDirectory().toString());
    }

    @Test
    @DisplayName(
            "[S1.0.2, S2.9.10] by the folder of a Unix socket and by its file; never encrypted, even if that is asked"
                    + " for")
    void unixSocket() {
        int port = SERVER.cluster().endpoint().port();
        String file = SERVER.cluster().socketDirectory() + "/.s.PGSQL." + port;
        for (PgxcConfiguration.Builder client : List.of(
                unix(),
                unix().sslMode(SslMode.VERIFY_FULL),
                SERVER.client("postgres").socket(file))) {
            Secured.with(client, connection -> {
                assertThat(Secured.ask(connection, "select coalesce(host(inet_client_addr()), 'no address')"))
                        .isEqualTo("no address");
                assertThat(Secured.isEncrypted(connection)).isFalse();
            });
        }
    }

    @Test
    @DisplayName(
            "[S1.4.2, S1.4.3, S1.4.8] protocol 3.2: spoken from 18 on, negotiated down before, and refused if it must"
                    + " be")
    void newerProtocol() {
        Secured.with(
                verified("scram").protocolVersion(ProtocolVersion.V3_2),
                connection -> assertThat(Secured.ask(connection, "select 42")).isEqualTo("42"));
        PgxcConfiguration.Builder newest =
                verified("scram").protocolVersion(ProtocolVersion.V3_2).minProtocolVersion(ProtocolVersion.V3_2);
        if (SERVER.isAtLeast(18)) {
            Secured.with(
                    newest,
                    connection ->
                            assertThat(Secured.ask(connection, "select 42")).isEqualTo("42"));
        } else {
            assertThat(Secured.refusal(newest)).hasMessageContaining("minProtocolVersion");
        }
    }

    @Test
    @DisplayName("[F13, X16] many rows over TLS, at the reader's pace, and a goodbye that the server takes for one")
    void manyRows() {
        int before = unexpectedEnds();
        Secured.with(verified("scram"), connection -> {
            Long sum = connection
                    .createStatement("select generate_series(1, 20000), repeat('x', 100)")
                    .execute()
                    .concatMap(result -> result.map(row -> row.get(0, Integer.class)))
                    .limitRate(64)
                    .reduce(0L, Long::sum)
                    .block(Secured.LIMIT);
            assertThat(sum).isEqualTo(20_000L * 20_001 / 2);
            assertThat(Secured.ask(connection, "select length(repeat('y', 5000000))"))
                    .isEqualTo("5000000");
        });
        assertThat(unexpectedEnds()).isEqualTo(before);
    }

    private static int unexpectedEnds() {
        return (int) SERVER.cluster()
                .log()
                .lines()
                .filter(line -> line.contains("could not receive data from client") || line.contains("unexpected EOF"))
                .count();
    }
}
