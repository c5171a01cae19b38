// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.tck.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.pkitesting.X509Bundle;
import io.r2dbc.pgxc.PgxcConfiguration;
import io.r2dbc.pgxc.SslMode;
import io.r2dbc.pgxc.testing.Authority;
import io.r2dbc.pgxc.testing.StandingAsserts;
import io.r2dbc.spi.R2dbcNonTransientResourceException;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Function;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Every mode against every kind of certificate a server may have, and against users who may come in one way only. */
class TlsMatrixIT {

    @RegisterExtension
    static final StandingAsserts ASSERTS = StandingAsserts.within(Duration.ofMinutes(1));

    @RegisterExtension
    static final Secured SERVER = new Secured();

    /** What a server may have to show. */
    @SuppressWarnings("ImmutableEnumChecker") // functions without state
    private enum Certificate {
        GOOD(Authority::signLoopback, true, true),
        OF_ANOTHER_HOST(
                authority -> authority.sign(builder -> builder.addSanDnsName("elsewhere.example")), true, false),
        EXPIRED(
                authority -> authority.sign(builder -> builder.addSanIpAddress("127.0.0.1")
                        .notBefore(Instant.now().minus(Duration.ofDays(20)))
                        .notAfter(Instant.now().minus(Duration.ofDays(1)))),
                false,
                false),
        OF_ANOTHER_AUTHORITY(authority -> Authority.create("somebody else").signLoopback(), false, false);

        private final Function<Authority, X509Bundle> maker;
        private final boolean believed;
        private final boolean ofTheHost;

        Certificate(Function<Authority, X509Bundle> maker, boolean believed, boolean ofTheHost) {
            this.maker = maker;
            this.believed = believed;
            this.ofTheHost = ofTheHost;
        }

        /** How a client in that mode, that knows the authority or not, comes in: encrypted, in clear text, or not at all. */
        private String outcome(SslMode mode, boolean knowsAuthority) {
            boolean checks = knowsAuthority || mode == SslMode.VERIFY_CA || mode == SslMode.VERIFY_FULL;
            boolean accepts = !checks || (believed && knowsAuthority);
            return switch (mode) {
                case DISABLE, ALLOW -> "clear";
                case PREFER -> accepts ? "encrypted" : "clear";
                case REQUIRE, VERIFY_CA -> accepts ? "encrypted" : "refused";
                case VERIFY_FULL -> accepts && ofTheHost ? "encrypted" : "refused";
            };
        }
    }

    @ParameterizedTest(name = "[S2.9.10, F12] {0}")
    @EnumSource
    @DisplayName("[S2.9.10, F12, F11] mode by mode, with and without knowing whom to trust")
    void matrix(Certificate certificate) {
        SERVER.certify(certificate.maker.apply(SERVER.authority()));
        for (SslMode mode : SslMode.values()) {
            for (boolean knowsAuthority : new boolean[] {true, false}) {
                PgxcConfiguration.Builder client = SERVER.client("postgres").sslMode(mode);
                if (knowsAuthority) {
                    client.sslRootCert(SERVER.rootFile());
                }
                String expected = certificate.outcome(mode, knowsAuthority);
                assertThat(outcome(client))
                        .as("%s, sslMode=%s, knows the authority: %s", certificate, mode, knowsAuthority)
                        .isEqualTo(expected);
            }
        }
        SERVER.certify(SERVER.authority().signLoopback());
    }

    private static String outcome(PgxcConfiguration.Builder client) {
        StringBuilder outcome = new StringBuilder();
        try {
            Secured.with(client, connection -> outcome.append(Secured.isEncrypted(connection) ? "encrypted" : "clear"));
        } catch (R2dbcNonTransientResourceException refused) {
            assertThat(refused).hasMessageContaining("TLS with 127.0.0.1");
            assertThat(refused.getSqlState()).isEqualTo("08001");
            return "refused";
        }
        return outcome.toString();
    }

    @ParameterizedTest(name = "[S2.9.9] {0} with {1}: {2}")
    @CsvSource({
        "plain_only, DISABLE, clear",
        "plain_only, ALLOW, clear",
        "plain_only, PREFER, clear",
        "plain_only, REQUIRE, refused",
        "plain_only, VERIFY_FULL, refused",
        "tls_only, DISABLE, refused",
        "tls_only, ALLOW, encrypted",
        "tls_only, PREFER, encrypted",
        "tls_only, REQUIRE, encrypted",
        "tls_only, VERIFY_FULL, encrypted"
    })
    @DisplayName("[S2.9.9, S2.9.10] whom the server lets in one way only comes in that way if the mode allows it")
    void oneWay(String user, SslMode mode, String expected) {
        PgxcConfiguration.Builder client = SERVER.client(user).sslMode(mode).sslRootCert(SERVER.rootFile());
        if (expected.equals("refused")) {
            assertThat(Secured.refusal(client)).hasMessageContaining("pg_hba.conf");
        } else {
            assertThat(outcome(client)).isEqualTo(expected);
        }
    }
}
